package native

import (
	"accesspath/iam"
)

func identityCenter(c *iam.IdentityCenter) *IdentityCenter {
	out := &IdentityCenter{InstanceARN: c.InstanceARN, IdentityStore: c.IdentityStore, Origin: Origin(c.Origin)}
	for _, s := range c.PermissionSets {
		out.PermissionSets = append(out.PermissionSets, PermissionSet{ARN: s.ARN, Name: s.Name, Inline: inner(s.Inline), Managed: s.Managed,
			Customer: s.Customer, Boundary: s.Boundary, Origin: Origin(s.Origin)})
	}
	out.Users, out.UsersState = listed(c.Users, c.UsersState, func(u iam.IdentityUser) IdentityUser { return IdentityUser(u) })
	out.Groups, out.GroupsState = listed(c.Groups, c.GroupsState, identityGroup)
	out.Assignments, out.AssignmentsState = listed(c.Assignments, c.AssignmentState, func(a iam.Assignment) Assignment {
		return Assignment{Account: a.Account, PermissionSet: a.PermissionSet, PrincipalType: a.PrincipalType, Principal: a.Principal, Origin: Origin(a.Origin)}
	})
	return out
}

func identityGroup(g iam.IdentityGroup) IdentityGroup {
	out := IdentityGroup{ID: g.ID, Name: g.Name}
	s := iam.Unknown
	if g.Known {
		s = iam.Present
		if len(g.Members) == 0 {
			s = iam.KnownEmpty
		}
	}
	out.Members, out.MembersState = listed(g.Members, s, func(id string) string { return id })
	return out
}

// inner writes a policy that stands inside something else.
func inner(p *iam.Policy) *Policy {
	if p == nil {
		return nil
	}
	out := placed(p)
	return &out
}

// cognito collects the pools of all accounts; nil if there are none.
func cognito(s *iam.Snapshot) *Cognito {
	var out Cognito
	for _, a := range s.Accounts {
		for _, p := range a.Pools {
			out.IdentityPools = append(out.IdentityPools, IdentityPool{ID: p.ID, Name: p.Name, Account: a.ID, Unauthenticated: known(p.Unauthenticated),
				Classic: known(p.Classic), RolesKnown: p.RolesKnown, GuestRole: p.GuestRole, SignedInRole: p.SignedInRole, Origin: Origin(p.Origin)})
		}
	}
	if out.IdentityPools == nil {
		return nil
	}
	return &out
}

// rolesAnywhere collects the settings of all accounts; nil if there are none.
func rolesAnywhere(s *iam.Snapshot) *RolesAnywhere {
	var out RolesAnywhere
	for _, a := range s.Accounts {
		for _, x := range a.Anchors {
			out.TrustAnchors = append(out.TrustAnchors, TrustAnchor{ARN: x.ARN, Name: x.Name, Enabled: x.Enabled, Origin: Origin(x.Origin)})
		}
		for _, x := range a.Profiles {
			out.Profiles = append(out.Profiles, AnywhereProfile{ARN: x.ARN, Name: x.Name, Enabled: x.Enabled, Roles: x.Roles, SessionPolicy: inner(x.SessionPolicy),
				ManagedPolicies: x.ManagedPolicies, Origin: Origin(x.Origin)})
		}
	}
	if out.TrustAnchors == nil && out.Profiles == nil {
		return nil
	}
	return &out
}
