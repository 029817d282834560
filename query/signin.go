package query

import (
	"maps"
	"math"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// Who is signed in by a provider gets session tags and a source identity as that
// asserts them, which is not known offline (class IDP; FED-03, FED-17, FED-22, IDC-05,
// TRUST-29). They may be anything, in the session and in those that inherit them; that
// what one path asks for goes together is looked at when there is one.

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

// asserting marks what a trust asks of the tags and the source identity of a sign-in as
// the provider's (TRUST-29).
func asserting(r policy.Requirement) policy.Requirement {
	return r.Map(func(a *policy.Atom) policy.Requirement {
		key := strings.ToLower(a.Key)
		if a.Class != policy.ClassRequest || !graph.IsSessionTagKey(key) && key != "sts:sourceidentity" {
			return policy.Keep(a)
		}
		b := *a
		b.Class = policy.ClassIDP
		return policy.AtomRequirement(b)
	})
}

// delivering is asserting for what a service delivers sessions by: nobody else chooses
// the parameters of its calls (FED-15, FED-17, VAR-06).
func delivering(from *graph.Node, r policy.Requirement) policy.Requirement {
	return asserting(r.Map(func(a *policy.Atom) policy.Requirement {
		if v := from.Passes(strings.ToLower(a.Key)); v.Knowledge != policy.Unknown && !a.Opaque && a.Hop == 0 {
			return a.Fold(v)
		}
		b := *a
		if strings.EqualFold(a.Key, "sts:RoleSessionName") {
			b.Class = policy.ClassIDP
		}
		return policy.AtomRequirement(b)
	}))
}

// whoPasses is asserting or delivering of what a caller has to meet that asks for a
// session of a role, as far as it does not choose the parameters of the call itself.
func whoPasses(n *graph.Node, r policy.Requirement) policy.Requirement {
	switch n.Kind {
	case graph.KindFederated, graph.KindGuests:
		return asserting(r)
	case graph.KindService, graph.KindCompute, graph.KindInstanceProfile, graph.KindAnchor:
		return delivering(n, r).Simplify()
	}
	return r
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
	return principalTags(func(tag string) policy.Value {
		if _, chosen := r.choice.tag(tag); !chosen && r.asserts(tag) {
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

// codeClaimsBeyond marks tests of claims on calls of sessions that are got from the one of
// the sign-in.
const codeClaimsBeyond = "U-06"

// webClaims end the keys of a web identity that later calls carry as well (FED-20).
var webClaims = []string{":amr", ":aud", ":sub", ":id"}

// webClaim is whose claim a key of a web identity is that later calls carry as well
// (FED-20); the key is in lower case.
func webClaim(key string) (issuer string, ok bool) {
	for _, claim := range webClaims {
		if issuer, ok := strings.CutSuffix(key, claim); ok {
			return issuer, true
		}
	}
	return "", false
}

// samlClaim reports whether a key, in lower case, is one of those of a SAML sign-in that
// later calls carry as well (FED-20).
func samlClaim(key string) bool {
	return key == "saml:namequalifier" || key == "saml:sub" || key == "saml:sub_type"
}

// samlIssuer stands for all SAML providers, whose claims have the same keys.
const samlIssuer = "saml:"

// claimIssuer is whose claim a key, in lower case, is that later calls carry as well: an
// issuer's, or samlIssuer; "" if it is none.
func claimIssuer(key string) string {
	switch {
	case samlClaim(key):
		return samlIssuer
	case strings.HasPrefix(key, samlIssuer):
		return ""
	}
	issuer, _ := webClaim(key)
	return issuer
}

// issuerOf is the same of a provider; "" of other nodes.
func issuerOf(n *graph.Node) string {
	switch {
	case n.Kind == graph.KindGuests:
		return "cognito-identity.amazonaws.com"
	case n.Kind != graph.KindFederated:
		return ""
	case strings.Contains(n.ID, ":saml-provider/"):
		return samlIssuer
	}
	return strings.ToLower(policy.IssuerOf(n.ID))
}

// claimsAlong is facts.claims of the session that an edge leads to: only where some test
// further on reads such claims, so that other sessions are not told apart by them.
func (w *walker) claimsAlong(s state, e graph.Edge) uint16 {
	if len(w.domains.claims) == 0 || e.Kind != graph.CanAssume && e.Kind != graph.Federates || !w.claimed().Has(e.To) {
		return 0
	}
	if e.Kind == graph.CanAssume {
		return s.facts.claims
	}
	i, _ := slices.BinarySearch(w.domains.claims, issuerOf(w.e.g.Node(e.From)))
	if i == len(w.domains.claims) || w.domains.claims[i] != issuerOf(w.e.g.Node(e.From)) || i >= math.MaxUint16 {
		return 0
	}
	return uint16(i) + 1
}

// signIn makes the moves along an edge by which somebody signs in: one of a session that
// hands nothing on, and of those that may hand on transitive tags, a source identity or
// both.
func (w *walker) signIn(e graph.Edge, next facts, fold func(policy.Requirement) policy.Requirement) {
	e.Requires = asserting(e.Requires)
	from, role := w.e.g.Node(e.From), w.e.g.Node(e.To).Role
	provider := from.Kind == graph.KindFederated
	w.move(e, fold(e.Requires), next)
	if role == nil {
		return
	}
	tags := len(w.domains.tags) > 0 && (!provider || graph.MayAssertTags(from.ID)) && graph.Taggable(role) && w.goesOn(e.To)
	source := len(w.domains.sources) > 0 && provider && graph.Sourceable(role)
	for _, with := range [][2]bool{{true, false}, {false, true}, {true, true}} {
		if with[0] && !tags || with[1] && !source {
			continue
		}
		session, req := next, e.Requires
		if with[0] {
			session.asserted = true
			if provider { // AWS writes the trusts of Identity Center
				req = policy.And(req, asserting(w.ask(e, "sts:TagSession")))
			}
			req = policy.And(req, byProvider("sts:TransitiveTagKeys"))
		}
		if with[1] {
			session.choice = w.intern(choice{source: anyValue})
			req = policy.And(req, asserting(w.ask(e, "sts:SetSourceIdentity")), byProvider("sts:SourceIdentity"))
		}
		w.move(e, fold(req), session)
	}
}

// goesOn reports whether a role can assume one, on the way, that reads tags or leads to
// one that does: else it does not matter which it hands on.
func (w *walker) goesOn(role graph.NodeID) bool {
	readers := w.readers()
	for e := range w.within.Out(role) {
		if e.Kind == graph.CanAssume && readers.Has(e.To) {
			return true
		}
	}
	return false
}

// byProvider asks that a provider asserts something.
func byProvider(key string) policy.Requirement {
	return policy.AtomRequirement(policy.Atom{Key: key, Operator: "Null", Negated: true, Class: policy.ClassIDP})
}

// consistent reports whether what a path asks for goes together: what a provider is to
// have asserted, and what callers are to have chosen that a variable reads.
func (w *walker) consistent(t trace) bool { return w.assertable(t) && w.choosable(t) }

// assertable reports whether what a path asks a provider to have asserted goes
// together: the claims of the sign-in are one person's, and the tags and the source
// identity of the first session are those of all that inherit them.
func (w *walker) assertable(t trace) bool {
	if len(t.moves) == 0 || t.moves[0].kind != graph.Federates && t.moves[0].kind != graph.ServiceCarries {
		return true
	}
	all := onlyAsserted(w.accept[t.last()])
	for _, m := range t.moves {
		all = policy.And(all, onlyAsserted(m.req))
	}
	return all.Satisfiable()
}

// onlyAsserted weakens a requirement to what it says about what a provider asserts.
func onlyAsserted(r policy.Requirement) policy.Requirement {
	return r.Map(func(a *policy.Atom) policy.Requirement {
		b := *a
		b.Hop = 0
		switch key := strings.ToLower(a.Key); {
		case a.Opaque || a.Class != policy.ClassIDP:
			return policy.True()
		case a.Code == codeClaimsBeyond && a.Fold(policy.NotThere()).IsTrue():
			return policy.True() // nor may the call carry the claim
		case strings.HasPrefix(key, "aws:requesttag/"):
			b.Key = "aws:PrincipalTag/" + key[len("aws:requesttag/"):]
		case strings.HasPrefix(key, "aws:principaltag/"):
		case key == "sts:sourceidentity", key == "aws:sourceidentity":
			b.Key = "aws:SourceIdentity"
		case strings.HasPrefix(key, "saml:"), slices.ContainsFunc(webClaims, func(claim string) bool { return strings.HasSuffix(key, claim) }):
		default:
			return policy.True()
		}
		return policy.AtomRequirement(b)
	})
}
