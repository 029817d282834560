package query

import (
	"context"
	"fmt"
	"slices"

	"accesspath/graph"
)

// maxCutVisits bounds the search for a smaller cut, in states looked at: a second
// or so.
const maxCutVisits = 20_000_000

// smaller looks for fewer hops than a cut has, and reports whether the result is
// known to be a smallest one. A cut of nodes may be larger than needed: it also
// cuts ways that no session can go, because what it takes for the second hop is
// lost on the first. To hit every way that a session can go with the fewest hops
// is a hitting set, which takes a search; but as many hops are needed as there
// are ways that have no hop in common, and mostly that settles it.
func (c *cutter) smaller(ctx context.Context, cut []hop) (best []hop, smallest bool, err error) {
	s := &cutSearch{ctx: ctx, c: c, gone: map[hop]bool{}}
	apart := s.apart(len(cut))
	for size := apart; size < len(cut) && !s.spent(); size++ {
		clear(s.gone)
		if s.hit(size) {
			best = nil
			for _, h := range c.order {
				if s.gone[h] {
					best = append(best, h)
				}
			}
			return best, true, nil
		}
	}
	if ctx.Err() != nil {
		return nil, false, fmt.Errorf("looking for a smaller cut: %w", ctx.Err())
	}
	return cut, !s.spent(), nil
}

// left returns the origin of a path that a cut leaves.
func (c *cutter) left(cut []hop) (graph.NodeID, bool) {
	gone := map[hop]bool{}
	for _, h := range cut {
		gone[h] = true
	}
	s := &cutSearch{ctx: context.Background(), c: c, gone: gone}
	_, start, ok := s.way()
	if !ok {
		return 0, false
	}
	return c.w.states[start].node, true
}

// cutSearch looks for sets of hops that hit every way.
type cutSearch struct {
	ctx    context.Context
	c      *cutter
	gone   map[hop]bool
	visits int
}

func (s *cutSearch) spent() bool { return s.visits > maxCutVisits || s.ctx.Err() != nil }

// apart counts ways that have no hop in common, up to a limit.
func (s *cutSearch) apart(limit int) int {
	n := 0
	for n < limit {
		hops, _, ok := s.way()
		if !ok {
			break
		}
		for _, h := range hops {
			s.gone[h] = true
		}
		n++
	}
	return n
}

// hit takes up to size hops away, and reports whether that leaves no way. Every
// way that is left has to lose one of its hops: those are tried, the one closest
// to the target first.
func (s *cutSearch) hit(size int) bool {
	hops, _, ok := s.way()
	if !ok {
		return !s.spent()
	}
	if size == 0 || s.spent() {
		return false
	}
	for _, h := range slices.Backward(hops) {
		s.gone[h] = true
		if s.hit(size - 1) {
			return true
		}
		delete(s.gone, h)
	}
	return false
}

// way finds a shortest way from an origin to a target without the hops that are
// gone, and the state that it begins in. Its hops are those that can be cut.
func (s *cutSearch) way() (hops []hop, start uint32, ok bool) {
	c := s.c
	by := map[uint32]uint32{}
	queue := slices.Clone(c.starts)
	for _, st := range queue {
		by[st] = st
	}
	for at := 0; at < len(queue); at++ {
		from := queue[at]
		if s.visits++; s.visits%4096 == 0 && s.spent() {
			return nil, 0, false
		}
		if c.dist[from] < 0 {
			continue
		}
		if c.dist[from] == 0 {
			return s.trace(from, by)
		}
		for m := range c.w.from(from) {
			if !has(by, m.to) && c.dist[m.to] >= 0 && !s.gone[hop{c.w.states[from].node, c.w.states[m.to].node}] {
				by[m.to] = from
				queue = append(queue, m.to)
			}
		}
	}
	return nil, 0, false
}

func (s *cutSearch) trace(end uint32, by map[uint32]uint32) (hops []hop, start uint32, ok bool) {
	at := end
	for by[at] != at {
		before := by[at]
		if h := (hop{s.c.w.states[before].node, s.c.w.states[at].node}); h.from != h.to {
			hops = append(hops, h)
		}
		at = before
	}
	slices.Reverse(hops)
	return hops, at, true
}
