package compare

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/query"
)

// ends are the ends of an edge.
type ends struct{ from, to string }

// bundle is the edges of one tail, head and kind. The requirements, as they
// stand before anything is folded, tell bundles apart cheaply; only those that
// differ are described.
type bundle struct {
	to       string
	kind     graph.EdgeKind
	requires string
	edges    []graph.Edge
}

func (b *bundle) compare(c *bundle) int {
	return cmp.Or(strings.Compare(b.to, c.to), cmp.Compare(b.kind, c.kind))
}

// open reports whether what is fixed for the tail may decide an edge.
func (b *bundle) open() bool {
	return slices.ContainsFunc(b.edges, func(e graph.Edge) bool { return e.Requires.IsOpen() })
}

// bundles lists what leaves a node, sorted.
func (s *side) bundles(n graph.NodeID) []bundle {
	var out []bundle
	for e := range s.g.Out(n) {
		if e.Kind.Escalates() || s.g.Node(e.To).Supposed != nil {
			continue
		}
		b := bundle{to: s.g.Node(e.To).ID, kind: e.Kind, requires: e.Requires.Key()}
		if i := len(out) - 1; i >= 0 && out[i].compare(&b) == 0 {
			out[i].requires += "\x00" + b.requires
			out[i].edges = append(out[i].edges, e)
			continue
		}
		b.edges = []graph.Edge{e}
		out = append(out, b)
	}
	slices.SortStableFunc(out, func(a, b bundle) int { return a.compare(&b) })
	return out
}

// trusts compares the edges tail by tail, but for tails that have the same in
// both graphs.
func (c *comparison) trusts(ctx context.Context) error {
	before, after := c.old.principals(), c.new.principals()
	alike := graph.NewAlike(c.old.g, c.new.g)
	for len(before) > 0 || len(after) > 0 {
		if ctx.Err() != nil {
			return fmt.Errorf("comparing trusts: %w", ctx.Err())
		}
		var a, b []bundle
		order := compareHeads(before, after)
		settled := order == 0 && c.sameTail(before[0].value.node, after[0].value.node)
		if order == 0 && !settled && c.old.g.Node(before[0].value.node).Role == nil {
			c.affected = append(c.affected, ends{before[0].key, before[0].key}) // what its sessions carry is another, whatever the hops ask for
		}
		if settled && alike.Out(before[0].value.node, after[0].value.node) {
			before, after = before[1:], after[1:]
			continue
		}
		if order <= 0 {
			a, before = c.old.bundles(before[0].value.node), before[1:]
		}
		if order >= 0 {
			b, after = c.new.bundles(after[0].value.node), after[1:]
		}
		c.tail(a, b, settled)
	}
	return nil
}

// sameTail reports whether the edges from two nodes differ only where their
// requirements do: what is fixed for a principal decides them as well.
func (c *comparison) sameTail(x, y graph.NodeID) bool {
	return query.SameTail(c.old.engine, c.old.g.Node(x), c.new.engine, c.new.g.Node(y))
}

// tail compares the edges of one tail; settled says that the same requirements make
// the same edges.
func (c *comparison) tail(a, b []bundle, settled bool) {
	for len(a) > 0 || len(b) > 0 {
		var x, y *bundle
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].compare(&b[0]) < 0:
			x, a = &a[0], a[1:]
		case len(a) == 0 || a[0].compare(&b[0]) > 0:
			y, b = &b[0], b[1:]
		default:
			x, y = &a[0], &b[0]
			a, b = a[1:], b[1:]
			if x.requires == y.requires && (settled || !x.open()) {
				continue
			}
		}
		c.edge(x, y)
	}
}

func (c *comparison) edge(x, y *bundle) {
	var (
		before, after    Trust
		hadEdge, hasEdge bool
		t                = &c.diff.Trusts
		remember         = func(e *Trust) { c.changed = append(c.changed, ends{e.From, e.To}) }
		describe         = func(s *side, b *bundle) (Trust, bool) { return s.engine.DescribeEdges(b.edges) }
	)
	if x != nil {
		before, hadEdge = describe(c.old, x)
	}
	if y != nil {
		after, hasEdge = describe(c.new, y)
	}
	switch {
	case hadEdge && hasEdge:
		if list := differentTrusts(&before, &after); len(list) > 0 {
			t.Changed = append(t.Changed, Pair[Trust]{before, after, list})
			remember(&after)
			return
		}
	case hadEdge:
		t.Removed = append(t.Removed, before)
		remember(&before)
		return
	case hasEdge:
		t.Added = append(t.Added, after)
		remember(&after)
		return
	}
	c.within(x, y)
}

// within remembers a hop that is nothing to its tail by itself, or asks it for the same
// as before, and that is another one to sessions that carry what earlier hops handed on.
func (c *comparison) within(x, y *bundle) {
	switch {
	case x == nil:
		c.affected = append(c.affected, ends{c.new.g.IDOf(y.edges[0].From), y.to})
	case y == nil || x.requires != y.requires:
		c.affected = append(c.affected, ends{c.old.g.IDOf(x.edges[0].From), x.to})
	}
}

func differentTrusts(a, b *Trust) []Detail {
	return details(Detail{"requires", requirements(a.Requires), requirements(b.Requires)}, Detail{"verdict", a.Verdict, b.Verdict})
}

// requirements writes a list of requirements in a form that does not depend on
// its order (QRY-25); "" if there are none.
func requirements(list []query.Requirement) string {
	if len(list) == 0 {
		return ""
	}
	parts := make([]string, 0, len(list))
	for i := range list {
		parts = append(parts, requirement(&list[i]))
	}
	return join(parts)
}

func requirement(r *query.Requirement) string {
	switch {
	case len(r.AnyOf) > 0 && r.Text != "": // how many are not listed (SYM-10)
		return "any of (" + requirements(r.AnyOf) + "; " + r.Text + ")"
	case len(r.AnyOf) > 0:
		return "any of (" + requirements(r.AnyOf) + ")"
	case len(r.AllOf) > 0:
		return "all of (" + requirements(r.AllOf) + ")"
	}
	values, _ := json.Marshal(r.Values) // strings always marshal
	s := strings.TrimSpace(r.Operator + " " + r.Key + " " + string(values))
	if r.Code != "" {
		s += " [" + r.Code + "]"
	}
	return s
}
