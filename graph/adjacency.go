package graph

import (
	"iter"
	"slices"
)

// adjacency holds edges as flat arrays. Those of one tail are a run: in a graph
// that was built, that of tail t is run t; in one that was restored, tails with the
// same edges share a run, and the arrays are those of an EdgeTable. The edges of run
// r are [out[r], out[r+1]), sorted by head; those into h are back[in[h]:in[h+1]],
// each for all tails of its run.
type adjacency struct {
	shares  []uint32 // of each tail: its run; nil if it is its own
	sharers Lists    // of each run that is shared: its tails, in order
	out     []uint32
	tail    []uint32 // of each edge: its run
	head    []NodeID
	kind    []EdgeKind
	req     []uint32 // into Graph.reqs
	in      []uint32
	back    []uint32
}

// connect fills in where the edges of each run and head are.
func (a *adjacency) connect(runs, heads int) {
	a.out, a.in, a.back = make([]uint32, runs+1), make([]uint32, heads+1), make([]uint32, len(a.head))
	for i, h := range a.head {
		a.out[a.tail[i]+1]++
		a.in[h+1]++
	}
	for i := range runs {
		a.out[i+1] += a.out[i]
	}
	for i := range heads {
		a.in[i+1] += a.in[i]
	}
	at := slices.Clone(a.in)
	for i, h := range a.head {
		a.back[at[h]] = uint32(i)
		at[h]++
	}
}

// tails is the number of tails.
func (a *adjacency) tails() int {
	if a.shares != nil {
		return len(a.shares)
	}
	return len(a.out) - 1
}

// span is where the edges of a tail are.
func (a *adjacency) span(t uint32) (uint32, uint32) {
	if a.shares != nil {
		t = a.shares[t]
	}
	return a.out[t], a.out[t+1]
}

// edges is the number of edges, those of shared runs counted for each tail.
func (a *adjacency) edges() int {
	n := 0
	for t := range a.tails() {
		from, to := a.span(uint32(t))
		n += int(to - from)
	}
	return n
}

// tailsOf are the tails of an edge, in order.
func (a *adjacency) tailsOf(edge uint32) []uint32 {
	if a.shares == nil {
		return a.tail[edge : edge+1]
	}
	return a.sharers.Of(int(a.tail[edge]))
}

// into yields the edges into a node with each of their tails, in the order of
// these.
func (a *adjacency) into(n NodeID) iter.Seq2[uint32, uint32] {
	edges := a.back[a.in[n]:a.in[n+1]]
	return func(yield func(edge, tail uint32) bool) {
		if a.shares == nil || len(edges) == 1 {
			for _, i := range edges {
				for _, t := range a.tailsOf(i) {
					if !yield(i, t) {
						return
					}
				}
			}
			return
		}
		var pairs []uint64
		for _, i := range edges {
			for _, t := range a.tailsOf(i) {
				pairs = append(pairs, uint64(t)<<32|uint64(i))
			}
		}
		slices.Sort(pairs)
		for _, p := range pairs {
			if !yield(uint32(p), uint32(p>>32)) {
				return
			}
		}
	}
}

// tailsInto appends the tails of edges into a node, in order, to a list that is
// empty. Where there are many, they are put into a set on the way, which has to be
// empty and is so again.
func (a *adjacency) tailsInto(n NodeID, out []uint32, set *NodeSet) []uint32 {
	edges := a.back[a.in[n]:a.in[n+1]]
	for _, i := range edges {
		out = append(out, a.tailsOf(i)...)
	}
	switch {
	case a.shares == nil || len(edges) <= 1:
		return out
	case len(out) < a.tails()/256:
		slices.Sort(out)
		return slices.Compact(out)
	}
	if *set == nil {
		*set = NewNodeSet(a.tails())
	}
	set.addAll(out)
	out = out[:0]
	for t := range set.All() {
		out = append(out, uint32(t))
	}
	clear(*set)
	return out
}
