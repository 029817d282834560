package graph

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// identity is the identity side of a user or role, made once.
type identity struct {
	policies []policy.Attached
	boundary []policy.Attached
	tags     []policy.Tag
	missing  []string // groups that are not in the snapshot (GAAD-14)
}

// identityOf returns the identity-side layers of a user or role node.
func (m *Model) identityOf(n *Node) *identity {
	var key any = n.User
	if n.Role != nil {
		key = n.Role
	}
	if id, ok := m.layers.Load(key); ok {
		return id.(*identity)
	}
	id, _ := m.layers.LoadOrStore(key, newIdentity(n))
	return id.(*identity)
}

func newIdentity(n *Node) *identity {
	id := &identity{}
	var e *iam.Entity
	if n.Role != nil {
		e = &n.Role.Entity
	} else {
		e = &n.User.Entity
	}
	size := len(e.Inline) + len(e.Attached)
	if n.User != nil {
		for _, g := range n.User.Groups {
			size += len(g.Inline) + len(g.Attached)
		}
	}
	id.policies = slices.Grow(id.policies, size)
	id.add(e, "")
	if n.User != nil {
		for _, g := range n.User.Groups {
			id.add(&g.Entity, g.ARN)
		}
		id.findMissingGroups(n.User)
	}
	if e.Boundary != nil {
		id.boundary = []policy.Attached{attachment(e.Boundary, e.ARN, "")}
	}
	if e.Partial {
		// Known by a reference alone: what it may do is not known (GAAD-17, CONV-03).
		id.policies = append(id.policies, policy.Attached{Unresolved: "the policies of " + e.ARN, Name: "policies", Owner: e.ARN})
	}
	id.tags = iam.PolicyTags(e.Tags)
	return id
}

func (id *identity) add(e *iam.Entity, via string) {
	for _, p := range e.Inline {
		id.policies = append(id.policies, inline(p, e.ARN, via))
	}
	for _, a := range e.Attached {
		id.policies = append(id.policies, attachment(a, e.ARN, via))
	}
}

// findMissingGroups leaves the policies of a group that is not in the snapshot
// open: they may allow (GAAD-14).
func (id *identity) findMissingGroups(u *iam.User) {
	for _, name := range u.GroupNames {
		known := slices.ContainsFunc(u.Groups, func(g *iam.Group) bool { return strings.EqualFold(g.Name, name) })
		if !known {
			id.missing = append(id.missing, name)
			id.policies = append(id.policies, policy.Attached{Unresolved: policy.MissingGroup(name), Name: name, Owner: u.ARN})
		}
	}
}

func inline(p *iam.Policy, owner, via string) policy.Attached {
	a := policy.Attached{Document: p.Document, Name: p.Name, Owner: owner, Via: via, Source: p}
	if p.Document == nil {
		a.Unresolved = p.Name + " of " + owner
	}
	return a
}

func attachment(at *iam.Attachment, owner, via string) policy.Attached {
	a := policy.Attached{Name: at.ARN, Owner: owner, Via: via, Unresolved: at.ARN}
	if at.Policy == nil {
		return a
	}
	if v := at.Policy.Default(); v != nil {
		a.Document, a.Source = v.Document, &v.Policy
	}
	return a
}

// identityLayers fills in the caller's side.
func (m *Model) identityLayers(n *Node, l *policy.Layers) []policy.Tag {
	switch n.Kind {
	case KindUser, KindRole:
		id := m.identityOf(n)
		l.Identity, l.Boundary, l.HasBoundary = id.policies, id.boundary, id.boundary != nil
		l.SCPs = m.guardrails(n)
		if n.Limit != nil {
			l.Session, l.HasSession = n.Limit.Policies, true
		}
		return id.tags
	case KindRoot:
		l.SCPs = m.SCPs(n.Account)
	case KindRootSession:
		l.SCPs = m.SCPs(n.Account)
		l.Session, l.HasSession = n.Limit.Policies, true
	case KindFederatedUser:
		return m.federatedUserLayers(n, l)
	case KindAccount, KindExternal:
		l.IdentityUnknown = n.Account
		l.SCPs = m.SCPs(n.Account) // of members whose principals nobody read (ORG-06)
	case KindPublic:
		// Anybody can grant themselves everything in an account of their own.
		l.Identity = []policy.Attached{{Document: anything, Name: "the caller's own account"}}
	}
	return nil
}

// untold reports whether no input describes the user or federated user that acts: what
// tags it has is not known (PRINC-11, STS-10).
func (n *Node) untold() bool {
	return n.Kind == KindExternal || n.Kind == KindFederatedUser && n.Issuer == ""
}
