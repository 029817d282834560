package query

import (
	"accesspath/policy"
)

// A union is the requirement of several requests, of which one will do. They are about
// different resources or actions: that one is allowed from an address and another from
// all others is no access whatever the address (QRY-20). Tests that would make up for
// each other so are kept apart, by what they are about. What a session carries is the
// same for all: such tests are not.
type union struct {
	parts []policy.Requirement
	seen  map[policy.Requirement]bool
	tests map[string]*policy.Atom // one of each variable
}

func newUnion() *union {
	return &union{seen: map[policy.Requirement]bool{}, tests: map[string]*policy.Atom{}}
}

// add adds what a request asks for; of says what it is about.
func (u *union) add(r policy.Requirement, of string) {
	if r.IsFalse() || u.seen[r] {
		return
	}
	u.seen[r] = true
	if u.clashes(r) {
		r = r.Map(func(a *policy.Atom) policy.Requirement {
			if !ofRequest(a) {
				return policy.Keep(a)
			}
			b := *a
			b.About = of
			return policy.AtomRequirement(b)
		})
	}
	u.parts = append(u.parts, r)
}

// clashes reports whether a requirement tests something in another way than one
// before, and keeps in mind what it tests.
func (u *union) clashes(r policy.Requirement) bool {
	clash := false
	r.Mentions(func(a *policy.Atom) bool {
		if !ofRequest(a) {
			return false
		}
		v := a.Variable()
		if other, ok := u.tests[v]; !ok {
			u.tests[v] = a
		} else if !other.Same(a) {
			clash = true
		}
		return false
	})
	return clash
}

// ofRequest reports whether a test's outcome hangs on the one request, and callers
// cannot choose it as they like.
func ofRequest(a *policy.Atom) bool {
	switch a.Class {
	case policy.ClassKnowledge, policy.ClassNetwork, policy.ClassTime, policy.ClassService, policy.ClassResource:
		return !a.Opaque
	}
	return false
}

// requirement is what some request of the union asks for.
func (u *union) requirement() policy.Requirement { return policy.Or(u.parts...) }

// either is the union of two.
func either(a, b policy.Requirement, of string) policy.Requirement {
	u := newUnion()
	u.add(a, "")
	u.add(b, of)
	return u.requirement()
}
