package query_test

import (
	"slices"
	"testing"

	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/query"
)

// carrierCases follow sections 8.5 to 8.7 where inputs say what carries roles,
// who is assigned to what, and how root users are reached.
func carrierCases() []microCase {
	const other = `A:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Ops_fedcba9876543210`
	const trusts = `+[sts:AssumeRoleWithSAML,sts:TagSession] P=Federated:A:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE`
	const reader = `
			tp(` + ssoRole + `): ` + trusts + `
			id(` + ssoRole + `): +s3:GetObject@b/*`
	const people = `
			idcuser(U1): alice
			idcuser(U2): bob
			idcgroup(G1 ops): U2`
	return []microCase{
		{id: "SVC-09", world: `
			tp(r): P=Service:lambda
			id(r): +s3:GetObject@b/*
			tp(r1): P=Service:lambda
			id(r1): +s3:PutObject@b/*
			compute(A:function/f): lambda r
			computed(A): lambda`,
			ask: `
			who: s3:GetObject b/x -> compute:A:function/f ALLOW via r #kind=compute
			who: s3:GetObject b/x -> lambda.amazonaws.com nobody
			who: s3:PutObject b/x -> lambda.amazonaws.com nobody
			paths: service:lambda to r1 -> DENY(no-principal)
			paths: compute:A:function/f to r1 -> DENY(no-principal)`},
		{id: "SVC-09/partial", world: `
			tp(r): P=Service:lambda
			id(r): +s3:GetObject@b/*
			compute(A:function/f): lambda r`,
			ask: `
			who: s3:GetObject b/x -> compute:A:function/f ALLOW via r
			who: s3:GetObject b/x -> lambda.amazonaws.com ALLOW via r`},
		{id: "SVC-09/trust", world: `
			tp(r): P=Service:ec2
			id(r): +s3:GetObject@b/*
			compute(A:function/f): lambda r`,
			ask: `who: s3:GetObject b/x -> compute:A:function/f nobody`},
		{id: "SVC-03/instance", world: `
			tp(r): P=Service:ec2
			profile(r): i
			id(r): +s3:GetObject@b/*
			compute(A:instance/i-1): ec2 r
			computed(A): ec2`,
			ask: `
			who: s3:GetObject b/x -> compute:A:instance/i-1 ALLOW via r
			who: s3:GetObject b/x -> A:instance-profile/i nobody`},
		{id: "SVC-04", world: `
			tp(r): P=Service:ec2
			compute(A:instance/i-1): ec2 r
			id(r): +s3:GetObject@b/1 ?{StringLike aws:userid=id(r):i-1} ; +s3:GetObject@b/2 ?{StringLike aws:userid=id(r):i-2}`,
			ask: `
			who: s3:GetObject b/1 -> compute:A:instance/i-1 ALLOW via r
			who: s3:GetObject b/2 -> compute:A:instance/i-1 nobody`},
		{id: "VAR-06/lambda", world: `
			tp(r): P=Service:lambda
			compute(A:function/f): lambda r
			rp(bb): +s3:GetObject@bb/* P=A:sess/r/f ; +s3:PutObject@bb/* P=A:sess/r/g
			id(r): +s3:*@*`,
			ask: `
			who: s3:GetObject bb/x -> compute:A:function/f ALLOW via r
			who: s3:PutObject bb/x -> compute:A:function/f nobody`},
		{id: "SVC-05/function", world: `
			tp(r): P=[Service:lambda,Service:ec2]
			compute(A:function/f): lambda r
			compute(A:instance/i-1): ec2 r
			id(r): +s3:GetObject@b/1 ?{ArnEquals lambda:SourceFunctionArn=arn:aws:lambda:us-east-1:A:function:f} ; +s3:PutObject@b/2 ?{ArnEquals ec2:SourceInstanceArn=arn:aws:ec2:us-east-1:A:instance/i-1}`,
			ask: `
			who: s3:GetObject b/1 -> compute:A:function/f ALLOW via r
			who: s3:GetObject b/1 -> compute:A:instance/i-1 nobody
			who: s3:PutObject b/2 -> compute:A:instance/i-1 ALLOW via r
			who: s3:PutObject b/2 -> compute:A:function/f nobody`},
		{id: "SVC-06/agent", world: `
			tp(r): P=Service:ecs-tasks
			tp(r1): P=Service:ecs-tasks
			id(r): +s3:GetObject@b/*
			id(r1): +s3:PutObject@b/*
			compute(A:task/t): ecs-tasks r agent=r1
			computed(A): ecs-tasks`,
			ask: `
			who: s3:GetObject b/x -> compute:A:task/t ALLOW via r
			who: s3:PutObject b/x -> compute:A:task/t nobody
			who: s3:PutObject b/x -> ecs-tasks.amazonaws.com ALLOW via r1`},
		{id: "SVC-08", world: `
			tp(r): P=Service:lambda ?{StringEquals aws:SourceAccount=A}
			id(r): +s3:GetObject@b/*`,
			ask: `who: s3:GetObject b/x -> lambda.amazonaws.com ALLOW_IF(SERVICE aws:SourceAccount StringEquals 111111111111@1) via r`},
		{id: "IDC-01", world: people + `
			assign(A Ops): user:U1` + reader + `
			tp(` + other + `): ` + trusts + `
			id(` + other + `): +s3:PutObject@b/*`,
			ask: `
			who: s3:GetObject b/x -> idc-user:alice ALLOW via ` + ssoRole + ` #kind=idc-user
			who: s3:PutObject b/x -> idc-user:alice ALLOW via ` + other},
		{id: "IDC-02", world: people + `
			assign(A Ops): user:U1` + reader,
			ask: `
			who: s3:GetObject b/x -> A:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE nobody
			who: s3:GetObject b/x -> idc-user:alice ALLOW via ` + ssoRole},
		{id: "IDC-03", world: people + `
			assign(A Op): user:U1
			assign(B Ops): user:U1` + reader,
			ask: `who: s3:GetObject b/x -> idc-user:alice nobody`},
		{id: "IDC-04", world: people + `
			assign(A Ops): group:G1` + reader,
			ask: `
			who: s3:GetObject b/x -> idc-user:bob ALLOW via ` + ssoRole + ` #via=idc-group:ops
			who: s3:GetObject b/x -> idc-user:alice nobody
			who: s3:GetObject b/x -> idc-group:ops nobody
			who: s3:GetObject b/x -> idc:Ops nobody`},
		{id: "IDC-04/asked", world: people + `
			assign(A Ops): group:G1` + reader,
			ask: `
			who: sts:AssumeRoleWithSAML ` + ssoRole + ` -> idc-user:bob ALLOW
			who: sts:AssumeRoleWithSAML ` + ssoRole + ` -> idc-user:alice nobody
			who: sts:AssumeRoleWithSAML ` + ssoRole + ` -> idc-group:ops nobody
			who: sts:AssumeRole ` + ssoRole + ` -> idc-user:bob nobody
			who: sts:AssumeRoleWithSAML ` + ssoRole + ` -> A:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE nobody`},
		{id: "IDC-04/asked-unknown", world: reader,
			ask: `who: sts:AssumeRoleWithSAML ` + ssoRole + ` -> idc:Ops ALLOW_IF(DATA DATA:assignments Known Ops@1)`},
		{id: "IDC-04/members-unknown", world: `
			idcgroup(G2 admins): unknown
			assign(A Ops): group:G2` + reader,
			ask: `who: s3:GetObject b/x -> idc-group:admins ALLOW_IF(DATA DATA:group-members Known admins@1) via ` + ssoRole + ` #kind=idc-group`},
		{id: "IDC-04/unknown", world: reader,
			ask: `who: s3:GetObject b/x -> idc:Ops ALLOW_IF(DATA DATA:assignments Known Ops@1) via ` + ssoRole},
		{id: "IDC-05", world: people + `
			assign(A Ops): user:U1` + reader + `
			id(` + ssoRole + `): +s3:PutObject@b/1 ?{Bool aws:MultiFactorAuthPresent=true} ; +s3:PutObject@b/2 ?{StringLike aws:userid=*:alice} ; +s3:PutObject@b/3 ?{StringLike aws:userid=*:bob}`,
			ask: `
			who: s3:PutObject b/1 -> idc-user:alice nobody
			who: s3:PutObject b/2 -> idc-user:alice ALLOW via ` + ssoRole + `
			who: s3:PutObject b/3 -> idc-user:alice nobody`},
		{id: "IDC-06", world: people + `
			assign(A Ops): user:U1
			tp(` + ssoRole + `): ` + trusts + `
			id(` + ssoRole + `): +s3:GetObject@b/1 ?{StringEquals identitystore:UserId=U1} ; +s3:GetObject@b/2 ?{StringEquals identitystore:UserId=U2}`,
			ask: `
			who: s3:GetObject b/1 -> idc-user:alice ALLOW via ` + ssoRole + `
			who: s3:GetObject b/2 -> idc-user:alice nobody`},
		{id: "IDC-06/unknown", world: `
			tp(` + ssoRole + `): ` + trusts + `
			id(` + ssoRole + `): +s3:GetObject@b/1 ?{StringEquals identitystore:UserId=U1}`,
			ask: `who: s3:GetObject b/1 -> idc:Ops ALLOW_IF(DATA DATA:assignments Known Ops@1 & IDP identitystore:UserId StringEquals U1@2) via ` + ssoRole},
		{id: "ORG-17/identity-center", world: people + `
			rcp(A): -sts:*@* ?{StringNotEqualsIfExists aws:PrincipalOrgID=o-ex}
			assign(A Ops): user:U1` + reader,
			ask: `who: s3:GetObject b/x -> idc-user:alice ALLOW_IF(U U-22@1) via ` + ssoRole + ` #U-22`},
		{id: "ORG-17/sign-in", world: `
			rcp(A): -sts:*@* ?{StringNotEqualsIfExists aws:PrincipalOrgID=o-ex}
			tp(r): +[sts:AssumeRoleWithSAML,sts:TagSession] P=Federated:A:saml-provider/idp
			id(r): +s3:GetObject@b/*`,
			ask: `paths: A:saml-provider/idp to r -> DENY(explicit:rcp@A)`},
		{id: "ROOT-04", world: `root(A): removed`,
			ask: `
			who: s3:GetObject b/x -> A:root nobody
			can: A:root s3:GetObject b/x -> DENY(no-principal)
			who: s3:GetObject bb/x -> B:root ALLOW`},
		{id: "ROOT-04/assume-root", world: `
			root(A): removed
			rp(b): -s3:*@* P=*
			id(M:user/m): +sts:AssumeRoot@*`,
			ask: `
			who: s3:DeleteBucketPolicy b -> M:user/m ALLOW requires(REQUEST sts:TaskPolicyArn StringEquals arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy@1) via A:assumed-root/S3UnlockBucketPolicy
			who: s3:DeleteBucketPolicy b -> A:root nobody`},
		{id: "ROOT-05", world: `
			id(M:user/m): +sts:AssumeRoot@A:root ?{StringEquals sts:TaskPolicyArn=arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials}
			id(u): +sts:AssumeRoot@*
			delegate(B): iam
			id(B:user/d): +sts:AssumeRoot@*`,
			ask: `
			u sts:AssumeRoot A:root -> DENY(service-rule)
			M:root sts:AssumeRoot A:root -> DENY(service-rule)
			request: M:user/m sts:AssumeRoot M:root -> DENY
			request: M:user/m sts:AssumeRoot B:root -> DENY(implicit:identity)
			request: B:user/d sts:AssumeRoot A:root -> ALLOW requires(REQUEST sts:TaskPolicyArn StringEquals ` + fiveTasks + `@1)
			request: B:user/d sts:AssumeRoot M:root -> DENY(service-rule)
			paths: M:user/m to A:root -> ALLOW requires(REQUEST sts:TaskPolicyArn StringEquals arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials@1) via A:assumed-root/IAMDeleteRootUserCredentials
			request: A:assumed-root/IAMDeleteRootUserCredentials iam:DeleteLoginProfile A:root -> ALLOW
			request: A:assumed-root/IAMDeleteRootUserCredentials s3:GetObject b/x -> DENY(explicit:session)
			request: A:assumed-root/S3UnlockBucketPolicy s3:DeleteBucketPolicy b -> ALLOW
			who: s3:DeleteBucketPolicy b -> M:user/m nobody
			who: s3:GetObject b/x -> M:user/m nobody
			who: s3:GetObject b/x -> B:user/d nobody`},
		{id: "ROOT-05/any-member", world: `
			id(M:user/m): +sts:AssumeRoot@*
			id(M:user/b): +sts:AssumeRoot@B:root`,
			ask: `
			who: sts:AssumeRoot arn:aws:iam::*:root -> M:user/m ALLOW requires(REQUEST sts:TaskPolicyArn StringEquals arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials,arn:aws:iam::aws:policy/root-task/IAMCreateRootUserPassword,arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials,arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy,arn:aws:iam::aws:policy/root-task/SQSUnlockQueuePolicy@1)
			who: sts:AssumeRoot * -> M:user/b not DENY
			who: sts:AssumeRoot arn:aws:iam::*:root -> M:root nobody
			can: M:user/m sts:AssumeRoot arn:aws:iam::*:root -> not DENY`},
		{id: "ROOT-06", world: `
			id(M:user/m): +sts:AssumeRoot@*
			rootsessions: off`,
			ask: `who: s3:DeleteBucketPolicy b -> M:user/m nobody`},
		{id: "ROOT-06/unknown", world: `
			id(M:user/m): +sts:AssumeRoot@*
			rootsessions: unknown`,
			ask: `who: s3:DeleteBucketPolicy b -> M:user/m ALLOW_IF #DATA:RootSessions`},
		{id: "ROOT-07", world: `
			tp(A:role/OrganizationAccountAccessRole): P=M
			id(A:role/OrganizationAccountAccessRole): +*@*
			id(M:user/m): +sts:AssumeRole@*`,
			ask: `
			who: s3:GetObject b/x -> M:user/m ALLOW via A:role/OrganizationAccountAccessRole #organization-access-role
			who: s3:GetObject b/x -> A:role/OrganizationAccountAccessRole ALLOW #organization-access-role`},
		{id: "RPOL-04/account", world: `
			rp(b): +s3:GetObject@b/* P=*
			block(A): restrict`,
			ask: `
			anonymous s3:GetObject b/x -> DENY(service-rule)
			u s3:GetObject b/x -> ALLOW`},
		{id: "RPOL-04/account-unknown", check: accountBlockUnknown},
		{id: "RPOL-06/all-users", world: `
			acl(b): AllUsers READ`,
			ask: `
			anonymous s3:ListBucket b -> ALLOW
			anonymous s3:GetObject b/x -> DENY
			u s3:ListBucket b -> DENY(implicit:identity)`},
		{id: "RPOL-06/authenticated", world: `
			acl(bb): AuthenticatedUsers READ
			id(u): +s3:*@*`,
			ask: `
			u s3:ListBucket bb -> ALLOW
			anonymous s3:ListBucket bb -> DENY`},
		{id: "RPOL-06/ignored", world: `
			acl(b): AllUsers READ
			block(A): ignore`,
			ask: `anonymous s3:ListBucket b -> DENY`},
		{id: "RPOL-06/policies-restricted", world: `
			acl(b): AllUsers READ
			bpa(b): on`,
			ask: `
			anonymous s3:ListBucket b -> ALLOW
			who: s3:ListBucket b -> * ALLOW`},
		{id: "RPOL-06/public-policy", world: `
			acl(b): AllUsers READ
			rp(b): +s3:GetObject@* P=*
			bpa(b): on`,
			ask: `anonymous s3:ListBucket b -> DENY(service-rule)`},
		{id: "RPOL-06/block-unknown", world: `
			acl(bb): AllUsers READ
			acl(bb): AuthenticatedUsers WRITE
			bpa(bb): unknown
			id(u): +s3:*@*`,
			ask: `
			anonymous s3:ListBucket bb -> ALLOW_IF #DATA:bpa
			u s3:PutObject bb/x -> ALLOW_IF #DATA:bpa`},
		{id: "RPOL-06/unread", check: aclUnread},
		{id: "PRINC-18", world: `
			acl(bb): owner FULL_CONTROL
			acl(bb): somebody READ
			id(u): +s3:*@*`,
			ask: `
			u s3:ListBucket bb -> ALLOW_IF #DATA:canonical-user
			who: s3:ListBucket bb -> canonical-user:somebody ALLOW_IF #DATA:canonical-user
			u s3:PutObject bb/x -> DENY(implicit:resource)`},
		{id: "RPOL-07", world: `
			point(b A:accesspoint/ap): none
			id(u): +s3:GetObject@*`,
			ask: `
			u s3:GetObject arn:aws:s3:us-east-1:A:accesspoint/ap/object/x -> ALLOW
			u s3:GetObject arn:aws:s3:us-east-1:A:accesspoint/gone/object/x -> ALLOW_IF #DATA:access-point`},
		{id: "RPOL-07/both", world: `
			point(bb B:accesspoint/ap): +s3:GetObject@* P=A
			point(bb B:accesspoint/unread): unread
			rp(bb): +s3:*@* P=A ?{StringEquals s3:DataAccessPointArn=arn:aws:s3:us-east-1:B:accesspoint/ap}
			id(u): +s3:*@*`,
			ask: `
			u s3:GetObject arn:aws:s3:us-east-1:B:accesspoint/ap/object/x -> ALLOW
			u s3:PutObject arn:aws:s3:us-east-1:B:accesspoint/ap/object/x -> DENY(implicit:resource)
			u s3:GetObject arn:aws:s3:us-east-1:B:accesspoint/unread/object/x -> ALLOW_IF #DATA:access-point
			u s3:GetObject bb/x -> ALLOW_IF`},
		{id: "RPOL-07/bucket", world: `
			point(bb B:accesspoint/ap): +s3:GetObject@* P=A
			id(u): +s3:*@*`,
			ask: `u s3:GetObject arn:aws:s3:us-east-1:B:accesspoint/ap/object/x -> DENY(implicit:resource)`},
		{id: "RPOL-07/named", world: `
			point(b A:accesspoint/ap): +s3:GetObject@* P=[u,r]
			rp(b): +s3:GetObject@b/open/* P=* ?{StringEquals s3:DataAccessPointAccount=A}
			id(u): +ec2:*@* ; +s3:PutObject@arn:aws:s3:us-east-1:A:accesspoint/ap/object/*
			id(A:user/v): +s3:GetObject@arn:aws:s3:us-east-1:A:accesspoint/ap/object/* ?{StringEquals aws:SourceVpc=vpc-1}
			id(r): +s3:GetObject@b/*`,
			ask: `
			u s3:GetObject arn:aws:s3:us-east-1:A:accesspoint/ap/object/x -> DENY(implicit:identity)
			u s3:GetObject arn:aws:s3:us-east-1:A:accesspoint/ap/object/open/x -> ALLOW
			u s3:PutObject arn:aws:s3:us-east-1:A:accesspoint/ap/object/x -> ALLOW
			A:user/v s3:GetObject arn:aws:s3:us-east-1:A:accesspoint/ap/object/x -> ALLOW_IF(NETWORK aws:SourceVpc StringEquals vpc-1@1)
			r s3:GetObject arn:aws:s3:us-east-1:A:accesspoint/ap/object/x -> ALLOW`},
		{id: "RPOL-07/block", world: `
			point(b A:accesspoint/ap): +s3:GetObject@* P=*
			rp(b): +s3:GetObject@* P=* ?{StringEquals s3:DataAccessPointAccount=A}
			block(A): restrict
			id(q): +s3:*@*`,
			ask: `
			anonymous s3:GetObject arn:aws:s3:us-east-1:A:accesspoint/ap/object/x -> DENY(service-rule)
			q s3:GetObject arn:aws:s3:us-east-1:A:accesspoint/ap/object/x -> DENY(service-rule)
			u s3:GetObject arn:aws:s3:us-east-1:A:accesspoint/ap/object/x -> ALLOW`},
		{id: "RPOL-07/keys", world: `
			point(b A:accesspoint/ap): +s3:GetObject@* P=r ?{StringEquals s3:DataAccessPointAccount=A}
			rp(b): +s3:GetObject@* P=r
			id(u): +s3:GetObject@* ?{StringLike s3:DataAccessPointArn=arn:aws:s3:us-east-1:A:accesspoint/*}
			id(A:user/v): +s3:GetObject@* ; -s3:*@* ?{StringEquals s3:DataAccessPointAccount=A}`,
			ask: `
			u s3:GetObject arn:aws:s3:us-east-1:A:accesspoint/ap/object/x -> ALLOW
			r s3:GetObject arn:aws:s3:us-east-1:A:accesspoint/ap/object/x -> ALLOW
			A:user/v s3:GetObject arn:aws:s3:us-east-1:A:accesspoint/ap/object/x -> DENY(explicit:identity)`},
		{id: "ORG-16", world: `
			status(A): SUSPENDED
			id(u): +s3:GetObject@b/*`,
			ask: `who: s3:GetObject b/x -> u ALLOW #inactive-account`},
	}
}

// aclUnread: where neither the list nor the bucket's ownership setting was read,
// the answer says so.
func aclUnread(t *testing.T, _ *caseWorld) {
	for _, enforced := range []iam.State{iam.Unknown, iam.Present} {
		s, err := fixture.Parse("rp(b): +s3:GetObject@b/* P=u")
		if err != nil {
			t.Fatal(err)
		}
		b := s.Resource(fixture.ARN("b"))
		b.ACLState, b.OwnershipEnforced = iam.Unknown, enforced
		r := caseGraph(t, s).whoCan(t, "s3:GetObject", "b/x")
		if said := slices.ContainsFunc(r.Notes, func(n query.Note) bool { return n.Code == "acl-unread" }); said != (enforced == iam.Unknown) {
			t.Errorf("ownership %s: note acl-unread: %t", enforced, said)
		}
	}
}

// accountBlockUnknown: a bucket's own block that is off does not say what its
// account's does.
func accountBlockUnknown(t *testing.T, _ *caseWorld) {
	s, err := fixture.Parse("rp(b): +s3:GetObject@b/* P=*\nbpa(b): off")
	if err != nil {
		t.Fatal(err)
	}
	s.Account(fixture.AccountID("A")).PublicAccessBlock = nil
	w := caseGraph(t, s)
	if got := w.request(t, "anonymous", "", "s3:GetObject", "b/x"); got.verdict != query.VerdictAllowIf || !slices.Contains(got.marks, "DATA:bpa") {
		t.Errorf("got %s", got)
	}
}
