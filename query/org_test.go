package query_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/ingest"
	"accesspath/ingest/managed"
	"accesspath/internal/shared"
	"accesspath/query"
)

var asOf = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// plant is one question with an answer that is known by construction.
type plant struct {
	ID, Kind, Level, Action, Resource, From, Expect, Why string
	Path                                                 []string
	PathCount                                            int      `json:"path_count"`
	NearPath                                             []string `json:"near_path"`
	BrokenAt                                             int      `json:"broken_at"`
	Requires                                             []plantRequirement
}

type plantRequirement struct {
	Key, Operator string
	Values        []string
	Hop           int
}

// plantSet is a question whose full answer is known.
type plantSet struct {
	ID, Action, Resource string
	Allowed, Conditional []string
}

// plantedVerdicts are where the rules are more careful than the generator.
var plantedVerdicts = map[string]string{
	"mfa-role":               query.VerdictAllowIf, // U-01
	"boundary-user-by-name":  query.VerdictAllowIf, // U-02
	"session-name":           query.VerdictAllow,   // SYM-12, with a requirement
	"action-region":          query.VerdictAllow,   // SYM-12
	"scp-region":             query.VerdictAllow,   // SYM-12
	"bucket-denies-insecure": query.VerdictAllow,   // SYM-12
}

func (p *plant) verdict() string {
	if v, ok := plantedVerdicts[p.Kind]; ok {
		return v
	}
	return map[string]string{"allowed": query.VerdictAllow, "denied": query.VerdictDeny, "conditional": query.VerdictAllowIf}[p.Expect]
}

// plantedOrg makes an organization with the generator beside the checkout.
func plantedOrg(t *testing.T, seed int) (*graph.Graph, []plant, []plantSet) {
	t.Helper()
	tools, ok := shared.Tools()
	if !ok {
		t.Skip("no shared/tools/orggen beside the checkout: planted organizations are not compared")
	}
	dir := t.TempDir()
	bin := filepath.Join(dir, "orggen")
	run := func(in, name string, args ...string) {
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir = in
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
	}
	run(filepath.Join(tools, "orggen"), "go", "build", "-o", bin, ".")
	org, truth, sets := filepath.Join(dir, "org"), filepath.Join(dir, "truth.json"), filepath.Join(dir, "sets.json")
	run(dir, bin, "-out", org, "-accounts", "10", "-roles", "30", "-seed", fmt.Sprint(seed), "-org", "-resources", "-truth", truth, "-sets", sets)
	var plants []plant
	var list []plantSet
	readJSON(t, truth, &plants)
	readJSON(t, sets, &list)
	return buildGraph(t, readFiles(t, org), 0), plants, list
}

func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

func readFiles(t testing.TB, path string) *iam.Snapshot {
	t.Helper()
	sources, _, err := ingest.Files([]string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ingest.Read(t.Context(), sources, ingest.Options{Managed: managed.Lookup})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func buildGraph(t testing.TB, s *iam.Snapshot, workers int) *graph.Graph {
	t.Helper()
	g, err := graph.Build(t.Context(), s, graph.Options{AsOf: asOf, KeyDefined: query.KeyDefined, Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestPlantedOrganization compares every plant with its answer: verdict, path,
// requirements and the hop that breaks.
func TestPlantedOrganization(t *testing.T) {
	g, plants, sets := plantedOrg(t, 1)
	e := query.New(g, query.Options{View: query.ViewAll, MaxPaths: 5})
	if len(plants) < 150 {
		t.Errorf("only %d plants", len(plants))
	}
	for _, p := range plants {
		t.Run(p.ID, func(t *testing.T) { checkPlant(t, g, e, &p) })
	}
	for _, s := range sets {
		t.Run(s.ID, func(t *testing.T) { checkSet(t, g, e, &s) })
	}
}

func checkPlant(t *testing.T, g *graph.Graph, e *query.Engine, p *plant) {
	r, err := e.Can(t.Context(), p.From, p.Action, p.Resource)
	if err != nil {
		t.Fatal(err)
	}
	a := r.Answers[0]
	if a.Verdict != p.verdict() {
		t.Fatalf("%s, want %s (%s)\npaths %s\ncauses %s", a.Verdict, p.verdict(), p.Why, asJSON(a.Paths), asJSON(a.Causes))
	}
	for _, path := range a.Paths {
		if err := query.Check(g, r.Question, path); err != nil {
			t.Errorf("%v does not hold: %v", path.Principals, err)
		}
	}
	if p.Expect == "denied" {
		if a.Verdict == query.VerdictDeny && (a.BrokenAt != p.BrokenAt || len(a.Causes) == 0) {
			t.Errorf("broken at %d %v, want %d %v (%s)", a.BrokenAt, a.NearPath, p.BrokenAt, p.NearPath, p.Why)
		}
		return
	}
	i := slices.IndexFunc(a.Paths, func(x query.Path) bool { return slices.Equal(x.Principals, p.Path) })
	if i < 0 {
		t.Fatalf("path %v is not among %s", p.Path, asJSON(a.Paths))
	}
	if n := len(a.Paths) + a.MorePaths; p.PathCount > 1 && n != p.PathCount {
		t.Errorf("%d paths, want %d", n, p.PathCount)
	}
	for _, want := range p.Requires {
		if !required(&a.Paths[i], want) {
			t.Errorf("no requirement %+v in %s", want, asJSON(a.Paths[i]))
		}
	}
	if n := len(flatten(&a.Paths[i])); n != len(p.Requires) && p.verdict() != query.VerdictAllow && plantedVerdicts[p.Kind] == "" {
		t.Errorf("%d requirements, want %d: %s", n, len(p.Requires), asJSON(flatten(&a.Paths[i])))
	}
}

// flatten lists all requirements of a path, nested ones too.
func flatten(p *query.Path) []query.Requirement {
	var out []query.Requirement
	var add func(list []query.Requirement)
	add = func(list []query.Requirement) {
		for _, r := range list {
			if r.Code == "IDP:tags" {
				continue // true of every identity provider whose trust forgets sts:TagSession (FED-22)
			}
			if r.Key != "" {
				out = append(out, r)
			}
			add(r.AnyOf)
			add(r.AllOf)
		}
	}
	for i := range p.Steps {
		add(p.Steps[i].Requires)
	}
	add(p.Requires)
	return out
}

func required(p *query.Path, want plantRequirement) bool {
	return slices.ContainsFunc(flatten(p), func(r query.Requirement) bool {
		operator := r.Operator
		if r.Key == "aws:SecureTransport" {
			operator = strings.TrimSuffix(operator, "IfExists") // the key is always there
		}
		return strings.EqualFold(r.Key, want.Key) && operator == want.Operator && r.Hop == want.Hop && slices.Equal(sorted(r.Values), sorted(want.Values))
	})
}

func sorted(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return out
}

// checkSet: nobody is missing and nobody else is there.
func checkSet(t *testing.T, g *graph.Graph, e *query.Engine, s *plantSet) {
	r, err := e.WhoCan(t.Context(), s.Action, s.Resource)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, id := range s.Allowed {
		want[id] = query.VerdictAllow
	}
	for _, id := range s.Conditional {
		want[id] = query.VerdictAllowIf
	}
	for _, a := range r.Answers {
		if a.Kind != "user" && a.Kind != "role" {
			continue
		}
		if want[a.Principal] != a.Verdict {
			t.Errorf("%s: %s, want %q", a.Principal, a.Verdict, want[a.Principal])
		}
		delete(want, a.Principal)
		for _, p := range a.Paths {
			if err := query.Check(g, r.Question, p); err != nil {
				t.Errorf("%v does not hold: %v", p.Principals, err)
			}
		}
	}
	for id, v := range want {
		t.Errorf("%s is missing, want %s", id, v)
	}
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
