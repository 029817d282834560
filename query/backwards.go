package query

import "iter"

// distances computes, for every state, the fewest hops to an accepting state;
// -1 if there is none. With outright, only moves and acceptances that the
// caller can always meet count.
func (w *walker) distances(outright bool) []int32 {
	dist := make([]int32, len(w.states))
	back := w.backwards(func(m move) bool { return !outright || w.e.outright(m.req) })
	var queue []uint32
	for s := range dist {
		dist[s] = -1
		if a := w.accept[s]; !a.IsFalse() && (!outright || w.e.outright(a)) {
			dist[s] = 0
			queue = append(queue, uint32(s))
		}
	}
	for at := 0; at < len(queue); at++ {
		s := queue[at]
		for p := range back.to(s) {
			if dist[p] < 0 {
				dist[p] = dist[s] + 1
				queue = append(queue, p)
			}
		}
	}
	return dist
}

// backwards are the moves of a walk, by the state that they lead to: of each the
// state that it leads from. Those that states have in common are not written out:
// the search goes from the state that they lead to, to whoever has them, once. Of one
// search.
type backwards struct {
	first []uint32 // by state: where its own begin
	from  []uint32
	into  [][]commonInto // by state: the common moves that lead there
}

// heldMoves are common moves with the states that have them.
type heldMoves struct {
	circle  bool
	holders []holder
	// Once one of the moves was taken, all who have it were met: of a circle, all but
	// those of the account that it leads to.
	taken   bool
	account int32 // the first that a circle's move led to
	done    bool
}

type holder struct {
	state   uint32
	account int32
}

// commonInto is a common move to a state.
type commonInto struct {
	of      *heldMoves
	account int32 // of the node that it leads to
}

// backwards turns the moves round, those that may be made. There can be many millions
// of them: they are counted before they are laid out.
func (w *walker) backwards(may func(move) bool) *backwards {
	b := &backwards{first: make([]uint32, len(w.states)+2), into: make([][]commonInto, len(w.states))}
	pass := func(do func(from int, m move)) {
		for s := range w.moves {
			for _, m := range w.moves[s].own {
				if w.bound.interrupted() {
					return // whoever asks looks at err
				}
				if may(m) {
					do(s, m)
				}
			}
		}
	}
	count := 0
	pass(func(_ int, m move) { b.first[m.to+2]++; count++ })
	if w.called() { // perhaps not all are counted
		clear(b.first)
		return b
	}
	for s := range w.states {
		b.first[s+2] += b.first[s+1]
	}
	b.from = make([]uint32, count)
	pass(func(from int, m move) {
		b.from[b.first[m.to+1]] = uint32(from)
		b.first[m.to+1]++
	})
	b.turnCommon(w, may)
	return b
}

// turnCommon takes in who has which moves in common.
func (b *backwards) turnCommon(w *walker, may func(move) bool) {
	known := map[*commonMoves]*heldMoves{}
	for s := range w.moves {
		m := &w.moves[s]
		for _, c := range m.common {
			if c == nil {
				continue
			}
			held := known[c]
			if held == nil {
				held = &heldMoves{circle: c.circle}
				known[c] = held
				for _, v := range c.list {
					if may(v.move) {
						b.into[v.to] = append(b.into[v.to], commonInto{held, v.account})
					}
				}
			}
			held.holders = append(held.holders, holder{uint32(s), m.account})
		}
	}
}

// to yields the states from which moves lead to a state, but for those from which
// common moves were found to lead to an earlier one.
func (b *backwards) to(s uint32) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for _, p := range b.from[b.first[s]:b.first[s+1]] {
			if !yield(p) {
				return
			}
		}
		for _, c := range b.into[s] {
			if !c.of.to(c.account, yield) {
				return
			}
		}
	}
}

// to yields whom a move to a node of an account shows to have it, and no earlier one
// did.
func (h *heldMoves) to(account int32, yield func(uint32) bool) bool {
	if h.done || h.taken && h.account == account {
		return true
	}
	first := !h.taken
	if first {
		h.taken, h.account = true, account
	}
	h.done = !h.circle || !first
	for _, p := range h.holders {
		// A circle's move leads to no role of one's own account: the first is for all
		// others, one to another account for those who are left.
		if h.circle && (p.account == h.account) == first {
			continue
		}
		if !yield(p.state) {
			return false
		}
	}
	return true
}
