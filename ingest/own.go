package ingest

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/gaad"
	"accesspath/ingest/internal/scan"
	"accesspath/ingest/native"
	"accesspath/ingest/terraform"
)

// ownFormat is a native snapshot under way (NAT-01). Its members have common
// names, and "schema" may come last: until it is seen, only members that look
// the part are taken, and what has no such look waits.
type ownFormat struct {
	decoder native.Decoder
	schema  string
	refused bool // of another version
	taken   bool
	waiting []waiting
}

// maxWaiting bounds what is held of a foreign file that has a list of a name
// that we use too.
const maxWaiting = 10_000

type waiting struct {
	member  string
	value   scan.Value
	pointer string
}

// marks are members without which an element is not one of ours.
var marks = map[string]string{"accounts": "id", "resources": "arn", "managedPolicies": "arn"}

func (o *objectReader) native(name, at string) error {
	if native.IsList(name) && o.stream.Kind() == '[' {
		return o.elements(at, func(v scan.Value, at string) {
			if name == "resources" && terraform.IsResource(v) {
				o.terraform.Resource(v, at)
				return
			}
			o.nativeElement(name, v, at)
		})
	}
	if kind := o.stream.Kind(); name == "accounts" && kind == '{' {
		return o.envelope(name, at)
	}
	v, err := o.stream.Value()
	if err != nil {
		return err
	}
	if name == "schema" {
		if !strings.HasPrefix(v.Text(), "accesspath.") {
			o.keep(name, v, at)
			return nil
		}
		o.own.schema = v.Text()
		o.own.refused = v.Text() != native.SchemaID
		o.own.taken = true
		o.own.decoder.Decode(name, v, at)
		return nil
	}
	o.nativeElement(name, v, at)
	return nil
}

func (o *objectReader) nativeElement(name string, v scan.Value, at string) {
	mark := marks[name]
	switch {
	case o.own.refused:
	case o.own.schema != "", mark != "" && !v.Get(mark).Absent() && !hasPage(v):
		o.own.taken = true
		o.own.decoder.Decode(name, v, at)
	case name == "accounts" && hasPage(v):
		gaad.Page(o.file, o.part, v, at, firstOf(v, "id", "accountId", "account"))
		o.part.Took("gaad")
		o.inner = true
	case len(o.own.waiting) < maxWaiting:
		o.own.waiting = append(o.own.waiting, waiting{name, v.Keep(), at})
	}
}

func hasPage(v scan.Value) bool {
	for name := range v.Members() {
		if gaad.ListOf(name) != "" {
			return true
		}
	}
	return false
}

func firstOf(v scan.Value, names ...string) string {
	for _, n := range names {
		if t := v.Get(n).Text(); t != "" {
			return t
		}
	}
	return ""
}

// finishNative decides on what waited, and reports whether the object was a
// snapshot of ours.
func (o *objectReader) finishNative() bool {
	own := &o.own
	for _, w := range own.waiting {
		looks := w.member == "organization" && !w.value.Get("root").Absent()
		if (own.taken || looks) && !own.refused {
			own.taken = true
			own.decoder.Decode(w.member, w.value, w.pointer)
		} else if !own.refused && !slices.Contains(o.cli.Names, w.member) {
			o.cli.Names = append(o.cli.Names, w.member)
		}
	}
	if own.taken && own.schema == "" {
		place := o.cli.Place
		o.file.Report(iam.Diagnostic{Severity: iam.Note, Code: "schema", Origin: place, Message: "no schema is given; it is read as " + native.SchemaID, Hint: `add "schema": "` + native.SchemaID + `"`})
	}
	if own.taken {
		own.decoder.Finish()
	}
	return own.taken
}
