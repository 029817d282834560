package graph

// Alike tells where two graphs have the same edges. It compares them as they
// are kept, those of a class or a circle once for all of its members: what an
// organization trusts as a whole would else be gone through again for each of
// its principals.
type Alike struct {
	a, b    *Graph
	node    []NodeID // of b, plus one, for each of a; 0 if it has none of that ID and account
	require []uint32 // of b, plus one, for each of a; 0 if it has none that is equal
	shared  map[[2]uint32]bool
	broad   map[[2]uint32]bool
	peers   map[[2]uint32]bool
}

// NewAlike prepares the comparison of two graphs.
func NewAlike(a, b *Graph) *Alike {
	l := &Alike{a: a, b: b, node: make([]NodeID, a.Len()), shared: map[[2]uint32]bool{}, broad: map[[2]uint32]bool{}, peers: map[[2]uint32]bool{}}
	for n := range l.node {
		if m, ok := b.Find(a.Node(NodeID(n)).ID); ok && a.AccountOf(NodeID(n)) == b.AccountOf(m) {
			l.node[n] = m + 1
		}
	}
	known := map[string]uint32{}
	for i := range b.requirements() {
		known[b.requirement(uint32(i)).Key()] = uint32(i) + 1
	}
	for i := range a.requirements() {
		l.require = append(l.require, known[a.requirement(uint32(i)).Key()])
	}
	return l
}

// Out reports that a node of the first graph and one of the second have the same
// edges to the same nodes, under the same requirements. It may be false where
// they have, too, if the graphs keep them differently.
func (l *Alike) Out(n, m NodeID) bool {
	if l.node[n] != m+1 {
		return false
	}
	x, y := l.a.runs(n), l.b.runs(m)
	return l.runs(x[0], y[0]) && l.once(l.peers, x[1], y[1]) && l.once(l.shared, x[2], y[2]) && l.once(l.broad, x[3], y[3])
}

// once compares the edges of two classes or circles, and remembers the outcome
// by where they begin.
func (l *Alike) once(known map[[2]uint32]bool, x, y run) bool {
	if x.at == x.end || y.at == y.end {
		return x.at == x.end && y.at == y.end
	}
	key := [2]uint32{x.at, y.at}
	same, ok := known[key]
	if !ok {
		same = l.runs(x, y)
		known[key] = same
	}
	return same
}

func (l *Alike) runs(x, y run) bool {
	if x.end-x.at != y.end-y.at {
		return false
	}
	for i := range x.end - x.at {
		p, q := x.at+i, y.at+i
		if l.node[x.a.head[p]] != y.a.head[q]+1 || x.a.kind[p] != y.a.kind[q] || l.require[x.a.req[p]] != y.a.req[q]+1 {
			return false
		}
	}
	return true
}

// requirements is the number of those that edges refer to.
func (g *Graph) requirements() int {
	if g.stored != nil {
		return g.stored.requires.Len()
	}
	return len(g.reqs)
}
