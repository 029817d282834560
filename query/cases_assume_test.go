package query_test

// assumeCases is section 14.4: AssumeRole.
func assumeCases() []microCase {
	return []microCase{
		{id: "CASE-090", world: `
			tp(r): P=A
			id(u): +sts:AssumeRole@r`,
			ask: `u sts:AssumeRole r -> ALLOW`},
		{id: "CASE-091", world: `tp(r): P=A`, ask: `u sts:AssumeRole r -> DENY(implicit:identity)`},
		{id: "CASE-092", world: `tp(r): P=u`, ask: `u sts:AssumeRole r -> ALLOW`},
		{id: "CASE-093", world: `
			tp(r): P=Service:ec2
			id(u): +*@*`,
			ask: `u sts:AssumeRole r -> DENY(implicit:resource)`},
		{id: "CASE-094", world: `tp(q): P=u`, ask: `u sts:AssumeRole q -> DENY(implicit:identity)`},
		{id: "CASE-095", world: `
			tp(q): P=A
			id(u): +sts:AssumeRole@q`,
			ask: `u sts:AssumeRole q -> ALLOW`},
		{id: "CASE-096", world: `
			tp(A:role/team/r): P=A
			id(u): +sts:AssumeRole@A:role/r`,
			ask: `u sts:AssumeRole A:role/team/r -> DENY(implicit:identity)`},
		{id: "CASE-096/wildcard", world: `
			tp(A:role/team/r): P=A
			id(u): +sts:AssumeRole@A:role/*/r`,
			ask: `u sts:AssumeRole A:role/team/r -> ALLOW`},
		{id: "CASE-097", world: `
			group(g u):
			id(u): +sts:AssumeRole@r
			tp(r): P=arn:aws:iam::A:group/g`,
			ask: `u sts:AssumeRole r -> DENY(implicit:resource)`},
		{id: "CASE-098", world: `
			id(A:role/x): +sts:AssumeRole@r
			tp(r): P=arn:aws:iam::A:role/*`,
			ask: `A:role/x sts:AssumeRole r -> DENY(implicit:resource)`},
		{id: "CASE-099", world: `
			add: A:role/app-1 A:role/web-1
			tp(r): P=AWS:* ?{ArnLike aws:PrincipalArn=arn:aws:iam::A:role/app-*}`,
			ask: `
			A:role/app-1 sts:AssumeRole r -> ALLOW
			A:role/web-1 sts:AssumeRole r -> DENY(implicit:resource)`},
		{id: "CASE-100", world: `
			tp(r): P=A
			id(r): +*@*`,
			ask: `r sts:AssumeRole r -> ALLOW`},
		{id: "CASE-101", world: `
			tp(r): P=Service:lambda
			id(r): +*@*`,
			ask: `r sts:AssumeRole r -> DENY(implicit:resource) #U-08`},
		{id: "CASE-102", world: `
			tp(q): P=A ?{StringEquals sts:ExternalId=x}
			id(u): +sts:AssumeRole@q`,
			ask: `
			u sts:AssumeRole q -> ALLOW_IF(KNOWLEDGE sts:ExternalId StringEquals x@1)
			paths: u to q -> ALLOW_IF(KNOWLEDGE sts:ExternalId StringEquals x@1) via q`},
		{id: "CASE-103", world: `
			tp(r): P=AROAGONE
			id(A:role/x): +*@*`,
			ask: `A:role/x sts:AssumeRole r -> DENY(implicit:resource, dangling)`},
		{id: "CASE-104", world: `tp(r): P=A`, ask: `A:root sts:AssumeRole r -> DENY(service-rule)`},
		{id: "CASE-105", world: `
			tp(r): P=A:role/x
			pb(A:role/x): +s3:*@*`,
			ask: `A:role/x sts:AssumeRole r -> DENY(implicit:boundary)`},
		{id: "CASE-106", world: `
			tp(r): P=u
			pb(u): +s3:*@*`,
			ask: `
			u sts:AssumeRole r -> ALLOW_IF(U U-02@1) #U-02
			paths: u to r -> ALLOW_IF(U U-02@1) via r #confidence=low`},
		{id: "CASE-107", world: `tp(r): P=u ; -sts:AssumeRole P=A`, ask: `u sts:AssumeRole r -> DENY(explicit:resource)`},
		{id: "CASE-108", world: `
			tp(r): P=A ?{Bool aws:MultiFactorAuthPresent=true}
			id(u): +sts:AssumeRole@r`,
			ask: `
			paths: u to r -> ALLOW_IF(MFA aws:MultiFactorAuthPresent Bool true@1) via r
			can: u sts:AssumeRole r -> ALLOW_IF(MFA aws:MultiFactorAuthPresent Bool true@1)`},
		{id: "CASE-108/device unknown", world: `
			mfa(u): unknown
			tp(r): P=A ?{Bool aws:MultiFactorAuthPresent=true}
			id(u): +sts:AssumeRole@r`,
			ask: `paths: u to r -> ALLOW_IF(MFA aws:MultiFactorAuthPresent Bool true DATA:mfa-device@1) via r #DATA:mfa-device`},
		{id: "CASE-109", world: `
			tp(r): P=A ?{Bool aws:MultiFactorAuthPresent=true}
			mfa(u): none
			id(u): +sts:AssumeRole@r`,
			ask: `
			paths: u to r -> DENY(implicit:resource)
			can: u sts:AssumeRole r -> DENY(implicit:resource)`},
		{id: "CASE-109/may enable", world: `
			tp(r): P=A ?{Bool aws:MultiFactorAuthPresent=true}
			mfa(u): none
			id(u): +sts:AssumeRole@r ; +iam:EnableMFADevice@u`,
			ask: `paths: u to r -> ALLOW_IF(MFA aws:MultiFactorAuthPresent Bool true@1) via r`},
		{id: "CASE-109/if exists", world: `
			tp(r): P=A ?{BoolIfExists aws:MultiFactorAuthPresent=true}
			mfa(u): none
			id(u): +sts:AssumeRole@r`,
			ask: `paths: u to r -> ALLOW via r`},
		{id: "CASE-110", world: `
			tp(r): P=A ?{Bool aws:MultiFactorAuthPresent=true}
			id(` + ssoRole + `): +sts:AssumeRole@r
			tp(` + ssoRole + `): +[sts:AssumeRoleWithSAML,sts:TagSession] P=Federated:A:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE ?{StringEquals SAML:aud=https://signin.aws.amazon.com/saml}`,
			ask: `
			paths: ` + ssoRole + ` to r -> DENY(implicit:resource)
			can: ` + ssoRole + ` sts:AssumeRole r -> DENY(implicit:resource)`},
		{id: "CASE-111", world: `
			tp(r): P=A ?{StringEquals aws:SourceAccount=A}
			id(u): +sts:AssumeRole@r`,
			ask: `u sts:AssumeRole r -> DENY(implicit:resource)`},
		{id: "CASE-112", world: `
			tp(r): P=A ?{StringEquals sts:RoleSessionName=${aws:username}}
			id(u): +sts:AssumeRole@r
			id(A:role/x): +sts:AssumeRole@r`,
			ask: `
			u sts:AssumeRole r -> ALLOW requires(REQUEST sts:RoleSessionName StringEquals u@1)
			A:role/x sts:AssumeRole r -> DENY(implicit:resource)`},
		{id: "CASE-113", world: `
			tp(r): P=A ?{StringEquals aws:RequestTag/team=a}
			id(u): +sts:AssumeRole@r`,
			ask: `u sts:AssumeRole r -> DENY(implicit:resource) #text=sts:TagSession_is_not_allowed`},
		{id: "CASE-114", world: `
			tp(r): +[sts:AssumeRole,sts:TagSession] P=A ?{StringEquals aws:RequestTag/team=a}
			id(u): +[sts:AssumeRole,sts:TagSession]@r`,
			ask: `
			u sts:AssumeRole r -> ALLOW requires(REQUEST aws:RequestTag/team StringEquals a@1)
			paths: u to r -> ALLOW requires(REQUEST aws:RequestTag/team StringEquals a@1) via r`},
		{id: "CASE-115", check: federatedUserAssumes},
		{id: "CASE-116", world: `id(r): +*@*`, ask: `r sts:GetSessionToken * -> DENY(service-rule)`},
		{id: "CASE-117", world: `id(u): -sts:*@*`, ask: `u sts:GetCallerIdentity * -> ALLOW`},
		{id: "CASE-118", world: `
			tp(r): P=A
			id(u): +sts:AssumeRole@r ?{IpAddress aws:SourceIp=203.0.113.0/24}`,
			ask: `
			u sts:AssumeRole r -> ALLOW_IF(NETWORK aws:SourceIp IpAddress 203.0.113.0/24@1)
			paths: u to r -> ALLOW_IF(NETWORK aws:SourceIp IpAddress 203.0.113.0/24@1) via r`},
		{id: "CASE-119", world: `
			tp(r): P=A ?{IpAddress aws:SourceIp=198.51.100.0/24}
			id(u): +sts:AssumeRole@r ?{IpAddress aws:SourceIp=203.0.113.0/24}`,
			ask: `u sts:AssumeRole r -> DENY(contradiction)`},
		{id: "CASE-120", world: `
			tp(r): unreadable
			id(u): +*@*`,
			ask: `
			u sts:AssumeRole r -> ALLOW_IF(DATA DATA:trust Known arn:aws:iam::111111111111:role/r@1) #DATA:trust
			paths: u to r -> ALLOW_IF(DATA DATA:trust Known arn:aws:iam::111111111111:role/r@1) via r #DATA:trust`},
		{id: "CASE-121/enabled", world: `id(M:user/m): +sts:AssumeRoot@A:root`,
			ask: `
			request: M:user/m sts:AssumeRoot A:root -> ALLOW requires(REQUEST sts:TaskPolicyArn StringEquals ` + fiveTasks + `@1)
			paths: M:user/m to A:root -> ALLOW requires(REQUEST sts:TaskPolicyArn StringEquals arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials@1) via A:assumed-root/IAMAuditRootUserCredentials`},
		{id: "CASE-121/disabled", world: `
			id(M:user/m): +sts:AssumeRoot@A:root
			rootsessions: off`,
			ask: `
			request: M:user/m sts:AssumeRoot A:root -> DENY(service-rule)
			paths: M:user/m to A:root -> DENY(service-rule)`},
		{id: "CASE-121/unknown", world: `
			id(M:user/m): +sts:AssumeRoot@A:root
			rootsessions: unknown`,
			ask: `
			request: M:user/m sts:AssumeRoot A:root -> ALLOW_IF #DATA:RootSessions
			paths: M:user/m to A:root -> ALLOW_IF #DATA:RootSessions`},
	}
}

// fiveTasks are the task policies of sts:AssumeRoot.
const fiveTasks = `arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials,arn:aws:iam::aws:policy/root-task/IAMCreateRootUserPassword,` +
	`arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials,arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy,arn:aws:iam::aws:policy/root-task/SQSUnlockQueuePolicy`

// ssoRole is a role that Identity Center made.
const ssoRole = `A:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef`
