package graph

import "slices"

// specials tries services, federation, outsiders and the public.
func (e *roleEdges) specials(s *sources) {
	g := e.b.g
	if _, ok := e.role.PermissionSet(); ok {
		e.center()
		s = &sources{arns: s.arns, accounts: s.accounts, any: s.any, unread: s.unread, services: s.services}
	}
	for _, p := range s.federated {
		e.try(g.ids[p], Federates)
	}
	if slices.Contains(s.federated, cognito) {
		e.tryID(GuestsID, Federates)
	}
	e.carriers(s)
	for _, account := range s.accounts {
		if n, ok := g.ids[AccountNodeID(account)]; ok {
			e.try(n, CanAssume)
		}
	}
	if s.any && !s.unread {
		e.try(g.ids[PublicID], CanAssume)
		if a := g.Model.AssumeByAnyProvider(e.role); !a.Requires.IsFalse() {
			e.out = append(e.out, built{tail: uint32(g.ids[PublicID]), head: e.head, kind: Federates, req: a.Requires})
		}
	}
}

// center tries whom Identity Center lets use the role's permission set: it alone
// issues these sessions (IDC-02).
func (e *roleEdges) center() {
	m := e.b.g.Model
	set, _ := e.role.PermissionSet()
	e.tryID("idc:"+set, Federates)
	seen := map[string]bool{}
	for _, a := range m.assignments(e.role) {
		for _, n := range m.center.principals(a) {
			if !seen[n.ID] {
				seen[n.ID] = true
				e.tryID(n.ID, Federates)
			}
		}
	}
}

// carriers tries services, and what they run.
func (e *roleEdges) carriers(s *sources) {
	g := e.b.g
	for _, svc := range s.services {
		if !isEC2(svc) || len(e.role.InstanceProfiles) == 0 {
			e.tryID(svc, ServiceCarries)
		} else {
			for _, p := range e.role.InstanceProfiles {
				e.tryID(p.ARN, ServiceCarries)
			}
		}
		if svc != rolesAnywhere {
			continue
		}
		if a := g.Model.Snapshot.Account(e.role.Account); a != nil {
			for _, t := range a.Anchors {
				e.tryID(t.ARN, ServiceCarries)
			}
		}
	}
	for _, c := range g.Model.compute[e.role.ARN] {
		e.tryID(ComputeID(c.ARN), ServiceCarries)
	}
}
