package gaad

import (
	"iter"

	"accesspath/iam"
	"accesspath/ingest/internal/scan"
)

// list is a member of an entity that is read once the entity is known, and its
// pointer.
type list struct {
	value scan.Value
	at    string
}

func listAt(v scan.Value, pointer string, name []byte) list {
	return list{v, scan.Join(pointer, name)}
}

// elements yields what a list holds, with pointers. Shells that write objects as
// JSON make a list of one its element, or write what lies deep as a text such as
// "System.Object[]": a value in place of a list stands for an element of it, and
// never for an empty list (CONV-03, GAAD-20).
func (d *Decoder) elements(l list, entity string) iter.Seq2[string, scan.Value] {
	return func(yield func(string, scan.Value) bool) {
		if l.value.Kind() != '[' {
			if !blank(l.value) {
				d.File.Report(iam.Diagnostic{Severity: iam.Warning, Code: "invalid-list", Origin: l.value.Origin(l.at), Entity: entity,
					Message: "found " + l.value.Describe() + ", want an array; it counts as the only element", Hint: "export it again, in a shell that keeps lists, or with a greater depth"})
				yield(l.at, l.value)
			}
			return
		}
		for i, v := range l.value.Elements() {
			if !v.Absent() && !yield(scan.Index(l.at, i), v) {
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
