package graph

import "iter"

// Within is a graph seen by a walk that stays inside some nodes. It keeps which
// edges of a class or a circle lead there, so that its members, and those of
// others that have the same edges, do not look at all of them again: a circle has
// thousands. Not safe for concurrent use.
type Within struct {
	g             *Graph
	nodes         NodeSet
	shared, broad map[uint32][]uint32 // by the first edge of a class or circle
}

// Within returns g for walks inside the nodes that are marked.
func (g *Graph) Within(nodes NodeSet) *Within {
	return &Within{g: g, nodes: nodes, shared: map[uint32][]uint32{}, broad: map[uint32][]uint32{}}
}

// Out yields the edges from a node whose heads are marked, as Graph.Out does.
func (w *Within) Out(n NodeID) iter.Seq[Edge] {
	return func(yield func(Edge) bool) {
		for runs := w.runs(n); ; {
			next := (*picked)(nil)
			for i := range runs {
				if r := &runs[i]; len(r.edges) > 0 && (next == nil || r.head() < next.head()) {
					next = r
				}
			}
			if next == nil {
				return
			}
			e := w.g.edge(next.a, next.edges[0], n)
			next.edges = next.edges[1:]
			if next.a == &w.g.broad && w.g.sameAccount(e.To, n) {
				continue
			}
			if !yield(e) {
				return
			}
		}
	}
}

// picked is what is left of the edges from one tail.
type picked struct {
	a     *adjacency
	edges []uint32
}

func (p *picked) head() NodeID { return p.a.head[p.edges[0]] }

// runs are the edges from a node, from its class and from its circle.
func (w *Within) runs(n NodeID) [3]picked {
	g := w.g
	out := [3]picked{{&g.own, w.pick(&g.own, uint32(n))}}
	c := g.class[n]
	if c == noClass {
		return out
	}
	out[1] = picked{&g.shared, w.remember(w.shared, &g.shared, uint32(c))}
	if k := g.circle[c]; k != noCircle {
		out[2] = picked{&g.broad, w.remember(w.broad, &g.broad, uint32(k))}
	}
	return out
}

// remember is pick for tails of which many have the same edges.
func (w *Within) remember(known map[uint32][]uint32, a *adjacency, tail uint32) []uint32 {
	from, end := a.span(tail)
	if from == end {
		return nil // and the next tail may begin here
	}
	list, ok := known[from]
	if !ok {
		list = w.pick(a, tail)
		known[from] = list
	}
	return list
}

// pick lists the edges of a tail whose heads are marked.
func (w *Within) pick(a *adjacency, tail uint32) []uint32 {
	var out []uint32
	from, end := a.span(tail)
	for i := from; i < end; i++ {
		if w.nodes.Has(a.head[i]) {
			out = append(out, i)
		}
	}
	return out
}
