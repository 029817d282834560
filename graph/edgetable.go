package graph

import (
	"encoding/binary"
	"slices"
)

// An EdgeTable holds edges whose tails are nodes, classes or circles. The edges of
// a tail are a run, sorted by head. Many tails have the same: in an organization,
// the edges of some twelve thousand circles are fewer than two hundred runs.
//
// It has them in both directions, so that a graph is restored without going through
// its edges: whoever asks one question needs few.
type EdgeTable struct {
	Run      []uint32 // of each tail
	Tails    Lists    // of each run, in order
	Begin    []uint32 // of each run: its first edge; and the number of edges
	Of       []uint32 // of each edge: its run
	Head     []NodeID // of each edge
	Kind     []EdgeKind
	Requires []uint32 // numbers in Tables.Requires
	First    []uint32 // of each node: the first of the edges into it, in Into; and the number of edges
	Into     []uint32 // edges by their heads
}

// table lays the edges open; tails that have the same share a run.
func (a *adjacency) table() EdgeTable {
	shared := adjacency{shares: make([]uint32, 0, a.tails())}
	number := map[string]uint32{}
	var key []byte
	for tail := range a.tails() {
		from, to := a.span(uint32(tail))
		key = key[:0]
		for i := from; i < to; i++ {
			key = binary.LittleEndian.AppendUint32(key, uint32(a.head[i]))
			key = binary.LittleEndian.AppendUint32(append(key, byte(a.kind[i])), a.req[i])
		}
		run, ok := number[string(key)]
		if !ok {
			run = uint32(len(number))
			number[string(key)] = run
			shared.add(run, a, from, to)
		}
		shared.shares = append(shared.shares, run)
	}
	shared.sharers = sharersOf(shared.shares, len(number))
	shared.connect(len(number), len(a.in)-1)
	return EdgeTable{Run: shared.shares, Tails: shared.sharers, Begin: shared.out, Of: shared.tail,
		Head: shared.head, Kind: shared.kind, Requires: shared.req, First: shared.in, Into: shared.back}
}

// add adds a run that another adjacency has.
func (a *adjacency) add(run uint32, from *adjacency, first, end uint32) {
	for range end - first {
		a.tail = append(a.tail, run)
	}
	a.head, a.kind, a.req = append(a.head, from.head[first:end]...), append(a.kind, from.kind[first:end]...), append(a.req, from.req[first:end]...)
}

// check reports whether all numbers can be those of edges from so many tails.
func (t *EdgeTable) check(tails, nodes, requires int) bool {
	runs, edges := t.Tails.Len(), len(t.Head)
	return len(t.Run) == tails && below(t.Run, runs) && len(t.Tails.Values) == tails && t.Tails.check(0, tails) &&
		len(t.Begin) == runs+1 && rises(t.Begin, edges) && len(t.Of) == edges && below(t.Of, runs) &&
		below(t.Head, nodes) && len(t.Kind) == edges && below(t.Kind, len(edgeKindNames)) && len(t.Requires) == edges && below(t.Requires, requires) &&
		len(t.First) == nodes+1 && rises(t.First, edges) && len(t.Into) == edges && below(t.Into, edges)
}

// rises reports whether a list begins at zero, never falls, and ends at a number.
func rises(list []uint32, end int) bool {
	return len(list) > 0 && list[0] == 0 && uint64(list[len(list)-1]) == uint64(end) && slices.IsSorted(list)
}

// adjacency is the table as graphs have it. It shares the lists.
func (t *EdgeTable) adjacency() adjacency {
	return adjacency{shares: t.Run, sharers: t.Tails, out: t.Begin, tail: t.Of, head: t.Head, kind: t.Kind, req: t.Requires, in: t.First, back: t.Into}
}

// sharersOf lists the tails of each run, in order.
func sharersOf(run []uint32, runs int) Lists {
	at := make([]uint32, runs+1)
	for _, r := range run {
		at[r+1]++
	}
	for r := range runs {
		at[r+1] += at[r]
	}
	l := Lists{Ends: append([]uint32(nil), at[1:]...), Values: make([]uint32, len(run))}
	for tail, r := range run {
		l.Values[at[r]] = uint32(tail)
		at[r]++
	}
	return l
}
