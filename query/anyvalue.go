package query

import (
	"strings"

	"accesspath/policy"
)

// A tag, or a source identity, that a policy variable reads may have any value (see
// anyValue, anySource): each test of it stays open at its hop. They are tests of one value
// as long as sessions carry it (CHAIN-11, CHAIN-13, SYM-07).

// choosable reports whether what a path asks of such values goes together.
func (w *walker) choosable(t trace) bool {
	here := &w.choices[w.states[t.origin].facts.choice]
	v := generations{}
	all := policy.True()
	for _, m := range t.moves {
		next := &w.choices[w.states[m.to].facts.choice]
		if here.open() || next.open() {
			all = policy.And(all, v.of(m.req, here, next))
		}
		here = next
	}
	if here.open() {
		all = policy.And(all, v.of(w.accept[t.last()], here, nil))
	}
	return all.Satisfiable()
}

// open reports whether some value that was chosen for a session may be any.
func (c *choice) open() bool {
	if c.source == anySource {
		return true
	}
	for _, t := range c.tags {
		if t.value == anyValue {
			return true
		}
	}
	return false
}

// generations tell the values of one tag apart that are passed on different calls: how many
// were passed before, by key.
type generations map[string]int

// of weakens what a call asks for to what it says of values that may be any: those of the
// session at hand, and those that it chooses for the next.
func (v generations) of(r policy.Requirement, here, next *choice) policy.Requirement {
	before := map[string]int{}
	for _, t := range here.tags {
		before[t.key] = v[t.key]
	}
	if next != nil {
		for _, t := range next.tags {
			if old, ok := here.tag(t.key); !ok || !old.transitive {
				v[t.key]++ // chosen on this call
			}
		}
	}
	return r.Map(func(a *policy.Atom) policy.Requirement {
		if a.Opaque {
			return policy.True()
		}
		b := *a
		b.Hop = 0
		key := strings.ToLower(a.Key)
		tag, current := strings.CutPrefix(key, "aws:principaltag/")
		passed, passes := strings.CutPrefix(key, "aws:requesttag/")
		switch {
		case key == "aws:sourceidentity" && here.source == anySource, key == "sts:sourceidentity" && next != nil && next.source == anySource:
			b.Key = "aws:SourceIdentity"
		case current && here.anyTag(tag):
			b.Hop = before[tag]
		case passes && next != nil && next.anyTag(passed):
			b.Key, b.Hop = "aws:PrincipalTag/"+passed, v[passed]
		default:
			return policy.True()
		}
		return policy.AtomRequirement(b)
	})
}

func (c *choice) anyTag(key string) bool {
	t, ok := c.tag(key)
	return ok && t.value == anyValue
}
