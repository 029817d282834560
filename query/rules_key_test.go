package query_test

import (
	"testing"

	"accesspath/query"
)

// keyCases follow section 10.4: for each key who has it, and what is known.
func keyCases() []microCase {
	const saml = `Federated:A:saml-provider/idp`
	return []microCase{
		{id: "U-07", world: `
			tags(u): team=a Team=b
			id(u): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=a} ; +s3:PutObject@b/* ?{StringEquals aws:PrincipalTag/team=c}`,
			ask: `
			u s3:GetObject b/x -> ALLOW_IF(SESSION aws:PrincipalTag/team StringEquals a U-07@1) #U-07
			u s3:PutObject b/x -> DENY(implicit:identity)`},
		{id: "CKEY-12", world: `
			id(u): +s3:GetObject@b/* ?{NumericLessThan aws:MultiFactorAuthAge=3600} ; +s3:PutObject@b/* ?{Null aws:MultiFactorAuthAge=true}
			tp(r): P=A`,
			ask: `
			request: u s3:GetObject b/x -> DENY(implicit:identity)
			can: u s3:GetObject b/x -> ALLOW_IF
			u s3:PutObject b/x -> ALLOW`},
		{id: "CKEY-14", world: `
			id(u): +s3:GetObject@b/* ?{StringEquals aws:SourceIdentity=x} ; +s3:PutObject@b/* ?{StringNotEquals aws:SourceIdentity=x}`,
			ask: `
			u s3:GetObject b/x -> DENY(implicit:identity)
			u s3:PutObject b/x -> ALLOW`},
		{id: "CKEY-16", world: `
			id(u): +s3:GetObject@b/* ?{Bool aws:AssumedRoot=true}
			id(r): +s3:GetObject@b/* ?{Bool aws:AssumedRoot=true} ; +s3:PutObject@b/* ?{BoolIfExists aws:AssumedRoot=false}`,
			ask: `
			u s3:GetObject b/x -> DENY(implicit:identity)
			r s3:GetObject b/x -> DENY(implicit:identity)
			r s3:PutObject b/x -> ALLOW`},
		{id: "CKEY-17", world: `
			profile(r1): i
			tp(r1): P=Service:ec2
			tp(r2): P=u
			id(r1): +s3:*@b/* ?{StringEquals aws:Ec2InstanceSourceVpc=vpc-1}
			id(r2): +s3:*@b/* ?{Null ec2:RoleDelivery=false} ; +s3:*@b/* ?{ArnLike lambda:SourceFunctionArn=arn:aws:lambda:*:A:function:f} ; +s3:*@b/* ?{ArnLike ssm:SourceInstanceArn=arn:aws:ssm:*:A:*} ; +s3:*@b/* ?{ArnLike aws:ChatbotSourceArn=arn:aws:chatbot:*}
			id(u): +s3:*@b/* ?{Null ec2:SourceInstanceArn=false}`,
			ask: `
			who: s3:GetObject b/x -> A:instance-profile/i ALLOW_IF(SESSION aws:Ec2InstanceSourceVpc StringEquals vpc-1@2) via r1
			who: s3:GetObject b/x -> u nobody
			can: r2 s3:GetObject b/x -> DENY`},
		{id: "CKEY-18", world: `
			id(u): +s3:GetObject@b/* ?{Null identitystore:UserId=false}
			tp(r): P=A
			id(r): +s3:GetObject@b/* ?{StringEquals identitystore:UserId=x}`,
			ask: `
			u s3:GetObject b/x -> DENY(implicit:identity)
			can: r s3:GetObject b/x -> DENY`},
		{id: "CKEY-22", world: `
			id(u): +s3:GetObject@b/* ?{Bool aws:SecureTransport=true} ; +s3:PutObject@b/* ?{Bool aws:SecureTransport=false}`,
			ask: `u s3:GetObject b/x -> ALLOW requires(REQUEST aws:SecureTransport Bool true@1)`},
		{id: "CKEY-23", world: `
			id(u): +s3:GetObject@b/* ?{StringEquals aws:UserAgent=x, StringLike aws:Referer=y*}`,
			ask: `u s3:GetObject b/x -> ALLOW requires(REQUEST aws:Referer StringLike y*@1 & REQUEST aws:UserAgent StringEquals x@1)`},
		{id: "CKEY-24", world: `
			rp(key): +kms:*@* P=A
			id(u): +s3:ListAllMyBuckets@* ?{StringEquals aws:RequestedRegion=eu-west-1} ; +kms:*@* ?{StringEquals aws:RequestedRegion=us-east-1} ; +iam:GetUser@* ?{StringEquals aws:RequestedRegion=us-east-1}
			id(A:user/v): +[kms:*,iam:*]@* ?{StringEquals aws:RequestedRegion=eu-west-1}`,
			ask: `
			u s3:ListAllMyBuckets * -> ALLOW requires(REQUEST aws:RequestedRegion StringEquals eu-west-1@1)
			u kms:Decrypt key -> ALLOW
			u iam:GetUser u -> ALLOW
			A:user/v kms:Decrypt key -> DENY(implicit:identity)
			A:user/v iam:GetUser u -> DENY(implicit:identity)`},
		{id: "CKEY-25", world: `
			id(u): +ec2:RunInstances@* ?{StringEquals aws:RequestTag/team=a} ; +sqs:CreateQueue@* ?{ForAllValues:StringEquals aws:TagKeys=[team], Null aws:TagKeys=false} ; +s3:GetObject@b/* ?{Null aws:RequestTag/team=false}`,
			ask: `
			u ec2:RunInstances A:instance/* -> ALLOW requires(REQUEST aws:RequestTag/team StringEquals a@1)
			u sqs:CreateQueue A:queue/w -> ALLOW requires(REQUEST aws:TagKeys Null false@1 & REQUEST aws:TagKeys ForAllValues:StringEquals team@1)
			u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CKEY-26", world: `
			tags(r): Team=a
			id(u): +iam:GetRole@* ?{StringEquals aws:ResourceTag/team=a} ; +secretsmanager:GetSecretValue@* ?{StringEquals secretsmanager:ResourceTag/team=a}`,
			ask: `
			u iam:GetRole r -> ALLOW
			u iam:GetRole q -> DENY
			u secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:A:secret:s -> ALLOW_IF`},
		{id: "CKEY-28", world: `
			id(u): +s3:*@* ; -s3:*@* ?{StringNotEquals aws:ResourceOrgID=o-ex}
			bucket(cb): C
			rp(cb): +s3:*@* P=A
			rp(bb): +s3:*@* P=A
			id(A:user/v): +s3:*@* ?{ForAnyValue:StringLike aws:ResourceOrgPaths=o-ex/r-ex/ou-ex/*}`,
			ask: `
			u s3:GetObject bb/x -> ALLOW
			u s3:GetObject cb/x -> DENY(explicit:identity)
			A:user/v s3:GetObject bb/x -> ALLOW
			A:user/v s3:GetObject cb/x -> DENY(implicit:identity)`},
		{id: "CKEY-32", world: `
			rp(arn:aws:sns:us-east-1:A:t): +sns:Publish@* P=AWS:* ?{StringEquals aws:SourceOwner=A}
			id(C:user/x): +sns:*@*`,
			ask: `
			u sns:Publish arn:aws:sns:us-east-1:A:t -> ALLOW
			C:user/x sns:Publish arn:aws:sns:us-east-1:A:t -> DENY(implicit:resource)`},
		{id: "CKEY-35", world: `
			tp(r): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=x}
			id(u): +s3:GetObject@b/* ?{StringEquals sts:SourceIdentity=x}`,
			ask: `
			u sts:AssumeRole r -> ALLOW requires(REQUEST sts:SourceIdentity StringEquals x@1)
			u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CKEY-36", world: `
			tp(r): +[sts:AssumeRole,sts:TagSession] P=u ?{ForAllValues:StringEquals sts:TransitiveTagKeys=[team,env]}
			id(u): +s3:GetObject@b/* ?{Null sts:TransitiveTagKeys=false}`,
			ask: `
			request: u sts:AssumeRole r -> ALLOW
			u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CKEY-37", world: `
			tp(r): P=u ?{NumericLessThan sts:DurationSeconds=3601}
			id(u): +s3:GetObject@b/* ?{NumericLessThan sts:DurationSeconds=3601}`,
			ask: `
			u sts:AssumeRole r -> ALLOW requires(REQUEST sts:DurationSeconds NumericLessThan 3601@1)
			u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CKEY-38", world: `id(u): +[s3:GetObject,sts:AssumeRole]@* ?{Null sts:TaskPolicyArn=false}
			tp(r): P=A`,
			ask: `
			u s3:GetObject b/x -> DENY(implicit:identity)
			u sts:AssumeRole r -> DENY(implicit:identity)`},
		{id: "CKEY-39", world: `id(u): +sts:GetServiceBearerToken@* ?{StringEquals sts:AWSServiceName=codeartifact.amazonaws.com} ; +s3:GetObject@b/* ?{StringEquals sts:AWSServiceName=codeartifact.amazonaws.com}`,
			ask: `
			u sts:GetServiceBearerToken * -> not DENY
			u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CKEY-41", world: `id(u): +iam:PassRole@r ?{ArnLike iam:AssociatedResourceArn=arn:aws:ec2:*:A:instance/*} ; +s3:GetObject@b/* ?{Null iam:AssociatedResourceArn=false}`,
			ask: `
			u iam:PassRole r -> not DENY
			u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CKEY-30", world: `
			id(A:user/v): +s3:*@* ; -s3:*@* ?{StringNotEquals aws:CalledViaLast=athena.amazonaws.com}
			id(A:user/w): +s3:*@* ?{StringEquals aws:CalledViaFirst=athena.amazonaws.com}`,
			check: notOutright("s3:GetObject", "b/x", "A:user/v", "A:user/w")},
		{id: "CKEY-42", world: `id(u): +iam:CreateUser@* ?{StringEquals iam:PermissionsBoundary=arn:aws:iam::A:policy/limits}`,
			ask: `u iam:CreateUser A:user/new -> ALLOW requires(REQUEST iam:PermissionsBoundary StringEquals arn:aws:iam::111111111111:policy/limits@1)`},
		{id: "CKEY-30/deny", world: `
			id(u): +s3:*@* ; -s3:*@* ?{ForAnyValue:StringEquals aws:CalledVia=athena.amazonaws.com}
			id(A:user/v): +s3:*@* ; -s3:*@* ?{StringNotEquals aws:CalledViaLast=athena.amazonaws.com}
			id(A:user/w): +s3:*@* ?{StringEquals aws:CalledViaFirst=athena.amazonaws.com}`,
			ask: `u s3:GetObject b/x -> ALLOW`},
		{id: "CKEY-42/target", world: `
			id(u): +iam:CreateUser@* ?{StringEquals iam:PermissionsBoundary=arn:aws:iam::A:policy/limits} ; +iam:PutUserPolicy@* ?{StringEquals iam:PermissionsBoundary=arn:aws:iam::A:policy/boundary-v}
			pb(A:user/v): +s3:*@*
			add: A:user/w`,
			ask: `
			u iam:CreateUser A:user/new -> ALLOW requires(REQUEST iam:PermissionsBoundary StringEquals arn:aws:iam::111111111111:policy/limits@1)
			u iam:PutUserPolicy A:user/v -> ALLOW
			u iam:PutUserPolicy A:user/w -> DENY(implicit:identity)`},
		{id: "CKEY-43", world: `id(u): +iam:AttachUserPolicy@* ?{ArnEquals iam:PolicyARN=arn:aws:iam::aws:policy/ReadOnlyAccess} ; +s3:GetObject@b/* ?{Null iam:PolicyARN=false}`,
			ask: `
			u iam:AttachUserPolicy u -> ALLOW requires(REQUEST iam:PolicyARN ArnLike arn:aws:iam::aws:policy/ReadOnlyAccess@1)
			u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CKEY-44", world: `
			tags(r): team=a
			id(u): +iam:UpdateRole@* ?{StringEquals iam:ResourceTag/team=a} ; +iam:PassRole@* ?{StringEquals iam:ResourceTag/team=a}
			id(A:user/v): +iam:PassRole@* ?{StringEquals aws:ResourceTag/team=b}`,
			ask: `
			u iam:UpdateRole r -> ALLOW
			u iam:PassRole r -> ALLOW_IF
			A:user/v iam:PassRole r -> ALLOW_IF`},
		{id: "CKEY-45", world: `id(u): +iam:CreateServiceLinkedRole@* ?{StringEquals iam:AWSServiceName=autoscaling.amazonaws.com}`,
			ask: `u iam:CreateServiceLinkedRole A:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling -> ALLOW requires(REQUEST iam:AWSServiceName StringEquals autoscaling.amazonaws.com@1)`},
		{id: "CKEY-46", world: `id(u): +iam:CreateServiceSpecificCredential@* ?{StringEquals iam:ServiceSpecificCredentialServiceName=codecommit.amazonaws.com}`,
			ask: `u iam:CreateServiceSpecificCredential u -> not DENY`},
		{id: "CKEY-47", world: `
			tp(r): +[sts:AssumeRoleWithSAML,sts:TagSession] P=` + saml + ` ?{StringEquals SAML:aud=https://signin.aws.amazon.com/saml, StringEquals SAML:sub=alice}
			id(u): +s3:GetObject@b/* ?{Null saml:sub=false}`,
			ask: `
			paths: A:saml-provider/idp to r -> ALLOW_IF(IDP SAML:aud StringEquals https://signin.aws.amazon.com/saml@1 & IDP SAML:sub StringEquals alice@1) via r
			u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CKEY-48", world: `
			tp(r): +sts:AssumeRoleWithWebIdentity P=` + github + ` ?{StringEquals ` + githubHost + `:aud=sts.amazonaws.com}
			tp(r1): P=u ?{Null ` + githubHost + `:aud=false}`,
			ask: `
			paths: A:oidc-provider/` + githubHost + ` to r -> ALLOW_IF(IDP ` + githubHost + `:aud StringEquals sts.amazonaws.com@1) via r
			u sts:AssumeRole r1 -> DENY(implicit:resource)`},
		{id: "CKEY-50", world: `
			tp(r): +sts:AssumeRoleWithWebIdentity P=Federated:cognito-identity.amazonaws.com ?{StringEquals cognito-identity.amazonaws.com:aud=eu-west-1:pool, ForAnyValue:StringLike cognito-identity.amazonaws.com:amr=authenticated}
			id(r): +s3:GetObject@b/*
			id(u): +s3:GetObject@b/* ?{Null cognito-identity.amazonaws.com:sub=false}`,
			ask: `
			who: s3:GetObject b/x -> cognito-identity.amazonaws.com ALLOW_IF
			u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CKEY-51", world: `id(u): +s3:ListBucket@b ?{StringLike s3:prefix=home/*, NumericLessThanEquals s3:max-keys=10} ; +s3:PutObject@b/* ?{StringEquals s3:x-amz-acl=private} ; +s3:GetObject@b/* ?{StringEquals s3:prefix=x}`,
			ask: `
			u s3:ListBucket b -> ALLOW requires(REQUEST s3:max-keys NumericLessThanEquals 10@1 & REQUEST s3:prefix StringLike home/*@1)
			u s3:PutObject b/x -> ALLOW requires(REQUEST s3:x-amz-acl StringEquals private@1)
			u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CKEY-52", world: `id(u): +s3:GetObject@b/* ?{StringEquals s3:ExistingObjectTag/team=a} ; +s3:PutObject@* ?{StringEquals s3:ResourceAccount=A}
			rp(bb): +s3:*@* P=A`,
			ask: `
			u s3:GetObject b/x -> ALLOW_IF
			u s3:PutObject b/x -> ALLOW
			u s3:PutObject bb/x -> DENY(implicit:identity)`},
		{id: "CKEY-54", world: `
			rp(key): +kms:Decrypt@* P=AWS:* ?{StringEquals kms:CallerAccount=A}
			id(B:user/y): +kms:*@*`,
			ask: `
			u kms:Decrypt key -> ALLOW
			B:user/y kms:Decrypt key -> DENY(implicit:resource)`},
		{id: "CKEY-55", world: `
			rp(key): +kms:*@* P=A
			id(u): +kms:Decrypt@* ?{StringEquals kms:EncryptionContext:app=x} ; +kms:CreateGrant@* ?{ForAllValues:StringEquals kms:GrantOperations=Decrypt, StringEquals kms:GranteePrincipal=arn:aws:iam::A:user/u}`,
			ask: `
			u kms:Decrypt key -> ALLOW requires(REQUEST kms:EncryptionContext:app StringEquals x@1)
			u kms:CreateGrant key -> not DENY`},
		{id: "CKEY-56", world: `
			rp(key): +kms:*@* P=A
			id(u): +kms:CreateGrant@* ?{Bool kms:GrantIsForAWSResource=true}
			id(A:user/v): +kms:CreateGrant@* ?{Bool kms:GrantIsForAWSResource=false}`,
			check: notOutright("kms:CreateGrant", "key", "u")},
		{id: "CKEY-57", world: `
			rp(key): +kms:*@* P=A
			id(u): +kms:Decrypt@* ?{ForAnyValue:StringEquals kms:ResourceAliases=alias/app} ; +kms:Encrypt@* ?{StringEquals kms:RequestAlias=alias/app}`,
			ask: `
			u kms:Decrypt key -> ALLOW_IF
			u kms:Encrypt key -> not DENY`},
		{id: "CKEY-58", world: `id(u): +secretsmanager:GetSecretValue@* ?{StringEquals secretsmanager:VersionStage=AWSCURRENT}`,
			ask: `u secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:A:secret:s -> ALLOW requires(REQUEST secretsmanager:VersionStage StringEquals AWSCURRENT@1)`},
		{id: "CKEY-59", world: `id(u): +lambda:CreateFunctionUrlConfig@* ?{StringEquals lambda:FunctionUrlAuthType=AWS_IAM} ; +sns:Subscribe@* ?{StringEquals sns:Protocol=https}`,
			ask: `
			u lambda:CreateFunctionUrlConfig A:function/f -> ALLOW requires(REQUEST lambda:FunctionUrlAuthType StringEquals AWS_IAM@1)
			u sns:Subscribe arn:aws:sns:us-east-1:A:t -> ALLOW requires(REQUEST sns:Protocol StringEquals https@1)`},
		{id: "CKEY-60", world: `id(u): +ec2:StopInstances@* ?{StringEquals ec2:InstanceType=t3.micro} ; +s3:GetObject@b/* ?{StringEquals ec2:InstanceType=t3.micro}`,
			ask: `
			u ec2:StopInstances A:instance/i-1 -> ALLOW_IF
			u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CKEY-61", world: `id(u): +s3:GetObject@b/* ?{StringEquals aws:principalOrgId2=o-ex} ; +s3:PutObject@b/* ; -s3:PutObject@* ?{StringEquals aws:principalOrgId2=o-ex}`,
			ask: `
			u s3:GetObject b/x -> ALLOW_IF(DATA aws:principalOrgId2 StringEquals o-ex@1)
			u s3:PutObject b/x -> ALLOW_IF`},
		{id: "CKEY-62", world: `id(r): +s3:GetObject@b/* ?{StringNotEquals aws:username=x} ; +s3:PutObject@b/* ?{StringEqualsIfExists aws:username=x} ; +s3:DeleteObject@b/* ?{ForAllValues:StringEquals aws:username=x}`,
			ask: `
			r s3:GetObject b/x -> ALLOW
			r s3:PutObject b/x -> ALLOW
			r s3:DeleteObject b/x -> ALLOW`},
		{id: "CKEY-64", world: `
			id(u): +s3:GetObject@b/* ?{ArnLike aws:SignInSessionArn=arn:aws:signin:*}`,
			check: notOutright("s3:GetObject", "b/x", "u")},
		{id: "CKEY-65", world: `id(u): +s3:*@* ; -s3:DeleteObject@* ?{Bool aws:ViaAWSMCPService=true}
			id(A:user/v): +s3:DeleteObject@* ?{Bool aws:ViaAWSMCPService=true}`,
			ask:   `u s3:DeleteObject b/x -> ALLOW`,
			check: notOutright("s3:DeleteObject", "b/x", "A:user/v")},
		{id: "CKEY-66", world: `
			tp(r): +sts:AssumeRoleWithSAML P=` + saml + ` ?{StringEquals aws:PrincipalAccount=A}
			tp(r1): +sts:AssumeRoleWithSAML P=` + saml + ` ?{Null aws:PrincipalArn=true, Null aws:username=true, Null aws:TokenIssueTime=true, Null aws:MultiFactorAuthPresent=true, Null aws:PrincipalTag/x=true, Null aws:PrincipalOrgID=true, Null aws:FederatedProvider=true}
			tp(r2): +sts:AssumeRoleWithWebIdentity P=` + github + ` ?{StringEquals aws:FederatedProvider=arn:aws:iam::A:oidc-provider/` + githubHost + `}
			tp(A:role/r3): +sts:AssumeRoleWithSAML P=` + saml + ` ?{StringEquals aws:PrincipalType=AssumedRole}
			tags(A:role/r4): team=a
			tp(A:role/r4): +[sts:AssumeRoleWithSAML,sts:TagSession] P=` + saml + ` ?{StringEquals aws:ResourceTag/team=a, IpAddress aws:SourceIp=203.0.113.0/24}`,
			ask: `
			paths: A:saml-provider/idp to r -> DENY(implicit:resource)
			paths: A:saml-provider/idp to r1 -> not DENY
			paths: A:oidc-provider/` + githubHost + ` to r2 -> not DENY
			paths: A:saml-provider/idp to A:role/r3 -> ALLOW_IF
			paths: A:saml-provider/idp to A:role/r4 -> ALLOW_IF(NETWORK aws:SourceIp IpAddress 203.0.113.0/24@1) via A:role/r4`},
	}
}

// notOutright: what only happens through a service, or may be absent, is never
// allowed without a condition.
func notOutright(action, resource string, who ...string) func(*testing.T, *caseWorld) {
	return func(t *testing.T, w *caseWorld) {
		for _, name := range who {
			if a := w.can(t, name, action, resource); a.Verdict == query.VerdictAllow {
				t.Errorf("%s: %s", name, caseObserve(a))
			}
		}
	}
}
