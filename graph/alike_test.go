package graph

import (
	"testing"

	"pgregory.net/rapid"

	"accesspath/internal/fixture"
)

// TestAlike: where two graphs are said to have the same edges, they have; and a
// graph has those of itself.
func TestAlike(t *testing.T) {
	draw := func(t *rapid.T, name string) *Graph {
		o := fixture.OrgOptions{Seed: uint64(rapid.IntRange(0, 20).Draw(t, name)), Accounts: 3, Users: 3, Roles: rapid.IntRange(3, 6).Draw(t, name+" roles"), Plain: rapid.Bool().Draw(t, name+" plain")}
		g, err := Build(t.Context(), fixture.Org(o), Options{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw(t, "a"), draw(t, "b")
		l, self := NewAlike(a, b), NewAlike(a, a)
		for i := range a.Len() {
			n := NodeID(i)
			if !self.Out(n, n) {
				t.Fatalf("%s is not like itself", a.Node(n).ID)
			}
			m, ok := b.Find(a.Node(n).ID)
			if ok && l.Out(n, m) && outOf(a, n) != outOf(b, m) {
				t.Fatalf("the edges of %s are not the same:\n%s\n%s", a.Node(n).ID, outOf(a, n), outOf(b, m))
			}
		}
	})
}

func outOf(g *Graph, n NodeID) string {
	out := ""
	for e := range g.Out(n) {
		out += g.Node(e.To).ID + " " + e.Kind.String() + " " + e.Requires.Key() + "\n"
	}
	return out
}
