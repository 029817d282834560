package query

import (
	"slices"
	"testing"
	"time"

	"accesspath/graph"
	"accesspath/internal/fixture"
)

// Inside what a principal can become, the nodes that lead to a target are those
// that Graph.Reverse marks; with too many edges to remember they are among them
// (CHAIN-01).
func TestForwardSetLeads(t *testing.T) {
	marked := 0
	for seed := range uint64(6) {
		g, err := graph.Build(t.Context(), fixture.Org(fixture.OrgOptions{Seed: seed, Accounts: 3, Users: 4, Groups: 2, Roles: 8}), graph.Options{AsOf: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			t.Fatal(err)
		}
		e := New(g, Options{})
		for i := range g.Len() {
			set, err := e.outward(t.Context(), true, graph.NodeID(i))
			if err != nil {
				t.Fatal(err)
			}
			target := set.nodes[len(set.nodes)-1:]
			all, got := g.Reverse(target), set.leading(target)
			for _, n := range set.nodes {
				if got.Has(n) != all.Has(n) {
					t.Fatalf("seed %d: from %s, %s leads to %s: %t, want %t", seed, g.Node(graph.NodeID(i)).ID, g.Node(n).ID, g.Node(target[0]).ID, got.Has(n), all.Has(n))
				}
			}
			for n := range got.All() {
				if !slices.Contains(set.nodes, n) {
					t.Fatalf("seed %d: %s is marked and cannot be reached", seed, g.Node(n).ID)
				}
				marked++
			}
			set.count = maxTails + 1
			loose := set.leading(target)
			for n := range got.All() {
				if !loose.Has(n) {
					t.Fatalf("seed %d: %s is lost where edges are too many", seed, g.Node(n).ID)
				}
			}
		}
	}
	if marked == 0 {
		t.Error("nothing is marked: the test says nothing")
	}
}
