package native

import (
	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

func (d *Decoder) identityCenter(v scan.Value, pointer string) {
	var c IdentityCenter
	if v.Absent() || !d.into(&c, v, pointer, "") {
		return
	}
	place := origin(c.Origin, false, v, pointer)
	out := iam.IdentityCenter{
		InstanceARN: c.InstanceARN, IdentityStore: c.IdentityStore, UsersState: stateOr(c.Users, c.UsersState), GroupsState: stateOr(c.Groups, c.GroupsState),
		AssignmentState: stateOr(c.Assignments, c.AssignmentsState), Origin: place,
	}
	for _, s := range c.PermissionSets {
		out.PermissionSets = append(out.PermissionSets, &iam.PermissionSet{ARN: s.ARN, Name: s.Name, Inline: d.inner(s.Inline, "inline policy", v, pointer, s.ARN),
			Managed: s.Managed, Customer: s.Customer, Boundary: s.Boundary, Origin: origin(s.Origin, false, v, pointer+"/permissionSets")})
	}
	for _, u := range c.Users {
		out.Users = append(out.Users, iam.IdentityUser(u))
	}
	for _, g := range c.Groups {
		out.Groups = append(out.Groups, iam.IdentityGroup{ID: g.ID, Name: g.Name, Members: someOf(g.Members), Known: stateOr(g.Members, g.MembersState) != iam.Unknown})
	}
	for _, a := range c.Assignments {
		out.Assignments = append(out.Assignments, iam.Assignment{Account: a.Account, PermissionSet: a.PermissionSet, PrincipalType: a.PrincipalType, Principal: a.Principal,
			Origin: origin(a.Origin, false, v, pointer+"/assignments")})
	}
	d.Part.IdentityCenter = append(d.Part.IdentityCenter, part.IdentityCenter{IdentityCenter: out})
}

// inner reads a policy inside something else; nil if there is none.
func (d *Decoder) inner(p *Policy, name string, v scan.Value, pointer, entity string) *iam.Policy {
	if p == nil {
		return nil
	}
	if p.Name != "" {
		name = p.Name
	}
	out := d.document(p.Document, name, p.Defect, p.Origin, p.Bundled, v, pointer, entity)
	out.ARN, out.Bundled = p.ARN, p.Bundled
	return out
}

func (d *Decoder) cognito(v scan.Value, pointer string) {
	var c Cognito
	if v.Absent() || !d.into(&c, v, pointer, "") {
		return
	}
	d.pools = true
	for _, p := range c.IdentityPools {
		if p.ID == "" || p.Account == "" {
			d.File.Warn(v, pointer, p.ID, "invalid-entity", "an identity pool without id or account is skipped")
			continue
		}
		d.Part.Accounts = append(d.Part.Accounts, part.Account{ID: p.Account, Pools: []*iam.IdentityPool{{
			ID: p.ID, Name: p.Name, Account: p.Account, Unauthenticated: stateOf(p.Unauthenticated), Classic: stateOf(p.Classic), RolesKnown: p.RolesKnown,
			GuestRole: p.GuestRole, SignedInRole: p.SignedInRole, Origin: origin(p.Origin, false, v, pointer),
		}}})
	}
}

func (d *Decoder) rolesAnywhere(v scan.Value, pointer string) {
	var r RolesAnywhere
	if v.Absent() || !d.into(&r, v, pointer, "") {
		return
	}
	d.anywhere = true
	for _, x := range r.TrustAnchors {
		if a := d.accountOfARN(x.ARN, v, pointer); a != nil {
			a.Anchors = []*iam.TrustAnchor{{ARN: x.ARN, Name: x.Name, Enabled: x.Enabled, Origin: origin(x.Origin, false, v, pointer)}}
		}
	}
	for _, x := range r.Profiles {
		if a := d.accountOfARN(x.ARN, v, pointer); a != nil {
			a.Profiles = []*iam.AnywhereProfile{{ARN: x.ARN, Name: x.Name, Enabled: x.Enabled, Roles: x.Roles, ManagedPolicies: x.ManagedPolicies,
				SessionPolicy: d.inner(x.SessionPolicy, "session policy", v, pointer, x.ARN), Origin: origin(x.Origin, false, v, pointer)}}
		}
	}
}

// accountOfARN adds facts about the account in an ARN, or reports that there
// is none.
func (d *Decoder) accountOfARN(arn string, v scan.Value, pointer string) *part.Account {
	id := accountOf(arn, "")
	if id == "" {
		d.File.Warn(v, pointer, arn, "no-arn", "something of IAM Roles Anywhere has no usable arn and is skipped")
		return nil
	}
	d.Part.Accounts = append(d.Part.Accounts, part.Account{ID: id})
	return &d.Part.Accounts[len(d.Part.Accounts)-1]
}
