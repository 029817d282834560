package graph

import (
	"iter"
	"math"
	"math/bits"
)

// Within is a graph seen by a walk that stays inside some nodes. It marks the edges
// that lead there beforehand, from their heads, since few do of the thousands that
// many a tail has, and members of one class or circle have the same. Safe for
// concurrent use.
type Within struct {
	g                         *Graph
	own, shared, broad, alike marked
}

// Within returns g for walks inside the nodes that are marked.
func (g *Graph) Within(nodes NodeSet) *Within {
	w := &Within{g: g, own: marked{a: &g.own}, shared: marked{a: &g.shared}, broad: marked{a: &g.broad}, alike: marked{a: &g.peers.edges}}
	for n := range nodes.All() {
		w.own.into(n)
		w.shared.into(n)
		w.broad.into(n)
		if g.peers.of != nil {
			w.alike.into(n)
		}
	}
	return w
}

// marked are some of the edges of an adjacency, a bit for each; none if it is nil.
type marked struct {
	a    *adjacency
	bits []uint64
}

// into marks the edges into a node.
func (m *marked) into(head NodeID) {
	edges := m.a.back[m.a.in[head]:m.a.in[head+1]]
	if len(edges) > 0 && m.bits == nil {
		m.bits = make([]uint64, (len(m.a.head)+63)/64)
	}
	for _, i := range edges {
		m.bits[i/64] |= 1 << (i % 64)
	}
}

// of are the marked edges of a tail.
func (m *marked) of(tail uint32) picked {
	p := picked{a: m.a}
	if m.bits != nil {
		p.bits = m.bits
		p.next, p.end = m.a.span(tail)
		p.advance()
	}
	return p
}

// A Run is a list of edges that nodes have in common: those of a class, or of a
// circle. The zero Run has none.
type Run struct {
	circle bool
	number uint32 // plus one
}

// Circle reports whether the edges are those of a circle: none leads from a node to a
// role of its own account (see Graph.Out).
func (r Run) Circle() bool { return r.circle }

// Runs are what a node has in common with others: the run of its class, then that of
// its circle.
func (w *Within) Runs(n NodeID) [2]Run {
	g, out := w.g, [2]Run{}
	if c := g.class[n]; c != NoClass {
		out[0] = w.shared.run(uint32(c))
		if k := g.circle[c]; k != NoCircle {
			out[1] = w.broad.run(uint32(k))
			out[1].circle = true
		}
	}
	return out
}

// Along yields the edges of a run of Runs(n) whose heads are marked, each with its
// number, in the order of their heads. Of a circle it yields those into n's own account,
// too, which n does not have.
func (w *Within) Along(r Run, n NodeID) iter.Seq2[uint32, Edge] {
	m := &w.shared
	if r.circle {
		m = &w.broad
	}
	return func(yield func(uint32, Edge) bool) {
		if r.number == 0 || m.bits == nil {
			return
		}
		p := picked{a: m.a, bits: m.bits, next: m.a.out[r.number-1], end: m.a.out[r.number]}
		for p.advance(); p.next < p.end; p.advance() {
			i := p.next
			if p.next++; !yield(i, w.g.edge(m.a, i, n)) {
				return
			}
		}
	}
}

// Out yields the edges from a node whose heads are marked, as Graph.Out does.
func (w *Within) Out(n NodeID) iter.Seq[Edge] { return w.merged(n, w.runs(n)) }

// Apart yields those of Out that a node does not have in common with others, and of
// its runs the edges with the given numbers, which ascend.
func (w *Within) Apart(n NodeID, of [2][]uint32) iter.Seq[Edge] {
	g := w.g
	runs := [4]picked{w.own.of(uint32(n)), {}, listed(&g.shared, of[0]), listed(&g.broad, of[1])}
	if list, ok := g.peers.list(n); ok {
		runs[1] = w.alike.of(list)
	}
	return w.merged(n, runs)
}

// merged yields the edges of some runs in the order of their heads.
func (w *Within) merged(n NodeID, runs [4]picked) iter.Seq[Edge] {
	return func(yield func(Edge) bool) {
		for runs := runs; ; {
			next := (*picked)(nil)
			for i := range runs {
				if r := &runs[i]; r.next < r.end && (next == nil || r.head() < next.head()) {
					next = r
				}
			}
			if next == nil {
				return
			}
			e := w.g.edge(next.a, next.next, n)
			next.next++
			next.advance()
			if next.a == &w.g.broad && w.g.sameAccount(e.To, n) || next.a == &w.g.peers.edges && w.g.samePrincipal(e.To, n) {
				continue
			}
			if !yield(e) {
				return
			}
		}
	}
}

// run is the run of a tail.
func (m *marked) run(tail uint32) Run {
	if m.a.shares != nil {
		tail = m.a.shares[tail]
	}
	return Run{number: tail + 1}
}

// picked is what is left of the marked edges from one tail, or of some that are
// listed: next is the first, if it is not the end.
type picked struct {
	a         *adjacency
	bits      []uint64
	list      []uint32 // after next; of marked edges nil
	next, end uint32
}

// listed are the edges with some numbers.
func listed(a *adjacency, numbers []uint32) picked {
	p := picked{a: a, list: numbers, end: math.MaxUint32}
	p.advance()
	return p
}

func (p *picked) head() NodeID { return p.a.head[p.next] }

// advance goes on to the next edge that is marked, from next on.
func (p *picked) advance() {
	if p.bits == nil {
		if p.next = p.end; len(p.list) > 0 {
			p.next, p.list = p.list[0], p.list[1:]
		}
		return
	}
	for p.next < p.end {
		if word := p.bits[p.next/64] >> (p.next % 64); word != 0 {
			p.next = min(p.next+uint32(bits.TrailingZeros64(word)), p.end)
			return
		}
		p.next = (p.next/64 + 1) * 64
	}
	p.next = p.end
}

// runs are the edges from a node, from its peers, from its class and from its circle.
func (w *Within) runs(n NodeID) [4]picked {
	g := w.g
	out := [4]picked{w.own.of(uint32(n))}
	if list, ok := g.peers.list(n); ok {
		out[1] = w.alike.of(list)
	}
	if c := g.class[n]; c != NoClass {
		out[2] = w.shared.of(uint32(c))
		if k := g.circle[c]; k != NoCircle {
			out[3] = w.broad.of(uint32(k))
		}
	}
	return out
}
