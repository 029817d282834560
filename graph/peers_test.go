package graph_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// ends are the ends of edges, each as often as it is met.
func ends(g *graph.Graph, n graph.NodeID, into bool) map[string]int {
	out := map[string]int{}
	edges := g.Out(n)
	if into {
		edges = g.In(n)
	}
	for e := range edges {
		out[fmt.Sprintf("%d %d %s %s", e.From, e.To, e.Kind, e.Requires.Key())]++
	}
	return out
}

// Edges of peers stand for one from each of them: the graph is the same when they are
// written out.
func TestPeersEqualEdgesWrittenOut(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	alikes := 0
	seeds(t, 30, func(t *testing.T, g *graph.Graph) {
		var nodes []graph.Node
		for i := range g.Len() {
			if n := g.Node(graph.NodeID(i)); n.User != nil {
				nodes = append(nodes, supposition(n, graph.NodeID(i), func(_ *graph.Supposition, e *iam.Entity) { e.Boundary = nil }))
			}
		}
		base := func(n graph.NodeID) graph.NodeID {
			if int(n) >= g.Len() {
				return nodes[int(n)-g.Len()].Supposed.Base
			}
			return n
		}
		order := random.Perm(g.Len() + len(nodes))
		var together, apart graph.Extension
		together.Nodes, apart.Nodes = nodes, nodes
		for len(order) >= 4 {
			var members []graph.NodeID
			for _, n := range order[:4] {
				members = append(members, graph.NodeID(n))
			}
			slices.Sort(members)
			order = order[4:]
			together.Peers.Add(members)
		}
		requires := []policy.Requirement{policy.True(), policy.DataAtom("DATA:a", "x")}
		for i := range 60 {
			e := graph.Escalation{To: graph.NodeID(random.IntN(g.Len() + len(nodes))), Kind: graph.EscalatesToKeys + graph.EdgeKind(random.IntN(2)),
				Order: uint32(i), Requires: requires[random.IntN(2)], Way: &graph.Way{Entry: fmt.Sprint(i)}}
			list := random.IntN(together.Peers.Len())
			members := together.Peers.Of(list)
			if i%3 == 0 { // of one of them alone
				e.From = members[0]
				if base(e.From) != base(e.To) {
					together.Edges, apart.Edges = append(together.Edges, e), append(apart.Edges, e)
				}
				continue
			}
			e.From = graph.NodeID(list)
			together.Alike = append(together.Alike, e)
			alikes++
			for _, m := range members {
				if e.From = m; base(m) != base(e.To) {
					apart.Edges = append(apart.Edges, e)
				}
			}
		}
		x, errX := g.Extend(t.Context(), &together)
		y, errY := g.Extend(t.Context(), &apart)
		if errX != nil || errY != nil {
			t.Fatal(errX, errY)
		}
		all := graph.NewNodeSet(x.Len())
		for i := range x.Len() {
			all.Add(graph.NodeID(i))
		}
		within := x.Within(all)
		for i := range x.Len() {
			n := graph.NodeID(i)
			for _, into := range []bool{false, true} {
				if got, want := ends(x, n, into), ends(y, n, into); !maps.Equal(got, want) {
					t.Errorf("%d into %t: %v, written out %v", n, into, got, want)
				}
			}
			if got, want := slices.Collect(within.Out(n)), slices.Collect(x.Out(n)); !slices.Equal(got, want) {
				t.Errorf("%d: within all nodes %v, want %v", n, got, want)
			}
			got, want := x.Reverse([]graph.NodeID{n}), y.Reverse([]graph.NodeID{n})
			for m := range want.All() {
				if !got.Has(m) {
					t.Errorf("%d does not lead to %d any more", m, n)
				}
			}
		}
		gotShown, _ := x.Edges()
		wantShown, _ := y.Edges()
		if gotShown != wantShown {
			t.Errorf("%d edges, written out %d", gotShown, wantShown)
		}
		if got, want := slices.Collect(x.AllEscalations()), slices.Collect(y.AllEscalations()); !slices.Equal(got, want) {
			t.Errorf("ways %v, written out %v", got, want)
		}
	})
	if alikes < 500 {
		t.Errorf("%d edges of peers compared", alikes)
	}
}
