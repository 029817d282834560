package diagram

import (
	"fmt"
	"strings"
	"testing"

	"accesspath/query"
	"accesspath/query/compare"
)

func trust(from, to string) compare.Trust {
	arn := func(name string) string { return "arn:aws:iam::111122223333:role/" + name }
	return compare.Trust{From: arn(from), To: arn(to), Kind: "can-assume", Verdict: query.VerdictAllow}
}

func TestFromDiff(t *testing.T) {
	d := &compare.Diff{}
	d.Trusts.Added = []compare.Trust{trust("a", "b")}
	d.Trusts.Removed = []compare.Trust{trust("b", "c")}
	stricter := trust("c", "d")
	stricter.Verdict = query.VerdictAllowIf
	d.Trusts.Changed = []compare.Pair[compare.Trust]{{Old: trust("c", "d"), New: stricter}}
	step := trust("d", "e")
	d.Paths.Added = []compare.Path{{Origin: step.From, Target: step.To, Path: query.Path{Principals: []string{step.From, step.To},
		Steps: []query.Step{{From: step.From, To: step.To, Kind: step.Kind, Verdict: step.Verdict}}}}}
	d.Principals.Added = []compare.Principal{{ID: step.From, Kind: "role", Account: "111122223333"}}
	g := FromDiff(d, Options{})
	var verdicts []string
	for _, e := range g.Edges() {
		verdicts = append(verdicts, e.Verdict)
	}
	if got := strings.Join(verdicts, " "); got != "ADDED REMOVED CHANGED ALLOW" {
		t.Errorf("arrows %s", got)
	}
	if sub := strings.Join(g.nodes[step.From].Sub, " "); sub != "role new" {
		t.Errorf("a new role is marked %q", sub)
	}
	dot := string(g.DOT())
	for _, want := range []string{"style=bold", "style=dotted", "before: allow", ">new<", "asks for something else"} {
		if !strings.Contains(dot, want) {
			t.Errorf("no %q in %s", want, dot)
		}
	}
}

// Drawing shapes together loses no change: an arrow that stands for several
// says so if one of them changed.
func TestFromDiffCollapses(t *testing.T) {
	d := &compare.Diff{}
	for i := range 300 {
		d.Trusts.Added = append(d.Trusts.Added, trust(fmt.Sprintf("from%03d", i), fmt.Sprintf("to%d", i%3)))
	}
	d.Trusts.Removed = []compare.Trust{trust("from000", "to1")}
	g := FromDiff(d, Options{Budget: 20})
	changes := 0
	for _, e := range g.Edges() {
		if e.Verdict == Added || e.Verdict == Removed || e.Verdict == Changed {
			changes++
		}
	}
	if len(g.Nodes()) > 20 || changes != len(g.Edges()) {
		t.Errorf("%d shapes, %d of %d arrows marked", len(g.Nodes()), changes, len(g.Edges()))
	}
}
