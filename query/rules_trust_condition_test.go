package query_test

import (
	"slices"
	"testing"

	"accesspath/query"
)

// trustConditionCases follow section 8.3: keys in trust policies one by one.
func trustConditionCases() []microCase {
	return []microCase{
		{id: "TRUST-20", world: `
			tp(q): P=A ?{StringEquals sts:ExternalId=[Secret,Other]}
			id(u): +sts:AssumeRole@q`,
			ask:   `paths: u to q -> ALLOW_IF(KNOWLEDGE sts:ExternalId StringEquals Other,Secret@1) via q #mode=api`,
			check: onlyAPI("u", "q")},
		{id: "TRUST-20/two-values", world: `
			tp(q): P=A ?{StringEquals sts:ExternalId=x}
			id(u): +sts:AssumeRole@q ?{StringEquals sts:ExternalId=X}`,
			ask: `u sts:AssumeRole q -> DENY(contradiction)`},
		{id: "TRUST-20/not-carried", world: `
			tp(r1): P=u ?{StringEquals sts:ExternalId=x}
			tp(r2): P=r1 ?{StringEquals sts:ExternalId=x}`,
			ask: `paths: u to r2 -> ALLOW_IF(KNOWLEDGE sts:ExternalId StringEquals x@1 & KNOWLEDGE sts:ExternalId StringEquals x@2) via r1 r2`},
		{id: "TRUST-21", world: `
			add: r1
			tp(r): P=[u,r1] ?{Bool aws:MultiFactorAuthPresent=true}
			tp(r2): P=[u,r1] ?{NumericLessThan aws:MultiFactorAuthAge=3600}`,
			ask: `
			request: u sts:AssumeRole r -> DENY(implicit:resource)
			paths: u to r -> ALLOW_IF(MFA aws:MultiFactorAuthPresent Bool true@1) via r
			request: r1 sts:AssumeRole r -> DENY(implicit:resource)
			paths: u to r2 -> ALLOW_IF`},
		{id: "TRUST-22", world: `
			tp(r): +sts:AssumeRoleWithSAML P=Federated:A:saml-provider/idp ?{Bool aws:MultiFactorAuthPresent=true}
			tp(r1): +sts:AssumeRoleWithSAML P=Federated:A:saml-provider/idp ?{Null aws:MultiFactorAuthPresent=false}
			tp(r2): +sts:AssumeRoleWithSAML P=Federated:A:saml-provider/idp ?{NumericLessThan aws:MultiFactorAuthAge=3600}
			tp(A:role/r3): +sts:AssumeRoleWithSAML P=Federated:A:saml-provider/idp ?{BoolIfExists aws:MultiFactorAuthPresent=true}`,
			ask: `
			paths: A:saml-provider/idp to r -> DENY(implicit:resource)
			paths: A:saml-provider/idp to r1 -> DENY(implicit:resource)
			paths: A:saml-provider/idp to r2 -> DENY(implicit:resource)
			paths: A:saml-provider/idp to A:role/r3 -> not DENY`},
		{id: "TRUST-22/later", world: `
			provider(A): saml-provider/idp
			tp(r): +[sts:AssumeRoleWithSAML,sts:TagSession] P=Federated:A:saml-provider/idp
			id(r): +s3:GetObject@b/* ?{BoolIfExists aws:MultiFactorAuthPresent=true} ; +s3:PutObject@b/* ; -s3:PutObject@* ?{Bool aws:MultiFactorAuthPresent=false} ; -s3:GetObjectAcl@* ?{BoolIfExists aws:MultiFactorAuthPresent=false} ; +s3:GetObjectAcl@*`,
			ask: `
			who: s3:GetObject b/x -> A:saml-provider/idp ALLOW via r
			who: s3:PutObject b/x -> A:saml-provider/idp ALLOW via r
			who: s3:GetObjectAcl b/x -> A:saml-provider/idp nobody`},
		{id: "CHAIN-07/under another name", world: `
			tp(A:role/fn): P=[Service:lambda,A:sess/fn/f]
			compute(A:function/f): lambda A:role/fn
			id(A:role/fn): +s3:GetObject@b/*
			rp(b): -s3:GetObject@b/* P=A:sess/fn/f`,
			ask: `who: s3:GetObject b/x -> compute:A:function/f ALLOW via A:role/fn A:role/fn`},
		{id: "TRUST-22/service", world: `
			tp(r): P=Service:ec2 ?{Bool aws:MultiFactorAuthPresent=true}
			tp(r1): P=Service:ec2 ?{BoolIfExists aws:MultiFactorAuthPresent=true}`,
			ask: `
			paths: service:ec2 to r -> DENY(implicit:resource)
			paths: service:ec2 to r1 -> ALLOW via r1`},
		{id: "TRUST-23", world: `
			tp(r): P=u ?{IpAddress aws:SourceIp=203.0.113.0/24}
			tp(r1): P=u ?{StringEquals aws:SourceVpc=vpc-1}
			tp(r2): P=u ?{StringEquals aws:SourceVpce=vpce-1}
			tp(A:role/r3): P=u ?{IpAddress aws:VpcSourceIp=10.0.0.0/8}`,
			ask: `
			u sts:AssumeRole r -> ALLOW_IF(NETWORK aws:SourceIp IpAddress 203.0.113.0/24@1)
			u sts:AssumeRole r1 -> ALLOW_IF(NETWORK aws:SourceVpc StringEquals vpc-1@1)
			u sts:AssumeRole r2 -> ALLOW_IF(NETWORK aws:SourceVpce StringEquals vpce-1@1)
			u sts:AssumeRole A:role/r3 -> ALLOW_IF(NETWORK aws:VpcSourceIp IpAddress 10.0.0.0/8@1)`},
		{id: "TRUST-23/both", world: `tp(r): P=u ?{IpAddress aws:SourceIp=203.0.113.0/24, IpAddress aws:VpcSourceIp=10.0.0.0/8}`,
			ask: `u sts:AssumeRole r -> DENY(contradiction)`},
		{id: "TRUST-24", world: `
			add: B:user/y
			tp(q): P=AWS:* ?{StringEquals aws:PrincipalOrgID=o-ex}
			id(u): +sts:AssumeRole@q
			id(M:user/m): +sts:AssumeRole@q
			id(C:user/x): +sts:AssumeRole@q`,
			ask: `
			u sts:AssumeRole q -> ALLOW
			r sts:AssumeRole q -> DENY(implicit:identity)
			B:user/y sts:AssumeRole q -> ALLOW
			M:user/m sts:AssumeRole q -> ALLOW
			C:user/x sts:AssumeRole q -> DENY(implicit:resource)`},
		{id: "TRUST-24/paths", world: `
			tp(q): P=AWS:* ?{ForAnyValue:StringLike aws:PrincipalOrgPaths=o-ex/r-ex/ou-ex/*}
			id(u): +sts:AssumeRole@q
			id(M:user/m): +sts:AssumeRole@q`,
			ask: `
			u sts:AssumeRole q -> ALLOW
			M:user/m sts:AssumeRole q -> DENY(implicit:resource)`},
		{id: "TRUST-24/account", world: `
			tp(q): P=AWS:* ?{StringEquals aws:PrincipalAccount=[A,C]}
			id(u): +sts:AssumeRole@q
			id(C:user/x): +sts:AssumeRole@q
			id(M:user/m): +sts:AssumeRole@q`,
			ask: `
			u sts:AssumeRole q -> ALLOW
			C:user/x sts:AssumeRole q -> ALLOW
			M:user/m sts:AssumeRole q -> DENY(implicit:resource)`},
		{id: "TRUST-24/strangers", world: `
			tp(q): P=AWS:* ?{StringEquals aws:PrincipalAccount=A}
			id(q): +s3:GetObject@bb/1
			tp(q2): P=AWS:* ?{StringEquals aws:PrincipalAccount=[A,555555555555]}
			id(q2): +s3:GetObject@bb/2
			tp(B:role/q3): P=AWS:* ?{StringNotEquals aws:PrincipalAccount=A}
			id(B:role/q3): +s3:GetObject@bb/3
			tp(B:role/q4): P=AWS:* ?{ArnLike aws:PrincipalArn=arn:aws:iam::A:role/*}
			id(B:role/q4): +s3:GetObject@bb/4
			tp(B:role/q5): P=AWS:* ?{ArnLike aws:PrincipalArn=[arn:aws:iam::A:role/*,arn:aws:iam::555555555555:role/*]}
			id(B:role/q5): +s3:GetObject@bb/5`,
			ask: `
			who: s3:GetObject bb/1 -> * nobody
			who: s3:GetObject bb/2 -> * nobody
			who: s3:GetObject bb/2 -> account:555555555555 ALLOW_IF(DATA DATA:account Known 555555555555@1) via q2
			who: s3:GetObject bb/3 -> * ALLOW_IF
			who: s3:GetObject bb/4 -> * nobody
			who: s3:GetObject bb/5 -> * nobody
			who: s3:GetObject bb/5 -> account:555555555555 ALLOW_IF`},
		{id: "EVAL-25/named in conditions", world: `
			rp(bb): +s3:GetObject@bb/1 P=* ?{StringEquals aws:PrincipalAccount=[A,555555555555]} ; +s3:GetObject@bb/2 P=* ?{ArnLike aws:PrincipalArn=arn:aws:iam::555555555555:role/*} ; +s3:GetObject@bb/3 P=[AWS:*,C] ?{ArnLike aws:PrincipalArn=arn:aws:iam::A:role/*}
			unload: C`,
			ask: `
			who: s3:GetObject bb/1 -> * nobody
			who: s3:GetObject bb/1 -> account:555555555555 ALLOW_IF(DATA DATA:account Known 555555555555@1)
			who: s3:GetObject bb/2 -> account:555555555555 ALLOW_IF
			who: s3:GetObject bb/3 -> account:C nobody`},
		{id: "EVAL-25/spared by a Deny", world: `
			unload: C
			rp(b): +s3:GetObject@b/* P=* ; -s3:GetObject@b/* P=* ?{StringNotEquals aws:PrincipalAccount=C} ; +s3:PutObject@b/* P=* ; -s3:PutObject@b/* !P=[C,Service:logging.s3]
			tp(r): P=AWS:* ; -sts:AssumeRole P=* ?{ArnNotLike aws:PrincipalArn=arn:aws:iam::C:role/*}
			id(r): +s3:DeleteObject@b/*`,
			ask: `
			who: s3:GetObject b/x -> account:C ALLOW_IF
			who: s3:GetObject b/x -> * nobody
			who: s3:GetObject b/x -> u nobody
			who: s3:PutObject b/x -> account:C ALLOW_IF
			who: s3:PutObject b/x -> logging.s3.amazonaws.com ALLOW
			who: s3:PutObject b/* -> logging.s3.amazonaws.com ALLOW
			who: s3:DeleteObject b/x -> account:C ALLOW_IF
			who: s3:DeleteObject b/x -> u nobody`},
		{id: "EVAL-25/spared by an RCP", world: `
			unload: C
			rp(b): +s3:GetObject@b/* P=*
			tp(r): P=AWS:*
			id(r): +s3:PutObject@b/*
			rcp(root): -*@* ?{StringNotEqualsIfExists aws:PrincipalOrgID=o-ex, StringNotEqualsIfExists aws:PrincipalAccount=C, BoolIfExists aws:PrincipalIsAWSService=false}`,
			ask: `
			who: s3:GetObject b/x -> account:C ALLOW_IF
			who: s3:PutObject b/x -> account:C ALLOW_IF
			who: s3:GetObject b/x -> * nobody
			who: s3:PutObject b/x -> * nobody
			who: s3:GetObject b/x -> u ALLOW`},
		{id: "EVAL-30/everybody else is kept out", world: `
			rp(b): +s3:GetObject@b/* P=* ; +s3:PutObject@b/* P=* ; -s3:PutObject@b/* P=* ?{Null aws:PrincipalServiceName=true} ; +s3:DeleteObject@b/* P=* ?{StringNotEquals aws:PrincipalServiceName=x.amazonaws.com, Bool aws:PrincipalIsAWSService=true}
			rcp(root): -s3:GetObject@* ?{Null aws:PrincipalAccount=false}`,
			ask: `
			who: s3:GetObject b/x -> *.amazonaws.com ALLOW
			who: s3:GetObject b/x -> * nobody
			who: s3:PutObject b/x -> *.amazonaws.com ALLOW
			who: s3:PutObject b/x -> true nobody
			who: s3:DeleteObject b/x -> *.amazonaws.com ALLOW
			who: s3:DeleteObject b/x -> x.amazonaws.com nobody`},
		{id: "VAR-05/session that is not loaded", world: `
			unload: C
			rp(b): +s3:*@b/* P=C:sess/d/s ; -s3:GetObject@b/* P=* ?{ArnNotLike aws:PrincipalArn=arn:aws:iam::C:role/*} ; -s3:PutObject@b/* P=* ?{ArnNotLike aws:PrincipalArn=arn:aws:iam::C:role/x*} ; -s3:DeleteObject@b/* P=C:role/team/d ; -s3:GetObjectAcl@b/* P=* ?{ArnNotEquals aws:PrincipalArn=arn:aws:iam::C:role/d} ; -s3:PutObjectAcl@b/* P=* ?{ArnNotEquals aws:PrincipalArn=arn:aws:iam::C:role/xd}`,
			ask: `
			who: s3:PutObjectAcl b/x -> C:assumed-role/d/s nobody
			who: s3:GetObject b/x -> C:assumed-role/d/s ALLOW_IF(DATA DATA:account Known 333333333333@1)
			who: s3:PutObject b/x -> C:assumed-role/d/s ALLOW_IF
			who: s3:DeleteObject b/x -> C:assumed-role/d/s nobody
			who: s3:GetObjectAcl b/x -> C:assumed-role/d/s ALLOW_IF`},
		{id: "ORG-06/members not loaded", world: `
			unload: B
			rp(b): +s3:GetObject@b/* P=[B,B:role/d]
			tp(r): P=[B,B:role/d]
			id(r): +s3:PutObject@b/*
			scp(B): -s3:GetObject@* ; -sts:AssumeRole@* ?{ArnNotLike aws:PrincipalArn=arn:aws:iam::*:role/admin}`,
			ask: `
			who: s3:GetObject b/x -> account:B nobody
			who: s3:GetObject b/x -> B:role/d nobody
			who: s3:PutObject b/x -> account:B ALLOW_IF
			who: s3:PutObject b/x -> B:role/d nobody`},
		{id: "STS-10/account not loaded", world: `
			unload: C
			tp(r): P=C:federated-user/x
			id(r): +s3:PutObject@b/*
			rp(b): +s3:GetObject@b/* P=C:federated-user/x`,
			ask: `
			who: s3:PutObject b/x -> C:federated-user/x nobody
			who: s3:GetObject b/x -> C:federated-user/x ALLOW_IF`},
		{id: "PRINC-11/tags of a user not loaded", world: `
			unload: C
			tp(r): P=C:user/x ?{StringEquals aws:PrincipalTag/team=a}
			id(r): +s3:PutObject@b/*
			rp(b): +s3:GetObject@b/* P=C:user/x ?{StringEquals aws:PrincipalTag/team=a} ; +s3:DeleteObject@b/* P=C:federated-user/x ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `
			who: s3:GetObject b/x -> C:user/x ALLOW_IF(DATA DATA:account Known 333333333333@1 & SESSION aws:PrincipalTag/team StringEquals a@1)
			who: s3:PutObject b/x -> C:user/x ALLOW_IF(DATA DATA:account Known 333333333333@1 & SESSION aws:PrincipalTag/team StringEquals a@1) via r
			who: s3:DeleteObject b/x -> C:federated-user/x ALLOW_IF(DATA DATA:account Known 333333333333@1 & SESSION aws:PrincipalTag/team StringEquals a@1)`},
		{id: "EVAL-25/members not loaded", world: `
			unload: M
			tp(q): P=AWS:* ?{StringEquals aws:PrincipalOrgID=o-ex}
			id(q): +s3:GetObject@bb/1
			rp(bb): +s3:GetObject@bb/2 P=* ?{ForAnyValue:StringLike aws:PrincipalOrgPaths=o-ex/*} ; +s3:GetObject@bb/3 P=* ?{StringEquals aws:PrincipalOrgID=o-other}`,
			ask: `
			who: s3:GetObject bb/1 -> account:o-ex ALLOW_IF(DATA DATA:account Known o-ex@1) via q
			who: s3:GetObject bb/1 -> * nobody
			who: s3:GetObject bb/2 -> account:o-ex ALLOW_IF
			who: s3:GetObject bb/2 -> * nobody
			who: s3:GetObject bb/3 -> account:o-ex nobody`},
		{id: "TRUST-24/outsiders", world: `
			unload: C
			tp(q): P=[AWS:*,C] ?{StringEquals aws:PrincipalOrgID=o-ex}
			id(q): +s3:GetObject@bb/1
			tp(q2): P=[AWS:*,C] ?{ForAnyValue:StringLike aws:PrincipalOrgPaths=o-ex/*}
			id(q2): +s3:GetObject@bb/2`,
			ask: `
			who: s3:GetObject bb/1 -> * nobody
			who: s3:GetObject bb/1 -> account:C nobody
			who: s3:GetObject bb/2 -> * nobody
			who: s3:GetObject bb/2 -> account:C nobody`},
		{id: "TRUST-24/other-organization", world: `
			unload: C
			tp(q): P=[AWS:*,C] ?{StringEquals aws:PrincipalOrgID=o-other}
			id(q): +s3:GetObject@bb/1`,
			ask: `
			who: s3:GetObject bb/1 -> * ALLOW_IF
			who: s3:GetObject bb/1 -> account:C ALLOW_IF
			who: s3:GetObject bb/1 -> u nobody`},
		{id: "TRUST-25", world: `
			id(` + ssoRole + `): +sts:AssumeRole@r
			id(` + ssoRegional + `): +sts:AssumeRole@[r,r1]
			tp(r): P=A ?{ArnLike aws:PrincipalArn=arn:aws:iam::A:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Ops_*}
			tp(r1): P=A ?{ArnLike aws:PrincipalArn=arn:aws:iam::A:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Ops_*}
			id(u): +sts:AssumeRole@[r,r1]`,
			ask: `
			` + ssoRole + ` sts:AssumeRole r -> ALLOW
			` + ssoRole + ` sts:AssumeRole r1 -> DENY
			` + ssoRegional + ` sts:AssumeRole r -> ALLOW
			` + ssoRegional + ` sts:AssumeRole r1 -> ALLOW
			u sts:AssumeRole r -> DENY(implicit:resource)`},
		{id: "TRUST-25/session-arn", world: `
			id(r1): +sts:AssumeRole@r
			tp(r): P=A ?{StringLike aws:PrincipalArn=arn:aws:sts::A:assumed-role/r1/*}`,
			ask: `r1 sts:AssumeRole r -> DENY(implicit:resource)`},
		{id: "TRUST-26", world: `
			tags(u): team=a
			tags(r1): team=a
			tp(r): P=[u,r1,r2] ?{StringEquals aws:PrincipalTag/team=a}
			tags(r2): team=b`,
			ask: `
			u sts:AssumeRole r -> ALLOW
			r1 sts:AssumeRole r -> ALLOW
			r2 sts:AssumeRole r -> DENY(implicit:resource)`},
		{id: "TRUST-26/passed", world: `
			tags(r1): team=b
			tp(r1): +[sts:AssumeRole,sts:TagSession] P=u
			id(u): +sts:TagSession@r1
			tp(r): P=r1 ?{StringEquals aws:PrincipalTag/team=a}`,
			ask: `
			can: r1 sts:AssumeRole r -> ALLOW_IF(SESSION aws:PrincipalTag/team StringEquals a@1)
			paths: u to r -> ALLOW_IF(SESSION aws:RequestTag/team StringEquals a@1) via r1 r`},
		{id: "TRUST-27", world: `
			add: r1
			tp(r): P=[u,r1] ?{StringEquals sts:RoleSessionName=deploy}
			tp(r2): P=[u,r1] ?{StringLike sts:RoleSessionName=${aws:username}-*}`,
			ask: `
			u sts:AssumeRole r -> ALLOW requires(REQUEST sts:RoleSessionName StringEquals deploy@1)
			r1 sts:AssumeRole r -> ALLOW requires(REQUEST sts:RoleSessionName StringEquals deploy@1)
			u sts:AssumeRole r2 -> ALLOW requires(REQUEST sts:RoleSessionName StringLike u-*@1)
			r1 sts:AssumeRole r2 -> DENY(implicit:resource)`},
		{id: "TRUST-28", world: `
			tp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=u ?{StringEquals sts:SourceIdentity=y}
			id(u): +sts:SetSourceIdentity@*
			tp(r2): +[sts:AssumeRole,sts:SetSourceIdentity] P=[u,r1] ?{StringEquals aws:SourceIdentity=y}
			id(r1): +sts:SetSourceIdentity@*`,
			ask: `
			u sts:AssumeRole r1 -> ALLOW requires(REQUEST sts:SourceIdentity StringEquals y@1)
			request: u sts:AssumeRole r2 -> DENY(implicit:resource)
			paths: u to r2 -> ALLOW_IF(SESSION sts:SourceIdentity StringEquals y@1) via r1 r2`},
		{id: "TRUST-29", world: `
			tp(r): +[sts:AssumeRole,sts:TagSession] P=u ?{StringEquals aws:RequestTag/team=a, ForAllValues:StringEquals aws:TagKeys=[team,env], ForAnyValue:StringEquals sts:TransitiveTagKeys=team}
			tp(r1): +sts:AssumeRole P=u ; +sts:TagSession P=u ?{StringEquals aws:RequestTag/team=a}
			id(u): +sts:TagSession@*`,
			ask: `
			request: u sts:AssumeRole r -> ALLOW requires(REQUEST aws:RequestTag/team StringEquals a@1 & REQUEST aws:TagKeys ForAllValues:StringEquals env,team@1 & REQUEST sts:TransitiveTagKeys ForAnyValue:StringEquals team@1)
			u sts:AssumeRole r1 -> ALLOW`},
		{id: "TRUST-30", world: `
			tp(r): P=A ?{StringEquals aws:PrincipalType=User, StringEquals aws:username=u, StringEquals aws:userid=id(u)}
			id(u): +sts:AssumeRole@*
			id(A:user/v): +sts:AssumeRole@*
			id(r1): +sts:AssumeRole@*
			tp(r2): P=A ?{StringLike aws:userid=id(r1):*, StringEquals aws:PrincipalType=AssumedRole}`,
			ask: `
			u sts:AssumeRole r -> ALLOW
			A:user/v sts:AssumeRole r -> DENY(implicit:resource)
			r1 sts:AssumeRole r -> DENY(implicit:resource)
			r1 sts:AssumeRole r2 -> ALLOW
			u sts:AssumeRole r2 -> DENY(implicit:resource)`},
		{id: "TRUST-30/session", world: `
			tp(r1): P=u
			tp(r2): P=r1 ?{StringEquals aws:userid=id(r1):deploy}`,
			ask: `
			paths: u to r2 -> ALLOW_IF(SESSION sts:RoleSessionName StringEquals deploy@1) via r1 r2`},
		{id: "TRUST-31", world: `
			tp(r): P=u ?{ArnLike aws:SourceArn=arn:aws:s3:::b}
			tp(r1): P=u ?{StringNotEquals aws:SourceAccount=B}
			tp(r2): P=Service:lambda ?{StringEquals aws:SourceAccount=A}
			id(r2): +s3:GetObject@b/*
			tp(A:role/r3): P=Service:unheard-of ?{StringEquals aws:SourceOrgID=o-ex}`,
			ask: `
			u sts:AssumeRole r -> DENY(implicit:resource)
			u sts:AssumeRole r1 -> ALLOW
			paths: service:lambda to r2 -> ALLOW_IF(SERVICE aws:SourceAccount StringEquals 111111111111@1) via r2
			paths: service:unheard-of to A:role/r3 -> ALLOW_IF(SERVICE aws:SourceOrgID StringEquals o-ex@1) via A:role/r3`},
		{id: "TRUST-32", world: `
			tp(r): P=u ?{DateLessThan aws:CurrentTime=2026-11-23T23:59:59Z}
			tp(r1): P=u ?{DateLessThan aws:CurrentTime=2027-01-01T00:00:00Z}
			tp(r2): P=u ?{NumericGreaterThan aws:EpochTime=1700000000}
			tp(A:role/r3): P=u ?{DateGreaterThan aws:CurrentTime=2027-01-01T00:00:00Z}`,
			ask: `
			u sts:AssumeRole r -> DENY(implicit:resource)
			u sts:AssumeRole r1 -> ALLOW
			u sts:AssumeRole r2 -> ALLOW`,
			check: neverPlain("u", "A:role/r3")},
	}
}

// ssoRegional is a role that Identity Center made in another region.
const ssoRegional = `A:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Ops_fedcba9876543210`

// onlyAPI: the console has no field for what the hop asks for (STS-14).
func onlyAPI(from, to string) func(*testing.T, *caseWorld) {
	return func(t *testing.T, w *caseWorld) {
		if m := w.paths(t, from, to).Paths[0].Modes; !slices.Equal(m, []string{"api"}) {
			t.Errorf("modes %v, want api only", m)
		}
	}
}

// neverPlain: a window that has not opened yet grants nothing today.
func neverPlain(from, to string) func(*testing.T, *caseWorld) {
	return func(t *testing.T, w *caseWorld) {
		if a := w.paths(t, from, to); a.Verdict == query.VerdictAllow {
			t.Errorf("%s", caseObserve(a))
		}
	}
}
