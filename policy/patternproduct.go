package policy

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

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
	toks      []rune // anyRune for ?, starRune for *; partAny and partStar where no colon will do
	from, end int    // words
}

const (
	starRune = rune(-2)
	partAny  = rune(-3)
	partStar = rune(-4)
	none     = rune(-5) // no token and no character
)

func isStar(token rune) bool { return token == starRune || token == partStar }

// freshRunes stand for "any character that no pattern names": the first that
// is free is used, so that witnesses read well.
var freshRunes = []rune("xyzuvwabcdefghijklmnopqrst0123456789")

func newProduct(all, none []Pattern) *product {
	tokens := tokensOf(all, none)
	pr := &product{positive: len(all), alphabet: alphabetOf(tokens)}
	for _, t := range tokens {
		size := len(t)/64 + 1
		pr.tracks = append(pr.tracks, track{t, pr.words, pr.words + size})
		pr.words += size
	}
	pr.mark()
	return pr
}

func tokensOf(all, none []Pattern) [][]rune {
	tokens := make([][]rune, 0, len(all)+len(none))
	for _, list := range [2][]Pattern{all, none} {
		for i := range list {
			tokens = append(tokens, list[i].runes())
		}
	}
	return tokens
}

// alphabetOf lists the characters in the order in which they are tried: one that no
// pattern names, and those that some do.
func alphabetOf(tokens [][]rune) []rune {
	named := slices.Concat(tokens...)
	slices.Sort(named)
	named = slices.Compact(named)
	for len(named) > 0 && named[0] < 0 {
		named = named[1:] // wildcards
	}
	fresh, taken := freshRunes[0], true
	for i := 0; taken; i++ {
		if fresh = rune(0xE000 + i); i < len(freshRunes) {
			fresh = freshRunes[i]
		}
		_, taken = slices.BinarySearch(named, fresh)
	}
	return append([]rune{fresh}, named...)
}

// mark fills in what characters and stars do at each position.
func (pr *product) mark() {
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
			case partStar:
				pr.stars[word] |= bit
			case anyRune, partAny:
				for i, c := range pr.alphabet {
					if r == anyRune || c != ':' {
						pr.takes[i][word] |= bit
					}
				}
			default:
				named, _ := slices.BinarySearch(pr.alphabet[1:], r) // it is there
				pr.takes[named+1][word] |= bit
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
	if p.arn != nil {
		keepToParts(out)
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

// forced is the one character by which a pattern that has to match can go on, or
// none if it is at its end, if there is such a pattern.
func (pr *product) forced(state []uint64) (only rune, forced bool) {
	for _, t := range pr.tracks[:pr.positive] {
		at, ones := 0, 0
		for w := t.from; w < t.end; w++ {
			if state[w] != 0 {
				at = (w-t.from)*64 + bits.TrailingZeros64(state[w])
				ones += bits.OnesCount64(state[w])
			}
		}
		switch {
		case ones != 1:
		case at == len(t.toks):
			return none, true
		case t.toks[at] >= 0:
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
