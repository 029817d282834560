package graph

import (
	"slices"

	"accesspath/policy"
)

// Obtain decides how one node gets to another by one call: Assume for all that
// holds or wants a role, and the like of it for sessions that are no roles.
// session is what the caller's own session carries; nil leaves it open.
func (m *Model) Obtain(from, to *Node, session policy.Context) Assumption {
	return m.obtain(from, to, Ask{Session: session})
}

// obtain is Obtain; of ask it takes what goes beyond who obtains what.
func (m *Model) obtain(from, to *Node, ask Ask) Assumption {
	switch {
	case to.Kind == KindRootSession:
		return m.obtainRoot(from, to)
	case to.Kind == KindFederatedUser:
		return Assumption{Action: federationToken, Decision: m.Federate(TokenRequest(from, to))}
	case to.Role == nil:
		var a Assumption
		a.deny("service-rule", "TRUST-01", "only roles can be assumed")
		return a
	}
	switch from.Kind {
	case KindGuests:
		return m.asGuest(to)
	case KindIdentityCenter, KindIDCUser, KindIDCGroup:
		return m.assigned(from, to.Role)
	case KindAnchor:
		return m.anywhere(from, to)
	}
	if to.Limit != nil {
		a := Assumption{Action: "sts:AssumeRole"}
		a.deny("no-principal", "STS-12", "only whoever limits these sessions issues them")
		return a
	}
	switch {
	case from.ID == rolesAnywhere:
		return m.anywhere(from, to)
	case from.Kind == KindCompute, from.Kind == KindService, from.Kind == KindInstanceProfile:
		return m.carried(from, to, ask)
	case from.Kind == KindFederated && from.ID == cognito:
		return m.asUser(to)
	}
	return m.assume(from, to.Role, ask)
}

// Enter is Obtain of a session of a role, with limits or without. What else than the
// trust policy decides counts where whoever calls is of a service that the role's account
// has settings of: IAM Roles Anywhere, and Cognito's guests (FED-13, FED-17).
func (g *Graph) Enter(from *Node, role NodeID, session policy.Context) Assumption {
	switch from.Kind {
	case KindAnchor, KindGuests, KindIdentityCenter, KindIDCUser, KindIDCGroup:
	default:
		if from.ID != rolesAnywhere && from.ID != cognito {
			return g.Model.Assume(from, g.Node(role).Role, session, "")
		}
	}
	var out Assumption
	for i, head := range g.Sessions(role) {
		a := g.Model.Obtain(from, g.Node(head), session)
		switch {
		case i == 0 || out.Requires.IsFalse() && !a.Requires.IsFalse():
			out = a
		case !a.Requires.IsFalse():
			out.Requires = policy.Or(out.Requires, a.Requires).Simplify()
			for _, code := range a.Codes {
				out.Codes = insertSorted(out.Codes, code)
			}
		}
	}
	return out
}

// asUser is what users of identity pools who signed in have to meet (FED-12).
func (m *Model) asUser(to *Node) Assumption {
	a := m.tokenOf(to.Role)
	if a.Requires.IsFalse() {
		return a
	}
	if a.Requires = asSignedIn(a.Requires); a.Requires.IsFalse() {
		a.deny("resource", "FED-12", "the trust policy lets guests in, and nobody who signed in")
	}
	return a
}

// known is what is settled about the conditions of a node's requests.
func (m *Model) known(n *Node) policy.Context {
	var own policy.Context
	switch {
	case n.Supposed != nil && n.Supposed.Known != nil:
		own = n.Supposed.Known
	case n.Compute != nil && n.Compute.Pod != nil:
		own = podTags(n.Compute)
	case n.Kind == KindAnchor:
		own = policy.MapContext{"aws:sourcearn": policy.Is(n.ID), "aws:sourceaccount": policy.Is(n.Account)}
	case n.Kind == KindRootSession:
		own = policy.MapContext{"aws:assumedroot": policy.Is("true")}
	default:
		return m.Options.Overrides
	}
	return policy.Overlay{own, m.Options.Overrides}
}

// limits are the nodes for sessions of a role that whoever issues them limits.
func (b *builder) limits(n *Node, s *sources) []Node {
	var out []Node
	if slices.Contains(s.federated, cognito) {
		out = append(out, limited(n, guestLimit()))
	}
	if slices.Contains(s.services, rolesAnywhere) {
		for _, p := range b.g.Model.profiles(n.Role) {
			if p.limit != nil {
				out = append(out, limited(n, p.limit))
			}
		}
	}
	return out
}
