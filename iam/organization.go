package iam

import (
	"cmp"
	"slices"
	"strings"
)

// An Organization is the tree of an AWS organization with its guardrails.
type Organization struct {
	ID                string // o-…
	ManagementAccount string // account ID
	FeatureSet        string // "ALL" or "CONSOLIDATED_BILLING"; "" unknown
	Nodes             []*OrgNode
	SCP, RCP          State // Present: type enabled; KnownEmpty: disabled (ORG-15); Unknown
	DelegatedAdmins   []DelegatedAdmin
	RootSessions      State // Present: feature enabled (ROOT-06)
	// RootCredentials tells whether root credentials of members are managed
	// centrally, the feature RootCredentialsManagement (ROOT-04, IN-17).
	RootCredentials State
	Origin          Origin
}

// OrgNode is a root, an organizational unit or an account.
type OrgNode struct {
	ID       string // r-…, ou-…, or the account ID
	Kind     string // "root", "unit" or "account"
	Name     string
	ParentID string // "" for a root, and where the tree is unknown
	Status   string // of accounts
	SCPs     []*Policy
	RCPs     []*Policy
	SCPState State // are the attachments known?
	RCPState State
}

// DelegatedAdmin is an account that administers a service for the organization.
type DelegatedAdmin struct {
	Account  string
	Services []string // service principals
}

// Node returns the node with that id, or nil. A hit takes logarithmic time if
// the nodes are sorted by id, as those of a finished Snapshot are.
func (o *Organization) Node(id string) *OrgNode {
	if o == nil {
		return nil
	}
	if i, ok := slices.BinarySearchFunc(o.Nodes, id, func(n *OrgNode, id string) int { return cmp.Compare(n.ID, id) }); ok {
		return o.Nodes[i]
	}
	for _, n := range o.Nodes {
		if n.ID == id {
			return n
		}
	}
	return nil
}

// Member reports whether the account is known to belong to the organization.
// The management account is a member (ORG-14). The id of the organization stands
// for any of its accounts.
func (o *Organization) Member(account string) bool {
	return o != nil && (account == o.ManagementAccount || account == o.ID || o.Node(account) != nil)
}

// ListsAccounts reports whether accounts were read, so that one that is not among them
// belongs to another organization or to none (ORG-14). Roots and units alone say nothing
// of that.
func (o *Organization) ListsAccounts() bool {
	return o != nil && slices.ContainsFunc(o.Nodes, func(n *OrgNode) bool { return n.Kind == "account" })
}

// PathTo returns the levels from the root to the account, root first, or nil if
// the tree does not say (ORG-03). Cycles in hostile input end the walk.
func (o *Organization) PathTo(account string) []*OrgNode {
	n := o.Node(account)
	var up []*OrgNode
	for n != nil && len(up) < 32 {
		up = append(up, n)
		if n.Kind == "root" {
			slices.Reverse(up)
			return up
		}
		n = o.Node(n.ParentID)
	}
	return nil
}

// OrgPath returns the value of aws:PrincipalOrgPaths for an account, such as
// "o-ex/r-1/ou-1-2/" (ORG-14), or "" if the tree does not say.
func (o *Organization) OrgPath(account string) string {
	path := o.PathTo(account)
	if path == nil {
		return ""
	}
	var b strings.Builder
	b.WriteString(o.ID + "/")
	for _, n := range path[:len(path)-1] {
		b.WriteString(n.ID + "/")
	}
	return b.String()
}
