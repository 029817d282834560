package escalate

import (
	"slices"

	"accesspath/graph"
	"accesspath/policy"
)

// lend tries what a role can do to those who may assume it: they take the role, change
// themselves with it, and go on as they are then. The walk by itself would go on as the
// role.
func (s *trial) lend(role *actor) {
	if role.node.Role == nil || !slices.ContainsFunc(s.entries, func(e *numbered) bool { return lent(e) && role.mayTry(e) }) || s.reigns(role) {
		return
	}
	for _, m := range role.members {
		if m >= s.first() {
			continue
		}
		for edge := range s.g.In(m) {
			n := s.g.Node(edge.From)
			if edge.Kind == graph.CanAssume && edge.From != m && n.Account == role.account.ID && entityOf(n) != nil && s.ctx.Err() == nil {
				s.through(role, edge, n)
			}
		}
	}
}

// lent reports whether an entry is about what IAM keeps of the actor itself.
func lent(e *numbered) bool {
	return e.aboutSelf() && e.Target != "guarded-self" && e.Gain != "resource" && e.Gain != "resource-tag"
}

// reigns reports whether nothing is gained by changes that the role makes: it may do
// everything already, or after a change to itself, and neither its policies nor a guardrail
// that spares others limit it. What a resource's policy denies to the role is not looked at.
func (s *trial) reigns(role *actor) bool {
	if _, bounded := s.g.Model.Boundary(role.node); bounded || role.account.exempts {
		return false
	}
	if slices.ContainsFunc(s.g.Model.IdentityPolicies(role.node), func(p policy.Attached) bool { return p.Document == nil || s.relevanceOf(p.Document).denies }) {
		return false
	}
	return role.full || slices.ContainsFunc(s.found, func(o outcome) bool {
		return o.change != nil && o.change.label == everythingLabel && o.node == o.by.id && o.v.requires.IsTrue()
	})
}

// through lets one who may assume a role change itself with it.
func (s *trial) through(role *actor, edge graph.Edge, n *graph.Node) {
	p := newActor(edge.From, n, role.account)
	s.readAllows(p)
	assume := answered(edge.Requires, "sts:AssumeRole", s.g.Node(edge.To).ID)
	for _, e := range s.entries {
		if !lent(e) || !role.mayTry(e) || p.pointless(e.Entry) {
			continue
		}
		for _, t := range s.targetsOf(p, e.Entry) {
			a := &attempt{s: s.search, e: e.Entry, by: role, t: t, given: t.given, first: t.first}
			if p.full && !a.frees() {
				continue
			}
			for _, o := range a.outcomes() {
				if o.v.requires.Mentions(ofSession) {
					continue // the walk would read them in the session of the one who assumes the role
				}
				o.by, o.v = p, assume.and(o.v)
				if o.v.requires = o.v.requires.Simplify(); !o.v.requires.IsFalse() {
					s.found = append(s.found, o)
				}
			}
		}
	}
}

// ofSession reports whether an atom is about the session that makes the request.
func ofSession(a *policy.Atom) bool {
	switch a.Class {
	case policy.ClassNone, policy.ClassSession, policy.ClassPrincipal, policy.ClassMFA, policy.ClassIDP:
		return true
	}
	return false
}
