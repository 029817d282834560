package query

import (
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"accesspath/graph"
	"accesspath/internal/fixture"
)

// TestMinimumCut holds cuts of small random networks against all sets of edges.
func TestMinimumCut(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		n := 3 + r.IntN(4)
		var edges [][2]int
		for a := range n {
			for b := range n {
				if a != b && r.IntN(100) < 35 && len(edges) < 11 {
					edges = append(edges, [2]int{a, b})
				}
			}
		}
		f := newNetwork(n)
		for _, e := range edges {
			f.arc(e[0], e[1], 1)
		}
		flow := f.flow(0, n-1)
		before := f.before(n - 1)
		cut := 0
		for i, e := range edges {
			if before[e[0]] && !before[e[1]] {
				cut |= 1 << i
			}
		}
		want := smallestCut(n, edges)
		if bits.OnesCount(uint(cut)) != want || flow != want {
			t.Fatalf("edges %v: cut of %d, flow %d, want %d", edges, bits.OnesCount(uint(cut)), flow, want)
		}
		if connected(n, edges, cut) {
			t.Fatalf("edges %v: the cut %b leaves a path", edges, cut)
		}
	}
}

func smallestCut(n int, edges [][2]int) int {
	best := len(edges)
	for gone := range 1 << len(edges) {
		if size := bits.OnesCount(uint(gone)); size < best && !connected(n, edges, gone) {
			best = size
		}
	}
	return best
}

func connected(n int, edges [][2]int, gone int) bool {
	seen := 1
	for range n {
		for i, e := range edges {
			if gone>>i&1 == 0 && seen>>e[0]&1 == 1 {
				seen |= 1 << e[1]
			}
		}
	}
	return seen>>(n-1)&1 == 1
}

// TestChokepointsSmallest holds the cuts of small random accounts against all
// sets of trusts.
func TestChokepointsSmallest(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		const n = 5
		name := func(i int) string { return []string{"u", "A:role/a", "A:role/b", "A:role/c", "A:role/d"}[i] }
		world := "id(u): +s3:ListBucket@x"
		var edges [][2]int
		for to := 1; to < n; to++ {
			var who []string
			for from := range n {
				if from != to && r.IntN(100) < 45 {
					who = append(who, name(from))
					edges = append(edges, [2]int{from, to})
				}
			}
			if len(who) > 0 {
				world += "\ntp(" + name(to) + "): P=[" + strings.Join(who, ",") + "]"
			} else {
				world += "\nadd: " + name(to)
			}
		}
		c := chokepoints(t, world, []string{"u"}, fixture.ARN(name(n-1)))
		if want := smallestCut(n, edges); len(c.Cut) != want {
			t.Fatalf("%s\ncut of %d, want %d", world, len(c.Cut), want)
		}
		gone := 0
		for _, p := range c.Cut {
			i := slices.IndexFunc(edges, func(e [2]int) bool { return fixture.ARN(name(e[0])) == p.From && fixture.ARN(name(e[1])) == p.To })
			gone |= 1 << i
		}
		if connected(n, edges, gone) {
			t.Fatalf("%s\nthe cut leaves a path", world)
		}
	}
}

func chokepoints(t *testing.T, world string, from []string, to string) *Chokepoints {
	t.Helper()
	s, err := fixture.Parse(world)
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Build(t.Context(), s, graph.Options{AsOf: time.Unix(0, 0).UTC(), KeyDefined: KeyDefined})
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(g, Options{}).Chokepoints(t.Context(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Two users go through one role; another user, who was not asked about, goes
// there too.
func TestChokepoints(t *testing.T) {
	c := chokepoints(t, `
		add: A:user/v A:user/w
		tp(r): P=[u,A:user/v,A:user/w]
		tp(r1): P=r
		tp(r2): P=r1 ?{StringEquals sts:ExternalId=x}
		id(r2): +*@*`, []string{"u", "v"}, "admins")
	if len(c.Cut) != 1 || c.Origins != 2 || c.Targets != 1 || c.Hops != 4 {
		t.Fatalf("%+v", c)
	}
	p := c.Cut[0]
	if p.From != fixture.ARN("r1") || p.To != fixture.ARN("r2") || p.Verdict != VerdictAllowIf || p.Origins != 2 {
		t.Errorf("hop %+v", p)
	}
	if len(p.Change) != 1 || p.Change[0].Owner != fixture.ARN("r2") {
		t.Errorf("statements %+v", p.Change)
	}
	if want := []string{fixture.ARN("r1"), fixture.ARN("A:user/w")}; p.Breaks != 2 || !slices.Equal(p.Examples, want) {
		t.Errorf("breaks %d %v, want %v", p.Breaks, p.Examples, want)
	}
	c = chokepoints(t, "id(u): +*@*\ntp(r): P=u", []string{"all"}, "admins")
	if len(c.Cut) != 0 || !slices.Equal(c.Already, []string{fixture.ARN("u")}) {
		t.Errorf("administrator: %+v", c)
	}
}
