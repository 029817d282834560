package query_test

import (
	"testing"

	"accesspath/internal/fixture"
	"accesspath/policy"
)

// sameAccountCases is section 14.2: same account with resource policy.
func sameAccountCases() []microCase {
	return []microCase{
		{id: "CASE-030", world: `rp(b): +s3:GetObject@b/* P=A`, ask: `u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CASE-031", world: `
			rp(b): +s3:GetObject@b/* P=u
			pb(u): +ec2:*@*`,
			ask: `u s3:GetObject b/x -> ALLOW`},
		{id: "CASE-032", world: `
			rp(b): +s3:GetObject@b/* P=r
			pb(r): +ec2:*@*`,
			ask: `r s3:GetObject b/x -> DENY(implicit:boundary)`},
		{id: "CASE-033", world: `
			rp(b): +s3:GetObject@b/* P=A:sess/r/n
			pb(r): +ec2:*@*`,
			ask: `request: r as n s3:GetObject b/x -> ALLOW
			request: r as m s3:GetObject b/x -> DENY`},
		{id: "CASE-034", world: `rp(b): +s3:GetObject@b/* P=A:sess/r/n`,
			ask: `can: r s3:GetObject b/x -> ALLOW_IF(SESSION session-name StringEquals n@1)`},
		{id: "CASE-035", world: `
			rp(b): +s3:GetObject@b/* P=*
			pb(r): +ec2:*@*`,
			ask: `r s3:GetObject b/x -> ALLOW`},
		{id: "CASE-036", world: `
			rp(b): +s3:GetObject@b/* P=u
			id(u): -s3:*@*`,
			ask: `u s3:GetObject b/x -> DENY(explicit:identity)`},
		{id: "CASE-037", world: `
			id(u): +s3:*@*
			pb(u): +s3:GetObject@*`,
			ask: `u s3:PutObject b/x -> DENY(implicit:boundary)`},
		{id: "CASE-038", world: `pb(u): +s3:*@*`, ask: `u s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CASE-039", check: func(t *testing.T, _ *caseWorld) {
			layers := policy.Layers{Identity: attached(t, "+s3:*@*"), Session: attached(t, "+s3:GetObject@*"), HasSession: true,
				Resource: policy.ResourceLayer{State: policy.ResourceNone}}
			decided(t, roleSession(), "s3:PutObject", "b/x", layers, "DENY(implicit:session)")
			decided(t, roleSession(), "s3:GetObject", "b/x", layers, "ALLOW")
		}},
		{id: "CASE-040", check: func(t *testing.T, _ *caseWorld) {
			decided(t, federatedUser(), "s3:GetObject", "b/x", policy.Layers{Resource: resourceLayer(t,
				`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/u"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}`)},
				"DENY(implicit:session)")
		}},
		{id: "CASE-041", world: `
			id(u): +sts:GetFederationToken@*
			add: A:user/v
			rp(b): +s3:GetObject@b/* P=arn:aws:sts::111111111111:federated-user/Bob`,
			ask: `
			who: s3:GetObject b/x -> u ALLOW via A:federated-user/Bob #mode=api
			who: s3:GetObject b/x -> A:user/v nobody
			can: u s3:PutObject b/x -> DENY(implicit:identity)
			can: A:federated-user/Bob s3:GetObject b/x -> ALLOW
			can: A:federated-user/Bob sts:AssumeRole r -> DENY(service-rule)`},
		{id: "CASE-041/cross-account", world: `
			id(u): +sts:GetFederationToken@* ; +s3:*@*
			id(A:user/v): +sts:GetFederationToken@*
			rp(bb): +s3:GetObject@bb/* P=arn:aws:sts::111111111111:federated-user/Bob`,
			ask: `
			who: s3:GetObject bb/x -> u ALLOW via A:federated-user/Bob #mode=api
			who: s3:GetObject bb/x -> A:user/v nobody`},
		{id: "CASE-042", world: `
			rp(b): -s3:*@[b,b/*] !P=[A:sess/r/n,r,A]
			pb(r): +*@*
			id(r): +s3:*@*`,
			ask: `r s3:GetObject b/x -> DENY(explicit:resource)`},
		{id: "CASE-043/exists", world: `rp(b): +s3:GetObject@b/* P=id(u)`, ask: `u s3:GetObject b/x -> ALLOW`},
		{id: "CASE-043/gone", world: `rp(b): +s3:GetObject@b/* P=AIDAGONE`,
			ask: `u s3:GetObject b/x -> DENY(implicit:identity, dangling)`},
		{id: "CASE-044", world: `rp(b): +s3:GetObject@b/* P=* ?{StringEquals aws:PrincipalArn=arn:aws:sts::A:assumed-role/r/n}`,
			ask: `r s3:GetObject b/x -> DENY(implicit:identity)`},
		{id: "CASE-045", world: `rp(b): unread`,
			ask: `u s3:GetObject b/x -> ALLOW_IF(DATA DATA:resource-policy Known arn:aws:s3:::b/x@1) #DATA:resource-policy`},
		{id: "CASE-046", world: `rp(b): -s3:*@* P=*`,
			ask: `
			A:root s3:GetObject b/x -> DENY(explicit:resource)
			A:root s3:DeleteBucketPolicy b -> ALLOW`},
		{id: "CASE-047", world: `
			id(u): +lambda:InvokeFunction@A:function/f
			rp(A:function/f): none`,
			ask: `u lambda:InvokeFunction A:function/f -> ALLOW`},
		{id: "CASE-048", world: `
			add: r2
			rp(key): +kms:*@* P=r2
			id(u): +*@*`,
			ask: `u kms:Decrypt key -> DENY(implicit:resource)`},
		{id: "CASE-049", world: `
			rp(key): +kms:*@* P=A
			id(u): +kms:Decrypt@key`,
			ask: `u kms:Decrypt key -> ALLOW`},
		{id: "CASE-050", world: `rp(key): +kms:Decrypt@* P=r`, ask: `r kms:Decrypt key -> ALLOW`},
		{id: "CASE-051", world: `rp(key): +kms:Decrypt@* P=r ?{StringEquals kms:ViaService=s3.us-east-1.amazonaws.com}`,
			ask: `r kms:Decrypt key -> ALLOW_IF(SERVICE kms:ViaService StringEquals s3.us-east-1.amazonaws.com@1)`},
		{id: "CASE-052", world: `
			rp(key): unread
			id(u): +*@*`,
			ask: `u kms:Decrypt key -> ALLOW_IF(DATA DATA:key-policy Known arn:aws:kms:us-east-1:111111111111:key/k@1) #DATA:key-policy`},
	}
}

func attached(t *testing.T, text string) []policy.Attached {
	t.Helper()
	d, err := fixture.Document(text)
	if err != nil {
		t.Fatal(err)
	}
	return []policy.Attached{{Document: d, Name: "test"}}
}

func resourceLayer(t *testing.T, text string) policy.ResourceLayer {
	t.Helper()
	d, err := policy.ParseDocument([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return policy.ResourceLayer{State: policy.ResourcePresent, Policies: []policy.Attached{{Document: d, Name: "test"}}, RestrictPublic: policy.No}
}

func roleSession() policy.Caller {
	return policy.Caller{Kind: policy.CallerRole, ARN: fixture.ARN("r"), Account: fixture.AccountID("A"), Partition: "aws", Name: "r", SessionName: "n"}
}

// federatedUser is a GetFederationToken session of u named Bob.
func federatedUser() policy.Caller {
	return policy.Caller{Kind: policy.CallerFederatedUser, ARN: fixture.ARN("A:federated-user/Bob"), Account: fixture.AccountID("A"),
		Partition: "aws", Name: "Bob", SessionName: "Bob", Issuer: fixture.ARN("u")}
}

// decided evaluates one request of a caller that the graph does not have, on a
// resource of account A.
func decided(t *testing.T, c policy.Caller, action, resource string, l policy.Layers, want string) {
	t.Helper()
	r := policy.Request{Caller: c, Action: action, Resource: fixture.ARN(resource), ResourceAccount: fixture.AccountID("A")}
	r.Context = policy.NewContext(&r, &policy.Facts{AsOf: caseTime})
	d := policy.Evaluate(r, l)
	parseAnswer(want).compare(t, action+" "+resource+" -> "+want, observeDecision(&d))
}
