package policy

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

// witnessBudget bounds the states that FindWitness visits. Real patterns need
// a few hundred; hostile ones are cut here and reported as undecided.
const witnessBudget = 20000

// FindWitness looks for a string that every pattern in all matches and no
// pattern in none does. It is the one place where patterns are compared with
// each other: overlap is a witness of {a, b}, containment of a in b the lack of
// a witness of {a} without {b} (QRY-12, QRY-13, SYM-07).
//
// decided is false if the search was cut short; then ok is false too and
// nothing is known. The witness is the shortest, ties broken by the order of
// characters, so it is the same on every run.
func FindWitness(all, none []Pattern) (witness string, ok, decided bool) {
	if i := slices.IndexFunc(all, Pattern.IsLiteral); i >= 0 {
		text := all[i].literal() // nothing else will do
		if slices.ContainsFunc(all, func(p Pattern) bool { return !p.Match(text) }) ||
			slices.ContainsFunc(none, func(p Pattern) bool { return p.Match(text) }) {
			return "", false, true
		}
		return text, true, true
	}
	if slices.ContainsFunc(none, Pattern.IsAll) || slices.ContainsFunc(all, func(p Pattern) bool { return p.parts(all[0]) }) {
		return "", false, true
	}
	if text, ok := plainWitness(all, none); ok {
		return text, true, true
	}
	pr := newProduct(all, none)
	if witness, ok, decided = pr.search(witnessBudget); !decided && len(all) > 0 {
		witness, ok, decided = pr.searchThreads(witnessBudget)
	}
	return witness, ok, decided
}

// parts reports whether two patterns have nothing in common because of what they
// begin with.
func (p Pattern) parts(q Pattern) bool {
	if len(p.pieces) == 0 || len(q.pieces) == 0 {
		return false
	}
	a, b := p.pieces[0].lit, q.pieces[0].lit // up to the first wildcard
	n := min(len(a), len(b))
	return a[:n] != b[:n]
}

// plainWitness is the witness if it is the first text that the longest pattern
// matches, which most often is so: nothing shorter matches that one.
func plainWitness(all, none []Pattern) (string, bool) {
	longest, most := -1, -1
	for i, p := range all {
		if n := p.least(); n > most {
			longest, most = i, n
		}
	}
	if longest < 0 {
		return "", false
	}
	p := all[longest]
	fresh := rune(0)
	if slices.ContainsFunc(p.pieces, func(q piece) bool { return q.runes != nil }) {
		fresh = freshOf(all, none)
	}
	text := p.first(fresh)
	if slices.ContainsFunc(all, func(p Pattern) bool { return !p.Match(text) }) || slices.ContainsFunc(none, func(p Pattern) bool { return p.Match(text) }) {
		return "", false
	}
	return text, true
}

// least is how many characters a text has at least that the pattern matches.
func (p Pattern) least() (n int) {
	for _, q := range p.pieces {
		if q.runes != nil {
			n += len(q.runes)
		} else {
			n += utf8.RuneCountInString(q.lit)
		}
	}
	return n
}

// first is the shortest text that the pattern matches, with one character for each
// that it does not name.
func (p Pattern) first(any rune) string {
	var b strings.Builder
	for _, q := range p.pieces {
		if q.runes == nil {
			b.WriteString(q.lit)
		}
		for _, r := range q.runes {
			if r == anyRune {
				r = any
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// freshOf is the character that stands for those that no pattern names.
func freshOf(all, none []Pattern) rune {
	named := map[rune]int{}
	for _, list := range [2][]Pattern{all, none} {
		for i := range list {
			for _, r := range list[i].runes() {
				named[r] = 0
			}
		}
	}
	return freshRune(named)
}

// Overlaps reports whether some string matches both patterns. Undecided counts
// as yes: callers treat overlap as "may match".
func (p Pattern) Overlaps(q Pattern) bool {
	switch {
	case p.IsAll() || q.IsAll():
		return true
	case p.IsLiteral():
		return q.Match(p.literal())
	case q.IsLiteral():
		return p.Match(q.literal())
	}
	_, ok, decided := FindWitness([]Pattern{p, q}, nil)
	return ok || !decided
}

// Contains reports whether everything that q matches, p matches too. Undecided
// counts as no.
func (p Pattern) Contains(q Pattern) bool {
	switch {
	case p.IsAll():
		return true
	case q.IsLiteral():
		return p.Match(q.literal())
	case p.IsLiteral():
		return false
	}
	_, ok, decided := FindWitness([]Pattern{q}, []Pattern{p})
	return decided && !ok
}

// product walks the patterns side by side, each as a set of positions in its
// tokens (a nondeterministic automaton run on the fly). A state is the sets of all
// patterns, as bits: those of one begin at a word of their own.
type product struct {
	tracks   []track
	positive int // the first tracks: patterns that have to match
	words    int // of a state
	alphabet []rune
	takes    [][]uint64 // of each character of the alphabet: positions that it leads on from
	stays    [][]uint64 // of each character: positions of stars that take it
	stars    []uint64   // positions of stars
	wide     []uint64   // positions of stars that take everything
}

// track is where the positions of a pattern are: one for each token, and the end.
type track struct {
	toks      []rune // anyRune for ?, starRune for *; sectionAny and sectionStar where no colon will do
	from, end int    // words
}

const (
	starRune    = rune(-2)
	sectionAny  = rune(-3)
	sectionStar = rune(-4)
)

func isStar(token rune) bool { return token == starRune || token == sectionStar }

// freshRunes stand for "any character that no pattern names": the first that
// is free is used, so that witnesses read well.
var freshRunes = []rune("xyzuvwabcdefghijklmnopqrst0123456789")

func newProduct(all, none []Pattern) *product {
	pr := &product{positive: len(all)}
	seen := map[rune]int{} // places in the alphabet
	for _, list := range [2][]Pattern{all, none} {
		for i := range list {
			t := list[i].runes()
			size := len(t)/64 + 1
			pr.tracks = append(pr.tracks, track{t, pr.words, pr.words + size})
			pr.words += size
			for _, r := range t {
				if _, ok := seen[r]; r >= 0 && !ok {
					seen[r] = 0
					pr.alphabet = append(pr.alphabet, r)
				}
			}
		}
	}
	slices.Sort(pr.alphabet)
	pr.alphabet = slices.Insert(pr.alphabet, 0, freshRune(seen))
	for i, r := range pr.alphabet {
		seen[r] = i
	}
	pr.mark(seen)
	return pr
}

// freshRune is a character that no pattern names.
func freshRune(seen map[rune]int) rune {
	for _, r := range freshRunes {
		if _, ok := seen[r]; !ok {
			return r
		}
	}
	fresh := rune(0xE000)
	for {
		if _, ok := seen[fresh]; !ok {
			return fresh
		}
		fresh++
	}
}

// mark fills in what characters and stars do at each position.
func (pr *product) mark(place map[rune]int) {
	pr.stars, pr.wide = make([]uint64, pr.words), make([]uint64, pr.words)
	pr.takes, pr.stays = make([][]uint64, len(pr.alphabet)), make([][]uint64, len(pr.alphabet))
	all := make([]uint64, pr.words*len(pr.alphabet))
	for i, r := range pr.alphabet {
		pr.takes[i] = all[i*pr.words : (i+1)*pr.words]
		if pr.stays[i] = pr.stars; r == ':' {
			pr.stays[i] = pr.wide
		}
	}
	for _, t := range pr.tracks {
		for at, r := range t.toks {
			word, bit := t.from+at/64, uint64(1)<<(at%64)
			switch r {
			case starRune:
				pr.stars[word] |= bit
				pr.wide[word] |= bit
			case sectionStar:
				pr.stars[word] |= bit
			case anyRune, sectionAny:
				for i, c := range pr.alphabet {
					if r == anyRune || c != ':' {
						pr.takes[i][word] |= bit
					}
				}
			default:
				pr.takes[place[r]][word] |= bit
			}
		}
	}
}

// runes returns the pattern as code points, wildcards as anyRune and starRune.
func (p Pattern) runes() []rune {
	var out []rune
	for i, q := range p.pieces {
		if i > 0 {
			out = append(out, starRune)
		}
		if q.runes != nil {
			out = append(out, q.runes...)
		} else {
			out = append(out, []rune(q.lit)...)
		}
	}
	if p.sections != nil {
		keepToSections(out)
	}
	return out
}

// productStep is how a state was met first.
type productStep struct {
	from int // the state before, -1 at the start
	by   rune
}

func (pr *product) search(budget int) (string, bool, bool) {
	state := make([]uint64, pr.words)
	for i, t := range pr.tracks {
		state[t.from] = 1
		pr.close(i, state)
	}
	states, steps := slices.Clone(state), []productStep{{from: -1}} // states one behind the other
	seen := map[string]bool{string(pr.key(nil, state)): true}
	var key []byte
	work := 0
	for at := 0; at < len(steps); at++ {
		from := states[at*pr.words : (at+1)*pr.words]
		if pr.accepts(from) {
			return spell(steps, at), true, true
		}
		only, forced := pr.forced(from)
		for i, r := range pr.alphabet {
			if forced && r != only {
				continue // a pattern that has to match would not
			}
			alive := pr.step(from, i, state)
			if work += len(pr.tracks) + pr.words/2; work > budget*8 || len(steps) > budget {
				return "", false, false
			}
			if !alive {
				continue
			}
			if key = pr.key(key[:0], state); !seen[string(key)] {
				seen[string(key)] = true
				states, steps = append(states, state...), append(steps, productStep{at, r})
				from = states[at*pr.words : (at+1)*pr.words] // which may have moved
			}
		}
	}
	return "", false, true
}

// forced is the one character by which a pattern that has to match can go on, if
// there is such a pattern.
func (pr *product) forced(state []uint64) (only rune, forced bool) {
	for _, t := range pr.tracks[:pr.positive] {
		at, ones := 0, 0
		for w := t.from; w < t.end; w++ {
			if state[w] != 0 {
				at = (w-t.from)*64 + bits.TrailingZeros64(state[w])
				ones += bits.OnesCount64(state[w])
			}
		}
		if ones == 1 && (at == len(t.toks) || t.toks[at] >= 0) {
			if at == len(t.toks) {
				return starRune, true // none: it is at its end
			}
			return t.toks[at], true
		}
	}
	return 0, false
}

// accepts: every positive pattern at its end, no negative one.
func (pr *product) accepts(state []uint64) bool {
	for i := range pr.tracks {
		if pr.tracks[i].atEnd(state) != (i < pr.positive) {
			return false
		}
	}
	return true
}

// atEnd reports whether the end is among the positions.
func (t *track) atEnd(state []uint64) bool {
	return state[t.from+len(t.toks)/64]>>(len(t.toks)%64)&1 != 0
}

// step consumes a character of the alphabet. It is false if a positive pattern can
// no longer match.
func (pr *product) step(from []uint64, character int, to []uint64) bool {
	for i := range pr.tracks {
		if !pr.stepTrack(i, from, character, to) && i < pr.positive {
			return false
		}
	}
	return true
}

// stepTrack is step for one pattern. It is false if that can no longer match.
func (pr *product) stepTrack(i int, from []uint64, character int, to []uint64) bool {
	t, takes, stays := &pr.tracks[i], pr.takes[character], pr.stays[character]
	var carry, some uint64
	for w := t.from; w < t.end; w++ {
		moved := from[w] & takes[w]
		to[w] = moved<<1 | carry | from[w]&stays[w]
		carry = moved >> 63
		some |= to[w]
	}
	pr.close(i, to)
	return some != 0
}

// close adds the positions behind stars, and drops what a star covers: from a star
// that takes everything on, everything earlier adds nothing.
func (pr *product) close(i int, state []uint64) {
	t := &pr.tracks[i]
	var carry uint64
	last := -1 // word of the last star
	for w := t.from; w < t.end; w++ {
		state[w] |= carry
		for { // stars that follow each other
			next := state[w] | (state[w]&pr.stars[w])<<1
			if next == state[w] {
				break
			}
			state[w] = next
		}
		carry = (state[w] & pr.stars[w]) >> 63
		if state[w]&pr.wide[w] != 0 {
			last = w
		}
	}
	if last < 0 {
		return
	}
	clear(state[t.from:last])
	state[last] &^= 1<<(63-bits.LeadingZeros64(state[last]&pr.wide[last])) - 1
}

// key tells states apart.
func (pr *product) key(key []byte, state []uint64) []byte {
	for _, w := range state {
		key = binary.LittleEndian.AppendUint64(key, w)
	}
	return key
}

func spell(steps []productStep, at int) string {
	var out []rune
	for ; steps[at].from >= 0; at = steps[at].from {
		out = append(out, steps[at].by)
	}
	slices.Reverse(out)
	return string(out)
}
