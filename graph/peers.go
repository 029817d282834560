package graph

import (
	"cmp"
	"iter"
	"slices"

	"accesspath/policy"
)

// Principals whose policies say the same gain the same, and an account has a hundred
// that could be made administrators: their escalation edges are kept once for all of
// them, as role assumptions are by classes.

// An Extension is what a graph is extended by.
type Extension struct {
	Nodes []Node // supposed; they are numbered behind those that there are
	Edges []Escalation
	// Peers are lists of nodes that escalate alike, of which nobody is in two.
	Peers ListsOf[NodeID]
	// Alike are edges of peers, whose number is in From in place of a node. Each stands
	// for an edge from every peer but those that are the same principal as its head,
	// before or after some change: those gain nothing.
	Alike []Escalation
}

// peers are the nodes of a graph that escalate alike.
type peers struct {
	of      []uint32 // of each node: the number of its list, plus one
	members ListsOf[NodeID]
	edges   adjacency    // whose tails are lists
	ways    []Escalation // behind them
}

// newPeers puts the edges in order where they are.
func newPeers(x *Extension, nodes int, id func(policy.Requirement) uint32) peers {
	sortWays(x.Alike)
	p := peers{of: make([]uint32, nodes), members: x.Peers, ways: x.Alike}
	for i := range p.members.Len() {
		for _, n := range p.members.Of(i) {
			p.of[n] = uint32(i) + 1
		}
	}
	p.edges = newAdjacency(appendWays(nil, x.Alike), p.members.Len(), nodes, id)
	return p
}

// appendWays appends the edges that ways are behind, once for each way.
func appendWays(out []built, ways []Escalation) []built {
	out = slices.Grow(out, len(ways))
	for i := range ways {
		e := &ways[i]
		out = append(out, built{tail: uint32(e.From), head: e.To, kind: e.Kind, req: e.Requires})
	}
	return out
}

// list is the number of the list that a node is in.
func (p *peers) list(n NodeID) (number uint32, ok bool) {
	if p.of == nil || p.of[n] == 0 {
		return 0, false
	}
	return p.of[n] - 1, true
}

// run are the edges of a node's list.
func (p *peers) run(n NodeID) run {
	if list, ok := p.list(n); ok {
		return p.edges.run(list)
	}
	return run{}
}

// fromPeers yields the edges into a node from those that escalate alike.
func (g *Graph) fromPeers(n NodeID) iter.Seq[Edge] {
	return func(yield func(Edge) bool) {
		if g.peers.of == nil {
			return
		}
		for i, list := range g.peers.edges.into(n) {
			for _, m := range g.peers.members.Of(int(list)) {
				if !g.samePrincipal(m, n) && !yield(g.edge(&g.peers.edges, i, m)) {
					return
				}
			}
		}
	}
}

// principal is the principal of the snapshot that a node is, or was before a change.
func (g *Graph) principal(n NodeID) NodeID {
	if g.stored == nil {
		if s := g.nodes[n].Supposed; s != nil {
			return s.Base
		}
	}
	return n
}

func (g *Graph) samePrincipal(a, b NodeID) bool { return g.principal(a) == g.principal(b) }

// shownOfPeers is how many edges those of peers stand for.
func (g *Graph) shownOfPeers() (n int) {
	for list := range g.peers.members.Len() {
		from, to := g.peers.edges.span(uint32(list))
		for _, head := range g.peers.edges.head[from:to] {
			for _, m := range g.peers.members.Of(list) {
				if !g.samePrincipal(m, head) {
					n++
				}
			}
		}
	}
	return n
}

// compare orders ways by the edges that they are behind.
func (e *Escalation) compare(from, to NodeID, kind EdgeKind) int {
	return cmp.Or(cmp.Compare(e.From, from), cmp.Compare(e.To, to), cmp.Compare(e.Kind, kind))
}

// sortWays puts ways in the order of their edges, and of one edge in that in which they
// were found.
func sortWays(ways []Escalation) {
	slices.SortFunc(ways, func(a, b Escalation) int {
		return cmp.Or(a.compare(b.From, b.To, b.Kind), cmp.Compare(a.Order, b.Order))
	})
}

// waysOf are those of one edge, in order.
func waysOf(ways []Escalation, from, to NodeID, kind EdgeKind) []Escalation {
	i, _ := slices.BinarySearchFunc(ways, 0, func(e Escalation, _ int) int { return e.compare(from, to, kind) })
	k := i
	for k < len(ways) && ways[k].compare(from, to, kind) == 0 {
		k++
	}
	return ways[i:k:k]
}

// Escalations returns the ways behind an escalation edge, in the order in which they
// were found; they are not to be changed.
func (g *Graph) Escalations(from, to NodeID, kind EdgeKind) []Escalation {
	own := waysOf(g.escalations, from, to, kind)
	list, ok := g.peers.list(from)
	if !ok || g.samePrincipal(from, to) {
		return own
	}
	alike := slices.Clone(waysOf(g.peers.ways, NodeID(list), to, kind))
	for i := range alike {
		alike[i].From = from
	}
	return merged(own, alike, func(a, b Escalation) int { return cmp.Compare(a.Order, b.Order) })
}

// AllEscalations yields every way behind escalation edges, in the order of these.
func (g *Graph) AllEscalations() iter.Seq[Escalation] {
	return func(yield func(Escalation) bool) {
		for n := range g.Len() {
			var edges []Escalation
			for e := range g.Out(NodeID(n)) {
				if e.Kind.Escalates() {
					edges = append(edges, Escalation{From: e.From, To: e.To, Kind: e.Kind})
				}
			}
			sortWays(edges)
			for _, e := range slices.Compact(edges) {
				for _, way := range g.Escalations(e.From, e.To, e.Kind) {
					if !yield(way) {
						return
					}
				}
			}
		}
	}
}
