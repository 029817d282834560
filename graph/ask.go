package graph

import (
	"iter"
	"slices"

	"accesspath/policy"
)

// IdentityPolicies returns the policies of a user or role, its groups' included;
// nil for other nodes. The slice is shared: do not change it.
func (m *Model) IdentityPolicies(n *Node) []policy.Attached {
	if n.User == nil && n.Role == nil {
		return nil
	}
	return m.identityOf(n).policies
}

// IdentityPolicies is that of the model, for a node that many ask about.
func (g *Graph) IdentityPolicies(n NodeID) []policy.Attached {
	if node := g.Node(n); node.User == nil && node.Role == nil {
		return nil
	}
	return g.identity(n).policies
}

// identity is the identity side of a node that is a user or role.
func (g *Graph) identity(n NodeID) *identity {
	if int(n) >= len(g.layers) {
		return g.Model.identityOf(g.Node(n))
	}
	id := g.layers[n].Load()
	if id == nil {
		id = g.Model.identityOf(g.Node(n))
		g.layers[n].Store(id)
	}
	return id
}

// Boundary returns the permissions boundary of a user or role, and whether it
// has one.
func (m *Model) Boundary(n *Node) ([]policy.Attached, bool) {
	if n.User == nil && n.Role == nil {
		return nil, false
	}
	b := m.identityOf(n).boundary
	return b, b != nil
}

// CallerPolicies are the policies of the caller's side that bear on a node's requests:
// its own, its boundary, that of its session, and the SCPs of its account.
func (m *Model) CallerPolicies(n *Node) []policy.Attached {
	boundary, _ := m.Boundary(n)
	out := slices.Concat(m.IdentityPolicies(n), boundary, n.SessionPolicies())
	for _, l := range m.SCPs(n.Account) {
		out = append(out, l.Policies...)
	}
	return out
}

// ResourceGrants reports whether the resource's side alone could let a
// principal in: its policy is there or unread, and it is of the principal's
// account.
func (m *Model) ResourceGrants(n *Node, action, resource string) bool {
	t := m.target(n, action, resource)
	if t.layer.State == policy.ResourceNone {
		return false
	}
	return t.account == n.Account
}

// Witnesses lists resources that decide a question about a resource pattern for
// one principal; see policy.Witnesses.
func (m *Model) Witnesses(n *Node, action, pattern string, all bool) ([]string, bool) {
	return m.WitnessesIn(n, nil, action, pattern, all)
}

// WitnessesIn is Witnesses for a session that carries something, such as tags that fill
// in variables: they pick the resource, too.
func (m *Model) WitnessesIn(n *Node, session policy.Context, action, pattern string, all bool) ([]string, bool) {
	if list := m.rootUsersMeant(n, action, pattern); len(list) > 0 {
		return list, true
	}
	var out []string
	complete, avoided := true, never(action)
	for _, q := range questionForms(n, action, pattern) {
		r, l, _ := m.request(Ask{Node: n, Action: action, Resource: q, Session: session})
		w, ok := policy.Witnesses(r, l, q, avoided, all, &m.witnesses)
		out, complete = append(out, w...), complete && ok
	}
	if p, ok := behindAccessPoint(pattern); ok {
		return m.witnessesBehind(Ask{Node: n, Action: action, Session: session}, p, out, complete, all)
	}
	return out, complete
}

// TargetNotes says what answers about a resource rest on, whoever asks.
func (m *Model) TargetNotes(action, resource string) []string {
	account := ""
	if a, ok := policy.ParseARN(resource); ok {
		account = a.Account
	}
	return m.target(&Node{Account: account}, action, resource).notes
}

// ResourcePolicies returns the policies that belong to a resource itself; none
// if they were not read.
func (m *Model) ResourcePolicies(action, resource string) []policy.Attached {
	return m.target(&Node{}, action, resource).layer.Policies
}

// ResourceDenials are the Deny statements of the RCPs that bind a resource (ORG-09).
func (m *Model) ResourceDenials(action, resource string) iter.Seq[*policy.Statement] {
	return denials(m.RCPs(m.target(&Node{}, action, resource).account))
}

// OwnerNotLoaded is the account that owns a resource, if it is known and nobody read
// what is in it; else "".
func (m *Model) OwnerNotLoaded(action, resource string) string {
	account := m.target(&Node{}, action, resource).account
	if !m.NotLoaded(account) {
		return ""
	}
	return account
}

// NotLoaded reports whether an account is known by its ID, and nobody read what is in it.
func (m *Model) NotLoaded(account string) bool {
	return policy.IsAccountID(account) && m.notLoaded(account)
}
