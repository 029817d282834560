package compare

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/query"
)

// answer is what one side says about one pair, or one origin.
type answer struct {
	question query.Question
	paths    []Path
	more     bool // there are paths beyond those kept
}

// paths compares the paths between the pairs that a changed trust may concern.
func (c *comparison) paths(ctx context.Context) error {
	limit := c.options.MaxPairs
	if limit == 0 {
		limit = defaultMaxPairs
	}
	if limit < 0 {
		return nil
	}
	pairs, cut := c.pairs(limit)
	if cut {
		c.diff.Limits.Reasons = append(c.diff.Limits.Reasons, fmt.Sprintf(
			"paths are compared between %d pairs of an origin and a role; more may be affected by the changed trusts", len(pairs)))
	}
	var all Set[Path]
	for _, p := range pairs {
		if ctx.Err() != nil {
			return fmt.Errorf("comparing paths: %w", ctx.Err())
		}
		before, err := c.old.between(ctx, p)
		if err != nil {
			return err
		}
		after, err := c.new.between(ctx, p)
		if err != nil {
			return err
		}
		all.extend(c.differentPaths(before, after))
	}
	c.diff.Paths = all
	return nil
}

func (s *Set[T]) extend(other Set[T]) {
	s.Added = append(s.Added, other.Added...)
	s.Removed = append(s.Removed, other.Removed...)
	s.Changed = append(s.Changed, other.Changed...)
}

// between asks one side for the paths of a pair. A principal that it does not
// have has none.
func (s *side) between(ctx context.Context, p ends) (answer, error) {
	for _, id := range [...]string{p.from, p.to} {
		if _, ok := s.g.Find(id); !ok {
			return answer{}, nil
		}
	}
	r, err := s.engine.Paths(ctx, p.from, p.to)
	if err != nil {
		return answer{}, err
	}
	return answerOf(r.Question, r.Answers, p.to), nil
}

func answerOf(q query.Question, list []query.Answer, target string) answer {
	out := answer{question: q}
	for i := range list {
		a := &list[i]
		out.more = out.more || a.MorePaths > 0
		for _, p := range a.Paths {
			if !p.Escalates() {
				out.paths = append(out.paths, Path{Origin: a.Principal, Target: target, Path: p})
			}
		}
	}
	return out
}

// differentPaths compares the paths of one pair. Where a side keeps only the
// best paths, one that it does not list is looked up by checking it against the
// snapshot itself: that it was displaced by better ones is no difference.
func (c *comparison) differentPaths(before, after answer) Set[Path] {
	set := merge(pathEntries(before.paths), pathEntries(after.paths), differentPath)
	if before.more {
		set.Added = slices.DeleteFunc(set.Added, func(p Path) bool { return c.old.holds(before.question, p) })
	}
	if after.more {
		set.Removed = slices.DeleteFunc(set.Removed, func(p Path) bool { return c.new.holds(after.question, p) })
	}
	return set
}

// holds reports whether a path is one in this snapshot, too, under whatever
// conditions.
func (s *side) holds(q query.Question, p Path) bool {
	path := p.Path
	path.Verdict = query.VerdictAllowIf
	path.Steps = slices.Clone(path.Steps)
	for i := range path.Steps {
		path.Steps[i].Verdict = query.VerdictAllowIf
	}
	return query.Check(s.g, q, path) == nil
}

func pathEntries(list []Path) []entry[Path] {
	out := make([]entry[Path], 0, len(list))
	for _, p := range list {
		out = append(out, entry[Path]{pathKey(&p), p})
	}
	return sorted(out)
}

// pathKey is origin, target and the list of edges, whatever they require
// (QRY-25).
func pathKey(p *Path) string {
	parts := []string{p.Origin, p.Target, p.Path.Witness, p.Path.Action}
	for _, s := range p.Path.Steps {
		parts = append(parts, s.From, s.Kind, s.To)
	}
	return key(parts...)
}

func differentPath(a, b Path) []Detail {
	return details(Detail{"requires", allRequirements(&a.Path), allRequirements(&b.Path)}, Detail{"verdict", a.Path.Verdict, b.Path.Verdict})
}

// allRequirements writes what a path requires, hop by hop; "" if nothing.
func allRequirements(p *query.Path) string {
	var parts []string
	for i, s := range p.Steps {
		if t := requirements(s.Requires); t != "" {
			parts = append(parts, fmt.Sprintf("hop %d: %s", i+1, t))
		}
	}
	if t := requirements(p.Requires); t != "" {
		parts = append(parts, "action: "+t)
	}
	return strings.Join(parts, "; ")
}

// pairs lists whom a changed trust may let in where: everyone who gets to its
// tail in one of the snapshots, and every role behind its head.
func (c *comparison) pairs(limit int) (list []ends, cut bool) {
	seen := map[ends]bool{}
	from, to := map[string][]string{}, map[string][]string{}
	for _, e := range slices.Concat(c.changed, c.affected) {
		origins := cached(from, e.from, func() []string { return c.both(limit, e.from, (*side).origins) })
		targets := cached(to, e.to, func() []string { return c.both(limit, e.to, (*side).targets) })
		cut = cut || len(origins) >= limit || len(targets) >= limit
		for _, o := range origins {
			for _, t := range targets {
				p := ends{o, t}
				if o == t || seen[p] {
					continue
				}
				if len(list) == limit {
					return list, true
				}
				seen[p] = true
				list = append(list, p)
			}
		}
	}
	slices.SortFunc(list, func(a, b ends) int { return strings.Compare(key(a.from, a.to), key(b.from, b.to)) })
	return list, cut
}

func cached(m map[string][]string, k string, make func() []string) []string {
	v, ok := m[k]
	if !ok {
		v = make()
		m[k] = v
	}
	return v
}

// both asks both sides for a list of at most limit principals.
func (c *comparison) both(limit int, id string, list func(*side, graph.NodeID, int) []string) []string {
	var out []string
	for _, s := range []*side{c.old, c.new} {
		if n, ok := s.g.Find(id); ok {
			out = append(out, list(s, n, limit)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// origins lists where access begins that comes to a node: principals other than
// roles, or the node itself if none is known.
func (s *side) origins(n graph.NodeID, limit int) []string {
	var out []string
	s.walk(n, limit, s.g.In, func(e graph.Edge) graph.NodeID { return e.From }, func(m graph.NodeID) bool {
		if s.g.Node(m).Role == nil {
			out = append(out, s.g.Node(m).ID)
		}
		return len(out) < limit
	})
	if len(out) == 0 {
		out = []string{s.g.Node(n).ID}
	}
	return out
}

// targets lists the roles that a node gets to, itself included.
func (s *side) targets(n graph.NodeID, limit int) []string {
	var out []string
	s.walk(n, limit, s.g.Out, func(e graph.Edge) graph.NodeID { return e.To }, func(m graph.NodeID) bool {
		out = append(out, s.g.Node(m).ID)
		return len(out) < limit
	})
	return out
}

// wide is how many nodes for each one wanted a walk looks at.
const wide = 16

// walk visits what a node is connected with, breadth first, until visit has
// enough or too much was looked at.
func (s *side) walk(n graph.NodeID, limit int, next func(graph.NodeID) iter.Seq[graph.Edge], end func(graph.Edge) graph.NodeID, visit func(graph.NodeID) bool) {
	seen := map[graph.NodeID]bool{n: true}
	queue := []graph.NodeID{n}
	for len(queue) > 0 && len(seen) < wide*limit {
		at := queue[0]
		queue = queue[1:]
		if !visit(at) {
			return
		}
		for e := range next(at) {
			if m := end(e); !seen[m] && s.g.Node(m).Supposed == nil && !e.Kind.Escalates() {
				seen[m] = true
				queue = append(queue, m)
			}
		}
	}
}
