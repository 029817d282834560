package diagram

import (
	"strings"

	"accesspath/query"
	"accesspath/query/compare"
	"accesspath/render/words"
)

// Verdicts of edges in pictures of what changed. What is there as before has
// the verdict that it has.
const (
	Added   = "ADDED"
	Removed = "REMOVED"
	Changed = "CHANGED"
)

// FromDiff draws what changed: trusts and paths that came, went or ask for
// something else. The other hops of such paths are drawn as context.
func FromDiff(d *compare.Diff, o Options) *Diagram {
	g := newDiagram(o)
	if g.Title == "" {
		g.Title = "What changed from " + d.Old.Name + " to " + d.New.Name
	}
	marks := map[[2]string]string{}
	for i := range d.Trusts.Added {
		marks[edgeKey(&d.Trusts.Added[i])] = Added
	}
	for i := range d.Trusts.Removed {
		marks[edgeKey(&d.Trusts.Removed[i])] = Removed
	}
	for i := range d.Trusts.Changed {
		marks[edgeKey(&d.Trusts.Changed[i].New)] = Changed
	}
	context := g.changedPaths(d, marks)
	g.changedTrusts(d)
	g.markPrincipals(d)
	if context {
		g.Notes = append(g.Notes, "hops that did not change are drawn where a path that did runs over them")
	}
	if d.Limits.Truncated {
		g.Notes = append(g.Notes, "the comparison was cut short: there may be more")
	}
	g.fit()
	return g
}

func edgeKey(t *compare.Trust) [2]string { return [2]string{t.From, t.To} }

func (d *Diagram) changedTrusts(diff *compare.Diff) {
	draw := func(t *compare.Trust, verdict, word string) {
		d.arrow(t.From, t.To, t.Kind, verdict, t.Requires)
		e := d.edges[edgeKey(t)]
		e.Labels = distinct(append(e.Labels, word))
	}
	for i := range diff.Trusts.Added {
		draw(&diff.Trusts.Added[i], Added, "new")
	}
	for i := range diff.Trusts.Removed {
		draw(&diff.Trusts.Removed[i], Removed, "gone")
	}
	for i := range diff.Trusts.Changed {
		p := &diff.Trusts.Changed[i]
		draw(&p.New, Changed, "before: "+before(&p.Old))
	}
}

// before says what a trust asked for in the old snapshot.
func before(t *compare.Trust) string {
	if s := words.Short(t.Requires); s != "" {
		return s
	}
	return strings.ToLower(t.Verdict)
}

// changedPaths draws the paths that came or went, and reports whether hops that
// did not change are among what it drew.
func (d *Diagram) changedPaths(diff *compare.Diff, marks map[[2]string]string) (context bool) {
	draw := func(p *compare.Path, verdict string) {
		for _, id := range p.Path.Principals {
			d.principal(id)
		}
		for _, s := range p.Path.Steps {
			if marks[[2]string{s.From, s.To}] == "" {
				d.arrow(s.From, s.To, s.Kind, s.Verdict, s.Requires)
				context = true
			}
		}
		if n, ok := d.nodes[p.Origin]; ok {
			n.Origin = true
		}
		if q := diff.Question; q != nil && len(p.Path.Principals) > 0 {
			last := p.Path.Principals[len(p.Path.Principals)-1]
			d.connect(Edge{From: last, To: d.target(*q).ID, Verdict: verdict, Tooltip: []string{p.Target}})
		}
	}
	for i := range diff.Paths.Added {
		draw(&diff.Paths.Added[i], Added)
	}
	for i := range diff.Paths.Removed {
		draw(&diff.Paths.Removed[i], Removed)
	}
	for i := range diff.Paths.Changed {
		draw(&diff.Paths.Changed[i].New, query.VerdictAllowIf)
	}
	return context
}

// markPrincipals writes on a shape whether the principal came or went.
func (d *Diagram) markPrincipals(diff *compare.Diff) {
	mark := func(list []compare.Principal, word string) {
		for _, p := range list {
			if n, ok := d.nodes[p.ID]; ok {
				n.describe(p.Kind, p.Account)
				n.Sub = append(n.Sub, word)
				n.noun = strings.TrimSpace(word + " " + n.noun)
			}
		}
	}
	mark(diff.Principals.Added, "new")
	mark(diff.Principals.Removed, "gone")
}
