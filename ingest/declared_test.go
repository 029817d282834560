package ingest

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"accesspath/iam"
)

// readAll reads files of testdata.
func readAll(t testing.TB, files ...string) *iam.Snapshot {
	t.Helper()
	var sources []string
	for _, f := range files {
		b, err := os.ReadFile("testdata/" + f)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, f, string(b))
	}
	return load(t, sources...)
}

// facts lists what answers hang on: entities with their policies, attachments,
// trust, tags and memberships. What only AWS knows (ids, dates, versions) and
// where it was read is left out.
func facts(s *iam.Snapshot) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	document := func(p *iam.Policy) string {
		switch {
		case p == nil:
			return "none"
		case p.Document == nil:
			return "unknown"
		}
		return p.Document.Text
	}
	entity := func(kind string, e *iam.Entity) {
		add("%s %s name=%s path=%s account=%s partial=%v", kind, e.ARN, e.Name, e.Path, e.Account, e.Partial)
		for _, p := range e.Inline {
			add("%s inline %s %s", e.ARN, p.Name, document(p))
		}
		for _, a := range e.Attached {
			add("%s attached %s resolved=%v", e.ARN, a.ARN, a.Document() != nil)
		}
		if e.Boundary != nil {
			add("%s boundary %s resolved=%v", e.ARN, e.Boundary.ARN, e.Boundary.Document() != nil)
		}
		for _, tag := range e.Tags {
			add("%s tag %s=%s", e.ARN, tag.Key, tag.Value)
		}
	}
	for _, a := range s.Accounts {
		for _, u := range a.Users {
			entity("user", &u.Entity)
			for _, g := range u.Groups {
				add("%s in %s", u.ARN, g.ARN)
			}
		}
		for _, g := range a.Groups {
			entity("group", &g.Entity)
		}
		for _, r := range a.Roles {
			entity("role", &r.Entity)
			add("%s trust %s max=%d %s", r.ARN, document(r.Trust), r.MaxSession, r.Description)
		}
		for _, p := range a.Policies {
			add("policy %s %s %s", p.ARN, p.Path, document(&p.Default().Policy))
		}
		for _, p := range a.InstanceProfiles {
			add("profile %s role=%s", p.ARN, p.Role)
		}
		for _, c := range a.Compute {
			add("compute %s %s roles=%v agents=%v profile=%s imds=%v", c.ARN, c.Kind, c.Roles, c.AgentRoles, c.InstanceProfile, c.IMDSv1)
		}
		for _, o := range a.OIDC {
			add("oidc %s %s %v", o.ARN, o.URL, o.ClientIDs)
		}
	}
	for _, r := range s.Resources {
		add("resource %s owner=%s type=%s %v %s block=%+v owned=%v", r.ARN, r.Account, r.Type, r.PolicyState, document(r.Policy), r.PublicAccessBlock, r.OwnershipEnforced)
	}
	slices.Sort(out)
	return out
}

// sameFacts compares lists of facts, apart from lines that skip.
func sameFacts(t *testing.T, got, want []string, skip ...string) {
	t.Helper()
	skipped := func(line string) bool {
		return slices.ContainsFunc(skip, func(s string) bool { return strings.Contains(line, s) })
	}
	for _, line := range got {
		if !slices.Contains(want, line) && !skipped(line) {
			t.Errorf("only here: %s", line)
		}
	}
	for _, line := range want {
		if !slices.Contains(got, line) && !skipped(line) {
			t.Errorf("not here:  %s", line)
		}
	}
}

// The same account as an export, as a state in both forms, as a plan that makes
// half of it, and as a template.
func TestDeclaredSameAccount(t *testing.T) {
	want := facts(readAll(t, "terraform/account.gaad.json", "terraform/account.resources.json"))
	if len(want) < 30 {
		t.Fatalf("the export has %d facts only", len(want))
	}
	for _, test := range []struct {
		file string
		skip []string
	}{
		{"terraform/state.json", nil},
		{"terraform/state.tfstate", nil},
		{"terraform/plan.json", nil},
		{"cloudformation/template.yaml", []string{"1234abcd-12ab", "ec2:eu-west-1"}}, // ids that AWS makes up
	} {
		t.Run(test.file, func(t *testing.T) {
			s := readAll(t, test.file)
			sameFacts(t, facts(s), want, test.skip...)
			for _, d := range s.Diagnostics {
				if d.Severity != iam.Note && d.Code != "unresolved-policy" {
					t.Error(d)
				}
			}
			// Laid over the export nothing changes, and nothing is reported to.
			over := readAll(t, "terraform/account.gaad.json", "terraform/account.resources.json", test.file)
			sameFacts(t, facts(over), want, test.skip...)
			for _, d := range over.Diagnostics {
				if d.Code == "conflict" || d.Code == "planned-change" {
					t.Error(d)
				}
			}
		})
	}
}

func diagnosticLines(s *iam.Snapshot) string {
	var out []string
	for _, d := range s.Diagnostics {
		out = append(out, d.Code+" "+cmp.Or(d.Entity, "-")+" "+d.Message)
	}
	return strings.Join(out, "\n")
}

func readError(t testing.TB, files ...string) error {
	t.Helper()
	_, err := Read(context.Background(), texts(files...), Options{})
	return err
}
