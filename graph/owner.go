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
// own: what a caller of another account could not do hangs on that (NAT-02).
func (m *Model) whosever(d policy.Decision, a Ask) policy.Decision {
	if d.Requires.IsFalse() {
		return d
	}
	r, f, l, _ := m.compose(a)
	r.ResourceAccount, f.ResourceOrg, l.RCPs = "", policy.OrgFacts{}, nil
	r.Context = policy.NewContext(&r, f)
	elsewhere := policy.Verdict(r, l)
	d.Requires = policy.Or(elsewhere, policy.And(d.Requires, policy.DataAtom(codeOwner, a.Resource))).Simplify()
	if d.Requires.Mentions(func(x *policy.Atom) bool { return x.Code == codeOwner }) {
		d.Codes = insertSorted(d.Codes, codeOwner)
	}
	return d
}

// codeOwner marks what hangs on whose a resource is.
const codeOwner = "DATA:owner"
