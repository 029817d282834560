package graph_test

import (
	"slices"
	"testing"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/policy"
)

// told counts what a Reading said no to: tests that hold it against decisions say
// nothing where it always says yes.
type told struct{ forbid, lack, allow, asked int }

// readings holds what is told of every node against what is decided.
func readings(t *testing.T, g *graph.Graph, action, resource string, n *told) {
	t.Helper()
	r := g.Reading(action, resource)
	if r == nil {
		return
	}
	for i := range g.Len() {
		node := g.Node(graph.NodeID(i))
		if !node.Acts() {
			continue
		}
		d := g.Model.Decide(graph.Ask{Node: node, Action: action, Resource: resource})
		n.asked++
		if !r.MayForbid(graph.NodeID(i)) {
			n.forbid++
			if slices.ContainsFunc(d.Causes, func(c policy.Cause) bool { return c.Explicit }) {
				t.Errorf("%s on %s: %s is denied explicitly, which was ruled out", action, resource, node.ID)
			}
		}
		if !r.MayLackOne(graph.NodeID(i)) {
			n.lack++
			if len(d.Causes) == 1 {
				t.Errorf("%s on %s: %s is denied for %q alone, which was ruled out", action, resource, node.ID, d.Causes[0].Text)
			}
		}
		if !r.MayAllow(graph.NodeID(i)) {
			n.allow++
			if !d.Requires.IsFalse() {
				t.Errorf("%s on %s: %s may, if %s, which was ruled out", action, resource, node.ID, d.Requires.Key())
			}
		}
	}
}

// What a Reading rules out no decision finds (EVAL-02, EVAL-10, EVAL-20).
func TestReadingRulesOutWhatIsNot(t *testing.T) {
	var n told
	seeds(t, 60, func(t *testing.T, g *graph.Graph) {
		for _, q := range candidateQuestions(g) {
			readings(t, g, q[0], q[1], &n)
		}
	})
	if n.forbid*4 < n.asked || n.lack*20 < n.asked || n.allow*4 < n.asked {
		t.Errorf("of %d, %d, %d and %d were ruled out: the test says little", n.asked, n.forbid, n.lack, n.allow)
	}
}

// Each kind of condition on a Deny reads as it is decided.
func TestReadingOfConditions(t *testing.T) {
	for _, statement := range []string{
		`"Resource":"*"`,
		`"Resource":"arn:aws:s3:::b/*"`,
		`"NotResource":"arn:aws:s3:::b/*"`,
		`"Resource":"arn:aws:s3:::${aws:username}/*"`,
		`"Resource":"*","Condition":{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:root"}}`,
		`"Resource":"*","Condition":{"StringLike":{"aws:PrincipalArn":["arn:aws:iam::*:role/adm*","arn:aws:iam::*:user/u"]}}`,
		`"Resource":"*","Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/admin"}}`,
		`"Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalArn":"arn:aws:iam::*:role/admin"}}`,
		`"Resource":"*","Condition":{"ForAnyValue:StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}}`,
		`"Resource":"*","Condition":{"StringLike":{"aws:PrincipalArn":[]}}`,
		`"Resource":"*","Condition":{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:${aws:username}"}}`,
		`"Resource":"*","Condition":{"Null":{"aws:PrincipalArn":"false"}}`,
		`"Resource":"*","Condition":{"StringLike":{"aws:PrincipalArn":"*"},"Bool":{"aws:SecureTransport":"false"}}`,
		`"Resource":"*","Condition":{"Bool":{"aws:ViaAWSService":"false"}}`,
		`"Resource":"*","Condition":{"Bool":{"aws:ViaAWSService":"true"}}`,
		`"Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`,
		`"Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2001-01-01T00:00:00Z"}}`,
		`"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}`,
		`"Resource":"*","Condition":{"StringEquals":{"s3:x-amz-acl":"public-read"}}`,
		`"Resource":"*","Condition":{"StringNotEquals":{"s3:ResourceAccount":"000000000000"}}`,
		`"Resource":"*","Condition":{"StringNotEquals":{"aws:ResourceAccount":"000000000000"}}`,
		`"Resource":"*","Condition":{"StringEquals":{"aws:username":"u"}}`,
		`"Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"a"}}`,
		`"Resource":"*","Condition":{"StringMatches":{"aws:PrincipalArn":"x"}}`,
	} {
		var n told
		for _, where := range []string{"identity", "boundary", "scp", "resource"} {
			for seed := range uint64(4) {
				g := build(t, withDeny(t, fixture.Org(fixture.OrgOptions{Seed: seed, Accounts: 3, Users: 3, Groups: 1, Roles: 3}), where, statement), 1)
				for _, resource := range []string{fixture.OrgObject, "arn:aws:s3:::b/x", "arn:aws:dynamodb:eu-west-1:" + fixture.OrgAccount(0) + ":table/t"} {
					readings(t, g, "s3:GetObject", resource, &n)
				}
			}
		}
		if n.asked == 0 {
			t.Errorf("%s: nobody was asked about", statement)
		}
	}
}

// withDeny adds a Deny to everything of a kind.
func withDeny(t *testing.T, s *iam.Snapshot, where, statement string) *iam.Snapshot {
	t.Helper()
	principal := ""
	if where == "resource" {
		principal = `"Principal":"*",`
	}
	d, err := policy.ParseDocument([]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny",` + principal + `"Action":"s3:Get*",` + statement + `}]}`))
	if err != nil {
		t.Fatal(err)
	}
	p := &iam.Policy{Name: "deny", Document: d}
	entity := func(e *iam.Entity) {
		if where == "identity" {
			e.Inline = append(e.Inline, p)
		}
		if where == "boundary" {
			m := &iam.ManagedPolicy{Name: "deny", ARN: "arn:aws:iam::aws:policy/deny", Versions: []*iam.PolicyVersion{{IsDefault: true, Policy: *p}}}
			e.Boundary = &iam.Attachment{ARN: m.ARN, Policy: m}
		}
	}
	for _, a := range s.Accounts {
		for _, u := range a.Users {
			entity(&u.Entity)
		}
		for _, r := range a.Roles {
			entity(&r.Entity)
		}
	}
	for _, n := range s.Organization.Nodes {
		if where == "scp" {
			n.SCPs = append(n.SCPs, p)
		}
	}
	for _, r := range s.Resources {
		if where == "resource" {
			r.Policy, r.PolicyState = p, iam.Present
		}
	}
	return s
}
