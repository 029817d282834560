package policy

import (
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
	if slices.ContainsFunc(none, Pattern.IsAll) || slices.ContainsFunc(all, func(p Pattern) bool { return p.apart(all[0]) }) {
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

// apart reports whether two patterns have nothing in common because of what they
// begin with.
func (p Pattern) apart(q Pattern) bool {
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
		fresh = alphabetOf(tokensOf(all, none))[0]
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
