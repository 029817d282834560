package query_test

// ruleCases are further cases in the manner of section 14, named by the rule
// that they follow from: one request.
func ruleCases() []microCase {
	return []microCase{
		{id: "GRAM-08", world: `raw(u): {"Statement":{"Effect":"Allow","Action":"s3:*"}}`, ask: `u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "GRAM-11", world: `rp(b): +s3:GetObject@b/*`, ask: `u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "GRAM-15", world: `raw(u): {"Statement":{"Effect":"Allow","Action":"s3:GetObject","Action":"s3:PutObject","Resource":"*"}}`,
			ask: `
			u s3:GetObject b/x -> ALLOW #U-12
			u s3:PutObject b/x -> ALLOW #U-12
			u s3:DeleteObject b/x -> DENY`},
		{id: "GAAD-14", world: `missing(u): G`, ask: `u s3:GetObject b/x -> ALLOW_IF(DATA DATA:group Known G@1)`},
		{id: "GAAD-19", world: `
			id(u): +s3:*@*
			pbgone(u): limits`,
			ask: `u s3:GetObject b/x -> ALLOW_IF(DATA DATA:boundary Known arn:aws:iam::111111111111:policy/limits@1)`},
		{id: "ACTM-05", world: `id(u): +s*:Get*@*`, ask: `u s3:GetObject b/x -> ALLOW #U-13`},
		{id: "ACTM-05/deny", world: `id(u): +s3:*@* ; -s*:Get*@*`, ask: `u s3:GetObject b/x -> ALLOW_IF(U U-13@1) #U-13`},
		{id: "ARNM-05", world: `id(u): +s3:*@arn:aws:s3:*`, ask: `u s3:GetObject b/x -> ALLOW`},
		{id: "ARNM-05/short", world: `id(u): +s3:*@arn:aws:s3`, ask: `u s3:GetObject b/x -> ALLOW #U-10`},
		{id: "ARNM-06", world: `id(u): +s3:*@arn:aws:s3:us-east-1:A:b/*`, ask: `u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "ARNM-08", world: `id(u): +s3:*@B/*`, ask: `u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "ARNM-10", world: `id(u): +s3:*@* ; -s3:*@!arn:aws:s3:::b`, ask: `u s3:ListAllMyBuckets * -> DENY(explicit:identity)`},
		{id: "PRINC-20", world: `
			rp(b): -s3:*@[b,b/*] !P=[u]
			id(u): +s3:*@*
			id(A:user/v): +s3:*@*`,
			ask: `
			u s3:GetObject b/x -> ALLOW_IF(U U-04@1) #U-04
			A:user/v s3:GetObject b/x -> DENY(explicit:resource)`},
		{id: "PRINC-20/account", world: `
			rp(b): -s3:*@[b,b/*] !P=[u,A]
			id(u): +s3:*@*`,
			ask: `u s3:GetObject b/x -> ALLOW`},
		{id: "COND-05", world: `
			bucket(mb): M
			id(u): +s3:GetObject@b/* ?{ForAnyValue:StringLike aws:PrincipalOrgPaths=o-ex/r-ex/ou-ex/*}
			id(M:user/m): +s3:GetObject@mb/* ?{ForAnyValue:StringLike aws:PrincipalOrgPaths=o-ex/r-ex/ou-ex/*}`,
			ask: `
			u s3:GetObject b/x -> ALLOW
			M:user/m s3:GetObject mb/x -> DENY(implicit:identity)`},
		{id: "COND-19", world: `
			id(u): +s3:GetObject@b/* ?{StringMaybe aws:username=u}`, ask: `u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "COND-19/deny", world: `
			id(u): +s3:GetObject@b/* ; -s3:*@* ?{StringMaybe aws:username=u}`, ask: `u s3:GetObject b/x -> ALLOW_IF(DATA DATA:operator Known StringMaybe@1)`},
		{id: "EVAL-27", world: `rp(bb): +s3:GetObject@bb/* P=A`, ask: `A:root s3:GetObject bb/x -> ALLOW`},
		{id: "EVAL-27/user", world: `rp(bb): +s3:GetObject@bb/* P=u`, ask: `A:root s3:GetObject bb/x -> DENY(implicit:resource)`},
		{id: "EVAL-30", world: `rp(b): +s3:PutObject@b/* P=Service:logging.s3`,
			ask: `who: s3:PutObject b/x -> logging.s3.amazonaws.com ALLOW #kind=service`},
		{id: "EVAL-31", world: `rp(b): +s3:GetObject@b/* P=* ?{StringEquals aws:PrincipalOrgID=o-ex}`,
			ask: `anonymous s3:GetObject b/x -> DENY(implicit:resource)`},
		{id: "RPOL-10/root", world: `
			add: r2
			rp(key): +kms:*@* P=r2`,
			ask: `A:root kms:Decrypt key -> DENY(implicit:resource)`},
		{id: "RPOL-10/delegated", world: `rp(key): +kms:*@* P=A`, ask: `A:root kms:Decrypt key -> ALLOW`},
		{id: "RPOL-10/user", world: `
			rp(key): +kms:Decrypt@* P=u
			pb(u): +s3:*@*`,
			ask: `u kms:Decrypt key -> ALLOW`},
		{id: "RPOL-10/elsewhere", world: `
			rp(key): +kms:*@* P=[A,B]
			id(q): +kms:*@*
			id(u): +kms:*@*`,
			ask: `
			q kms:Decrypt key -> ALLOW
			q kms:ListGrants key -> ALLOW
			q kms:ScheduleKeyDeletion key -> DENY(service-rule)
			q kms:ListKeyRotations key -> DENY(service-rule)
			q kms:PutKeyPolicy key -> DENY(service-rule)
			u kms:PutKeyPolicy key -> ALLOW`},
		{id: "RPOL-12", world: `
			rp(key): +kms:*@* P=A
			grant(key): r Decrypt`,
			ask: `
			r kms:Decrypt key -> ALLOW
			r kms:Encrypt key -> DENY(implicit:identity)`},
		{id: "RPOL-14", world: `rp(key): +kms:Decrypt@* P=* ?{StringEquals kms:CallerAccount=A}`, ask: `u kms:Decrypt key -> ALLOW`},
		{id: "ORG-03", world: `
			scp(ou): unknown
			id(u): +s3:*@*`,
			ask: `u s3:GetObject b/x -> ALLOW #guardrails-partial`},
		{id: "ORG-10", world: `rcp(A): -s3:*@*`, ask: `A:root s3:GetObject b/x -> DENY(explicit:rcp@A)`},
		{id: "ORG-10/management", world: `
			rcp(root): -s3:*@*
			bucket(mb): M
			id(M:user/m): +s3:*@*`,
			ask: `M:user/m s3:GetObject mb/x -> ALLOW`},
		{id: "ORG-15", world: `
			noscp:
			scp(A): -s3:*@*
			id(u): +s3:*@*`,
			ask: `u s3:GetObject b/x -> ALLOW`},
		{id: "SYM-05", world: `
			id(u): +s3:*@* ; -s3:*@* ?{StringNotEquals aws:PrincipalTag/x=1}
			tags(A:user/v): X=1
			id(A:user/v): +s3:*@* ; -s3:*@* ?{StringNotEquals aws:PrincipalTag/x=1}`,
			ask: `
			u s3:GetObject b/x -> DENY(explicit:identity)
			A:user/v s3:GetObject b/x -> ALLOW`},
		{id: "SYM-08", world: `id(u): +s3:*@* ?{StringEquals aws:UserAgent=a} ; +s3:*@* ?{StringNotEquals aws:UserAgent=a}`,
			ask: `u s3:GetObject b/x -> ALLOW`},
		{id: "SYM-12", world: `id(u): +s3:*@* ?{Bool aws:SecureTransport=true}`,
			ask: `u s3:GetObject b/x -> ALLOW requires(REQUEST aws:SecureTransport Bool true@1)`},
		{id: "SYM-31", world: `id(u): +s3:*@* ?{DateLessThan aws:CurrentTime=2030-01-01T00:00:00Z}`, ask: `u s3:GetObject b/x -> ALLOW`},
		{id: "STS-19", world: `id(r): +s3:*@* ; -*@* ?{DateLessThan aws:TokenIssueTime=2030-01-01T00:00:00Z}`,
			ask: `r s3:GetObject b/x -> DENY(explicit:identity)`},
		{id: "TRUST-05", world: `
			tp(r): P=AWS:*
			tp(q): P=AWS:*`,
			ask: `
			u sts:AssumeRole r -> ALLOW
			u sts:AssumeRole q -> DENY(implicit:identity)`},
		{id: "TRUST-06", world: `
			tp(r): +sts:AssumeRoleWithSAML P=A
			id(u): +sts:*@*`,
			ask: `u sts:AssumeRole r -> DENY(implicit:resource)`},
		{id: "TRUST-13", world: `
			tags(r): x=1
			tp(r): P=A
			tp(q): P=A
			id(u): +sts:AssumeRole@* ?{StringEquals iam:ResourceTag/X=1}`,
			ask: `
			u sts:AssumeRole r -> ALLOW
			u sts:AssumeRole q -> DENY(implicit:identity)`},
		{id: "TRUST-16", world: `
			tp(r): P=A
			id(u): +sts:AssumeRole@A:role/R`,
			ask: `u sts:AssumeRole r -> DENY(implicit:identity)`},
		{id: "TRUST-33", world: `tp(r): P=u ?{NumericLessThanEquals sts:DurationSeconds=3600}`,
			ask: `u sts:AssumeRole r -> ALLOW requires(REQUEST sts:DurationSeconds NumericLessThanEquals 3600@1)`},
		{id: "STS-01", world: `
			tp(r2): P=A:sess/r1/n
			pb(r1): +s3:*@*`,
			ask: `
			request: r1 as n sts:AssumeRole r2 -> ALLOW
			request: r1 as m sts:AssumeRole r2 -> DENY`},
		{id: "STS-02", world: `
			tp(q): P=r
			id(r): +sts:AssumeRole@q
			pb(r): +s3:*@*`,
			ask: `r sts:AssumeRole q -> DENY(implicit:boundary)`},
		{id: "STS-06", world: `
			tp(q): +[sts:AssumeRole,sts:TagSession] P=A ?{StringEquals aws:RequestTag/team=a}
			id(u): +sts:AssumeRole@q`,
			ask: `u sts:AssumeRole q -> DENY(implicit:identity) #text=sts:TagSession_is_not_allowed`},
		{id: "STS-06/rcp", world: `
			rcp(B): -sts:TagSession@*
			tp(q): +[sts:AssumeRole,sts:TagSession] P=A ?{StringEquals aws:RequestTag/team=a}
			id(u): +sts:*@q`,
			ask: `u sts:AssumeRole q -> DENY(explicit:rcp@B)`},
		{id: "STS-06/optional", world: `
			tp(r): P=u ?{StringEqualsIfExists aws:RequestTag/team=a}`,
			ask: `u sts:AssumeRole r -> ALLOW`},
		{id: "STS-06/both-statements", world: `
			tp(r): +sts:AssumeRole P=u ?{StringEqualsIfExists aws:RequestTag/team=a} ; +sts:TagSession P=u
			id(u): +sts:TagSession@r
			id(r): +s3:*@* ?{StringEquals aws:PrincipalTag/team=b}`,
			ask: `can: u s3:GetObject b/x -> DENY`},
		{id: "STS-06/same-tag", world: `
			tp(r): +sts:AssumeRole P=u ?{StringEqualsIfExists aws:RequestTag/team=a} ; +sts:TagSession P=u
			id(u): +sts:TagSession@r
			id(r): +s3:*@* ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `can: u s3:GetObject b/x -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals a@1) via r`},
		{id: "STS-07/forced", world: `
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=a, ForAnyValue:StringEquals sts:TransitiveTagKeys=team}
			id(u): +sts:TagSession@r1
			tp(r2): P=r1`,
			ask: `paths: u to r2 -> ALLOW_IF #U-18`},
	}
}

// chainRuleCases follow from section 9: what holds at one hop and not at the
// next.
func chainRuleCases() []microCase {
	return []microCase{
		{id: "CHAIN-05/call", world: `
			tp(r1): P=u ?{Bool aws:MultiFactorAuthPresent=true}
			tp(r2): P=r1`,
			ask: `paths: u to r2 -> ALLOW_IF(MFA aws:MultiFactorAuthPresent Bool true@1) via r1 r2`},
		{id: "CHAIN-05/second", world: `
			tp(r1): P=u
			tp(r2): P=r1 ?{Bool aws:MultiFactorAuthPresent=true}`,
			ask: `paths: u to r2 -> ALLOW_IF(MFA aws:MultiFactorAuthPresent Bool true@1 & MFA aws:MultiFactorAuthPresent Bool true U-01@2) via r1 r2 #U-01`},
		{id: "CHAIN-31", world: `
			tp(r1): P=A
			tp(r2): P=A ?{StringEquals aws:PrincipalType=User}
			id(u): +sts:AssumeRole@r1
			id(r1): +sts:AssumeRole@r2
			id(A:user/v): +sts:AssumeRole@r2`,
			ask: `
			paths: u to r2 -> DENY(implicit:resource) at 2
			paths: A:user/v to r2 -> ALLOW via r2`},
		{id: "CHAIN-33", world: `
			tags(r1): Team=a
			tp(r1): P=u
			tp(r2): P=r1 ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `paths: u to r2 -> ALLOW via r1 r2`},
		{id: "CHAIN-38", world: `
			tp(C:role/c): P=u
			id(u): +sts:AssumeRole@*
			id(C:role/c): +sts:AssumeRole@q
			tp(q): P=AWS:* ?{StringEquals aws:PrincipalOrgID=o-ex, StringNotEquals aws:PrincipalArn=arn:aws:iam::A:user/u}`,
			ask: `
			C:role/c sts:AssumeRole q -> DENY(implicit:resource)
			paths: u to q -> DENY`},
		{id: "CHAIN-39", world: `
			tp(q): P=u
			id(u): +sts:AssumeRole@[q,q2]
			tp(q2): P=B
			id(q): +sts:AssumeRole@q2`,
			ask: `
			paths: u to q2 -> ALLOW via q q2
			request: u sts:AssumeRole q2 -> DENY(implicit:resource)`},
		{id: "CHAIN-40", world: `
			profile(r1): i
			tp(r1): P=Service:ec2 ; P=u
			tp(r2): P=r1 ?{ArnLike ec2:SourceInstanceArn=arn:aws:ec2:*:A:instance/*}
			tp(A:role/r3): P=r2 ?{ArnLike ec2:SourceInstanceArn=arn:aws:ec2:*:A:instance/*}`,
			ask: `
			paths: u to r2 -> DENY(implicit:resource) at 2
			paths: A:instance-profile/i to r2 -> ALLOW_IF(SESSION ec2:SourceInstanceArn ArnLike arn:aws:ec2:*:111111111111:instance/*@2) via r1 r2
			paths: A:instance-profile/i to A:role/r3 -> DENY`},
		{id: "CHAIN-41", world: `tp(r): P=u ?{NumericLessThan aws:MultiFactorAuthAge=3600}`, ask: `paths: u to r -> ALLOW_IF`},
		{id: "CHAIN-46", world: `
			tp(q): P=u ?{StringEquals sts:ExternalId=x} ; P=r1
			id(u): +sts:AssumeRole@*
			tp(r1): P=u
			id(r1): +sts:AssumeRole@q`,
			check: bothWays},
		{id: "CHAIN-32/same-network", world: `
			tp(r1): P=u ?{IpAddress aws:SourceIp=203.0.113.0/24}
			tp(r2): P=r1 ?{IpAddress aws:SourceIp=203.0.113.128/25}`,
			check: networkFits},
		{id: "CHAIN-13", world: `
			tp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=y}
			id(u): +sts:SetSourceIdentity@*
			tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=r1 ?{StringEquals sts:SourceIdentity=y}
			id(r1): +sts:SetSourceIdentity@*`,
			ask: `paths: u to r2 -> not DENY`},
		{id: "CHAIN-13/other", world: `
			tp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=y}
			id(u): +sts:SetSourceIdentity@*
			tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=r1 ?{StringEquals sts:SourceIdentity=x}
			id(r1): +sts:SetSourceIdentity@*`,
			ask: `paths: u to r2 -> DENY`},
		{id: "SYM-22", world: `
			tp(r): P=u
			id(r): +s3:*@* ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `
			can: r s3:GetObject b/x -> DENY(implicit:identity)
			can: u s3:GetObject b/x -> DENY`},
		{id: "SYM-22/own-tag-stays", world: `
			tags(r): team=a
			tp(r): +[sts:AssumeRole,sts:TagSession] P=u
			id(r): +s3:GetObject@b/* ?{Null aws:PrincipalTag/team=true} ; +s3:PutObject@b/* ?{StringNotEquals aws:PrincipalTag/team=a}`,
			ask: `
			can: r s3:GetObject b/x -> ALLOW_IF(SESSION aws:PrincipalTag/team StringEquals  U-21@1) #confidence=low
			can: r s3:PutObject b/x -> ALLOW_IF(SESSION aws:PrincipalTag/team StringNotEquals a@1)`},
		{id: "SYM-06/values-that-no-call-takes", world: `
			tp(r): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=a*}
			tp(r1): P=u ?{StringEquals sts:RoleSessionName=[ci/*,ci-1]}
			tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringNotEquals sts:SourceIdentity=a*}
			add: r1 r2
			id(r): +s3:GetObject@b/1
			id(r1): +s3:GetObject@b/2
			id(r2): +s3:GetObject@b/3 ; +s3:GetObject@b/4 ?{StringEquals aws:PrincipalTag/team=a*}`,
			ask: `
			u sts:AssumeRole r -> DENY(implicit:resource)
			can: u s3:GetObject b/1 -> DENY
			can: u s3:GetObject b/2 -> ALLOW requires(REQUEST sts:RoleSessionName StringEquals ci-1@1) via r1
			can: u s3:GetObject b/3 -> ALLOW via r2
			can: r2 s3:GetObject b/4 -> DENY(implicit:identity)`},
		{id: "COND-05/empty-tag-passed", world: `
			tags(r): team=a
			tp(r): +[sts:AssumeRole,sts:TagSession] P=u
			id(r): +s3:GetObject@b/x ?{StringEquals aws:PrincipalTag/team=} ; +s3:PutObject@b/* ?{Null aws:PrincipalTag/team=true} ; +sts:*@*
			tp(q): +[sts:AssumeRole,sts:TagSession] P=r ?{StringNotLike aws:PrincipalTag/team=?*}
			id(q): +s3:GetObject@bb/* ?{StringEquals aws:PrincipalTag/env=}
			tp(r1): +sts:AssumeRole P=u ; +sts:TagSession P=u ?{StringEquals aws:RequestTag/team=}
			add: r1
			id(r1): +s3:GetObject@b/1 ?{StringLike aws:PrincipalTag/team=*}`,
			ask: `
			can: u s3:GetObject b/x -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals  U-21@1) via r #U-21 #confidence=low
			can: u s3:PutObject b/x -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals  U-21@1) via r #U-21
			can: u s3:GetObject bb/x -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals  U-21@1 & SESSION aws:RequestTag/env StringEquals  U-21@2) via r q
			can: u s3:GetObject b/1 -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals  U-21@1) via r1`},
		{id: "SYM-22/taggable", world: `
			tp(r): +[sts:AssumeRole,sts:TagSession] P=u
			id(u): +sts:TagSession@r
			id(r): +s3:*@* ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `
			can: r s3:GetObject b/x -> ALLOW_IF(SESSION aws:PrincipalTag/team StringEquals a@1)
			can: u s3:GetObject b/x -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals a@1) via r`},
		{id: "SYM-20", world: `
			tags(r): team=a
			tp(r): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/Team=b}
			id(u): +sts:TagSession@r
			id(r): +s3:*@* ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `can: u s3:GetObject b/x -> DENY`},
		{id: "STS-19/chain", world: `
			tp(r): P=u
			id(r): +s3:*@* ; -*@* ?{DateLessThan aws:TokenIssueTime=2030-01-01T00:00:00Z}`,
			ask: `can: u s3:GetObject b/x -> DENY`},
		{id: "CHAIN-09", world: `
			scp(A): -sts:*@*
			id(u): +sts:AssumeRole@q
			tp(q): P=u`,
			ask: `paths: u to q -> DENY(explicit:scp@A) at 1`},
		{id: "CHAIN-15", world: `
			tp(r1): P=u ?{StringEquals sts:RoleSessionName=${aws:username}}
			rp(b): +s3:GetObject@b/* P=A:sess/r1/n
			rp(bb): +s3:GetObject@bb/* P=A:sess/r1/u
			id(r1): +s3:GetObject@bb/*`,
			ask: `
			can: u s3:GetObject b/x -> DENY
			can: u s3:GetObject bb/x -> not DENY`},
	}
}
