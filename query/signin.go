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
// TRUST-29). Whether they go along to further sessions is not followed.

// asserts reports whether a provider may have given the session a tag.
func (r *resolver) asserts(tag string) bool {
	role := r.node.Role
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

// assertsSource reports whether a provider may have given the session a source
// identity.
func (r *resolver) assertsSource() bool {
	d := r.node.Role.Trust.Document
	return (r.facts.issuer == webSignIn || r.facts.issuer == samlSignIn) && d != nil && d.UsesLower(policy.Allow, "sts:setsourceidentity")
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
