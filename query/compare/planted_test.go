package compare

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accesspath/iam"
	"accesspath/ingest"
	"accesspath/ingest/managed"
	"accesspath/internal/shared"
	"accesspath/policy"
)

// plant is a path that is in a generated organization by construction.
type plant struct {
	ID, Action, Resource, From, Expect string
	Path                               []string
}

func plantedOrg(t *testing.T) (*iam.Snapshot, []plant) {
	t.Helper()
	tools, ok := shared.Tools()
	if !ok {
		t.Skip("no generator of organizations beside the checkout")
	}
	dir := t.TempDir()
	bin, org, truth := filepath.Join(dir, "orggen"), filepath.Join(dir, "org"), filepath.Join(dir, "truth.json")
	run := func(in, name string, args ...string) {
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir, cmd.Env = in, append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
	}
	run(filepath.Join(tools, "orggen"), "go", "build", "-o", bin, ".")
	run(dir, bin, "-out", org, "-accounts", "6", "-roles", "15", "-org", "-resources", "-truth", truth)
	text, err := os.ReadFile(truth)
	if err != nil {
		t.Fatal(err)
	}
	var plants []plant
	if err := json.Unmarshal(text, &plants); err != nil {
		t.Fatal(err)
	}
	sources, _, err := ingest.Files([]string{org}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ingest.Read(t.Context(), sources, ingest.Options{Managed: managed.Lookup})
	if err != nil {
		t.Fatal(err)
	}
	return s, plants
}

// TestPlantedChange takes the trust of the last role of a planted path away. The
// difference is that role's trusts and the paths over it, and nothing else; with
// the question of the plant, the planted origin is among those that lost access.
// Turned round, the same is added.
func TestPlantedChange(t *testing.T) {
	s, plants := plantedOrg(t)
	before := input(t, "before", s)
	tried := 0
	for _, p := range plants {
		if p.Expect == "denied" || len(p.Path) < 2 || !strings.Contains(p.Path[len(p.Path)-1], ":role/") || tried == 25 {
			continue
		}
		tried++
		role := p.Path[len(p.Path)-1]
		after := input(t, "after", withoutTrust(t, s, role))
		d := diff(t, before, after, Options{})
		if len(d.Trusts.Added)+len(d.Trusts.Changed)+len(d.Paths.Added)+len(d.Accounts.Removed) > 0 {
			t.Errorf("%s: more than was planted: %+v %+v", p.ID, d.Trusts, d.Paths.Added)
		}
		for _, x := range d.Trusts.Removed {
			if x.To != role {
				t.Errorf("%s: the trust of %s is said to be gone, too", p.ID, x.To)
			}
		}
		if !slices.ContainsFunc(d.Trusts.Removed, func(x Trust) bool { return x.From == p.Path[len(p.Path)-2] }) {
			t.Errorf("%s: the trust from %s is not among %d that are gone", p.ID, p.Path[len(p.Path)-2], len(d.Trusts.Removed))
		}
		over := func(list []Path) (planted bool) {
			for _, x := range list {
				if !slices.Contains(x.Path.Principals[1:], role) {
					t.Errorf("%s: a path that does not go over the role: %v", p.ID, x.Path.Principals)
				}
				planted = planted || slices.Equal(x.Path.Principals, p.Path)
			}
			return planted
		}
		if over(d.Paths.Removed); len(d.Paths.Removed) == 0 {
			t.Errorf("%s: no path is gone", p.ID)
		}
		if len(d.Policies.Changed) != 1 || d.Policies.Changed[0].Old.Owner != role {
			t.Errorf("%s: policies %+v", p.ID, d.Policies.Changed)
		}
		asked := Options{Action: p.Action, Resource: p.Resource}
		asked.Query.MaxPaths = 50
		asked.Query.View = "all"
		d = diff(t, before, after, asked)
		if !over(d.Paths.Removed) {
			t.Errorf("%s: the planted path is not among the %d that are gone", p.ID, len(d.Paths.Removed))
		}
		back := diff(t, after, before, asked)
		if !over(back.Paths.Added) || len(back.Paths.Added) != len(d.Paths.Removed) || len(back.Paths.Removed) != len(d.Paths.Added) {
			t.Errorf("%s: turned round: %d added, %d removed", p.ID, len(back.Paths.Added), len(back.Paths.Removed))
		}
	}
	if tried < 15 {
		t.Errorf("only %d plants could be tried", tried)
	}
}

// withoutTrust is a copy in which nobody may assume a role.
func withoutTrust(t *testing.T, s *iam.Snapshot, arn string) *iam.Snapshot {
	t.Helper()
	nobody, err := policy.ParseDocument([]byte(`{"Version":"2012-10-17","Statement":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	out := *s
	out.Accounts = slices.Clone(s.Accounts)
	for i, a := range out.Accounts {
		for k, r := range a.Roles {
			if r.ARN != arn {
				continue
			}
			account, role, trust := *a, *r, *r.Trust
			trust.Document, role.Trust = nobody, &trust
			account.Roles = slices.Clone(a.Roles)
			account.Roles[k] = &role
			out.Accounts[i] = &account
			return &out
		}
	}
	t.Fatalf("no role %s", arn)
	return nil
}
