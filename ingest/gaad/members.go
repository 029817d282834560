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
	var roles list
	for name, m := range v.Members() {
		switch profileFields.Of(name) {
		case "InstanceProfileName":
			p.Name = m.Text()
		case "InstanceProfileId":
			p.UniqueID = m.Text()
		case "Arn":
			p.ARN = m.Text()
		case "Roles":
			roles = list{m, pointer, name}
		}
	}
	arn, ok := policy.ParseARN(p.ARN)
	if !ok || arn.Account == "" {
		d.File.Warn(v, pointer, p.Name, "no-arn", "an instance profile has no usable Arn and is skipped")
		return nil
	}
	p.Account = arn.Account
	for i, r := range d.elements(roles, p.ARN) {
		role := r.Get("Arn").Text()
		if holder != nil && (role == holder.ARN || role == "" && r.Get("RoleId").Text() == holder.UniqueID) {
			p.Role = holder.ARN
			continue
		}
		if role := d.role(r, roles.place(i), true); role != nil && p.Role == "" {
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

// inline reads the inline policies of e.
func (d *Decoder) inline(l list, e *iam.Entity) {
	for i, m := range d.elements(l, e.ARN) {
		at := l.place(i)
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
			e.Inline = append(e.Inline, &iam.Policy{Name: name, Defect: "PolicyDocument is missing", Origin: m.Origin(at)})
			d.File.Warn(m, at, e.ARN, "unreadable-policy", "inline policy %q has no PolicyDocument and counts as unknown", scan.Clip(name))
			continue
		}
		e.Inline = append(e.Inline, d.File.Policy(doc, name, docAt, e.ARN))
	}
}

var inlineFields = scan.NewNames("PolicyName", "PolicyDocument")

var attachmentFields = scan.NewNames("PolicyName", "PolicyArn")

// attachments reads the managed policies of e. One that does not say which
// policy it is of may grant anything.
func (d *Decoder) attachments(l list, e *iam.Entity) {
	for i, m := range d.elements(l, e.ARN) {
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
		if a.ARN == "" {
			d.unknown(e, m, l.place(i), "an attached policy", "PolicyArn")
			continue
		}
		e.Attached = append(e.Attached, a)
	}
}

// groups reads the names of the groups of a user.
func (d *Decoder) groups(l list, u *iam.User) {
	for i, g := range d.elements(l, u.ARN) {
		if name := d.File.Intern(g); name != "" {
			u.GroupNames = append(u.GroupNames, name)
			continue
		}
		d.unknown(&u.Entity, g, l.place(i), "a group", "name")
	}
}

// unknown gives e a policy that is not known, in place of something that cannot
// be read (CONV-03).
func (d *Decoder) unknown(e *iam.Entity, v scan.Value, at, what, member string) {
	d.File.Report(iam.Diagnostic{Severity: iam.Error, Code: "invalid-entity", Origin: v.Origin(at), Entity: e.ARN,
		Message: what + " has no " + member + "; what it grants is unknown", Hint: "export it again"})
	e.Inline = append(e.Inline, &iam.Policy{Name: what, Defect: what + " has no " + member, Origin: v.Origin(at)})
}

// boundary accepts both values of PermissionsBoundaryType (GAAD-12) by not
// looking at it: only policies can be boundaries. One that does not say which
// policy it is counts as one that is in no input (GAAD-19).
func (d *Decoder) boundary(l list, entity string) *iam.Attachment {
	arn := l.value.Get("PermissionsBoundaryArn")
	if l.value.Kind() == '"' {
		arn = l.value
	}
	text := d.File.Intern(arn)
	switch {
	case text != "":
		return &iam.Attachment{ARN: text, Name: text[strings.LastIndexByte(text, '/')+1:]}
	case arn.Kind() == '"' || l.value.Blank():
		return nil
	}
	d.File.Report(iam.Diagnostic{Severity: iam.Error, Code: "invalid-entity", Origin: l.value.Origin(l.at()), Entity: entity,
		Message: "a permissions boundary has no PermissionsBoundaryArn; what it leaves is unknown", Hint: "export it again"})
	return &iam.Attachment{ARN: "unknown:" + l.at(), Name: "a boundary without PermissionsBoundaryArn"}
}

// tags reads the tags of an entity.
func (d *Decoder) tags(l list, entity string) []iam.Tag {
	if k := l.value.Kind(); k != '[' && k != '{' && !l.value.Blank() {
		d.File.Warn(l.value, l.at(), entity, "invalid-list", "found %s, want tags; they count as none", l.value.Describe())
	}
	return readTags(d.File, l.value, l.place)
}

// Tags reads the list form and the map form (GAAD-21) of v, which is at a pointer.
// Both spellings of a key that differ by case only are kept.
func Tags(f *scan.File, v scan.Value, at string) []iam.Tag {
	return readTags(f, v, func(i int) string { return scan.Index(at, i) })
}

func readTags(f *scan.File, v scan.Value, place func(int) string) []iam.Tag {
	var out []iam.Tag
	for name, m := range v.Members() {
		out = append(out, iam.Tag{Key: string(name), Value: f.Intern(m)})
	}
	for i, m := range v.Elements() {
		var t iam.Tag
		for n, f2 := range m.Members() {
			switch tagFields.Of(n) {
			case "Key", "TagKey":
				t.Key = f.Intern(f2)
			case "Value", "TagValue":
				t.Value = f.Intern(f2)
			}
		}
		if t.Key == "" {
			f.Warn(m, place(i), "", "invalid-entity", "a tag has no Key and is skipped")
			continue
		}
		out = append(out, t)
	}
	return out
}

var tagFields = scan.NewNames("Key", "Value", "TagKey", "TagValue") // the latter of KMS
