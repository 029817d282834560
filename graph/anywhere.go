package graph

import (
	"fmt"
	"slices"

	"accesspath/iam"
	"accesspath/policy"
)

// rolesAnywhere is the service principal of IAM Roles Anywhere.
const rolesAnywhere = "rolesanywhere.amazonaws.com"

const (
	tagSession        = "sts:TagSession"
	setSourceIdentity = "sts:SetSourceIdentity"
)

// anchorNodes are the nodes for whoever holds a certificate of a trust anchor.
func anchorNodes(a *iam.Account) []Node {
	var out []Node
	for _, t := range a.Anchors {
		out = append(out, Node{ID: t.ARN, Kind: KindAnchor, Account: a.ID, Name: t.Name, Service: rolesAnywhere})
	}
	return out
}

// profileOf is what one profile makes of a role: the limit of its sessions, nil
// if they have none.
type profileOf struct {
	profile *iam.AnywhereProfile
	limit   *Limit
}

// profiles lists the enabled profiles that hand out a role (FED-17).
func (m *Model) profiles(role *iam.Role) []profileOf {
	a := m.Snapshot.Account(role.Account)
	if a == nil {
		return nil
	}
	var out []profileOf
	names := map[string]bool{}
	for _, p := range a.Profiles {
		if !p.Enabled || !slices.Contains(p.Roles, role.ARN) {
			continue
		}
		var policies []policy.Attached
		if p.SessionPolicy != nil {
			policies = append(policies, inline(p.SessionPolicy, p.ARN, ""))
		}
		for _, arn := range p.ManagedPolicies {
			policies = append(policies, m.managed(arn, p.ARN))
		}
		of := profileOf{profile: p}
		if len(policies) > 0 {
			name := "profile/" + p.Name
			for k := 2; names[name]; k++ {
				name = fmt.Sprintf("profile/%s/%d", p.Name, k)
			}
			names[name] = true
			of.limit = limitOf(name, policies)
		}
		out = append(out, of)
	}
	return out
}

// findManaged looks for a managed policy in the snapshot, then in what AWS
// publishes; nil if it is in neither.
func (m *Model) findManaged(arn string) *iam.ManagedPolicy {
	if a, ok := policy.ParseARN(arn); ok {
		if account := m.Snapshot.Account(a.Account); account != nil {
			for _, p := range account.Policies {
				if p.ARN == arn {
					return p
				}
			}
		}
	}
	if m.Options.ManagedPolicy != nil {
		if p, ok := m.Options.ManagedPolicy(arn); ok {
			return p
		}
	}
	return nil
}

// anywhere decides whether certificates of a trust anchor get sessions of a
// role: it takes three permissions and an enabled profile that lists the role
// (FED-17). Where no input lists profiles, the service stands for all anchors.
func (m *Model) anywhere(from, to *Node) Assumption {
	a := m.Assume(from, to.Role, nil, "")
	for _, action := range []string{tagSession, setSourceIdentity} {
		more := m.Decide(Ask{Node: from, Action: action, Resource: to.Role.ARN})
		if a.Requires = policy.And(a.Requires, more.Requires).Simplify(); a.Requires.IsFalse() {
			if len(a.Causes) == 0 {
				a.deny("service-rule", "FED-17", "IAM Roles Anywhere always needs "+action+", which the trust policy does not allow")
			}
			return a
		}
	}
	account := m.Snapshot.Account(to.Account)
	switch unknown := account == nil || account.Coverage[iam.SectionAnchors] == iam.Unknown; {
	case from.Kind == KindService && unknown:
		a.Requires = policy.And(a.Requires, policy.DataAtom("DATA:profile", to.Role.ARN)).Simplify()
		a.Codes = insertSorted(a.Codes, "DATA:profile")
	case from.Kind == KindService:
		a.deny("no-principal", "FED-17", "the trust anchors of the account are known, and stand for themselves")
	case !anchorEnabled(account, from.ID):
		a.deny("service-rule", "FED-17", "the trust anchor is disabled")
	case !slices.ContainsFunc(m.profiles(to.Role), func(p profileOf) bool { return sameLimit(p.limit, to.Limit) }):
		a.deny("service-rule", "FED-17", "no enabled profile lists the role")
	}
	return a
}

func anchorEnabled(a *iam.Account, arn string) bool {
	return a != nil && slices.ContainsFunc(a.Anchors, func(t *iam.TrustAnchor) bool { return t.ARN == arn && t.Enabled })
}

func sameLimit(x, y *Limit) bool {
	return x == nil && y == nil || x != nil && y != nil && x.Name == y.Name
}
