package query_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/internal/shared"
	"accesspath/policy"
	"accesspath/query"
)

// guardedWorld has an administrator, somebody who becomes one in two hops, a
// guest from another organization, and the management account.
const guardedWorld = `
	id(u): +*@*
	tags(u): team=a
	tp(r1): P=A:user/v
	tp(r2): P=r1
	id(r2): +*@*
	tp(q): P=[u,C:user/x]
	id(q): +*@*
	id(C:user/x): +*@*
	id(M:user/m): +*@*
	rp(b): +s3:*@[b,b/*] P=[A,C,M]
	rp(key): +kms:*@* P=[A,C]
	pb(A:user/w): +s3:*@*
	id(A:user/w): +*@*`

var guardedQuestions = [][2]string{
	{"s3:GetObject", "arn:aws:s3:::b/x"}, {"s3:PutObject", "arn:aws:s3:::bb/*"}, {"sts:AssumeRole", fixture.ARN("q")},
	{"iam:CreateAccessKey", fixture.ARN("u")}, {"kms:Decrypt", fixture.ARN("key")}, {"ec2:StopInstances", fixture.ARN("A:instance/i-1")},
	{"organizations:LeaveOrganization", "*"}, {"cloudtrail:StopLogging", "arn:aws:cloudtrail:us-east-1:" + fixture.AccountID("A") + ":trail/t"},
}

// TestRealGuardrailsOnlyTakeAway attaches each real service or resource control
// policy to the root of an organization: no verdict gets better by it (EVAL-04,
// GRAM-20), the management account is not restricted (ORG-04), who-can still
// agrees with can, and every path that is left holds.
func TestRealGuardrailsOnlyTakeAway(t *testing.T) {
	data, ok := shared.Data()
	if !ok {
		t.Skip("the real guardrails are not beside the checkout")
	}
	before := verdicts(t, newCaseWorld(t, guardedWorld).graph)
	files, less := 0, 0
	err := filepath.WalkDir(filepath.Join(data, "organization-policies"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".json" || strings.Contains(path, "vpc_endpoint_policies") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc, err := policy.ParseDocument(text)
		if err != nil {
			t.Logf("%s is no JSON: %v", d.Name(), err)
			return nil
		}
		files++
		t.Run(d.Name(), func(t *testing.T) {
			less += onlyTakesAway(t, doc, strings.Contains(path, "resource_control"), before)
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d guardrails took away %d verdicts", files, less)
	if files < 50 || less < 20 {
		t.Errorf("%d guardrails took away %d verdicts: too few to have been in force", files, less)
	}
}

func onlyTakesAway(t *testing.T, doc *policy.Document, resource bool, before map[[2]string]map[string]string) (less int) {
	s, err := fixture.Parse(guardedWorld)
	if err != nil {
		t.Fatal(err)
	}
	p := &iam.Policy{Name: "guardrail", Document: doc}
	if root := s.Organization.Node("r-ex"); resource {
		root.RCPs = append(root.RCPs, p)
	} else {
		root.SCPs = append(root.SCPs, p)
	}
	management := fixture.ARN("M:user/m")
	for q, rows := range verdicts(t, caseGraph(t, s).graph) {
		for who, after := range rows {
			switch was := before[q][who]; {
			case rank(after) > rank(was):
				t.Errorf("%v by %s: %s with the guardrail, %s without", q, who, after, was)
			case rank(after) < rank(was):
				less++
				if who == management && !resource {
					t.Errorf("%v: the management account is restricted", q)
				}
			}
		}
	}
	return less
}

func rank(verdict string) int {
	return map[string]int{query.VerdictAllow: 2, query.VerdictAllowIf: 1}[verdict]
}

// verdicts asks every principal every question, both ways.
func verdicts(t *testing.T, g *graph.Graph) map[[2]string]map[string]string {
	t.Helper()
	out := map[[2]string]map[string]string{}
	for _, q := range guardedQuestions {
		out[q] = askBothWays(t, g, q, func(int) bool { return true })
	}
	return out
}
