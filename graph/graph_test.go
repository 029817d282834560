package graph_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	library "github.com/dominikbraun/graph"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/policy"
)

var asOf = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func build(t testing.TB, s *iam.Snapshot, workers int) *graph.Graph {
	t.Helper()
	g, err := graph.Build(t.Context(), s, graph.Options{AsOf: asOf, Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// seeds runs a test over organizations of different makings; ACCESSPATH_SEEDS
// multiplies how many.
func seeds(t *testing.T, n int, f func(t *testing.T, g *graph.Graph)) {
	if times, err := strconv.Atoi(os.Getenv("ACCESSPATH_SEEDS")); err == nil && times > 1 {
		n *= times
	}
	for seed := range n {
		o := fixture.OrgOptions{Seed: uint64(seed), Accounts: 2 + seed%3, Users: 4, Groups: 2, Roles: 6, Plain: seed%4 == 0, Sparse: seed%3 == 0}
		t.Run(fmt.Sprintf("seed-%d", seed), func(t *testing.T) { f(t, build(t, fixture.Org(o), 2)) })
	}
}

// Class edges and the choice of candidates are shortcuts: evaluating every
// principal against every role by itself must give the same edges.
func TestEdgesEqualEvaluationOfAllPairs(t *testing.T) {
	pairs, edges := 0, 0
	seeds(t, 60, func(t *testing.T, g *graph.Graph) {
		got := map[[2]graph.NodeID]bool{}
		for i := range g.Len() {
			for e := range g.Out(graph.NodeID(i)) {
				if e.Kind == graph.CanAssume {
					got[[2]graph.NodeID{e.From, e.To}] = true
				}
			}
		}
		for i := range g.Len() {
			from := g.Node(graph.NodeID(i))
			if from.User == nil && from.Role == nil {
				continue
			}
			for k := range g.Len() {
				to := g.Node(graph.NodeID(k))
				if to.Role == nil {
					continue
				}
				pairs++
				a := g.Model.Assume(from, to.Role, nil, "")
				key := [2]graph.NodeID{graph.NodeID(i), graph.NodeID(k)}
				if want := !a.Requires.IsFalse(); want != got[key] {
					t.Errorf("edge %s -> %s: %t, evaluated by itself %t (%s)", from.ID, to.ID, got[key], want, a.Requires.Key())
				}
				if got[key] {
					edges++
				}
			}
		}
	})
	t.Logf("%d pairs, %d edges", pairs, edges)
}

// What edges ask of a member must be what the member is asked by itself; a
// principal that the trust names and that is of a trusted class has two edges,
// of which the class's may ask for more.
func TestEdgeRequirementsEqualEvaluation(t *testing.T) {
	seeds(t, 60, func(t *testing.T, g *graph.Graph) {
		for i := range g.Len() {
			from := g.Node(graph.NodeID(i))
			if from.User == nil && from.Role == nil {
				continue
			}
			asked := map[graph.NodeID]map[string]bool{}
			for e := range g.Out(graph.NodeID(i)) {
				if asked[e.To] == nil {
					asked[e.To] = map[string]bool{}
				}
				asked[e.To][e.Requires.Key()] = true
			}
			for e := range g.Out(graph.NodeID(i)) {
				to := g.Node(e.To)
				own := g.Model.Obtain(from, to, nil)
				if asked[e.To][own.Requires.Key()] && !policy.And(e.Requires, own.Requires.Not()).Satisfiable() {
					continue
				}
				if e.Requires.Key() != own.Requires.Key() {
					t.Errorf("%s -> %s asks %s, evaluated by itself %s", from.ID, to.ID, e.Requires.Key(), own.Requires.Key())
				}
			}
		}
	})
}

func TestOutAndInAgree(t *testing.T) {
	seeds(t, 12, func(t *testing.T, g *graph.Graph) {
		out, in := map[string]int{}, map[string]int{}
		key := func(e graph.Edge) string { return fmt.Sprint(e.From, e.To, e.Kind, e.Requires.Key()) }
		shown := 0
		for i := range g.Len() {
			last := graph.NodeID(0)
			for e := range g.Out(graph.NodeID(i)) {
				if e.From != graph.NodeID(i) || e.To < last {
					t.Errorf("edge %d -> %d out of order", e.From, e.To)
				}
				last = e.To
				out[key(e)]++
				shown++
			}
			for e := range g.In(graph.NodeID(i)) {
				in[key(e)]++
			}
		}
		if fmt.Sprint(out) != fmt.Sprint(in) {
			t.Error("Out and In list different edges")
		}
		if n, stored := g.Edges(); n != shown || stored > n {
			t.Errorf("Edges says %d shown and %d stored, listed are %d", n, stored, shown)
		}
	})
}

// Reverse against a breadth-first search of the graph library and against a
// transitive closure by hand.
func TestReverseAgainstLibraryAndClosure(t *testing.T) {
	seeds(t, 12, func(t *testing.T, g *graph.Graph) {
		lib := library.New(library.IntHash, library.Directed())
		n := g.Len()
		closure := make([][]bool, n)
		for i := range n {
			closure[i] = make([]bool, n)
			closure[i][i] = true
			if err := lib.AddVertex(i); err != nil {
				t.Fatal(err)
			}
		}
		for i := range n {
			for e := range g.Out(graph.NodeID(i)) {
				closure[e.From][e.To] = true
				// The other way round: the search then finds who reaches.
				if err := lib.AddEdge(int(e.To), int(e.From)); err != nil && err != library.ErrEdgeAlreadyExists {
					t.Fatal(err)
				}
			}
		}
		for k := range n {
			for i := range n {
				for j := range n {
					closure[i][j] = closure[i][j] || closure[i][k] && closure[k][j]
				}
			}
		}
		for target := range n {
			got := g.Reverse([]graph.NodeID{graph.NodeID(target)})
			found := make([]bool, n)
			if err := library.BFS(lib, target, func(v int) bool { found[v] = true; return false }); err != nil {
				t.Fatal(err)
			}
			for i := range n {
				if in := got.Has(graph.NodeID(i)); in != found[i] || in != closure[i][target] {
					t.Fatalf("%s reaches %s: Reverse %t, library %t, closure %t", g.Node(graph.NodeID(i)).ID, g.Node(graph.NodeID(target)).ID, in, found[i], closure[i][target])
				}
			}
		}
	})
}

// dump writes a graph out completely.
func dump(g *graph.Graph) string {
	var b strings.Builder
	for i := range g.Len() {
		n := g.Node(graph.NodeID(i))
		fmt.Fprintln(&b, n.ID, n.Kind, n.Account, n.Name)
		for e := range g.Out(graph.NodeID(i)) {
			fmt.Fprintln(&b, " ", g.Node(e.To).ID, e.Kind, e.Requires.Key())
		}
	}
	for u, group := range g.Memberships() {
		fmt.Fprintln(&b, u, group)
	}
	return b.String()
}

func TestOrderAndWorkersDoNotMatter(t *testing.T) {
	for seed := range uint64(8) {
		o := fixture.OrgOptions{Seed: seed, Accounts: 4, Users: 6, Roles: 12}
		want := dump(build(t, fixture.Org(o), 1))
		s := fixture.Org(o)
		r := rand.New(rand.NewPCG(seed, 1))
		for _, a := range s.Accounts {
			r.Shuffle(len(a.Users), func(i, j int) { a.Users[i], a.Users[j] = a.Users[j], a.Users[i] })
			r.Shuffle(len(a.Roles), func(i, j int) { a.Roles[i], a.Roles[j] = a.Roles[j], a.Roles[i] })
		}
		if got := dump(build(t, s, 3)); got != want {
			t.Errorf("seed %d: shuffled input with three workers gives another graph", seed)
		}
	}
}

func TestNodes(t *testing.T) {
	g := build(t, fixture.Org(fixture.OrgOptions{Seed: 3, Accounts: 4}), 2)
	ids := make([]string, g.Len())
	for i := range g.Len() {
		n := g.Node(graph.NodeID(i))
		ids[i] = n.ID
		if at, ok := g.Find(n.ID); !ok || at != graph.NodeID(i) {
			t.Errorf("Find(%q) = %d, %t", n.ID, at, ok)
		}
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Error("node ids are not sorted and distinct")
	}
	user := "arn:aws:iam::" + fixture.OrgAccount(0) + ":user/user0"
	if _, ok, candidates := g.Resolve("user0"); ok || len(candidates) != 4 {
		t.Errorf("user0 is in four accounts: ok %t, %d candidates", ok, len(candidates))
	}
	if n, ok, _ := g.Resolve(user); !ok || g.Node(n).ID != user {
		t.Errorf("Resolve(%q) failed", user)
	}
	root := "arn:aws:iam::" + fixture.OrgAccount(0) + ":root"
	if n, ok := g.Find(root); !ok || g.Node(n).Kind != graph.KindRoot {
		t.Error("GAAD-18: no root user")
	}
}
