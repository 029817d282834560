package policy

import "slices"

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
	return newProduct(all, none).search(witnessBudget)
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
// token list (a nondeterministic automaton run on the fly).
type product struct {
	toks     [][]rune // anyRune for ?, starRune for *
	positive int
	alphabet []rune
}

const starRune = rune(-2)

// freshRunes stand for "any character that no pattern names": the first that
// is free is used, so that witnesses read well.
var freshRunes = []rune("xyzuvwabcdefghijklmnopqrst0123456789")

func newProduct(all, none []Pattern) *product {
	pr := &product{positive: len(all)}
	seen := map[rune]bool{}
	for _, p := range slices.Concat(all, none) {
		t := p.runes()
		pr.toks = append(pr.toks, t)
		for _, r := range t {
			if r >= 0 && !seen[r] {
				seen[r] = true
				pr.alphabet = append(pr.alphabet, r)
			}
		}
	}
	slices.Sort(pr.alphabet)
	fresh := rune(0xE000)
	for _, r := range freshRunes {
		if !seen[r] {
			fresh = r
			break
		}
	}
	for seen[fresh] {
		fresh++
	}
	pr.alphabet = append([]rune{fresh}, pr.alphabet...)
	return pr
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
	return out
}

type productState struct {
	sets [][]int // per pattern: sorted positions
	from int     // index of the state before, -1 at the start
	by   rune
}

func (pr *product) search(budget int) (string, bool, bool) {
	start := productState{from: -1}
	for i := range pr.toks {
		start.sets = append(start.sets, pr.closure(i, []int{0}))
	}
	states := []productState{start}
	seen := map[string]bool{stateKey(start.sets): true}
	work := 0
	for at := 0; at < len(states); at++ {
		if pr.accepts(states[at].sets) {
			return spell(states, at), true, true
		}
		for _, r := range pr.alphabet {
			next, dead := pr.step(states[at].sets, r)
			if work += 1 + setSizes(next); work > budget*8 || len(states) > budget {
				return "", false, false
			}
			if dead {
				continue
			}
			if k := stateKey(next); !seen[k] {
				seen[k] = true
				states = append(states, productState{sets: next, from: at, by: r})
			}
		}
	}
	return "", false, true
}

func setSizes(sets [][]int) int {
	n := 0
	for _, s := range sets {
		n += len(s)
	}
	return n
}

// accepts: every positive pattern at its end, no negative one.
func (pr *product) accepts(sets [][]int) bool {
	for i, set := range sets {
		end := slices.Contains(set, len(pr.toks[i]))
		if end != (i < pr.positive) {
			return false
		}
	}
	return true
}

// step consumes one character. dead reports that a positive pattern can no
// longer match.
func (pr *product) step(sets [][]int, r rune) (next [][]int, dead bool) {
	next = make([][]int, len(sets))
	for i, set := range sets {
		toks := pr.toks[i]
		var to []int
		for _, at := range set {
			if at == len(toks) {
				continue
			}
			switch t := toks[at]; {
			case t == starRune:
				to = append(to, at)
			case t == anyRune || t == r:
				to = append(to, at+1)
			}
		}
		next[i] = pr.closure(i, to)
		if len(next[i]) == 0 && i < pr.positive {
			return next, true
		}
	}
	return next, false
}

// closure adds the positions behind stars, sorts, and drops what a star
// already covers: from a star position on, everything earlier adds nothing.
func (pr *product) closure(i int, set []int) []int {
	toks := pr.toks[i]
	for k := 0; k < len(set); k++ {
		if at := set[k]; at < len(toks) && toks[at] == starRune {
			set = append(set, at+1)
		}
	}
	slices.Sort(set)
	set = slices.Compact(set)
	for k := len(set) - 1; k > 0; k-- {
		if at := set[k]; at < len(toks) && toks[at] == starRune {
			return set[k:]
		}
	}
	return set
}

func stateKey(sets [][]int) string {
	var b []byte
	for _, set := range sets {
		for _, at := range set {
			b = append(b, byte(at), byte(at>>8), byte(at>>16), ',')
		}
		b = append(b, ';')
	}
	return string(b)
}

func spell(states []productState, at int) string {
	var out []rune
	for ; states[at].from >= 0; at = states[at].from {
		out = append(out, states[at].by)
	}
	slices.Reverse(out)
	return string(out)
}
