package query_test

import (
	"slices"
	"testing"

	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/query"
)

// serviceCases follow section 7: services with resource policies.
func serviceCases() []microCase {
	return []microCase{
		{id: "RPOL-01, RPOL-02", world: `
			rp(b): unread
			bucket(none): A
			bucket(read): A
			rp(read): +s3:GetObject@read/* P=u
			rp(bb): unread
			id(A:user/v): +s3:GetObject@[b/*,bb/*]`,
			ask: `
			u s3:GetObject b/x -> ALLOW_IF(DATA DATA:resource-policy Known arn:aws:s3:::b/x@1) #DATA:resource-policy
			u s3:GetObject none/x -> DENY(implicit:identity)
			u s3:GetObject read/x -> ALLOW
			A:user/v s3:GetObject b/x -> ALLOW #resource-policy-unread
			A:user/v s3:GetObject bb/x -> ALLOW_IF(DATA DATA:resource-policy Known arn:aws:s3:::bb/x@1)`},
		{id: "RPOL-07", world: `
			id(u): +s3:GetObject@*
			id(C:user/x): +s3:GetObject@*`,
			ask: `u s3:GetObject arn:aws:s3:us-east-1:A:accesspoint/ap/object/x -> ALLOW_IF #DATA:access-point`},
		{id: "RPOL-06/grants", check: aclGrants},
		{id: "RPOL-13", world: `
			rp(key): +kms:*@* P=r
			id(u): +kms:*@*`,
			ask: `
			u kms:ListKeys * -> ALLOW
			u kms:CreateKey * -> ALLOW
			u kms:Decrypt key -> DENY(implicit:resource)
			r kms:ListKeys * -> DENY(implicit:identity)`},
		{id: "RPOL-17", world: `
			rp(arn:aws:sns:us-east-1:A:t): +[sns:Publish,sns:Subscribe]@* P=AWS:* ?{StringEquals AWS:SourceOwner=A}
			id(C:user/x): +sns:*@*`,
			ask: `
			u sns:Subscribe arn:aws:sns:us-east-1:A:t -> ALLOW
			C:user/x sns:Subscribe arn:aws:sns:us-east-1:A:t -> DENY(implicit:resource)
			anonymous sns:Subscribe arn:aws:sns:us-east-1:A:t -> DENY(implicit:resource)
			who: sns:Subscribe arn:aws:sns:us-east-1:A:t -> * nobody`},
		{id: "RPOL-17/other-owner", world: `
			unload: C
			rp(arn:aws:sns:us-east-1:A:t): +sns:Publish@* P=AWS:* ?{StringEquals AWS:SourceOwner=C}`,
			ask: `
			who: sns:Publish arn:aws:sns:us-east-1:A:t -> account:C ALLOW_IF #kind=account
			who: sns:Publish arn:aws:sns:us-east-1:A:t -> * nobody`},
		{id: "RPOL-18", world: `
			rp(A:function/f): +lambda:InvokeFunction@* P=Service:s3 ?{StringEquals aws:SourceAccount=A}
			rp(A:function/g): +[lambda:InvokeFunctionUrl,lambda:InvokeFunction]@* P=* ?{StringEquals lambda:FunctionUrlAuthType=NONE}
			id(u): +lambda:InvokeFunction@A:function/f`,
			ask: `
			u lambda:InvokeFunction A:function/f -> ALLOW
			r lambda:InvokeFunction A:function/f -> DENY(implicit:identity)
			who: lambda:InvokeFunction A:function/f -> s3.amazonaws.com ALLOW_IF #kind=service
			who: lambda:InvokeFunctionUrl A:function/g -> * not DENY
			anonymous lambda:InvokeFunctionUrl A:function/g -> not DENY`},
		{id: "RPOL-19", world: `
			id(u): +ecr:GetAuthorizationToken@*
			rp(arn:aws:ecr:us-east-1:A:repository/app): +[ecr:BatchGetImage,ecr:GetDownloadUrlForLayer,ecr:GetAuthorizationToken]@* P=[u,r,B]
			id(B:user/v): +ecr:*@*`,
			ask: `
			u ecr:GetAuthorizationToken * -> ALLOW
			r ecr:GetAuthorizationToken * -> DENY(implicit:identity)
			r ecr:BatchGetImage arn:aws:ecr:us-east-1:A:repository/app -> ALLOW
			B:user/v ecr:BatchGetImage arn:aws:ecr:us-east-1:A:repository/app -> ALLOW`},
		{id: "RPOL-20", world: `rp(arn:aws:unheard:us-east-1:A:thing/x): unread`,
			ask: `u unheard:GetThing arn:aws:unheard:us-east-1:A:thing/x -> ALLOW_IF #DATA:resource-policy`},
		{id: "RPOL-21", world: `
			rp(bb): +s3:GetObject@bb/* P=A
			id(u): +s3:GetObject@bb/* ; +s3:PutObject@b/*`,
			ask:   `who: s3:GetObject bb/x -> u ALLOW`,
			check: noHop("u", "s3:GetObject", "bb/x")},
		{id: "RPOL-22", world: `id(u): +iam:*@*`,
			ask: `
			u iam:GetRole q -> DENY(implicit:resource)
			u iam:CreateAccessKey B:user/y -> DENY(implicit:resource)
			u iam:PassRole q -> DENY(implicit:resource)
			u iam:GetRole r -> ALLOW`},
	}
}

// layerCases follow sections 5 and 6: how layers of several parts of a snapshot
// come together in an answer.
func layerCases() []microCase {
	return []microCase{
		{id: "EVAL-05", world: `
			group(G u A:user/v): -s3:DeleteObject@* ; +s3:GetObject@b/*
			id(u): +s3:*@*`,
			ask: `
			u s3:DeleteObject b/x -> DENY(explicit:identity)
			u s3:PutObject b/x -> ALLOW
			A:user/v s3:GetObject b/x -> ALLOW #via=A:group/G
			A:user/v s3:PutObject b/x -> DENY(implicit:identity)`},
		{id: "EVAL-24", world: `
			scp(B): -s3:GetObject@*
			rp(bb): +s3:*@bb/* P=A
			id(u): +s3:*@*`,
			ask: `
			u s3:GetObject bb/x -> ALLOW
			B:root s3:GetObject bb/x -> DENY(explicit:scp@B)`},
		{id: "EVAL-24/rcp", world: `
			rcp(B): -s3:PutObject@*
			rp(bb): +s3:*@bb/* P=A
			id(u): +s3:*@*`,
			ask: `u s3:PutObject bb/x -> DENY(explicit:rcp@B)`},
		{id: "EVAL-24/own-rcp", world: `
			rcp(A): -s3:DeleteObject@*
			rp(bb): +s3:*@bb/* P=A
			id(u): +s3:*@*`,
			ask: `u s3:DeleteObject bb/x -> ALLOW`},
		{id: "EVAL-25", world: `
			unload: C
			rp(bb): +s3:GetObject@bb/1 P=C ; +s3:GetObject@bb/2 P=C:user/x`,
			ask: `
			who: s3:GetObject bb/1 -> account:C ALLOW_IF(DATA DATA:account Known 333333333333@1) #kind=account
			who: s3:GetObject bb/2 -> C:user/x ALLOW_IF(DATA DATA:account Known 333333333333@1)`},
		{id: "EVAL-25/owner not loaded", world: `
			unload: C
			id(u): +sqs:ReceiveMessage@*`,
			ask: `
			who: sqs:SendMessage C:queue/x -> account:C ALLOW_IF(DATA DATA:account Known 333333333333@1) #kind=account
			who: sqs:SendMessage A:queue/x -> account:C nobody
			who: iam:DeleteUser C:user/x -> account:C ALLOW_IF
			who: s3:GetObject b/x -> account:C nobody`},
		{id: "EVAL-32", world: `
			id(u): +s3:GetObject@b/* ?{Bool aws:ViaAWSService=true} ; +s3:PutObject@b/* ?{BoolIfExists aws:ViaAWSService=false}
			id(A:user/v): +s3:GetObject@b/* ?{ForAnyValue:StringEquals aws:CalledVia=athena.amazonaws.com}`,
			ask: `
			u s3:PutObject b/x -> ALLOW
			A:user/v s3:GetObject b/x -> ALLOW_IF(SERVICE aws:CalledVia ForAnyValue:StringEquals athena.amazonaws.com@1)`},
		{id: "EVAL-33/edit", world: `
			add: A:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX
			id(u): +iam:*@*`,
			ask: `
			u iam:PutRolePolicy A:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX -> DENY(service-rule)
			u iam:UpdateAssumeRolePolicy A:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX -> DENY(service-rule)`},
		{id: "EVAL-40", world: `
			id(u): +s3:GetObject@b/* ?{StringEquals aws:SourceVpc=vpc-1} ; +s3:GetObject@b/* ?{StringEquals aws:SourceVpc=vpc-2}
			pb(u): +s3:*@* ?{StringEquals aws:SourceVpc=[vpc-2,vpc-3]}
			scp(A): -s3:*@* ?{StringEquals aws:SourceVpce=vpce-9}`,
			ask: `u s3:GetObject b/x -> ALLOW_IF(NETWORK aws:SourceVpc StringEquals vpc-2@1 & NETWORK aws:SourceVpce StringNotEquals vpce-9@1)`},
		{id: "ORG-07", world: `
			scp(A): -[sts:*,s3:DeleteObject]@*
			tp(r): +sts:AssumeRoleWithSAML P=Federated:A:saml-provider/idp
			id(r): +s3:*@*`,
			ask: `
			paths: A:saml-provider/idp to r -> not DENY #U-19
			who: s3:GetObject b/x -> A:saml-provider/idp not DENY
			who: s3:DeleteObject b/x -> A:saml-provider/idp nobody`},
		{id: "ORG-16", world: `id(u): +s3:GetObject@b/*`, check: suspended},
		{id: "PRINC-10/perhaps", check: perhapsNotGone},
		{id: "PRINC-25", world: `rp(b): +s3:PutObject@b/* P=Service:logs.ap-east-1`,
			ask: `
			who: s3:PutObject b/x -> logs.ap-east-1.amazonaws.com ALLOW #kind=service
			who: s3:PutObject b/x -> logs.amazonaws.com nobody`},
		{id: "VAR-06", world: `
			profile(r1): i
			tp(r1): P=[Service:ec2,u]
			rp(b): +s3:GetObject@b/* P=A:sess/r1/i-0123456789abcdef0`,
			ask: `
			who: s3:GetObject b/x -> A:instance-profile/i ALLOW_IF
			who: s3:GetObject b/x -> u ALLOW_IF(SESSION sts:RoleSessionName StringEquals i-0123456789abcdef0@1) via r1`},
		{id: "ACTM-09", world: `
			id(u): +iam:PassRole@r
			tp(r): P=Service:ec2
			rp(key): +kms:CreateGrant@* P=u
			tp(r1): +[sts:TagSession,sts:SetSourceIdentity] P=u`,
			ask: `
			u iam:PassRole r -> ALLOW
			u iam:PassRole A:role/other -> DENY(implicit:identity)
			u kms:CreateGrant key -> ALLOW
			u sts:TagSession r1 -> ALLOW
			u sts:SetSourceIdentity r1 -> ALLOW
			u sts:AssumeRole r1 -> DENY(implicit:resource)`},
		{id: "ARNM-11", world: `id(u): +*@![b/*]`,
			ask: `
			u s3:GetObject b/x -> DENY(implicit:identity)
			u ec2:StopInstances A:instance/i-1 -> ALLOW
			u s3:ListAllMyBuckets * -> ALLOW`},
	}
}

// noHop: access by a resource's policy is direct.
func noHop(who, action, resource string) func(*testing.T, *caseWorld) {
	return func(t *testing.T, w *caseWorld) {
		a := w.can(t, who, action, resource)
		if !a.Direct || a.Hops != 0 || len(a.Paths) == 0 || len(a.Paths[0].Steps) != 0 {
			t.Errorf("%s: direct %t, %d hops", caseObserve(a), a.Direct, a.Hops)
		}
	}
}

// suspended: principals of a closed account are marked, and no verdict changes.
func suspended(t *testing.T, w *caseWorld) {
	s, err := fixture.Parse("id(u): +s3:GetObject@b/*")
	if err != nil {
		t.Fatal(err)
	}
	s.Account(fixture.AccountID("A")).Status = "SUSPENDED"
	if n := s.Organization.Node(fixture.AccountID("A")); n != nil {
		n.Status = "SUSPENDED"
	}
	got := caseGraph(t, s).can(t, "u", "s3:GetObject", "b/x")
	if got.Verdict != query.VerdictAllow || !slices.Contains(got.Marks, "inactive-account") {
		t.Errorf("%s", caseObserve(got))
	}
	if active := w.can(t, "u", "s3:GetObject", "b/x"); slices.Contains(active.Marks, "inactive-account") {
		t.Errorf("%s", caseObserve(active))
	}
}

// perhapsNotGone: an export that is not complete does not prove that a
// principal is gone.
func perhapsNotGone(t *testing.T, _ *caseWorld) {
	for name, change := range map[string]func(*iam.Account){
		"incomplete": func(a *iam.Account) { a.Incomplete = true },
		"filtered":   func(a *iam.Account) { a.Coverage[iam.SectionUsers] = iam.Unknown },
	} {
		s, err := fixture.Parse("rp(b): +s3:GetObject@b/* P=A:user/gone")
		if err != nil {
			t.Fatal(err)
		}
		change(s.Account(fixture.AccountID("A")))
		r := caseGraph(t, s).whoCan(t, "s3:GetObject", "b/x")
		i := slices.IndexFunc(r.Answers, func(a query.Answer) bool { return a.Principal == fixture.ARN("A:user/gone") })
		if i < 0 || r.Answers[i].Verdict != query.VerdictAllowIf || !slices.Contains(r.Answers[i].Codes, "DATA:principal") {
			t.Errorf("%s: rows %+v", name, r.Answers)
		}
	}
}

// aclGrants: grants of an access control list count unless the bucket's owner
// is enforced.
func aclGrants(t *testing.T, _ *caseWorld) {
	for _, c := range []struct {
		enforced iam.State
		grantee  string
		want     bool
	}{
		{iam.KnownEmpty, "http://acs.amazonaws.com/groups/global/AllUsers", true},
		{iam.Present, "http://acs.amazonaws.com/groups/global/AllUsers", false},
	} {
		s, err := fixture.Parse("id(C:user/x): +s3:*@*")
		if err != nil {
			t.Fatal(err)
		}
		r := s.Resource("arn:aws:s3:::b")
		r.OwnershipEnforced, r.ACLState = c.enforced, iam.Present
		r.ACL = []iam.ACLGrant{{Grantee: c.grantee, Permission: "READ"}}
		w := caseGraph(t, s)
		if a := w.can(t, "C:user/x", "s3:ListBucket", "b"); (a.Verdict != query.VerdictDeny) != c.want {
			t.Errorf("%+v: %s", c, caseObserve(a))
		}
	}
}
