package graph

import (
	"strings"

	"accesspath/policy"
)

// ownerless reports whether a bucket, or an object, is of the snapshot, and nothing says
// of whose account it is (NAT-02).
func (m *Model) ownerless(resource string) bool {
	if !ofBuckets(resource) {
		return false
	}
	bucket, _, _ := strings.Cut(resource, "/")
	r := m.Resource(bucket)
	return r != nil && r.Account == ""
}

// whosever is a decision, made for the case that an ownerless resource is the caller's
// own, where it may be another account's: what only one of them gives the caller hangs on
// that (NAT-02). decide is how the decision was made.
func (m *Model) whosever(own policy.Decision, a Ask, decide func(policy.Request, policy.Layers) policy.Decision) policy.Decision {
	r, f, l, _ := m.compose(a)
	r.ResourceAccount, f.ResourceOrg, l.RCPs = "", policy.OrgFacts{}, nil
	r.Context = policy.NewContext(&r, f)
	d, elsewhere := own, decide(r, l)
	if own.Requires.IsFalse() {
		if elsewhere.Requires.IsFalse() {
			return own
		}
		d = elsewhere
	}
	either := policy.And(policy.Or(own.Requires, elsewhere.Requires), policy.DataAtom(codeOwner, a.Resource))
	d.Requires = policy.Or(policy.And(own.Requires, elsewhere.Requires), either).Simplify()
	if d.Requires.Mentions(func(x *policy.Atom) bool { return x.Code == codeOwner }) {
		d.Codes = insertSorted(d.Codes, codeOwner)
	}
	return d
}

// codeOwner marks what hangs on whose a resource is.
const codeOwner = "DATA:owner"
