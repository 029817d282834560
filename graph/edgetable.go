package graph

import "encoding/binary"

// An EdgeTable holds edges whose tails are nodes, classes or circles. The edges of
// a tail are a run, sorted by head. Many tails have the same: in an organization,
// the edges of some twelve thousand circles are fewer than two hundred runs.
type EdgeTable struct {
	Run      []uint32 // of each tail
	Ends     []uint32 // of each run
	Head     []uint32 // of each edge of each run
	Kind     []uint32
	Requires []uint32 // numbers in Tables.Requires
}

func (a *adjacency) table() EdgeTable {
	var t EdgeTable
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
			run = uint32(len(t.Ends))
			number[string(key)] = run
			t.add(a, from, to)
		}
		t.Run = append(t.Run, run)
	}
	return t
}

// add adds a run.
func (t *EdgeTable) add(a *adjacency, from, to uint32) {
	for i := from; i < to; i++ {
		t.Head = append(t.Head, uint32(a.head[i]))
		t.Kind = append(t.Kind, uint32(a.kind[i]))
		t.Requires = append(t.Requires, a.req[i])
	}
	t.Ends = append(t.Ends, uint32(len(t.Head)))
}

// check reports whether runs lie within the edges, and heads, kinds and
// requirements are some that there are.
func (t *EdgeTable) check(nodes, requires int) bool {
	if len(t.Head) != len(t.Kind) || len(t.Head) != len(t.Requires) || before(t.Ends, len(t.Ends)) != uint32(len(t.Head)) {
		return false
	}
	runs := Lists{Ends: t.Ends, Values: t.Head}
	return runs.check(0, nodes) && below(t.Run, len(t.Ends)) && below(t.Kind, len(edgeKindNames)) && below(t.Requires, requires)
}

// adjacency lays out the edges, of tails that share runs. It keeps the lists.
func (t *EdgeTable) adjacency(heads int) adjacency {
	a := adjacency{shares: t.Run, tail: make([]uint32, 0, len(t.Head)), head: ofNumbers[NodeID](t.Head), kind: make([]EdgeKind, len(t.Kind)), req: t.Requires}
	for i, k := range t.Kind {
		a.kind[i] = EdgeKind(k)
	}
	for run, end := range t.Ends {
		for uint32(len(a.tail)) < end {
			a.tail = append(a.tail, uint32(run))
		}
	}
	a.sharers = sharersOf(t.Run, len(t.Ends))
	a.connect(len(t.Ends), heads)
	return a
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
