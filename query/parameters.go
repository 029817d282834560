package query

import (
	"maps"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// parameters are what may be chosen on the calls from one node into one role, whatever
// the state: values that the call itself refuses are not tried, and what the call
// or the new session's own requests read comes first, so that a bound cuts off
// what hardly matters.
type parameters struct {
	to      graph.NodeID
	keys    []tagParameter
	sources []string
	names   []string
}

// tagParameter is one tag that may be passed.
type tagParameter struct {
	key    string
	values []string
	near   bool // the call or a request of the new session reads it: worth passing even if it is not inherited
}

// parametersOf works out, once for each edge, what may be chosen on it. tag and source
// are the second permissions of companions.
func (w *walker) parametersOf(e graph.Edge, tag, source policy.Requirement) *parameters {
	k := hop{e.From, e.To}
	c, ok := w.params[k]
	if ok {
		return c
	}
	c = &parameters{to: e.To}
	w.params[k] = c
	bare := policy.False()
	names := w.domains.names[e.To]
	if !tag.IsFalse() || !source.IsFalse() || len(names) > 0 {
		bare = w.bare(e)
	}
	if len(names) > 0 {
		c.names = w.domains.asked(names, w.domains.nameTests[e.To], bare, "sts:rolesessionname")
	}
	if !source.IsFalse() {
		req := policy.And(bare, source)
		values := w.domains.asked(w.domains.sources, w.domains.sourceTests, req, "sts:sourceidentity")
		values = w.domains.asked(values, w.domains.sourceTests, tag, "sts:sourceidentity") // passing tags may hang on one
		c.sources = admitted(req, values, "sts:sourceidentity")
	}
	if !tag.IsFalse() {
		w.tagParameters(c, policy.And(bare, tag))
	}
	return c
}

// tagParameters lists the tags that may be passed on calls that ask for req.
func (w *walker) tagParameters(c *parameters, req policy.Requirement) {
	asked, any := map[string]bool{}, false
	req.Mentions(func(a *policy.Atom) bool {
		key := strings.ToLower(a.Key)
		if tag, ok := strings.CutPrefix(key, "aws:requesttag/"); ok {
			asked[tag] = true
		}
		any = any || variableAtom(a) || key == "aws:tagkeys" || key == "sts:transitivetagkeys"
		return false
	})
	for _, key := range slices.Sorted(maps.Keys(w.domains.tags)) {
		k := tagParameter{key: key, values: w.domains.tags[key], near: any || asked[key] || w.domains.readBy[c.to][key]}
		if asked[key] {
			k.values = admitted(req, w.domains.asked(k.values, w.domains.tagTests[key], req, "aws:requesttag/"+key), "aws:requesttag/"+key)
		}
		c.keys = append(c.keys, k)
	}
	slices.SortStableFunc(c.keys, func(a, b tagParameter) int {
		switch {
		case a.near == b.near:
			return 0
		case a.near:
			return -1
		}
		return 1
	})
}

// admitted lists the values of one parameter of a call that what the call asks
// for does not rule out by itself.
func admitted(req policy.Requirement, values []string, key string) []string {
	if !req.IsOpen() {
		return values
	}
	var out []string
	for _, v := range values {
		left := req
		if v == anyValue || v == anySource {
			left = otherThan(req, concrete(values), key)
		} else {
			left = req.Map(func(a *policy.Atom) policy.Requirement {
				if a.Opaque || strings.ToLower(a.Key) != key {
					return policy.Keep(a)
				}
				return a.Fold(policy.Is(v))
			})
		}
		if !left.IsFalse() {
			out = append(out, v)
		}
	}
	return out
}

// otherThan is what a call asks for that gives a parameter another value than those in a
// list, if it gives one; False if it cannot.
func otherThan(req policy.Requirement, values []string, key string) policy.Requirement {
	spelled := ""
	req.Mentions(func(a *policy.Atom) bool {
		if !a.Opaque && strings.ToLower(a.Key) == key {
			spelled = a.Key
		}
		return spelled != ""
	})
	if spelled == "" || len(values) == 0 {
		return req
	}
	other := policy.AtomRequirement(policy.Atom{Key: spelled, Operator: "StringEquals", Values: values, Negated: true, Present: true, Class: policy.ClassRequest})
	if !policy.And(req, other).Satisfiable() {
		return policy.False()
	}
	return req
}

// asked adds to the values of a parameter those that the call itself asks for, alone
// and together with what later tests do.
func (d *domains) asked(values []string, later tests, req policy.Requirement, key string) []string {
	var more []string
	both := later
	req.Mentions(func(a *policy.Atom) bool {
		if !a.Opaque && strings.ToLower(a.Key) == key {
			if strings.HasPrefix(key, "aws:requesttag/") {
				more = append(more, choosableTags(a)...)
			} else {
				more = append(more, choosable(a)...)
			}
			both = both.with(a)
		}
		return false
	})
	if len(more) == 0 {
		return values
	}
	return d.joint(addValues(slices.Clone(values), more...), both)
}
