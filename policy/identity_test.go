package policy

import "testing"

// SYM-08: formulas that differ in what decides them have keys of their own, as
// whoever keeps formulas keeps them by key. A key that is in every request cannot
// be absent, and a text with a variable is not the text as it stands.
func TestSYM08KeysTellAll(t *testing.T) {
	neither := func(present bool) Requirement {
		var rs []Requirement
		for _, value := range []string{"true", "false"} {
			rs = append(rs, AtomRequirement(Atom{Key: "aws:SecureTransport", Operator: "Bool", Values: []string{value}, Negated: true, Class: ClassRequest, Present: present}))
		}
		return And(rs...)
	}
	always, perhaps := neither(true), neither(false)
	if terms, _ := always.Terms(); len(terms) != 0 {
		t.Errorf("a key that is there is neither true nor false: %v", terms)
	}
	if terms, _ := perhaps.Terms(); len(terms) == 0 {
		t.Error("a key that is absent is neither true nor false: nothing meets it")
	}
	if always.Key() == perhaps.Key() {
		t.Errorf("both have the key %s", always.Key())
	}
	literal := Atom{Key: "s3:prefix", Operator: "StringEquals", Values: []string{"${aws:username}"}, Class: ClassRequest}
	variable := literal
	variable.Opaque = true
	if x, y := AtomRequirement(literal), AtomRequirement(variable); x.Key() == y.Key() {
		t.Errorf("a variable and its text both have the key %s", x.Key())
	}
}
