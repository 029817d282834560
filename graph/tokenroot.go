package graph

import (
	"iter"

	"accesspath/iam"
	"accesspath/policy"
)

// Root users have no tags, and need no permission to ask for a session of
// sts:GetFederationToken and to pass tags for it (STS-06, STS-10). The session can do more
// than they can where something is allowed to those with a tag, or denied to those
// without, or where a test of who the caller is tells it from them: in a policy of a
// resource, or a guardrail.

// rootsApart finds the loaded accounts whose root users may do more so.
func (t *tokens) rootsApart() map[string]bool {
	m := t.b.g.Model
	in := m.rootsNamed()
	favours := map[*policy.Document]bool{}
	some := func(levels []policy.Level) bool {
		found := false
		for _, l := range levels {
			for _, p := range l.Policies {
				if p.Document == nil {
					continue
				}
				yes, known := favours[p.Document]
				if !known {
					yes = favoursTags(p.Document)
					favours[p.Document] = yes
				}
				found = found || yes
			}
		}
		return found
	}
	out := map[string]bool{}
	for _, a := range m.Snapshot.Accounts {
		in.any = in.any || some(m.RCPs(a.ID)) // which bind callers of all accounts (ORG-09)
	}
	for _, a := range m.Snapshot.Accounts {
		if !a.Loaded() {
			continue
		}
		apart := t.bearing(a.ID, false).root
		tags := in.From(a.ID) || some(m.SCPs(a.ID))
		if apart && m.rootGetsToken(a) || tags && m.rootPassesTags(a) {
			out[a.ID] = true
		}
	}
	return out
}

// rootGetsToken reports whether somebody can be the root user of an account, and its
// guardrails leave it the call: as a rule they deny root users everything (ORG-01,
// ROOT-04).
func (m *Model) rootGetsToken(a *iam.Account) bool {
	root, ok := rootOf(a)
	return ok && !m.RootRemoved(a.ID) && !m.Verdict(rootTokenRequest(&root, a)).IsFalse()
}

// rootPassesTags reports whether they leave it the tags as well.
func (m *Model) rootPassesTags(a *iam.Account) bool {
	root, ok := rootOf(a)
	if !ok || !m.rootGetsToken(a) {
		return false
	}
	ask := rootTokenRequest(&root, a)
	ask.Action = tagSession
	return !m.Verdict(ask).IsFalse()
}

func rootTokenRequest(root *Node, a *iam.Account) Ask {
	return TokenRequest(root, &Node{ID: tokenARN(partitionOf(root.ID), a.ID, anyName)})
}

// rootsNamed are the accounts whose callers the resources may let in that have a policy
// which favours tags: those of the owners, and those that the policies name.
func (m *Model) rootsNamed() *Grantees {
	out := &Grantees{accounts: map[string]bool{}}
	for _, r := range m.Snapshot.Resources {
		favours := false
		for d := range resourceDocuments(r) {
			favours = favours || favoursTags(d)
		}
		if !favours {
			continue
		}
		m.letIn(r, out)
	}
	return out
}

// allowed adds those whom a resource's policy allows anything.
func (x *Grantees) allowed(d *policy.Document) {
	for i := range d.Statements {
		if s := &d.Statements[i]; s.Effect == policy.Allow {
			x.statement(s)
		}
	}
}

// favoursTags reports whether a policy favours callers with tags over those without.
func favoursTags(d *policy.Document) bool {
	for i := range d.Statements {
		if d.Statements[i].FavoursTags() {
			return true
		}
	}
	return false
}

// resourceDocuments are the policies of a resource, and of the access points to it, that
// were read.
func resourceDocuments(r *iam.Resource) iter.Seq[*policy.Document] {
	return func(yield func(*policy.Document) bool) {
		if r.Policy != nil && r.Policy.Document != nil && !yield(r.Policy.Document) {
			return
		}
		for _, p := range r.AccessPoints {
			if p.Policy != nil && p.Policy.Document != nil && !yield(p.Policy.Document) {
				return
			}
		}
	}
}
