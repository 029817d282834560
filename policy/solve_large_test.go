package policy

import (
	"fmt"
	"testing"
)

// either makes as many alternatives of a test that the caller chooses and one of the
// network as a number says, all of which are needed: the number of ways doubles with each.
func either(n int) []Requirement {
	var out []Requirement
	for i := range n {
		out = append(out, Or(
			AtomRequirement(Atom{Key: fmt.Sprintf("a:choice%d", i), Operator: "StringEquals", Values: []string{"x"}, Class: ClassRequest}),
			AtomRequirement(Atom{Key: fmt.Sprintf("a:network%d", i), Operator: "StringEquals", Values: []string{"x"}, Class: ClassNetwork})))
	}
	return out
}

// TestLargeFormulas: of formulas with more ways to meet them than are worked out, those that
// are told suffice (SYM-04, SYM-13).
func TestLargeFormulas(t *testing.T) {
	heavy := Or(AtomRequirement(Atom{Key: "z:secret", Operator: "StringEquals", Values: []string{"x"}, Class: ClassKnowledge}),
		AtomRequirement(Atom{Key: "z:mfa", Operator: "Bool", Values: []string{"true"}, Class: ClassMFA}))
	const ways = 12
	for _, c := range []struct {
		name     string
		r        Requirement
		outright bool
	}{
		{"the caller's choice alone", And(either(ways)...), true},
		{"something heavier besides", And(append(either(ways), heavy)...), false},
		{"something heavier that is one alternative", Or(heavy, And(either(ways)...)), true},
	} {
		terms, exact := c.r.Terms()
		if exact || len(terms) == 0 {
			t.Errorf("%s: %d terms, exact %t", c.name, len(terms), exact)
		}
		for _, term := range terms {
			if !term.Requirement().Implies(c.r) {
				t.Errorf("%s: %v does not suffice", c.name, term.key())
				break
			}
		}
		if _, ok := c.r.Outright(); ok != c.outright {
			t.Errorf("%s: outright %t", c.name, ok)
		}
	}
}
