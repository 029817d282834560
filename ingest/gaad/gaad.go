// Package gaad decodes the entities of iam:GetAccountAuthorizationDetails, one
// at a time, into the inventory types. What surrounds them (pages, envelopes,
// compression, XML) is undone before; what they refer to is resolved after.
//
// Rules: GAAD-01 to GAAD-05, GAAD-12, GAAD-15 to GAAD-17, GAAD-20, GAAD-21.
package gaad

import (
	"strings"
	"time"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

// The lists of a page (GAAD-01).
const (
	Users    = "UserDetailList"
	Groups   = "GroupDetailList"
	Roles    = "RoleDetailList"
	Policies = "Policies"
)

var lists = scan.NewNames(Users, Groups, Roles)

// ListOf returns the AWS spelling of a list that only GAAD has, or "".
// Policies is no such list: other outputs have it too, and IsPolicy tells.
func ListOf(name []byte) string { return lists.Of(name) }

// A Decoder turns entities into the facts of one file.
type Decoder struct {
	File    *scan.File
	Part    *part.Part
	Page    *part.Page
	Account string // that the surroundings name; "" if none
}

// Entity decodes one element of a list. If that fails there is something of which
// nothing is known, as if a page were missing (GAAD-08).
func (d *Decoder) Entity(list string, v scan.Value, pointer string) {
	before := d.Part.Facts()
	defer func() { d.Part.Broken = d.Part.Broken || d.Part.Facts() == before }()
	if v.Kind() != '{' {
		d.File.Warn(v, pointer, "", "invalid-entity", "found %s in %s, want an object; it is skipped", v.Describe(), list)
		return
	}
	switch list {
	case Users:
		d.user(v, pointer, false)
	case Groups:
		d.group(v, pointer)
	case Roles:
		d.role(v, pointer, false)
	case Policies:
		d.policy(v, pointer)
	}
}

var entityFields = scan.NewNames(
	"UserName", "GroupName", "RoleName", "Arn", "UserId", "GroupId", "RoleId", "Path", "CreateDate",
	"UserPolicyList", "GroupPolicyList", "RolePolicyList", "GroupList", "AttachedManagedPolicies",
	"PermissionsBoundary", "Tags", "AssumeRolePolicyDocument", "InstanceProfileList", "RoleLastUsed", "MaxSessionDuration", "Description",
)

// raw is an entity before its documents are read, which need its ARN.
type raw struct {
	e                                        iam.Entity
	inline, attached, groups, boundary, tags list
	trust, profiles                          list
	again                                    []repeated
	trustTwice                               bool
	lastUsed                                 scan.Value
	maxSession                               int
	description                              string
}

// The kinds of entities: the word in the ARN and in messages.
const (
	User  = "user"
	Group = "group"
	Role  = "role"
)

// entity reads what users, groups and roles have in common; ok is false if
// there is no telling which entity it is.
func (d *Decoder) entity(v scan.Value, pointer, kind string) (r raw, ok bool) {
	e := &r.e
	for name, m := range v.Members() {
		switch entityFields.Of(name) {
		case "UserName", "GroupName", "RoleName":
			e.Name = m.Text()
		case "Arn":
			e.ARN = strings.TrimSpace(m.Text())
		case "UserId", "GroupId", "RoleId":
			e.UniqueID = m.Text()
		case "Path":
			e.Path = d.File.Intern(m)
		case "CreateDate":
			e.Created = d.date(m, pointer, name, e.ARN)
		case "UserPolicyList", "GroupPolicyList", "RolePolicyList":
			r.put(&r.inline, m, pointer, name)
		case "GroupList":
			r.put(&r.groups, m, pointer, name)
		case "AttachedManagedPolicies":
			r.put(&r.attached, m, pointer, name)
		case "PermissionsBoundary":
			r.put(&r.boundary, m, pointer, name)
		case "Tags":
			r.put(&r.tags, m, pointer, name)
		case "AssumeRolePolicyDocument":
			r.put(&r.trust, m, pointer, name)
		case "InstanceProfileList":
			r.put(&r.profiles, m, pointer, name)
		case "RoleLastUsed":
			r.lastUsed = m
		case "MaxSessionDuration":
			r.maxSession = m.Int()
		case "Description":
			r.description = m.Text()
		}
	}
	e.Origin = v.Origin(pointer)
	if !d.identify(e, kind, v, pointer) {
		return r, false
	}
	d.inline(r.inline, e)
	d.attachments(r.attached, e)
	e.Boundary = d.boundary(r.boundary, e.ARN)
	e.Tags = d.tags(r.tags, e.ARN)
	for _, x := range r.again {
		d.repeated(&r, x)
	}
	return r, true
}

// identify settles ARN, name, path and account from each other.
func (d *Decoder) identify(e *iam.Entity, kind string, v scan.Value, pointer string) bool {
	name, path := e.Name, e.Path
	if Identify(e, kind) {
		if name != "" && name != e.Name || path != "" && path != e.Path {
			d.File.Warn(v, pointer, e.ARN, "name-differs", "its name and path are %q and %q besides; those of its Arn are used", scan.Clip(name), scan.Clip(path))
		}
		return true
	}
	if e.ARN != "" || e.Name == "" || d.Account == "" {
		d.File.Report(iam.Diagnostic{Severity: iam.Error, Code: "no-arn", Origin: v.Origin(pointer), Entity: e.Name,
			Message: "a " + kind + " has no usable Arn" + quoted(e.ARN) + " and is skipped", Hint: "export it again with its Arn"})
		return false
	}
	if e.Path == "" {
		e.Path = "/"
	}
	e.Account = d.Account
	e.ARN = "arn:aws:iam::" + e.Account + ":" + kind + e.Path + e.Name
	d.File.Warn(v, pointer, e.ARN, "no-arn", "a %s has no Arn; it is taken from the account and the name", kind)
	return true
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return " (\"" + scan.Clip(s) + "\")"
}

// Identify takes account, name and path from the ARN, which is what an entity is
// known by (GAAD-10). It reports false if the ARN is not that of a user, group or
// role, as kind says.
func Identify(e *iam.Entity, kind string) bool {
	arn, ok := policy.ParseARN(e.ARN)
	path, isKind := strings.CutPrefix(arn.Resource, kind)
	if !ok || arn.Service != "iam" || arn.Account == "" || !isKind || !strings.HasPrefix(path, "/") || strings.HasSuffix(path, "/") {
		return false
	}
	i := strings.LastIndexByte(path, '/')
	e.Account, e.Name, e.Path = arn.Account, path[i+1:], path[:i+1]
	return true
}

// User decodes an element of list-users or the answer of get-user, which do not
// have the user's policies.
func (d *Decoder) User(v scan.Value, pointer string) { d.user(v, pointer, true) }

func (d *Decoder) user(v scan.Value, pointer string, partial bool) {
	r, ok := d.entity(v, pointer, User)
	if !ok {
		return
	}
	u := &iam.User{Entity: r.e}
	u.Partial = partial
	for _, l := range r.all("GroupList", r.groups) {
		d.groups(l, u)
	}
	d.Part.Users = append(d.Part.Users, u)
	if d.Page != nil {
		d.seen(&u.Entity)
	}
}

func (d *Decoder) group(v scan.Value, pointer string) {
	r, ok := d.entity(v, pointer, Group)
	if !ok {
		return
	}
	g := &iam.Group{Entity: r.e}
	g.Tags = nil // groups have none (GAAD-02)
	d.Part.Groups = append(d.Part.Groups, g)
	d.seen(&g.Entity)
}

func (d *Decoder) seen(e *iam.Entity) {
	d.Page.AddAccount(e.Account)
	if e.Boundary != nil {
		d.Part.Boundaries = true
	}
}

// role decodes a RoleDetail, or with partial a Role that is only referred to
// or lacks its policies (GAAD-17, IN-07).
func (d *Decoder) role(v scan.Value, pointer string, partial bool) *iam.Role {
	r, ok := d.entity(v, pointer, Role)
	if !ok {
		return nil
	}
	role := &iam.Role{Entity: r.e, MaxSession: r.maxSession, Description: r.description}
	role.Partial = partial
	role.Trust = d.trust(&r)
	d.lastUsed(role, r.lastUsed, pointer)
	for _, l := range r.all("InstanceProfileList", r.profiles) {
		for i, p := range d.elements(l, role.ARN) {
			if profile := d.profile(p, l.place(i), role); profile != nil {
				role.InstanceProfiles = append(role.InstanceProfiles, profile)
			}
		}
	}
	d.Part.Roles = append(d.Part.Roles, role)
	if d.Page != nil {
		d.seen(&role.Entity)
	}
	return role
}

// Role decodes an element of list-roles or the answer of get-role (IN-07).
func (d *Decoder) Role(v scan.Value, pointer string) *iam.Role { return d.role(v, pointer, true) }

// lastUsed reads RoleLastUsed; an empty object is known to mean "not within
// the tracking period" (GAAD-16).
func (d *Decoder) lastUsed(role *iam.Role, v scan.Value, pointer string) {
	if v.Kind() != '{' {
		return
	}
	role.LastUsedKnown = true
	role.LastUsed = d.date(v.Get("LastUsedDate"), pointer+"/RoleLastUsed", []byte("LastUsedDate"), role.ARN)
	role.LastUsedRegion = d.File.Intern(v.Get("Region"))
}

// date reads the member name of what is at pointer.
func (d *Decoder) date(v scan.Value, pointer string, name []byte, entity string) time.Time {
	t, ok := v.Time()
	if !ok {
		d.File.Warn(v, scan.Join(pointer, name), entity, "invalid-date", "%q is no date and counts as unknown", scan.Clip(v.Text()))
	}
	return t
}

// Page decodes a page that is at hand as a whole, about a given account.
func Page(f *scan.File, p *part.Part, v scan.Value, pointer, account string) {
	d := Decoder{File: f, Part: p, Page: &part.Page{}, Account: account}
	d.Page.AddAccount(account)
	for name, m := range v.Members() {
		at := scan.Join(pointer, name)
		list := ListOf(name)
		switch scan.Fold(name) {
		case "policies":
			list = Policies
		case "istruncated":
			d.Page.Truncated = d.Page.Truncated || m.Bool()
		case "marker", "nexttoken":
			d.Page.Truncated = d.Page.Truncated || m.Text() != ""
		}
		if list == "" {
			continue
		}
		d.Page.Lists = append(d.Page.Lists, list)
		for i, e := range m.Elements() {
			d.Entity(list, e, scan.Index(at, i))
		}
	}
	p.Pages = append(p.Pages, *d.Page)
}
