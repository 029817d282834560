package query

import (
	"maps"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// Who is signed in by a provider gets session tags and a source identity as that
// asserts them, which is not known offline (class IDP; FED-03, FED-17, FED-22, IDC-05,
// TRUST-29). Tags may be anything, in the session and, if they are transitive, in those
// after it; source identities are tried as what callers choose is, with the values that
// tests read.

// asserts reports whether a provider may have given the session a tag.
func (r *resolver) asserts(tag string) bool {
	role := r.node.Role
	if r.facts.asserted {
		return true
	}
	switch r.facts.issuer {
	case webSignIn, samlSignIn:
		return graph.Taggable(role)
	case idcSignIn:
		return true // AWS writes those trusts
	case delivered:
		return strings.HasPrefix(tag, "x509") && graph.Taggable(role) // of a certificate
	}
	return false
}

// asserted is a test of what a provider may have asserted, or not: own is what holds
// if it has not.
func asserted(own policy.Requirement, a *policy.Atom) policy.Requirement {
	if own.IsTrue() {
		return own
	}
	b := *a
	b.Class = policy.ClassIDP
	return policy.Or(own, policy.AtomRequirement(b))
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
	tags := n.SessionTags()
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

// assertedTags are the principal tags of a state's session as far as they are known
// if its provider asserted some; ok is false if none does.
func (w *walker) assertedTags(s state) (tags policy.Context, ok bool) {
	r := w.resolver(s)
	if r.node.Role == nil || !r.asserts("x509") { // a key that all may assert
		return nil, false
	}
	return policy.ContextFunc(func(key string) policy.Value {
		tag, ok := strings.CutPrefix(key, "aws:principaltag/")
		if _, chosen := r.choice.tag(tag); !ok || !chosen && r.asserts(tag) {
			return policy.Value{}
		}
		return r.tagValue(tag)
	}), true
}

// asVariable marks tests of variables whose values a provider asserts.
func asVariable(r policy.Requirement) policy.Requirement {
	return r.Map(func(a *policy.Atom) policy.Requirement {
		if !variableAtom(a) {
			return policy.Keep(a)
		}
		b := *a
		b.Class = policy.ClassIDP
		return policy.AtomRequirement(b)
	})
}

// signIn makes the moves along an edge by which somebody signs in: one of a session that
// hands nothing on, one of a session that may hand on tags, and one for each source
// identity that tests read.
func (w *walker) signIn(id uint32, s state, e graph.Edge, next facts, fold func(policy.Requirement) policy.Requirement) {
	e.Requires = asserting(e.Requires)
	w.move(id, e, fold(e.Requires), next)
	from, role := w.e.g.Node(e.From), w.e.g.Node(e.To).Role
	if role == nil {
		return
	}
	if len(w.domains.tags) > 0 && (from.Kind != graph.KindFederated || graph.MayAssertTags(from.ID)) && graph.Taggable(role) {
		handed := next
		handed.asserted = true
		w.move(id, e, fold(policy.And(e.Requires, asserting(w.ask(e, "sts:TagSession")), policy.AtomRequirement(policy.Atom{
			Key: "sts:TransitiveTagKeys", Operator: "Null", Negated: true, Class: policy.ClassIDP}))), handed)
	}
	if from.Kind != graph.KindFederated || !graph.Sourceable(role) {
		return
	}
	for _, v := range w.domains.sources {
		p := pick{session: choice{source: v}, set: true}
		req := fold(w.given(policy.And(e.Requires, asserting(w.ask(e, "sts:SetSourceIdentity"))), s, &p))
		next.choice = w.intern(p.session)
		w.move(id, e, policy.And(req, byProvider(p.atoms(w))).Simplify(), next)
	}
}

// consistent reports whether what a path asks a provider to have asserted goes
// together: the tags of its first session are those of all that inherit them.
func (w *walker) consistent(t trace) bool {
	if len(t.moves) == 0 || t.moves[0].kind != graph.Federates {
		return true
	}
	all := onlyAsserted(w.accept[t.last()])
	for _, m := range t.moves {
		all = policy.And(all, onlyAsserted(m.req))
	}
	return all.Satisfiable()
}

// onlyAsserted weakens a requirement to what it says about tags that a provider
// asserts.
func onlyAsserted(r policy.Requirement) policy.Requirement {
	return r.Map(func(a *policy.Atom) policy.Requirement {
		key := strings.ToLower(a.Key)
		tag, ok := strings.CutPrefix(key, "aws:requesttag/")
		if !ok {
			tag, ok = strings.CutPrefix(key, "aws:principaltag/")
		}
		if a.Opaque || a.Class != policy.ClassIDP || !ok {
			return policy.True()
		}
		b := *a
		b.Key, b.Hop = "aws:PrincipalTag/"+tag, 0
		return policy.AtomRequirement(b)
	})
}

// byProvider marks what a pick asks for as the provider's to assert.
func byProvider(r policy.Requirement) policy.Requirement {
	return r.Map(func(a *policy.Atom) policy.Requirement {
		b := *a
		b.Class = policy.ClassIDP
		return policy.AtomRequirement(b)
	})
}

// certified makes the moves of who holds a certificate of a trust anchor: its subject
// is the source identity of the session, and of all further ones (FED-17, STS-08).
func (w *walker) certified(id uint32, e graph.Edge, req policy.Requirement, next facts) {
	values := w.domains.sources
	if len(values) == 0 {
		values = []string{otherValue}
	}
	session := w.choices[next.choice]
	for _, v := range values {
		p := pick{session: choice{tags: session.tags, source: v}, set: len(w.domains.sources) > 0}
		next.choice = w.intern(p.session)
		w.move(id, e, policy.And(req, byProvider(p.atoms(w))).Simplify(), next)
	}
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
