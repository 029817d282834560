package policy

import "testing"

func readBack(t *testing.T, r Requirement) {
	t.Helper()
	buf, err := r.AppendBinary([]byte("before"))
	if err != nil {
		t.Fatal(err)
	}
	got, rest, err := ReadRequirement(append(buf, "after"...)[len("before"):])
	if err != nil || string(rest) != "after" {
		t.Fatalf("%s: %v, rest %q", r.Key(), err, rest)
	}
	if got.Key() != r.Key() {
		t.Errorf("wrote %s, read %s", r.Key(), got.Key())
	}
}

func TestRequirementReadBack(t *testing.T) {
	mfa := AtomRequirement(Atom{Key: "aws:MultiFactorAuthPresent", Operator: "Bool", Values: []string{"true"}, Class: ClassMFA})
	tags := AtomRequirement(Atom{Key: "aws:TagKeys", Operator: "StringLike", Values: []string{"b*", "a"}, Some: true, Outside: true, Hop: 3, Class: ClassRequest})
	null := AtomRequirement(Atom{Key: "aws:SourceIp", Operator: "Null", Missing: true, Present: true})
	for _, r := range []Requirement{
		False(), True(), mfa, mfa.Not(), tags, null, CodeAtom("U-01"), DataAtom("DATA:account", "123456789012"),
		And(mfa, tags), Or(And(mfa, tags), And(mfa.Not(), null)), Or(mfa, And(tags, Or(null, CodeAtom("U-02")))),
	} {
		readBack(t, r)
	}
}

func FuzzReadRequirement(f *testing.F) {
	mfa := AtomRequirement(Atom{Key: "aws:MultiFactorAuthPresent", Operator: "Bool", Values: []string{"true"}, Class: ClassMFA})
	seed, _ := Or(And(mfa, CodeAtom("U-01")), DataAtom("DATA:trust", "x")).AppendBinary(nil)
	f.Add(seed)
	f.Add([]byte{4, 255, 255})
	f.Fuzz(func(t *testing.T, data []byte) {
		r, _, err := ReadRequirement(data)
		if err == nil {
			readBack(t, r)
		}
	})
}
