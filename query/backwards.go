package query

// backwards are the moves of a walk, by the state that they lead to: of each the
// state that it leads from.
type backwards struct {
	first []uint32 // by state: where its own begin
	from  []uint32
}

// to lists the states from which moves lead to a state.
func (b *backwards) to(s uint32) []uint32 { return b.from[b.first[s]:b.first[s+1]] }

// backwards turns the moves round, those that may be made. There can be many millions
// of them: they are counted before they are laid out.
func (w *walker) backwards(may func(move) bool) *backwards {
	b := &backwards{first: make([]uint32, len(w.states)+2)}
	pass := func(do func(from int, m move)) {
		for s, moves := range w.moves {
			for _, m := range moves {
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
	return b
}
