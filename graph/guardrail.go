package graph

import (
	"slices"

	"accesspath/iam"
	"accesspath/policy"
)

// orgFacts says where an account stands (ORG-14).
func (m *Model) orgFacts(account string) policy.OrgFacts {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f, ok := m.org[account]; ok {
		return f
	}
	o := m.Snapshot.Organization
	var f policy.OrgFacts
	switch {
	case o == nil || o.ID == "" || account == "":
	case o.Member(account):
		f = policy.OrgFacts{Known: true, ID: o.ID, Path: o.OrgPath(account)}
	case m.Snapshot.Account(account).Loaded() && o.ListsAccounts():
		// Loaded, the accounts are known, and it is none of them: some other
		// organization or none.
		f = policy.OrgFacts{Known: true}
	}
	m.org[account] = f
	return f
}

// SCPs returns the guardrails on callers of an account, root first; nil if none
// apply (ORG-01 to ORG-04, ORG-15).
func (m *Model) SCPs(account string) []policy.Level {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l, ok := m.scps[account]; ok {
		return l
	}
	var levels []policy.Level
	if o := m.Snapshot.Organization; o != nil && account != o.ManagementAccount && o.SCP != iam.KnownEmpty && o.FeatureSet != "CONSOLIDATED_BILLING" {
		for _, n := range o.PathTo(account) {
			levels = append(levels, level(n, n.SCPs, n.SCPState))
		}
	}
	m.scps[account] = levels
	return levels
}

// RCPs returns the guardrails on resources of an account (ORG-09, ORG-10).
func (m *Model) RCPs(account string) []policy.Level {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l, ok := m.rcps[account]; ok {
		return l
	}
	var levels []policy.Level
	if o := m.Snapshot.Organization; o != nil && account != o.ManagementAccount && o.RCP != iam.KnownEmpty {
		for _, n := range o.PathTo(account) {
			levels = append(levels, level(n, n.RCPs, n.RCPState))
		}
	}
	m.rcps[account] = levels
	return levels
}

func level(n *iam.OrgNode, policies []*iam.Policy, state iam.State) policy.Level {
	l := policy.Level{ID: n.ID, Unknown: state == iam.Unknown}
	for _, p := range policies {
		a := inline(p, n.ID, "")
		if p.ARN != "" && p.Name == "" {
			a.Name = p.ARN
		}
		l.Policies = append(l.Policies, a)
	}
	return l
}

// Guardrails tells how far the organization's policies were read: "read",
// "partial" or "unread" (ORG-02, ORG-03).
func (m *Model) Guardrails() string {
	if m.inventory != nil {
		return m.inventory.Guardrails
	}
	return m.guardrailsRead()
}

func (m *Model) guardrailsRead() string {
	o := m.Snapshot.Organization
	if o == nil {
		return "unread"
	}
	for _, a := range m.Snapshot.Accounts {
		if !policy.IsAccountID(a.ID) || a.ID == o.ManagementAccount {
			continue
		}
		path := o.PathTo(a.ID)
		if path == nil && (o.Member(a.ID) || !o.ListsAccounts()) { // no tree was read, or not where the account is
			return "partial"
		}
		if slices.ContainsFunc(path, func(n *iam.OrgNode) bool { return n.SCPState == iam.Unknown && o.SCP != iam.KnownEmpty }) {
			return "partial"
		}
	}
	return "read"
}
