package query

import (
	"context"
	"fmt"
	"slices"

	"accesspath/graph"
)

// A forwardSet is what some nodes can become, requirements ignored.
type forwardSet struct {
	nodes []graph.NodeID         // in the order in which they were met, the first themselves
	seen  graph.NodeSet          // while it is found
	at    map[graph.NodeID]int32 // their indexes, if tails are asked for
	tails [][]int32              // of each, as indexes, if asked for: whence edges lead there
	count int                    // of tails
	g     *graph.Graph
}

// maxTails bounds the edges that are remembered, each in four bytes.
const maxTails = 4 << 20

// forward lists the nodes that some nodes can become, themselves first.
func (e *Engine) forward(ctx context.Context, from ...graph.NodeID) ([]graph.NodeID, error) {
	s, err := e.outward(ctx, false, from...)
	if err != nil {
		return nil, err
	}
	return s.nodes, nil
}

// outward finds what some nodes can become, and, if asked for, whence each of it.
func (e *Engine) outward(ctx context.Context, tails bool, from ...graph.NodeID) (*forwardSet, error) {
	s := &forwardSet{seen: e.takeSet(), g: e.g}
	defer func() {
		e.giveBack(s.seen)
		s.seen = nil
	}()
	if tails {
		s.at = map[graph.NodeID]int32{}
	}
	for _, n := range from {
		s.push(n, tails)
	}
	bound := bounds{ctx: ctx}
	for i := 0; i < len(s.nodes); i++ {
		for edge := range e.g.Out(s.nodes[i]) {
			if bound.interrupted() {
				return nil, fmt.Errorf("walking the graph: %w", ctx.Err())
			}
			s.push(edge.To, tails)
			if tails && s.count <= maxTails {
				to := s.at[edge.To]
				s.tails[to] = append(s.tails[to], int32(i))
				s.count++
			}
		}
	}
	return s, nil
}

// between marks the nodes that a node can become and from which some targets can be
// reached, requirements ignored. Of many nodes the first would take longer to find
// than the walk.
func (e *Engine) between(ctx context.Context, from graph.NodeID, targets []graph.NodeID) (graph.NodeSet, error) {
	reached, err := e.outward(ctx, true, from)
	if err != nil {
		return nil, err
	}
	return reached.leading(slices.DeleteFunc(slices.Clone(targets), func(t graph.NodeID) bool { _, met := reached.at[t]; return !met })), nil
}

// setOf marks some nodes.
func (e *Engine) setOf(nodes []graph.NodeID) graph.NodeSet {
	s := graph.NewNodeSet(e.g.Len())
	for _, n := range nodes {
		s.Add(n)
	}
	return s
}

// takeSet is an empty set: one that was given back, if there is any. A set has a
// bit for each node of the organization, and most questions need few of them.
func (e *Engine) takeSet() graph.NodeSet {
	s := e.spare
	e.spare = nil
	if s == nil {
		s = graph.NewNodeSet(e.g.Len())
	}
	return s
}

// giveBack takes a set back that nobody uses any more.
func (e *Engine) giveBack(s graph.NodeSet) {
	clear(s)
	e.spare = s
}

func (s *forwardSet) push(n graph.NodeID, tails bool) {
	if s.seen.Has(n) {
		return
	}
	s.seen.Add(n)
	if tails {
		s.at[n] = int32(len(s.nodes))
		s.tails = append(s.tails, nil)
	}
	s.nodes = append(s.nodes, n)
}

// leading marks those nodes of the set from which some of the targets, which
// are in it, can be reached: Graph.Reverse of a graph that has no other nodes.
// Of a set with too many edges it marks others, too.
func (s *forwardSet) leading(targets []graph.NodeID) graph.NodeSet {
	if s.count > maxTails {
		return s.g.Reverse(targets)
	}
	out := graph.NewNodeSet(s.g.Len())
	var queue []int32
	push := func(i int32) {
		if n := s.nodes[i]; !out.Has(n) {
			out.Add(n)
			queue = append(queue, i)
		}
	}
	for _, t := range targets {
		push(s.at[t])
	}
	for len(queue) > 0 {
		i := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, tail := range s.tails[i] {
			push(tail)
		}
	}
	return out
}
