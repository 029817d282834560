package policy

import (
	"slices"
	"strings"
)

// A Requirement is a formula in negation normal form over the condition tests
// that the inputs leave open (SYM-01). The zero value is False, so a verdict
// that nobody filled in grants nothing. Formulas equal up to order and
// repetition have the same Key. Requirements are immutable.
type Requirement struct{ f *formula }

type formulaKind uint8

const (
	formulaTrue formulaKind = iota
	formulaAtom
	formulaAnd
	formulaOr
)

type formula struct {
	kind formulaKind
	atom *Atom
	kids []*formula // sorted by key, at least two
	key  string
}

var trueFormula = &formula{kind: formulaTrue, key: "1"}

// True is the requirement that always holds.
func True() Requirement { return Requirement{trueFormula} }

// False is the requirement that never holds.
func False() Requirement { return Requirement{} }

// Bool turns b into True or False.
func Bool(b bool) Requirement {
	if b {
		return True()
	}
	return False()
}

// IsTrue reports whether the formula is the constant True. A formula that
// always holds but was not simplified to it says no; see Simplify.
func (r Requirement) IsTrue() bool { return r.f == trueFormula }

// IsFalse reports whether the formula is the constant False.
func (r Requirement) IsFalse() bool { return r.f == nil }

// IsOpen reports whether the formula is neither constant.
func (r Requirement) IsOpen() bool { return r.f != nil && r.f != trueFormula }

// Key identifies the formula up to order and repetition.
func (r Requirement) Key() string {
	if r.f == nil {
		return "0"
	}
	return r.f.key
}

func newAtom(a Atom) Requirement {
	if len(a.Values) == 0 && !a.Outside && a.Operator != "" && a.Operator != "Null" {
		return Bool(a.Negated) // no value is left that could match (COND-13, COND-14)
	}
	a.Values = asSet(a.Values)
	a.identify()
	return identified(a)
}

// identified makes a formula of an atom that has its identity.
func identified(a Atom) Requirement {
	one := &struct {
		formula
		of Atom
	}{of: a} // there are many, and none is without its formula
	one.formula = formula{kind: formulaAtom, atom: &one.of, key: a.id}
	if a.Negated {
		one.key = "!" + a.id
	}
	return Requirement{&one.formula}
}

// asSet returns values in order, each once. The list itself is not changed: those of
// conditions, which are in order, are shared with them.
func asSet(values []string) []string {
	for i := 1; i < len(values); i++ {
		if values[i-1] >= values[i] {
			values = slices.Clone(values)
			slices.Sort(values)
			return slices.Compact(values)
		}
	}
	return values
}

// AtomRequirement makes a formula of one test.
func AtomRequirement(a Atom) Requirement {
	a.Values = slices.Clone(a.Values)
	return newAtom(a)
}

// codeAtom is an open question of section 16, such as U-02.
func codeAtom(code string) Requirement {
	return newAtom(Atom{Key: code, Code: code, Class: ClassUncertain, Opaque: true})
}

// dataAtom is something the inputs do not say, such as DATA:policy.
func dataAtom(code, what string) Requirement {
	a := Atom{Key: code, Code: code, Class: ClassData, Opaque: true}
	if what != "" {
		a.Operator, a.Values = "Known", []string{what}
	}
	return newAtom(a)
}

// DataAtom is a requirement that only further inputs can settle: code names the
// kind ("DATA:account"), what the thing that is missing.
func DataAtom(code, what string) Requirement { return dataAtom(code, what) }

// CodeAtom is a requirement that stands for an uncertainty code (section 16).
func CodeAtom(code string) Requirement { return codeAtom(code) }

// And holds where all of rs hold. And() is True.
func And(rs ...Requirement) Requirement {
	return combine(formulaAnd, rs)
}

// Or holds where any of rs holds. Or() is False.
func Or(rs ...Requirement) Requirement {
	return combine(formulaOr, rs)
}

// combine flattens, sorts, and removes repetition, constants, complements and
// what its neighbours absorb (SYM-08).
func combine(kind formulaKind, rs []Requirement) Requirement {
	and := kind == formulaAnd
	var kids []*formula
	for _, r := range rs {
		switch {
		case r.f == nil:
			if and {
				return False()
			}
		case r.f == trueFormula:
			if !and {
				return True()
			}
		case r.f.kind == kind:
			kids = append(kids, r.f.kids...)
		default:
			kids = append(kids, r.f)
		}
	}
	switch len(kids) {
	case 0:
		return Bool(and)
	case 1:
		return Requirement{kids[0]}
	}
	slices.SortFunc(kids, func(a, b *formula) int { return strings.Compare(a.key, b.key) })
	kids = slices.CompactFunc(kids, func(a, b *formula) bool { return a.key == b.key })
	if complementary(kids) {
		return Bool(!and)
	}
	kids = absorb(kind, kids)
	if len(kids) == 1 {
		return Requirement{kids[0]}
	}
	return Requirement{newGroup(kind, kids)}
}

func newGroup(kind formulaKind, kids []*formula) *formula {
	n := 3
	for _, k := range kids {
		n += len(k.key) + 1
	}
	var b strings.Builder
	b.Grow(n)
	b.WriteByte("?a&|"[kind])
	b.WriteByte('(')
	for _, k := range kids {
		b.WriteString(k.key)
		b.WriteByte(',')
	}
	b.WriteByte(')')
	return &formula{kind: kind, kids: kids, key: b.String()}
}

// complementary reports whether an atom and its negation stand side by side.
func complementary(kids []*formula) bool {
	for _, k := range kids {
		if k.kind == formulaAtom && k.atom.Negated {
			if _, ok := find(kids, k.atom.id); ok {
				return true
			}
		}
	}
	return false
}

func find(kids []*formula, key string) (int, bool) {
	return slices.BinarySearchFunc(kids, key, func(f *formula, k string) int { return strings.Compare(f.key, k) })
}

// absorb drops A∨B beside A in a conjunction, and A∧B beside A in a disjunction.
func absorb(kind formulaKind, kids []*formula) []*formula {
	if len(kids) > 64 {
		return kids // quadratic; best effort
	}
	out := kids[:0:0]
	for _, k := range kids {
		if !absorbed(kind, k, kids) {
			out = append(out, k)
		}
	}
	return out
}

func absorbed(kind formulaKind, k *formula, kids []*formula) bool {
	if k.kind == formulaAtom || k.kind == kind {
		return false
	}
	for _, part := range k.kids {
		if i, ok := find(kids, part.key); ok && kids[i] != k {
			return true
		}
	}
	return false
}

// Not negates the formula exactly (SYM-05): atoms are two-valued over domains
// that include "absent", so De Morgan is all there is to it.
func (r Requirement) Not() Requirement {
	switch {
	case r.f == nil:
		return True()
	case r.f == trueFormula:
		return False()
	case r.f.kind == formulaAtom:
		a := *r.f.atom
		a.Negated = !a.Negated // which its identity leaves aside
		return identified(a)
	}
	kids := make([]Requirement, len(r.f.kids))
	for i, k := range r.f.kids {
		kids[i] = Requirement{k}.Not()
	}
	if r.f.kind == formulaAnd {
		return Or(kids...)
	}
	return And(kids...)
}

// Map rebuilds the formula with each atom replaced. Shared parts are visited
// as often as they stand.
func (r Requirement) Map(replace func(*Atom) Requirement) Requirement {
	if !r.IsOpen() {
		return r
	}
	if r.f.kind == formulaAtom {
		return replace(r.f.atom)
	}
	kids := make([]Requirement, len(r.f.kids))
	same := true
	for i, k := range r.f.kids {
		kids[i] = Requirement{k}.Map(replace)
		same = same && kids[i].f == k
	}
	if same {
		return r
	}
	return combine(r.f.kind, kids)
}

// same keeps an atom as it is in a Map.
func same(a *Atom) Requirement {
	key := a.id
	if a.Negated {
		key = "!" + a.id
	}
	return Requirement{&formula{kind: formulaAtom, atom: a, key: key}}
}

// Keep returns the atom as a formula; it is the identity of Map.
func Keep(a *Atom) Requirement { return same(a) }

// Mentions reports whether some atom satisfies test.
func (r Requirement) Mentions(test func(*Atom) bool) bool {
	if !r.IsOpen() {
		return false
	}
	if r.f.kind == formulaAtom {
		return test(r.f.atom)
	}
	for _, k := range r.f.kids {
		if (Requirement{k}).Mentions(test) {
			return true
		}
	}
	return false
}

// Given folds in what c knows (partial evaluation). Folding with some facts and
// then with the rest equals folding with all of them at once.
func (r Requirement) Given(c Context) Requirement {
	return r.Map(func(a *Atom) Requirement {
		if a.Opaque {
			return same(a)
		}
		return a.given(c.Lookup(strings.ToLower(a.Key)))
	})
}

// At labels the atoms that have no hop yet (CHAIN-44). Labels that are set stay.
func (r Requirement) At(hop int) Requirement {
	return r.Map(func(a *Atom) Requirement {
		if a.Hop > 0 {
			return same(a)
		}
		b := *a
		b.number(hop)
		return identified(b)
	})
}

// Fold decides the atom with what is known of its key.
func (a *Atom) Fold(v Value) Requirement {
	if a.Opaque {
		return same(a)
	}
	return a.given(v)
}

// Outright reports whether the caller alone can always meet the requirement:
// it is True, or some alternative asks only for what callers choose per call
// (SYM-12, SYM-13). The alternative is returned; nil for True.
func (r Requirement) Outright() (Term, bool) {
	if r.IsTrue() {
		return nil, true
	}
	if r.IsFalse() {
		return nil, false
	}
	terms, _ := r.Terms() // each suffices, also where there are others
	for _, t := range terms {
		if t.weight() <= ClassRequest {
			return t, true
		}
	}
	return nil, false
}
