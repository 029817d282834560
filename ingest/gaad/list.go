package gaad

import (
	"bytes"
	"iter"

	"accesspath/iam"
	"accesspath/ingest/internal/scan"
)

// list is a member of an entity that is read once the entity is known, and where it
// stands. Pointers are made where somebody needs them: nearly nobody does.
type list struct {
	value   scan.Value
	pointer string // of the entity
	name    []byte
}

// at is the pointer of the member.
func (l list) at() string { return scan.Join(l.pointer, l.name) }

// place is the pointer of an element.
func (l list) place(i int) string {
	if l.value.Kind() != '[' {
		return l.at()
	}
	return scan.Index(l.at(), i)
}

// put notes a member of an entity, and keeps another of that name.
func (r *raw) put(to *list, v scan.Value, pointer string, name []byte) {
	if to.name != nil && !bytes.Equal(to.value.Raw(), v.Raw()) {
		r.again = append(r.again, repeated{entityFields.Of(name), *to})
	}
	*to = list{v, pointer, name}
}

// repeated is a member that the entity has once more: other is the earlier.
type repeated struct {
	name  string
	other list
}

// repeated reads what the earlier of two members of one name says. Which of them
// holds nobody knows: of lists both count, what can be one thing only is unknown
// (GRAM-15).
func (d *Decoder) repeated(r *raw, x repeated) {
	e := &r.e
	d.File.Report(iam.Diagnostic{Severity: iam.Error, Code: "duplicate-member", Origin: x.other.value.Origin(x.other.at()), Entity: e.ARN,
		Message: x.name + " stands here more than once, with other content; of lists all count, of the rest none", Hint: "export it again"})
	switch x.name {
	case "UserPolicyList", "GroupPolicyList", "RolePolicyList":
		d.inline(x.other, e)
	case "AttachedManagedPolicies":
		d.attachments(x.other, e)
	case "PermissionsBoundary":
		e.Boundary = &iam.Attachment{ARN: "unknown:" + x.other.at(), Name: "one of several boundaries"}
	case "Tags":
		e.Tags = append(e.Tags, d.tags(x.other, e.ARN)...)
	case "GroupList":
		e.Inline = append(e.Inline, &iam.Policy{Name: x.name, Defect: x.name + " stands in the export more than once", Origin: x.other.value.Origin(x.other.at())})
	case "AssumeRolePolicyDocument":
		r.trustTwice = true
	}
}

// trust reads the trust policy of a role.
func (d *Decoder) trust(r *raw) *iam.Policy {
	if r.trustTwice {
		return &iam.Policy{Name: "trust policy", Defect: "it stands in the export more than once", Origin: r.trust.value.Origin(r.trust.at())}
	}
	return d.File.Policy(r.trust.value, "trust policy", r.trust.at(), r.e.ARN)
}

// elements yields what a list holds. Shells that write objects as
// JSON make a list of one its element, or write what lies deep as a text such as
// "System.Object[]": a value in place of a list stands for an element of it, and
// never for an empty list (CONV-03, GAAD-20).
func (d *Decoder) elements(l list, entity string) iter.Seq2[int, scan.Value] {
	return func(yield func(int, scan.Value) bool) {
		if l.value.Kind() != '[' {
			if !blank(l.value) {
				d.File.Report(iam.Diagnostic{Severity: iam.Warning, Code: "invalid-list", Origin: l.value.Origin(l.at()), Entity: entity,
					Message: "found " + l.value.Describe() + ", want an array; it counts as the only element", Hint: "export it again, in a shell that keeps lists, or with a greater depth"})
				yield(0, l.value)
			}
			return
		}
		for i, v := range l.value.Elements() {
			if !v.Absent() && !yield(i, v) {
				return
			}
		}
	}
}

// blank reports whether a value holds nothing, whatever its kind.
func blank(v scan.Value) bool {
	switch v.Kind() {
	case '{':
		for range v.Members() {
			return false
		}
		return true
	case '[':
		return v.Len() == 0
	case '"':
		return v.Text() == ""
	}
	return v.Absent()
}
