package query

import (
	"maps"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// Who is signed in by a provider gets session tags and a source identity as that
// asserts them, which is not known offline: as for calls of sts:AssumeRole (see
// choice), the walk tries those that some test in reach reads, and says so (class
// IDP; FED-03, FED-17, FED-22, IDC-05, TRUST-29).

// picksTags reports whether session tags may be chosen along an edge.
func (w *walker) picksTags(e graph.Edge) bool { return e.Kind == graph.CanAssume || w.signsIn(e) }

// signsIn reports whether an edge is a sign-in.
func (w *walker) signsIn(e graph.Edge) bool {
	return e.Kind == graph.Federates || e.Kind == graph.ServiceCarries && w.e.g.Node(e.From).Kind == graph.KindAnchor
}

// signIn adds the moves along an edge by which somebody signs in.
func (w *walker) signIn(id uint32, s state, e graph.Edge, next facts, fold func(policy.Requirement) policy.Requirement) {
	c := w.asserted(e)
	for _, p := range w.picks(s, c, len(c.keys) > 0, len(c.sources) > 0) {
		if !p.session.plain() {
			if w.bound.interrupted() || w.bound.spent() {
				continue
			}
			w.bound.chosen++
		}
		req := fold(asserting(w.given(e.Requires, s, &p)))
		if req = policy.And(req, p.atomsOf(w, true)).Simplify(); !req.IsFalse() {
			next.choice = w.intern(p.session)
			w.move(id, e, req, next)
		}
	}
}

// asserted are the tags and source identities that may be asserted at a sign-in: the
// trust has to allow it, but for sign-ins of Identity Center, whose trusts AWS writes.
func (w *walker) asserted(e graph.Edge) *parameters {
	k := hop{e.From, e.To}
	c, ok := w.params[k]
	if ok {
		return c
	}
	c = &parameters{to: e.To, signIn: true}
	w.params[k] = c
	role, from := w.e.g.Node(e.To).Role, w.e.g.Node(e.From)
	if role == nil {
		return c
	}
	_, reserved := role.PermissionSet()
	if reserved || graph.Taggable(role) {
		w.tagParameters(c, e.Requires)
	}
	if from.Kind == graph.KindAnchor {
		c.keys = slices.DeleteFunc(c.keys, func(k tagParameter) bool { return !strings.HasPrefix(k.key, "x509") })
		return c
	}
	if d := role.Trust.Document; !reserved && d != nil && d.UsesLower(policy.Allow, "sts:setsourceidentity") {
		c.sources = admitted(e.Requires, w.domains.sources, "sts:sourceidentity")
	}
	return c
}

// asserting marks what a trust asks of the tags of a sign-in as the provider's
// (TRUST-29).
func asserting(r policy.Requirement) policy.Requirement {
	return r.Map(func(a *policy.Atom) policy.Requirement {
		key := strings.ToLower(a.Key)
		if a.Class != policy.ClassRequest || !strings.HasPrefix(key, "aws:requesttag/") && key != "aws:tagkeys" && key != "sts:transitivetagkeys" {
			return policy.Keep(a)
		}
		b := *a
		b.Class = policy.ClassIDP
		return policy.AtomRequirement(b)
	})
}

// serviceTags are the tags that a service always gives the sessions that it delivers,
// those of them that matter.
func serviceTags(n *graph.Node, matters func(key string) bool) []sessionTag {
	var out []sessionTag
	tags := n.SetTags()
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		v := tags[key]
		if v.Knowledge == policy.Absent || !matters(key) {
			continue
		}
		value := anyValue
		if v.Knowledge == policy.Known && len(v.Values) == 1 {
			value = v.Values[0]
		}
		out = append(out, sessionTag{key, value, true})
	}
	return out
}
