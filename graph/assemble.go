package graph

import (
	"cmp"
	"slices"

	"accesspath/policy"
)

// assemble turns the slots into flat arrays and interns requirements.
func (b *builder) assemble(slots [][]built) {
	spans := bySpan(slots)
	id := interner(&b.g.reqs)
	b.g.own = newAdjacency(spans[spanNode], len(b.g.nodes), len(b.g.nodes), id)
	b.g.shared = newAdjacency(spans[spanClass], len(b.classes), len(b.g.nodes), id)
	b.g.broad = newAdjacency(spans[spanCircle], b.g.circles.Len(), len(b.g.nodes), id)
}

// bySpan are the edges of slots, by what their tails stand for.
func bySpan(slots [][]built) (spans [3][]built) {
	var count [3]int
	for _, slot := range slots {
		for i := range slot {
			count[slot[i].span]++
		}
	}
	for span, n := range count {
		spans[span] = make([]built, 0, n)
	}
	for _, slot := range slots {
		for _, e := range slot {
			spans[e.span] = append(spans[e.span], e)
		}
	}
	return spans
}

// interner numbers requirements, each once; those already in the list keep their
// numbers. Those that are spelled differently are two: an edge has what its own
// statements say, however many graphs it was handed on through.
func interner(list *[]policy.Requirement) func(policy.Requirement) uint32 {
	same, spelled := map[policy.Requirement]uint32{}, map[string]uint32{}
	var text []byte
	put := func(r policy.Requirement, next uint32) uint32 {
		text, _ = r.AppendBinary(text[:0]) // never fails
		n, ok := spelled[string(text)]
		if !ok {
			n = next
			spelled[string(text)] = n
		}
		same[r] = n
		return n
	}
	for i, r := range *list {
		put(r, uint32(i))
	}
	return func(r policy.Requirement) uint32 {
		n, ok := same[r]
		if !ok {
			next := uint32(len(*list))
			if n = put(r, next); n == next {
				*list = append(*list, r)
			}
		}
		return n
	}
}

// newAdjacency puts edges in the order of their tails and heads. Those of one
// tail and head keep theirs.
func newAdjacency(edges []built, tails, heads int, id func(policy.Requirement) uint32) adjacency {
	order := byTail(edges, tails)
	n := len(edges)
	a := adjacency{tail: make([]uint32, n), head: make([]NodeID, n), kind: make([]EdgeKind, n), req: make([]uint32, n)}
	for i, k := range order {
		e := &edges[k]
		a.tail[i], a.head[i], a.kind[i], a.req[i] = e.tail, e.head, e.kind, id(e.req)
	}
	a.connect(tails, heads)
	return a
}

// byTail returns where the edges are, ordered. They come by the thousand for each
// tail, and mostly in the order of their heads: tails are counted, not compared.
func byTail(edges []built, tails int) []uint32 {
	at := make([]uint32, tails+1)
	for i := range edges {
		at[edges[i].tail+1]++
	}
	for t := range tails {
		at[t+1] += at[t]
	}
	order := make([]uint32, len(edges))
	next := slices.Clone(at)
	for i := range edges {
		t := edges[i].tail
		order[next[t]] = uint32(i)
		next[t]++
	}
	byHead := func(x, y uint32) int { return cmp.Compare(edges[x].head, edges[y].head) }
	for t := range tails {
		if of := order[at[t]:at[t+1]]; !slices.IsSortedFunc(of, byHead) {
			slices.SortStableFunc(of, byHead)
		}
	}
	return order
}
