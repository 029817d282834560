package query

import (
	"maps"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// Of a role that is asked about by itself nobody knows who issued its session. What
// callers may have passed that later sessions inherit is supposed, as far as the trust
// allows it and tests read it (SYM-22).

// handsOn reports whether it matters that a role which is asked about by itself may
// have tags that it hands on: where it may pass any on the call, it can as well do that.
// Where it may pass none, nobody knows whether the call succeeds with tags that go along
// (U-18), and such tags are not supposed.
func handsOn(s state, tag policy.Requirement, e graph.Edge) bool {
	return s.facts.issuer == subject && (tag.IsOpen() || tag.IsTrue() && e.Requires.Mentions(func(a *policy.Atom) bool {
		return variableAtom(a) || graph.IsSessionTagKey(strings.ToLower(a.Key))
	}))
}

// withHad adds ways in which the session of a role that is asked about by itself may
// carry tags and a source identity that it hands on: its trust says whether somebody
// may have passed them (SYM-22).
func (w *walker) withHad(s state, list []pick, source bool) []pick {
	role := w.e.g.Node(s.node).Role
	if w.inherit && graph.Taggable(role) {
		for _, key := range slices.Sorted(maps.Keys(w.domains.tags)) {
			list = w.vary(list, w.domains.tags[key], func(p *pick, v string) bool {
				t := sessionTag{key, v, true}
				if _, ok := p.had.tag(key); ok {
					return false
				}
				p.had.tags = append(slices.Clone(p.had.tags), t)
				p.session.addTag(t)
				return true
			})
		}
	}
	if source && !w.inherit && graph.Sourceable(role) {
		list = w.vary(list, w.domains.sources, func(p *pick, v string) bool {
			if p.session.source != "" {
				return false
			}
			p.session.source, p.had.source = v, v
			return true
		})
	}
	return list
}

// having resolves requests of a role that is asked about by itself, if its session
// carries some tags.
func (w *walker) having(s state, had *choice) func(policy.Requirement) policy.Requirement {
	r := w.resolver(s)
	r.choice = had
	return func(req policy.Requirement) policy.Requirement {
		if !req.IsOpen() {
			return req
		}
		return r.resolve(req).Simplify()
	}
}
