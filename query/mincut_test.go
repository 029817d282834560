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
	c = chokepoints(t, "add: A:user/v\nid(u): +*@*\ntp(r): P=[u,A:user/v]\ntp(r1): P=r\nid(r1): +*@*", []string{"u", "v"}, "admins")
	if !slices.Equal(c.Already, []string{fixture.ARN("u")}) || c.Origins != 1 || len(c.Cut) != 1 || !slices.Equal(c.Cut[0].Examples, []string{fixture.ARN("r")}) {
		t.Errorf("administrator among others: %+v", c)
	}
}

// TestChokepointsByQuery holds the cuts of small random accounts, whose trusts
// have conditions on what a session carries, against the question itself: with
// the hops taken out there is no path, and with fewer hops taken out there
// always is one.
func TestChokepointsByQuery(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	conditions := []string{"", "", "?{StringEquals sts:SourceIdentity=x}", "?{StringEquals sts:SourceIdentity=y}", "?{Bool aws:MultiFactorAuthPresent=true}", "?{StringEquals sts:ExternalId=z}"}
	names := []string{"A:role/a", "A:role/b", "A:role/c", "A:role/d"}
	cuts := 0
	for range 60 {
		var world strings.Builder
		for to, role := range names {
			var statements []string
			for from := -1; from < len(names); from++ {
				if from == to || r.IntN(100) >= 45 {
					continue
				}
				who := "u"
				if from >= 0 {
					who = names[from]
				}
				statements = append(statements, "+[sts:AssumeRole,sts:SetSourceIdentity]@* P="+who+" "+conditions[r.IntN(len(conditions))])
			}
			if len(statements) == 0 {
				world.WriteString("\nadd: " + role)
				continue
			}
			world.WriteString("\ntp(" + role + "): " + strings.ReplaceAll(strings.Join(statements, " ; "), "@*", ""))
		}
		world.WriteString("\nid(u): +[sts:AssumeRole,sts:SetSourceIdentity]@*")
		for _, role := range names {
			world.WriteString("\nid(" + role + "): +[sts:AssumeRole,sts:SetSourceIdentity]@*")
		}
		s, err := fixture.Parse(world.String())
		if err != nil {
			t.Fatalf("%s\n%v", world.String(), err)
		}
		g, err := graph.Build(t.Context(), s, graph.Options{AsOf: time.Unix(0, 0).UTC(), KeyDefined: KeyDefined})
		if err != nil {
			t.Fatal(err)
		}
		e, target := New(g, Options{}), fixture.ARN("A:role/d")
		c, err := e.Chokepoints(t.Context(), []string{"u"}, target)
		if err != nil {
			t.Fatal(err)
		}
		cut := make([]string, 0, len(c.Cut))
		for _, p := range c.Cut {
			cut = append(cut, p.From+"->"+p.To)
		}
		if reaches(t, e, cut, target) {
			t.Fatalf("%s\nwithout %q there still is a path", world.String(), cut)
		}
		for _, set := range subsets(hopsOf(e), len(cut)-1) {
			if !reaches(t, e, set, target) {
				t.Fatalf("%s\nthe cut is %q, and %q would do", world.String(), cut, set)
			}
		}
		if len(cut) > 0 {
			cuts++
		}
	}
	if cuts < 20 {
		t.Errorf("%d cuts: the worlds are too plain", cuts)
	}
}

// reaches asks for a path from u once hops are taken out.
func reaches(t *testing.T, e *Engine, without []string, target string) bool {
	t.Helper()
	var edits []Edit
	for _, h := range without {
		edits = append(edits, Edit{Without: h})
	}
	_, after, err := e.WhatIf(t.Context(), edits, func(e *Engine) (*Result, error) { return e.Paths(t.Context(), fixture.ARN("u"), target) })
	if err != nil {
		t.Fatal(err)
	}
	return after.Answers[0].Verdict != VerdictDeny
}

// hopsOf lists the hops between u and roles of its account.
func hopsOf(e *Engine) []string {
	var out []string
	for i := range e.g.Len() {
		for edge := range e.g.Out(graph.NodeID(i)) {
			from, to := e.g.Node(edge.From).ID, e.g.Node(edge.To).ID
			if strings.HasPrefix(from, "arn:aws:iam::111111111111:") && from != fixture.ARN("A:root") && e.g.Node(edge.To).Role != nil && !slices.Contains(out, from+"->"+to) {
				out = append(out, from+"->"+to)
			}
		}
	}
	return out
}

// subsets lists the sets of exactly n items.
func subsets(items []string, n int) [][]string {
	if n < 0 {
		return nil
	}
	if n == 0 {
		return [][]string{nil}
	}
	var out [][]string
	for i := range items {
		for _, rest := range subsets(items[i+1:], n-1) {
			out = append(out, append([]string{items[i]}, rest...))
		}
	}
	return out
}

// TestChokepointsOfSessions: two ways cross, and what the session carries from
// the first hop on allows no change from one to the other. Taken without that,
// u→k→d would be a third way, and two hops would have to go.
func TestChokepointsOfSessions(t *testing.T) {
	const identity = "?{StringEquals sts:SourceIdentity="
	s, err := fixture.Parse(strings.NewReplacer("ASSUME", "+[sts:AssumeRole,sts:SetSourceIdentity]").Replace(`
		id(u): ASSUME@*
		id(A:role/k): ASSUME@*
		id(A:role/m): ASSUME@*
		id(A:role/n): ASSUME@*
		tp(A:role/k): ASSUME P=u ` + identity + `x} ; ASSUME P=A:role/n
		tp(A:role/m): ASSUME P=A:role/k ; ASSUME P=u ` + identity + `y}
		tp(A:role/n): ASSUME P=A:role/m
		tp(A:role/d): ASSUME P=A:role/n ` + identity + `x} ; ASSUME P=A:role/k ` + identity + `y}`))
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Build(t.Context(), s, graph.Options{AsOf: time.Unix(0, 0).UTC(), KeyDefined: KeyDefined})
	if err != nil {
		t.Fatal(err)
	}
	e, target := New(g, Options{}), fixture.ARN("A:role/d")
	if n := nodeCut(t, e, target); n != 2 {
		t.Errorf("the cut of nodes has %d hops, want 2", n)
	}
	c, err := e.Chokepoints(t.Context(), []string{"u"}, target)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Cut) != 1 || c.Cut[0].From != fixture.ARN("A:role/m") || c.Cut[0].To != fixture.ARN("A:role/n") {
		t.Errorf("cut %+v, want the hop from m to n", c.Cut)
	}
	if reaches(t, e, []string{fixture.ARN("A:role/m") + "->" + fixture.ARN("A:role/n")}, target) {
		t.Error("without it there still is a path")
	}
}

// TestChokepointStatements: what rests on a statement besides the hop is named,
// and the statement that breaks least comes first.
func TestChokepointStatements(t *testing.T) {
	c := chokepoints(t, `
		id(u): +sts:AssumeRole@*
		tp(r): P=A
		add: A:user/v
		id(A:user/v): +sts:AssumeRole@r
		tp(r2): P=u`, []string{"u"}, fixture.ARN("r"))
	if len(c.Cut) != 1 || len(c.Cut[0].Change) != 2 {
		t.Fatalf("%+v", c.Cut)
	}
	own, trust := c.Cut[0].Change[0], c.Cut[0].Change[1]
	if own.Layer != "identity" || own.OtherHops != 1 || own.Examples[0] != (Ends{fixture.ARN("u"), fixture.ARN("r2")}) {
		t.Errorf("own statement %+v", own)
	}
	if trust.Layer != "resource" || trust.OtherHops != 1 {
		t.Errorf("trust %+v", trust)
	}
}

// nodeCut is the size of the cut that takes sessions of one principal for one.
func nodeCut(t *testing.T, e *Engine, target string) int {
	t.Helper()
	targets, err := e.cutTargets(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	u, _ := e.g.Find(fixture.ARN("u"))
	c, err := e.newCutter(t.Context(), []graph.NodeID{u}, targets)
	if err != nil {
		t.Fatal(err)
	}
	return len(c.minimum())
}
