package policy

import (
	"cmp"
	"slices"
	"strings"
)

// A Term is one way to meet a requirement: a conjunction of atoms.
type Term []*Atom

// maxTerms bounds the disjunctive form. Formulas beyond it stay as they are and
// count as satisfiable: an open verdict, never a wrong one (SYM-08).
const maxTerms = 512

// Terms returns the satisfiable alternatives of the formula, simplified, best
// first: lighter classes before heavier, then fewer atoms, then by key. True is
// one empty term, False none. exact is false if the formula was too large; then
// each of the terms suffices, there may be others, and the formula has to be
// taken as open.
func (r Requirement) Terms() (terms []Term, exact bool) {
	terms, exact = expand(r.f)
	if exact {
		terms = merge(terms)
	}
	slices.SortFunc(terms, compareTerms)
	return terms, exact
}

// Simplify returns an equivalent formula from which contradictions and
// tautologies are gone as far as they are seen. Large formulas are returned as
// they are.
func (r Requirement) Simplify() Requirement {
	if !r.IsOpen() {
		return r
	}
	if r.f.kind == formulaAtom {
		if !satisfiable(Term{r.f.atom}) {
			return False()
		}
		return Term{r.f.atom}.reduce().requirement()
	}
	terms, exact := r.Terms()
	if !exact {
		return r
	}
	out := False()
	for _, t := range terms {
		out = Or(out, t.requirement())
	}
	return out
}

// Requirement is the conjunction as a formula.
func (t Term) Requirement() Requirement { return t.requirement() }

func (t Term) requirement() Requirement {
	rs := make([]Requirement, len(t))
	for i, a := range t {
		rs[i] = same(a)
	}
	return And(rs...)
}

// Satisfiable reports whether the formula can hold. Too large counts as yes.
func (r Requirement) Satisfiable() bool {
	if !r.IsOpen() {
		return r.IsTrue()
	}
	terms, exact := expand(r.f)
	return !exact || len(terms) > 0
}

// Implies reports whether r cannot hold without s. It may say no where the
// answer is yes, never the reverse.
func (r Requirement) Implies(s Requirement) bool {
	switch {
	case r.IsFalse() || s.IsTrue() || r.Key() == s.Key():
		return true
	case s.IsFalse() || r.IsTrue():
		return false
	}
	return !And(r, s.Not()).Satisfiable()
}

// Weight is the lightest of the heaviest classes of the alternatives: what a
// caller must at least be able to do. ClassNone stands for True.
func (r Requirement) Weight() Class {
	terms, exact := r.Terms()
	if !exact || len(terms) == 0 {
		return ClassUncertain
	}
	return terms[0].weight()
}

// weight is the heaviest class in the term.
func (t Term) weight() Class {
	w := ClassNone
	for _, a := range t {
		w = max(w, a.Class)
	}
	return w
}

func compareTerms(a, b Term) int {
	if c := int(a.weight()) - int(b.weight()); c != 0 {
		return c
	}
	if c := len(a) - len(b); c != 0 {
		return c
	}
	return strings.Compare(a.key(), b.key())
}

func (t Term) key() string {
	var b strings.Builder
	for _, a := range t {
		b.WriteString(same(a).f.key)
		b.WriteByte('&')
	}
	return b.String()
}

// expand multiplies out, dropping unsatisfiable terms as they appear. Where that gets too
// large, exact is false, and each of the terms is a way to meet the formula all the same:
// an incomplete one would pass for less than what is asked for.
func expand(f *formula) (terms []Term, exact bool) {
	if f == nil {
		return nil, true
	}
	switch f.kind {
	case formulaTrue:
		return []Term{{}}, true
	case formulaAtom:
		if t := (Term{f.atom}); satisfiable(t) {
			return []Term{t}, true
		}
		return nil, true
	case formulaOr:
		exact = true
		for _, k := range f.kids {
			more, ok := expand(k)
			terms, exact = append(terms, more...), exact && ok
			if len(terms) > maxTerms {
				return lightest(terms), false
			}
		}
		return subsume(terms), exact
	}
	return expandAnd(f)
}

// maxSample bounds the ways that are followed once there are too many for all, and maxKids
// of how many parts: a way grows with each.
const (
	maxSample = 4
	maxKids   = 128
)

// lightest are the ways that are worth following where not all can be, the first of those
// that ask for as much: terms come in the order of the formula, which is that of its keys.
func lightest(terms []Term) []Term {
	if len(terms) > maxSample {
		slices.SortStableFunc(terms, func(a, b Term) int { return cmp.Or(cmp.Compare(a.weight(), b.weight()), cmp.Compare(len(a), len(b))) })
		terms = terms[:maxSample]
	}
	return terms
}

func expandAnd(f *formula) (terms []Term, exact bool) {
	terms, exact = []Term{{}}, true
	kids := slices.Clone(f.kids)
	// Atoms first: they prune.
	slices.SortStableFunc(kids, func(a, b *formula) int { return int(a.kind) - int(b.kind) })
	for _, k := range kids {
		more, ok := expand(k)
		if exact = exact && ok && len(terms)*len(more) <= 8*maxTerms; !exact {
			terms, more = lightest(terms), lightest(more)
		}
		var next []Term
		for _, t := range terms {
			for _, m := range more {
				if u := t.with(m); satisfiable(u) {
					next = append(next, u)
				}
			}
		}
		if terms = subsume(next); len(terms) > maxTerms {
			terms, exact = lightest(terms), false
		}
		if len(terms) == 0 || !exact && len(kids) > maxKids {
			return nil, exact
		}
	}
	return terms, exact
}

// with is the union, sorted by key.
func (t Term) with(u Term) Term {
	out := make(Term, 0, len(t)+len(u))
	out = append(append(out, t...), u...)
	slices.SortFunc(out, func(a, b *Atom) int { return strings.Compare(same(a).f.key, same(b).f.key) })
	return slices.CompactFunc(out, func(a, b *Atom) bool { return a.id == b.id && a.Negated == b.Negated })
}

// subsume drops repeated terms and terms that contain another one.
func subsume(terms []Term) []Term {
	if len(terms) < 2 {
		return terms
	}
	slices.SortStableFunc(terms, func(a, b Term) int { return len(a) - len(b) })
	var out []Term
	for _, t := range terms {
		if !slices.ContainsFunc(out, func(u Term) bool { return u.within(t) }) {
			out = append(out, t)
		}
	}
	return out
}

// within reports whether every atom of t is in u.
func (t Term) within(u Term) bool {
	if len(t) > len(u) {
		return false
	}
	for _, a := range t {
		if !slices.ContainsFunc(u, func(b *Atom) bool { return a.id == b.id && a.Negated == b.Negated }) {
			return false
		}
	}
	return true
}

// merge joins terms that differ in one key alone and between them leave it
// free: A∧x ∨ A∧¬x is A (SYM-08). Within a term it drops atoms that the others
// of the same key imply.
func merge(terms []Term) []Term {
	for i := range terms {
		terms[i] = terms[i].reduce()
	}
	terms = subsume(terms)
	for changed := true; changed && len(terms) > 1 && len(terms) <= 64; {
		terms, changed = mergeOnce(terms)
	}
	return terms
}

func mergeOnce(terms []Term) ([]Term, bool) {
	for _, t := range terms {
		for _, a := range t {
			rest := t.without(a.Variable())
			if others, ok := coverage(terms, rest, a.Variable()); ok {
				kept := slices.DeleteFunc(slices.Clone(terms), func(u Term) bool { return slices.ContainsFunc(others, func(o Term) bool { return o.key() == u.key() }) })
				return subsume(append(kept, rest)), true
			}
		}
	}
	return terms, false
}

// coverage finds the terms that are rest plus atoms on one variable, and
// reports whether those atoms leave no value out.
func coverage(terms []Term, rest Term, variable string) ([]Term, bool) {
	var parts []Term
	negations := []Term{{}}
	for _, u := range terms {
		if u.without(variable).key() != rest.key() || len(u) == len(rest) {
			continue
		}
		parts = append(parts, u)
		var next []Term
		for _, a := range u {
			if a.Variable() != variable {
				continue
			}
			if a.Opaque {
				return nil, false
			}
			n := *a
			n.Negated = !n.Negated
			for _, t := range negations {
				if s := t.with(Term{&n}); satisfiable(s) {
					next = append(next, s)
				}
			}
		}
		negations = next
		if len(negations) > 64 {
			return nil, false
		}
	}
	return parts, len(parts) > 1 && len(negations) == 0
}

// without drops the atoms on a variable.
func (t Term) without(variable string) Term {
	out := make(Term, 0, len(t))
	for _, a := range t {
		if a.Variable() != variable {
			out = append(out, a)
		}
	}
	return out
}

// Variable names what the atom is about: one key of one request. Atoms of one variable
// can contradict, or make up for, each other (SYM-07, SYM-08).
func (a *Atom) Variable() string {
	switch {
	case a.Opaque && a.Negated:
		return "!" + a.id
	case a.Opaque:
		return a.id
	}
	return a.id[:a.name]
}

// reduce drops atoms that another atom on the same variable implies, and turns
// negations on small domains around.
func (t Term) reduce() Term {
	t = t.positiveBooleans()
	out := t.direct()
	// Lighter classes go first: what stays says the hardest thing asked for.
	slices.SortStableFunc(out, func(a, b *Atom) int { return int(a.Class) - int(b.Class) })
	for i := 0; i < len(out); i++ {
		rest := slices.Delete(slices.Clone(out), i, i+1).on(out[i].Variable())
		if len(rest) == 0 || out[i].Opaque {
			continue
		}
		n := *out[i]
		n.Negated = !n.Negated
		if !satisfiable(rest.with(Term{&n})) {
			out = slices.Delete(out, i, i+1)
			i--
		}
	}
	slices.SortFunc(out, func(a, b *Atom) int { return strings.Compare(same(a).f.key, same(b).f.key) })
	return out
}

// direct drops the tests on who called on the caller's behalf that a direct call
// meets: direct calls are the baseline, and the caller's to make (SYM-11,
// CKEY-30). A demand for a call through a service stays (EVAL-32).
func (t Term) direct() Term {
	out := slices.Clone(t)
	for _, a := range t {
		if !a.Opaque && strings.HasPrefix(strings.ToLower(a.Key), "aws:calledvia") && t.on(a.Variable()).holds(NotThere()) {
			out = out.without(a.Variable())
		}
	}
	return out
}

// on keeps the atoms on a variable.
func (t Term) on(variable string) Term {
	var out Term
	for _, a := range t {
		if a.Variable() == variable {
			out = append(out, a)
		}
	}
	return out
}

// positiveBooleans writes "present and not false" as "true".
func (t Term) positiveBooleans() Term {
	for i, a := range t {
		if a.Operator != "Bool" || !a.Negated || len(a.Values) != 1 || !a.Present && !t.present(a.Variable()) {
			continue
		}
		opposite := "true"
		if strings.EqualFold(a.Values[0], "true") {
			opposite = "false"
		}
		b := *a
		b.Negated, b.Values = false, []string{opposite}
		out := slices.Clone(t)
		out[i] = newAtom(b).f.atom
		return out.positiveBooleans()
	}
	return t
}

// present reports whether the term says that the variable's key is there.
func (t Term) present(variable string) bool {
	return slices.ContainsFunc(t, func(a *Atom) bool {
		return a.Variable() == variable && (a.Operator == "Null") == a.Negated
	})
}
