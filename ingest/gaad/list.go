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

// other reports whether v, of the same name, says something else.
func (l list) other(v scan.Value) bool {
	return l.name != nil && !bytes.Equal(l.value.Raw(), v.Raw())
}

// twice tells of a member that stands once more.
func (d *Decoder) twice(l list, entity string) {
	d.File.Report(iam.Diagnostic{Severity: iam.Error, Code: "duplicate-member", Origin: l.value.Origin(l.at()), Entity: entity,
		Message: string(l.name) + " stands here more than once, with other content; of lists of an entity all count, of the rest none", Hint: "export it again"})
}

// put notes a member of an entity, and keeps another of that name.
func (r *raw) put(to *list, v scan.Value, pointer string, name []byte) {
	if to.other(v) {
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
	d.twice(x.other, e.ARN)
	switch x.name {
	case "UserPolicyList", "GroupPolicyList", "RolePolicyList":
		d.inline(x.other, e)
	case "AttachedManagedPolicies":
		d.attachments(x.other, e)
	case "PermissionsBoundary":
		e.Boundary = &iam.Attachment{ARN: "unknown:" + x.other.at(), Name: "one of several boundaries"}
	case "Tags":
		e.Tags = append(e.Tags, d.tags(x.other, e.ARN)...)
	case "AssumeRolePolicyDocument":
		r.trustTwice = true
	}
}

// all are the lists of one name that an entity has: the one kept, and those before it.
func (r *raw) all(name string, kept list) []list {
	out := []list{kept}
	for _, x := range r.again {
		if x.name == name {
			out = append(out, x.other)
		}
	}
	return out
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
			if !l.value.Blank() {
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
