package graph_test

import (
	"slices"
	"testing"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/policy"
	"accesspath/policy/catalog"
)

// inquiries holds what an Inquiry says against the model, for every node that acts:
// all actions of a service on some resources, which are patterns where they say so.
// It counts verdicts of each kind.
func inquiries(t *testing.T, g *graph.Graph, actions, resources []string, n *[3]int) {
	t.Helper()
	for i := range g.Len() {
		node := g.Node(graph.NodeID(i))
		if !node.Acts() {
			continue
		}
		q := g.Model.Inquiry(node)
		for _, action := range actions {
			for _, resource := range resources {
				list := []string{resource}
				if resource == "*" || resource[len(resource)-1] == '*' {
					var complete bool
					list, complete = q.Witnesses(action, resource, i%2 == 0)
					want, whole := g.Model.Witnesses(node, action, resource, i%2 == 0)
					if complete != whole || !slices.Equal(list, want) {
						t.Fatalf("%s, %s on %s: witnesses %q (%t), want %q (%t)", node.ID, action, resource, list, complete, want, whole)
					}
				}
				for _, resource := range list {
					forbidden := q.Forbidden(action)
					got, want := q.Verdict(action, resource), g.Model.Verdict(graph.Ask{Node: node, Action: action, Resource: resource})
					if got.Key() != want.Key() {
						t.Fatalf("%s, %s on %s: %s, want %s", node.ID, action, resource, got.Key(), want.Key())
					}
					if forbidden && !want.IsFalse() {
						t.Fatalf("%s, %s on %s: %s, which was ruled out", node.ID, action, resource, want.Key())
					}
					n[kindOf(want)]++
				}
			}
		}
	}
}

func kindOf(r policy.Requirement) int {
	switch {
	case r.IsTrue():
		return 0
	case r.IsFalse():
		return 1
	}
	return 2
}

// some are a part of the actions of services: another for each seed.
func some(seed int, patterns ...string) []string {
	var out []string
	for _, p := range patterns {
		for i, action := range catalog.Expand(p) {
			if (i+seed)%9 == 0 {
				out = append(out, action)
			}
		}
	}
	return out
}

// Verdicts that are found once for many actions are those of each by itself (QRY-16).
func TestInquiryIsTheModel_QRY_16(t *testing.T) {
	var n [3]int
	seed := 0
	seeds(t, 9, func(t *testing.T, g *graph.Graph) {
		seed++
		role := "arn:aws:iam::" + fixture.OrgAccount(0) + ":role/nobody"
		for _, a := range g.Model.Snapshot.Accounts {
			if len(a.Roles) > 0 {
				role = a.Roles[0].ARN
			}
		}
		inquiries(t, g, some(seed, "s3:*"), []string{fixture.OrgObject, fixture.OrgBucket, "arn:aws:s3:::nobody-knows", "arn:aws:s3:::*"}, &n)
		inquiries(t, g, some(seed, "iam:*", "sts:*"), []string{role, "*"}, &n)
		inquiries(t, g, some(seed, "kms:*", "sqs:*", "ec2:D*"), []string{"arn:aws:kms:eu-west-1:" + fixture.OrgAccount(1) + ":key/1", "arn:aws:sqs:eu-west-1:" + fixture.OrgAccount(0) + ":q", "*"}, &n)
	})
	if slices.Min(n[:]) < 500 {
		t.Errorf("%d allowed, %d denied and %d open: the test says little", n[0], n[1], n[2])
	}
}

// Conditions whose keys an action has or lacks, or has another value of, are told
// apart (COND-21, CKEY-40, CKEY-42, SYM-25).
func TestInquiryOfConditions_COND_21(t *testing.T) {
	var n [3]int
	known := func(service, action, key string) (bool, bool) { return catalog.KnownKey(service, action, key) }
	for _, condition := range []string{
		`{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}`,
		`{"StringEqualsIfExists":{"iam:PassedToService":"ec2.amazonaws.com"}}`,
		`{"StringLike":{"iam:PermissionsBoundary":"*"}}`,
		`{"StringNotLike":{"iam:PermissionsBoundary":"*"}}`,
		`{"Null":{"iam:PermissionsBoundary":"true"}}`,
		`{"StringEquals":{"aws:RequestTag/team":"a"}}`,
		`{"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}`,
		`{"StringEquals":{"s3:prefix":"home/"}}`,
		`{"StringNotEquals":{"s3:prefix":"home/"}}`,
		`{"Null":{"s3:x-amz-acl":"false"}}`,
		`{"StringEquals":{"aws:ResourceTag/team":"a"}}`,
		`{"StringEquals":{"s3:ExistingObjectTag/team":"${aws:PrincipalTag/team}"}}`,
		`{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}`,
		`{"StringNotEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}`,
		`{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`,
		`{"StringLike":{"s3:prefix":"${aws:username}/*"}}`,
	} {
		for _, effect := range []string{"Allow", "Deny"} {
			for seed := range uint64(1) {
				s := fixture.Org(fixture.OrgOptions{Seed: seed, Accounts: 2, Users: 2, Groups: 1, Roles: 2})
				withStatement(t, s, `{"Effect":"`+effect+`","Action":["iam:*","s3:Get*","s3:List*","s3:Put*","kms:*"],"Resource":["*","arn:aws:s3:::${s3:prefix}*"],"Condition":`+condition+`}`)
				g, err := graph.Build(t.Context(), s, graph.Options{AsOf: asOf, KeyDefined: known})
				if err != nil {
					t.Fatal(err)
				}
				resources := []string{fixture.OrgObject, fixture.OrgBucket, s.Accounts[0].Roles[0].ARN, s.Accounts[0].Users[0].ARN, "*"}
				inquiries(t, g, some(int(seed), "iam:*", "s3:*", "kms:*"), resources, &n)
			}
		}
	}
	if n[2] < 500 {
		t.Errorf("%d open verdicts: the test says little", n[2])
	}
}

// withStatement gives every user and role one more policy.
func withStatement(t *testing.T, s *iam.Snapshot, statement string) {
	t.Helper()
	d, err := policy.ParseDocument([]byte(`{"Version":"2012-10-17","Statement":[` + statement + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	p := &iam.Policy{Name: "more", Document: d}
	for _, a := range s.Accounts {
		for _, u := range a.Users {
			u.Inline = append(u.Inline, p)
		}
		for _, r := range a.Roles {
			r.Inline = append(r.Inline, p)
		}
	}
}

// inquiryWorld has a root session, a federation token and policies on all sides.
const inquiryWorld = `
	id(M:user/m): +sts:AssumeRoot@A:root
	id(u): +sts:GetFederationToken@* ; +s3:*@* ; +kms:*@* ; -s3:Put*@* ?{Bool aws:MultiFactorAuthPresent=false}
	id(r): +s3:Get*@* ?{StringEquals aws:RequestedRegion=eu-west-1} ; +iam:*@*
	pb(r): +*@* ; -iam:Create*@*
	scp(root): -s3:Delete*@* ?{ArnNotLike aws:PrincipalArn=arn:aws:iam::*:role/admin}
	scp(A): -sns:*@*
	id(A:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX): +sns:*@*
	rcp(root): -kms:*@* P=*
	rp(b): +s3:Get*@b,b/* P=arn:aws:sts::111111111111:federated-user/Bob`

// Whoever acts is asked like this: root users, sessions of root users and of
// federation tokens as well (ROOT-05, STS-10, NAT-02).
func TestInquiryOfRootUsersAndSessions_ROOT_05(t *testing.T) {
	s, err := fixture.Parse(inquiryWorld)
	if err != nil {
		t.Fatal(err)
	}
	g := build(t, s, 1)
	kinds := map[graph.NodeKind]bool{}
	for i := range g.Len() {
		if n := g.Node(graph.NodeID(i)); n.Acts() {
			kinds[n.Kind] = true
		}
	}
	for _, k := range []graph.NodeKind{graph.KindRoot, graph.KindRootSession, graph.KindFederatedUser} {
		if !kinds[k] {
			t.Errorf("the world has no %v", k)
		}
	}
	var n [3]int
	for _, actions := range []string{"s3:*", "iam:*", "sqs:*", "kms:*", "sns:*", "sts:*"} {
		inquiries(t, g, catalog.Expand(actions), []string{"arn:aws:s3:::b", "arn:aws:s3:::nobody-knows", fixture.ARN("A:role/r"), "arn:aws:sqs:eu-west-1:" + fixture.AccountID("A") + ":q", "arn:aws:kms:eu-west-1:" + fixture.AccountID("A") + ":key/k", "arn:aws:sns:eu-west-1:" + fixture.AccountID("A") + ":t", "*"}, &n)
	}
	if slices.Min(n[:]) == 0 {
		t.Errorf("%d allowed, %d denied and %d open: the test says little", n[0], n[1], n[2])
	}
}
