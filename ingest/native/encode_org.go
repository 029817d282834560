package native

import (
	"cmp"
	"slices"

	"accesspath/iam"
)

// organization writes the tree from its root. What hangs on nothing, or on
// itself, is listed apart.
func organization(o *iam.Organization) *Organization {
	out := &Organization{
		ID: o.ID, ManagementAccountID: o.ManagementAccount, FeatureSet: o.FeatureSet,
		ServiceControlPolicies: known(o.SCP), ResourceControlPolicies: known(o.RCP), RootSessions: known(o.RootSessions), RootCredentials: known(o.RootCredentials), Origin: Origin(o.Origin),
	}
	seen := map[*iam.Policy]bool{}
	for _, n := range o.Nodes {
		for _, p := range append(slices.Clone(n.SCPs), n.RCPs...) {
			if !seen[p] && p.ARN != "" {
				seen[p] = true
				out.Policies = append(out.Policies, placed(p))
			}
		}
	}
	slices.SortStableFunc(out.Policies, func(a, b Policy) int { return cmp.Or(cmp.Compare(a.ARN, b.ARN), cmp.Compare(a.Name, b.Name)) })
	for _, a := range o.DelegatedAdmins {
		out.DelegatedAdmins = append(out.DelegatedAdmins, DelegatedAdmin{Account: a.Account, Services: a.Services})
	}
	t := treeEncoder{kids: map[string][]*iam.OrgNode{}, done: map[string]bool{}}
	for _, n := range o.Nodes {
		if n.ParentID != "" {
			t.kids[n.ParentID] = append(t.kids[n.ParentID], n)
		}
	}
	for _, n := range o.Nodes {
		if n.Kind == "root" && n.ParentID == "" && out.Root == nil {
			root := t.branch(n, 0)
			out.Root = &root
		}
	}
	for _, n := range o.Nodes {
		if !t.done[n.ID] {
			alone := orgNode(n)
			alone.Kind, alone.ParentID = n.Kind, n.ParentID
			out.Detached = append(out.Detached, alone)
		}
	}
	return out
}

type treeEncoder struct {
	kids map[string][]*iam.OrgNode
	done map[string]bool
}

func (t *treeEncoder) branch(n *iam.OrgNode, depth int) OrgNode {
	t.done[n.ID] = true
	out := orgNode(n)
	if depth >= maxTree {
		return out
	}
	for _, k := range t.kids[n.ID] {
		switch {
		case t.done[k.ID] || k.Kind == "root":
		case k.Kind == "account":
			out.Accounts = append(out.Accounts, t.branch(k, depth+1))
		default:
			out.Units = append(out.Units, t.branch(k, depth+1))
		}
	}
	return out
}

func orgNode(n *iam.OrgNode) OrgNode {
	out := OrgNode{ID: n.ID, Name: n.Name, Status: n.Status}
	out.SCPs, out.SCPState = refs(n.SCPs, n.SCPState)
	out.RCPs, out.RCPState = refs(n.RCPs, n.RCPState)
	return out
}

func refs(all []*iam.Policy, s iam.State) ([]OrgPolicyRef, State) {
	if s == iam.Unknown && len(all) == 0 {
		return nil, ""
	}
	out := []OrgPolicyRef{}
	for _, p := range all {
		if p.ARN == "" {
			// A name alone does not tell policies apart.
			own := placed(p)
			out = append(out, OrgPolicyRef{Policy: &own})
			continue
		}
		out = append(out, OrgPolicyRef{Name: p.ARN})
	}
	if s == iam.Unknown {
		return out, state(s)
	}
	return out, ""
}
