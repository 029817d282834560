package graph

import (
	"sync"

	"accesspath/policy"
)

// AtMost begins to ask what a node's own policies, and those of its organization, may
// come to whosever the resource is: as if the resource's account left it to the
// caller's, and no resource control policy acted. What the resource decides besides its
// name stays open. No resource allows more whose policies do not mean the node itself.
func (m *Model) AtMost(n *Node) *Inquiry {
	q := m.Inquiry(n)
	q.own = true
	return q
}

// Most is the most that some resource which a pattern matches may give; certain is
// false if that has to be found by asking about each.
func (q *Inquiry) Most(action, pattern string) (most policy.Requirement, certain bool) {
	if q.of(action, pattern) == nil {
		return policy.True(), false
	}
	resources, complete := q.Witnesses(action, pattern, false)
	if !complete {
		return policy.True(), false
	}
	var all []policy.Requirement
	for _, r := range resources {
		by := q.of(action, r)
		if by == nil {
			return policy.True(), false
		}
		all = append(all, by.Verdict(q.lower))
	}
	return policy.Or(all...), true
}

// ofAnybody turns a request into one about a resource that is left to the caller's
// account.
func (m *Model) ofAnybody(r *policy.Request, f *policy.Facts, l *policy.Layers) {
	l.RCPs, l.Resource = nil, policy.ResourceLayer{State: policy.ResourcePresent, Policies: []policy.Attached{m.leaves(r.Caller.Account)}}
	r.ResourceAccount = r.Caller.Account
	f.AnyResource, f.ResourceTagsKnown, f.ResourceOrg = true, false, policy.OrgFacts{}
	if m.oneOrganization() {
		f.ResourceOrg = f.CallerOrg
	}
}

// leaves is the policy of a resource that leaves it to an account who may use it.
func (m *Model) leaves(account string) policy.Attached {
	if known, ok := m.left.Load(account); ok {
		return known.(policy.Attached)
	}
	text := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + account + `"},"Action":"*","Resource":"*"}}`
	if !policy.IsAccountID(account) {
		text = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}`
	}
	known, _ := m.left.LoadOrStore(account, policy.Attached{Document: mustParse(text), Name: "left to the account"})
	return known.(policy.Attached)
}

// oneOrganization reports whether all loaded accounts are known to be of the same one.
func (m *Model) oneOrganization() bool {
	m.single.once.Do(func() {
		o := m.Snapshot.Organization
		m.single.is = o != nil && o.ID != ""
		for _, a := range m.Snapshot.Accounts {
			m.single.is = m.single.is && m.orgFacts(a.ID).ID == o.ID
		}
	})
	return m.single.is
}

// single is whether there is one organization, once that is known.
type single struct {
	once sync.Once
	is   bool
}
