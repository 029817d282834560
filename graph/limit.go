package graph

import (
	"slices"

	"accesspath/policy"
)

// A Limit is a session policy that whoever issues a session passes along, so
// that the session has less than the role (STS-12): the profile of IAM Roles
// Anywhere, the scope-down policy of Cognito's guests, the task policy of
// sts:AssumeRoot. A session so limited is a node of its own, beside its role.
type Limit struct {
	Name     string // of whatever limits it; part of the node's ID
	Policies []policy.Attached
}

// open adds what a limit leaves open because a policy of it could not be read.
func (l *Limit) open(d policy.Decision) policy.Decision {
	for _, p := range l.Policies {
		if p.Document == nil {
			d.Requires = policy.And(d.Requires, policy.DataAtom("DATA:session-policy", p.Unresolved)).Simplify()
			d.Codes = insertSorted(d.Codes, "DATA:session-policy")
		}
	}
	return d
}

// limitOf makes a limit of documents. Where one could not be read it lets
// everything pass, and says so: see open.
func limitOf(name string, policies []policy.Attached) *Limit {
	l := &Limit{Name: name, Policies: policies}
	if slices.ContainsFunc(policies, func(p policy.Attached) bool { return p.Document == nil }) {
		l.Policies = append(slices.Clip(l.Policies), policy.Attached{Document: anything, Name: "session policy that was not read"})
	}
	return l
}

// limited is the node of a role's sessions under a limit.
func limited(role *Node, l *Limit) Node {
	n := *role
	n.ID, n.Limit = role.ID+"#"+l.Name, l
	return n
}

// managed is a managed policy by its ARN: of the snapshot, else of what AWS
// publishes.
func (m *Model) managed(arn, owner string) policy.Attached {
	a := policy.Attached{Name: arn, Owner: owner, Unresolved: arn}
	found := m.findManaged(arn)
	if found == nil {
		return a
	}
	if v := found.Default(); v != nil && v.Document != nil {
		a.Document, a.Source = v.Document, &v.Policy
	}
	return a
}

// Sessions lists the nodes that stand for sessions of a role or root user: the
// node itself, and those under limits.
func (g *Graph) Sessions(n NodeID) []NodeID {
	out := []NodeID{n}
	node := g.Node(n)
	if node.Role == nil && node.Kind != KindRoot || node.Limit != nil {
		return out
	}
	return append(out, g.sessions[n]...)
}

// SessionPolicies are the policies that limit a node's session; nil if none do.
func (n *Node) SessionPolicies() []policy.Attached {
	if n.Limit == nil {
		return nil
	}
	return n.Limit.Policies
}
