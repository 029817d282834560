package query

import (
	"context"
	"fmt"
)

// maxStates bounds the exact walk: hostile input could make sessions differ
// without end. Reaching it is said in the result, never silent.
const maxStates = 1_000_000

// maxPicks bounds what is tried on one call. Reaching it is said in the result.
const maxPicks = 256

// leastChoices and choicesPerEdge bound how many calls a walk tries in which
// something is chosen: the walk over plain sessions is linear in the graph, these
// multiply. Reaching the bound is said in the result.
const (
	leastChoices   = 20_000
	choicesPerEdge = 1
)

// bounds is what keeps a walk finite in practice, and which of them it met.
type bounds struct {
	ctx   context.Context // of the question that the walk is part of; nil in walks over nothing
	count int             // of interrupted

	chosen, maxChosen      int // calls tried in which something is chosen
	states, picks, choices bool
}

// interrupted reports, every 64th time it is asked, whether the question is
// called off.
func (b *bounds) interrupted() bool {
	b.count++
	return b.count%64 == 0 && b.ctx != nil && b.ctx.Err() != nil
}

// spent reports that no more calls in which something is chosen are to be tried,
// and keeps in mind that one would have been.
func (b *bounds) spent() bool {
	if b.chosen < b.maxChosen {
		return false
	}
	b.choices = true
	return true
}

// reasons are sentences on the bounds that were met, for the result.
func (b *bounds) reasons() []string {
	var out []string
	if b.states {
		out = append(out, fmt.Sprintf("the walk stopped at %d session states; further paths may exist", maxStates))
	}
	if b.picks {
		out = append(out, fmt.Sprintf("of what callers may choose on one call only %d combinations were tried; further paths may exist", maxPicks))
	}
	if b.choices {
		out = append(out, fmt.Sprintf("the walk stopped at %d calls on which something is chosen; further paths may exist", b.maxChosen))
	}
	return out
}

// limits records in a result what the walk left out.
func (w *walker) limits(l *Limits) {
	for _, reason := range w.bound.reasons() {
		l.add(reason)
	}
	if w.unseen.Load() {
		l.add(fmt.Sprintf("of ways longer than one that asks for what does not go together %d moves were looked at; further paths may exist", maxLooks))
	}
	if w.beyond.Load() {
		l.add(fmt.Sprintf("ways of more than %d hops were left out: a verdict may be better with them", w.e.o.MaxHops))
	}
	if w.domains.cut {
		l.add(fmt.Sprintf("more than %d patterns are about one value that a caller chooses; values were tried that meet two of them, not more; further paths may exist", maxGlobs))
	}
}

// queue holds what is to be expanded. Sessions that hand little on come first, and
// of each what its next calls read before what they only hand on: what a bound
// cuts off are then the odd ways, not the long ones.
type queue struct {
	at      int // where the first may be
	waiting [][]expansion
}

// expansion is a state whose moves are to be found: all but those on calls that
// pass tags to be inherited, or, with inherit, only those.
type expansion struct {
	id      uint32
	inherit bool
}

// put lets an expansion wait. weight is how much its session hands on.
func (q *queue) put(e expansion, weight int) {
	at := 2 * min(weight, 8)
	if e.inherit {
		at++
	}
	for len(q.waiting) <= at {
		q.waiting = append(q.waiting, nil)
	}
	q.waiting[at] = append(q.waiting[at], e)
	q.at = min(q.at, at)
}

// next takes the first expansion.
func (q *queue) next() (e expansion, ok bool) {
	for ; q.at < len(q.waiting); q.at++ {
		if list := q.waiting[q.at]; len(list) > 0 {
			q.waiting[q.at] = list[1:]
			return list[0], true
		}
	}
	return expansion{}, false
}
