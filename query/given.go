package query

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// given folds what a pick settles about the parameters of the call along an edge. Where
// it chooses some, those that it leaves out are not set, or take their own permission
// (STS-06, STS-08).
func (w *walker) given(req policy.Requirement, e graph.Edge, p *pick) policy.Requirement {
	if !req.IsOpen() {
		return req
	}
	return req.Map(func(a *policy.Atom) policy.Requirement {
		key := strings.ToLower(a.Key)
		switch {
		case a.Opaque:
			return policy.Keep(a)
		case key == "sts:rolesessionname" && p.session.name != "":
			return a.Fold(policy.Is(p.session.name))
		case key == "sts:sourceidentity" && p.session.source == anyValue:
			return byIssuer(a)
		case key == "sts:sourceidentity" && p.session.source == anySource:
			return byPicker(a)
		case key == "sts:sourceidentity" && p.session.source != "":
			return a.Fold(policy.Is(p.session.source))
		case key == "sts:sourceidentity" && len(w.domains.sources) > 0:
			return a.Fold(policy.NotThere())
		case key == "sts:sourceidentity" && len(p.passed) > 0:
			return policy.Or(a.Fold(policy.NotThere()), policy.And(policy.Keep(a), w.ask(e, "sts:SetSourceIdentity")))
		case key == "sts:transitivetagkeys" || key == "aws:tagkeys":
			return p.tagKeys(a, w.domains.tags, key == "aws:tagkeys")
		}
		if tag, ok := strings.CutPrefix(key, "aws:requesttag/"); ok {
			r := p.requestTag(a, tag, w.domains.tags)
			if p.set && len(p.passed) == 0 && r.IsOpen() {
				return policy.Or(a.Fold(policy.NotThere()), policy.And(r, w.ask(e, "sts:TagSession")))
			}
			return r
		}
		return policy.Keep(a)
	})
}

func (p *pick) requestTag(a *policy.Atom, tag string, read map[string][]string) policy.Requirement {
	for _, t := range p.passed {
		if t.key == tag && t.value == anyValue {
			return policy.Keep(a)
		} else if t.key == tag {
			return a.Fold(policy.Is(t.value))
		}
	}
	if _, ok := read[tag]; ok {
		return a.Fold(policy.NotThere())
	}
	return policy.Keep(a)
}

// tagKeys decides a test on the set of tag keys as far as the pick settles it:
// keys that nothing reads stay the caller's choice.
func (p *pick) tagKeys(a *policy.Atom, read map[string][]string, all bool) policy.Requirement {
	if !a.Some {
		if i := slices.IndexFunc(p.passed, func(t sessionTag) bool { return all || t.transitive }); a.Operator == "Null" && i >= 0 {
			return a.Fold(policy.Is(p.passed[i].key))
		}
		return policy.Keep(a)
	}
	positive := *a
	positive.Negated = false
	for _, t := range p.passed {
		if !all && !t.transitive {
			continue
		}
		for _, k := range append([]string{t.key}, a.Values...) {
			if strings.EqualFold(k, t.key) && positive.Fold(policy.Is(k)).IsTrue() {
				return policy.Bool(!a.Negated)
			}
		}
	}
	return p.withoutUnpassed(a, read, all)
}

// withoutUnpassed takes the keys that the pick decides not to pass out of a test:
// what is left are keys that nothing reads, and those it passes.
func (p *pick) withoutUnpassed(a *policy.Atom, read map[string][]string, all bool) policy.Requirement {
	b := *a
	b.Values = slices.DeleteFunc(slices.Clone(a.Values), func(k string) bool {
		_, ok := read[strings.ToLower(k)]
		return ok && !slices.ContainsFunc(p.passed, func(t sessionTag) bool { return strings.EqualFold(t.key, k) && (all || t.transitive) })
	})
	switch {
	case len(b.Values) == len(a.Values):
		return policy.Keep(a)
	case a.Outside && len(b.Values) == 0:
		// No key is left that the test admits.
		none := policy.AtomRequirement(policy.Atom{Key: a.Key, Operator: "Null", Class: a.Class, Hop: a.Hop})
		if a.Negated {
			return none
		}
		return none.Not()
	}
	return policy.AtomRequirement(b)
}
