package query

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"slices"
	"testing"
	"time"

	"accesspath/graph"
	"accesspath/internal/fixture"
)

// Results come in the order of the nodes, on any number of processors; an error
// ends it, and so does the end of the context.
func TestInParallel(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, processors := range []int{1, 2, 8} {
		runtime.GOMAXPROCS(processors)
		for _, n := range []int{0, 1, fewNodes, fewNodes + 1, 5 * fewNodes} {
			nodes := make([]graph.NodeID, n)
			for i := range nodes {
				nodes[i] = graph.NodeID(3 * i)
			}
			got, err := inParallel(t.Context(), nodes, func(n graph.NodeID) (graph.NodeID, error) { return n, nil })
			if err != nil || !slices.Equal(got, nodes) {
				t.Errorf("%d nodes on %d processors: %v", n, processors, err)
			}
			if n == 0 {
				continue
			}
			broken := errors.New("broken")
			if _, err = inParallel(t.Context(), nodes, func(n graph.NodeID) (int, error) { return 0, broken }); !errors.Is(err, broken) {
				t.Errorf("%d nodes on %d processors: error %v", n, processors, err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err = inParallel(ctx, nodes, func(n graph.NodeID) (int, error) { return 0, nil }); !errors.Is(err, context.Canceled) {
				t.Errorf("%d nodes on %d processors, called off: %v", n, processors, err)
			}
		}
	}
}

// Questions about many principals have the same answer on any number of
// processors.
func TestWhoCanOnProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	s := fixture.Org(fixture.OrgOptions{Seed: 1, Accounts: 14, Users: 10, Groups: 3, Roles: 40, Sparse: true})
	g, err := graph.Build(t.Context(), s, graph.Options{AsOf: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), KeyDefined: KeyDefined})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(g.Candidates("sts:GetCallerIdentity", "*", false)); n <= fewNodes {
		t.Fatalf("only %d candidates: they are looked at one by one", n)
	}
	for _, q := range []struct {
		action, resource string
		o                Options
		rows, steps      int // more than these
	}{
		{"sts:GetCallerIdentity", "*", Options{View: ViewHolders}, fewNodes, -1},
		{"s3:GetObject", fixture.OrgObject, Options{View: ViewAll, MaxPaths: 3}, fewRows, fewRows},
	} {
		want := ""
		for _, processors := range []int{1, 2, 8} {
			runtime.GOMAXPROCS(processors)
			r, err := New(g, q.o).WhoCan(t.Context(), q.action, q.resource)
			if err != nil {
				t.Fatal(err)
			}
			steps := 0
			for _, a := range r.Answers {
				steps += a.Hops
			}
			text, err := json.Marshal(r)
			switch {
			case err != nil || len(r.Answers) <= q.rows || steps <= q.steps:
				t.Fatalf("%s: %d answers with %d steps, %v", q.action, len(r.Answers), steps, err)
			case want == "":
				want = string(text)
			case string(text) != want:
				t.Errorf("%s: on %d processors there is another answer", q.action, processors)
			}
		}
	}
}
