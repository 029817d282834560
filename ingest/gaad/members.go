package gaad

import (
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/scan"
	"accesspath/policy"
)

var profileFields = scan.NewNames("InstanceProfileName", "InstanceProfileId", "Arn", "Path", "Roles")

// profile decodes an InstanceProfile. The role that it stands in may be nil.
// Roles it names are references (GAAD-17); merging drops those that are listed.
func (d *Decoder) profile(v scan.Value, pointer string, holder *iam.Role) *iam.InstanceProfile {
	p := &iam.InstanceProfile{}
	var roles scan.Value
	var rolesAt string
	for name, m := range v.Members() {
		switch profileFields.Of(name) {
		case "InstanceProfileName":
			p.Name = m.Text()
		case "InstanceProfileId":
			p.UniqueID = m.Text()
		case "Arn":
			p.ARN = m.Text()
		case "Roles":
			roles, rolesAt = m, scan.Join(pointer, name)
		}
	}
	arn, ok := policy.ParseARN(p.ARN)
	if !ok || arn.Account == "" {
		d.File.Warn(v, pointer, p.Name, "no-arn", "an instance profile has no usable Arn and is skipped")
		return nil
	}
	p.Account = arn.Account
	for i, r := range roles.Elements() {
		at := scan.Index(rolesAt, i)
		role := r.Get("Arn").Text()
		if holder != nil && (role == holder.ARN || role == "" && r.Get("RoleId").Text() == holder.UniqueID) {
			p.Role = holder.ARN
			continue
		}
		if role := d.role(r, at, true); role != nil && p.Role == "" {
			p.Role = role.ARN
		}
	}
	if p.Role == "" && holder != nil {
		p.Role = holder.ARN
	}
	d.Part.Profiles = append(d.Part.Profiles, p)
	return p
}

// Profile decodes an element of list-instance-profiles (IN-08).
func (d *Decoder) Profile(v scan.Value, pointer string) { d.profile(v, pointer, nil) }

func (d *Decoder) inline(v scan.Value, pointer, entity string) []*iam.Policy {
	var out []*iam.Policy
	for i, m := range v.Elements() {
		at := scan.Index(pointer, i)
		var name string
		var doc scan.Value
		docAt := at
		for n, f := range m.Members() {
			switch inlineFields.Of(n) {
			case "PolicyName":
				name = d.File.Intern(f)
			case "PolicyDocument":
				doc, docAt = f, scan.Join(at, n)
			}
		}
		if doc.Absent() {
			out = append(out, &iam.Policy{Name: name, Defect: "PolicyDocument is missing", Origin: m.Origin(at)})
			d.File.Warn(m, at, entity, "unreadable-policy", "inline policy %q has no PolicyDocument and counts as unknown", scan.Clip(name))
			continue
		}
		out = append(out, d.File.Policy(doc, name, docAt, entity))
	}
	return out
}

var inlineFields = scan.NewNames("PolicyName", "PolicyDocument")

var attachmentFields = scan.NewNames("PolicyName", "PolicyArn")

func (d *Decoder) attachments(v scan.Value) []*iam.Attachment {
	var out []*iam.Attachment
	for _, m := range v.Elements() {
		a := &iam.Attachment{}
		for n, f := range m.Members() {
			switch attachmentFields.Of(n) {
			case "PolicyName":
				a.Name = d.File.Intern(f)
			case "PolicyArn":
				a.ARN = d.File.Intern(f)
			}
		}
		if a.ARN == "" && m.Kind() == '"' { // some exporters list ARNs only
			a.ARN = d.File.Intern(m)
		}
		if a.ARN != "" {
			out = append(out, a)
		}
	}
	return out
}

// boundary accepts both values of PermissionsBoundaryType (GAAD-12) by not
// looking at it: only policies can be boundaries.
func (d *Decoder) boundary(v scan.Value) *iam.Attachment {
	arn := v.Get("PermissionsBoundaryArn")
	if v.Kind() == '"' {
		arn = v
	}
	text := d.File.Intern(arn)
	if text == "" {
		return nil
	}
	return &iam.Attachment{ARN: text, Name: text[strings.LastIndexByte(text, '/')+1:]}
}

// Tags reads the list form and the map form (GAAD-21). Both spellings of a key
// that differ by case only are kept.
func Tags(f *scan.File, v scan.Value) []iam.Tag {
	var out []iam.Tag
	for name, m := range v.Members() {
		out = append(out, iam.Tag{Key: string(name), Value: f.Intern(m)})
	}
	for _, m := range v.Elements() {
		var t iam.Tag
		for n, f2 := range m.Members() {
			switch tagFields.Of(n) {
			case "Key":
				t.Key = f.Intern(f2)
			case "Value":
				t.Value = f.Intern(f2)
			}
		}
		out = append(out, t)
	}
	return out
}

var tagFields = scan.NewNames("Key", "Value")
