package graph

import "accesspath/iam"

// An Inventory counts what a snapshot holds.
type Inventory struct {
	Users, Groups, Roles int
	Resources            int
	Unresolved, Bundled  int    // managed policies that no input has: not known at all, and taken from the bundled data
	Guardrails           string // see Model.Guardrails
	OthersMFA            bool   // see othersMFA
}

// Inventory counts what the snapshot holds.
func (m *Model) Inventory() Inventory {
	if m.inventory != nil {
		return *m.inventory
	}
	var v Inventory
	unresolved, bundled := map[string]bool{}, map[string]bool{}
	for _, a := range m.Snapshot.Accounts {
		v.Users, v.Groups, v.Roles = v.Users+len(a.Users), v.Groups+len(a.Groups), v.Roles+len(a.Roles)
		countPolicies(a, unresolved, bundled)
	}
	v.Resources = len(m.Snapshot.Resources)
	v.Unresolved, v.Bundled, v.Guardrails = len(unresolved), len(bundled), m.guardrailsRead()
	v.OthersMFA = othersMFA(m.Snapshot)
	return v
}

func countPolicies(a *iam.Account, unresolved, bundled map[string]bool) {
	for e := range a.Entities() {
		list := e.Attached
		if e.Boundary != nil {
			list = append(list[:len(list):len(list)], e.Boundary)
		}
		for _, at := range list {
			switch {
			case at.Policy == nil:
				unresolved[at.ARN] = true
			case at.Policy.Bundled:
				bundled[at.ARN] = true
			}
		}
	}
}
