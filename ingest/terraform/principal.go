package terraform

import (
	"fmt"
	"strconv"

	"accesspath/iam"
	"accesspath/ingest/internal/declared"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// nameOf is the name in an attribute, or a placeholder for one that AWS or
// Terraform makes up at apply.
func (d *decoder) nameOf(r *resource, attr string) string {
	name, unknown := d.text(r, attr)
	if name != "" {
		return name
	}
	if unknown == "" {
		unknown = r.address + "." + attr
	}
	place := declared.Placeholder(r.address)
	d.Unknown(r.origin(), r.address, "its name is not known (%s); it stands under the name %s, which no policy can mean", unknown, place)
	return place
}

// entity makes the common part of a user, group or role.
func (d *decoder) entity(r *resource, kind string) iam.Entity {
	h := d.homeOf(r)
	var e iam.Entity
	known, _ := d.known(r, "arn")
	if account, path, name, ok := declared.KnownARN(known, kind); ok { // Terraform knows better
		e = iam.Entity{ARN: known, Name: name, Path: path, Account: account, Origin: r.origin()}
	} else {
		path, unknown := d.text(r, "path")
		if unknown != "" {
			d.Unknown(r.origin(), r.address, "its path is not known (%s) and taken as /", unknown)
		}
		e = h.Entity(kind, path, d.nameOf(r, "name"), r.origin())
	}
	e.UniqueID, _ = d.known(r, "unique_id")
	e.Created = timeOf(r.values.Value.Get("create_date"))
	if kind == part.KindGroup {
		return e
	}
	e.Tags = d.tags(r)
	e.Boundary = d.boundary(r)
	d.Part.Boundaries = true // null says that there is none
	return e
}

// tags prefers tags_all, which has those of the provider too.
func (d *decoder) tags(r *resource) []iam.Tag {
	attr := "tags_all"
	if holdsTrue(r.unknown.Get(attr)) || holdsTrue(r.unknown.Get("tags")) {
		d.Unknown(r.origin(), r.address, "tags are not known: %s", d.unknownName(r, attr))
	}
	if v := r.values.Value.Get(attr); v.Absent() || holdsTrue(r.unknown.Get(attr)) {
		attr = "tags"
	}
	var out []iam.Tag
	for name, v := range r.values.Value.Get(attr).Members() {
		out = append(out, iam.Tag{Key: string(name), Value: v.Text()})
	}
	return out
}

func (d *decoder) boundary(r *resource) *iam.Attachment {
	arn, unknown := d.text(r, "permissions_boundary")
	switch {
	case unknown != "":
		d.Unknown(r.origin(), r.address, "its permissions boundary is not known (%s)", unknown)
		return declared.UnknownPolicy(unknown)
	case arn == "":
		return nil
	}
	return declared.Attachment(arn)
}

func (d *decoder) user(r *resource) {
	d.Part.Users = append(d.Part.Users, &iam.User{Entity: d.entity(r, part.KindUser)})
}

func (d *decoder) group(r *resource) {
	d.Part.Groups = append(d.Part.Groups, &iam.Group{Entity: d.entity(r, part.KindGroup)})
}

// serviceLinked roles have no policy in Terraform: AWS keeps them.
func (d *decoder) serviceLinked(r *resource) {
	e := d.entity(r, part.KindRole)
	e.Partial = true
	d.Part.Roles = append(d.Part.Roles, &iam.Role{Entity: e, Trust: &iam.Policy{Name: "trust policy", Origin: e.Origin}})
}

func (d *decoder) role(r *resource) {
	e := d.entity(r, part.KindRole)
	role := &iam.Role{Entity: e}
	role.Trust = d.policy(r, "assume_role_policy", "trust policy", e.ARN)
	role.Description, _ = d.known(r, "description")
	role.MaxSession, _ = strconv.Atoi(r.values.Value.Get("max_session_duration").Text())
	d.Part.Roles = append(d.Part.Roles, role)
	d.roleBlocks(r, part.Carrier{Kind: part.KindRole, Account: e.Account, Name: e.Name})
}

// roleBlocks reads inline_policy and managed_policy_arns. Where the
// configuration has them they are all that the role may have; else Terraform
// only repeats what it once saw.
func (d *decoder) roleBlocks(r *resource, c part.Carrier) {
	configured := func(attr string) bool { return r.config != nil && !r.config.expressions.Get(attr).Absent() }
	blocks := r.values.sub("inline_policy")
	var names []string
	for i, b := range blocks.Value.Elements() {
		at := Element{b, scan.Index(blocks.Pointer, i)}
		name := b.Get("name").Text()
		if name == "" && b.Get("policy").Absent() {
			continue // an empty block says that there are none
		}
		if name == "" { // known after apply: of two of one name the later takes the other's place
			name = declared.Placeholder(fmt.Sprintf("%s.inline_policy[%d]", r.address, i))
		}
		names = append(names, name)
		p := d.block(r, at.sub("policy"), "inline_policy", i, name)
		d.edit(part.Edit{Carrier: c, Inline: p, Weak: !configured("inline_policy"), Origin: at.origin()})
	}
	if n := len(names); holdsTrue(r.unknown.Get("inline_policy")) && configured("inline_policy") && n == 0 {
		value := d.unknownName(r, "inline_policy")
		d.edit(part.Edit{Carrier: c, Inline: d.Policy(declared.Text{Place: r.origin(), Unknown: value}, declared.Placeholder(value), r.address), Origin: r.origin()})
	}
	arns := r.values.sub("managed_policy_arns")
	d.attachList(r, c, arns, "managed_policy_arns", !configured("managed_policy_arns"))
	if configured("inline_policy") && !holdsTrue(r.unknown.Get("inline_policy")) {
		d.only(part.Only{Carrier: c, List: part.OnlyInline, Keep: names})
	}
	if configured("managed_policy_arns") && !holdsTrue(r.unknown.Get("managed_policy_arns")) {
		d.only(part.Only{Carrier: c, List: part.OnlyAttached, Keep: textsOf(arns.Value)})
	}
}

// block is the policy of one inline_policy block.
func (d *decoder) block(r *resource, v Element, attr string, i int, name string) *iam.Policy {
	t := declared.Text{Value: v.Value, Pointer: v.Pointer, Place: r.origin()}
	for k, u := range r.unknown.Get(attr).Elements() {
		if k == i && (u.Kind() != '{' && holdsTrue(u) || holdsTrue(u.Get("policy"))) { // a name may be open, as any text
			t.Unknown = fmt.Sprintf("%s.%s[%d], known after apply", r.address, attr, i)
		}
	}
	if v.Value.Absent() && t.Unknown == "" {
		t.Unknown = fmt.Sprintf("%s.%s[%d].policy", r.address, attr, i)
	}
	return d.Policy(t, name, r.address)
}

// attachList attaches what a list of ARNs names. What is unknown in it counts as
// one policy that is unknown; what was only seen in passing may be unknown
// without a word.
func (d *decoder) attachList(r *resource, c part.Carrier, arns Element, attr string, weak bool) {
	for _, v := range arns.Value.Elements() {
		if arn := v.Text(); arn != "" {
			d.edit(part.Edit{Carrier: c, Attach: declared.Attachment(arn), Weak: weak, Origin: r.origin()})
		}
	}
	if !weak && holdsTrue(r.unknown.Get(attr)) {
		value := d.unknownName(r, attr)
		d.Unknown(r.origin(), r.address, "a policy that is attached is not known: %s", value)
		d.edit(part.Edit{Carrier: c, Attach: declared.UnknownPolicy(value), Origin: r.origin()})
	}
}

func textsOf(v scan.Value) []string {
	var out []string
	for _, e := range v.Elements() {
		if s := e.Text(); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (d *decoder) edit(e part.Edit) { d.Part.Change.Edits = append(d.Part.Change.Edits, e) }
func (d *decoder) only(o part.Only) { d.Part.Change.Onlys = append(d.Part.Change.Onlys, o) }

func (d *decoder) managedPolicy(r *resource) {
	h := d.homeOf(r)
	var m *iam.ManagedPolicy
	known, _ := d.known(r, "arn")
	if account, path, name, ok := declared.KnownARN(known, part.KindPolicy); ok {
		m = &iam.ManagedPolicy{ARN: known, Name: name, Path: path, Account: account, Origin: r.origin()}
	} else {
		path, _ := d.text(r, "path")
		m = h.Managed(path, d.nameOf(r, "name"), r.origin())
	}
	m.DefaultVersionID = "" // Terraform does not say
	m.UniqueID, _ = d.known(r, "policy_id")
	declared.SetVersion(m, d.policy(r, "policy", m.Name, m.ARN))
	m.Versions[0].VersionID = ""
	d.Part.Policies = append(d.Part.Policies, m)
}

func (d *decoder) instanceProfile(r *resource) {
	h := d.homeOf(r)
	p := &iam.InstanceProfile{ARN: d.arn(r)}
	var ok bool
	if p.Account, _, p.Name, ok = declared.KnownARN(p.ARN, "instance-profile"); !ok {
		path, _ := d.text(r, "path")
		p.Account, p.Name = h.Account, declared.Name(d.nameOf(r, "name"))
		p.ARN = h.ARN("iam", "", h.Account, "instance-profile"+declared.Path(path)+p.Name)
	}
	p.UniqueID, _ = d.known(r, "unique_id")
	role, unknown := d.text(r, "role")
	if unknown != "" {
		d.Unknown(r.origin(), r.address, "its role is not known (%s)", unknown)
	}
	p.Role = d.arnByName(r, "aws_iam_role", part.KindRole, role)
	d.Part.Profiles = append(d.Part.Profiles, p)
}
