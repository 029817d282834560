package ingest

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/policy"
)

// A reading is where and when a fact was read.
type reading struct {
	origin iam.Origin
	asOf   time.Time // zero unknown
	layer  part.Layer
	used   time.Time // of roles: a later use shows a later output
}

func readingOf(p *part.Part, o iam.Origin) reading {
	if o.File == "" {
		o.File = p.Source.Name
	}
	return reading{origin: o, asOf: p.AsOf, layer: p.Layer}
}

// A contest decides between two readings of the facts about one thing: what one
// of them does not say is taken from the other, of what both say the newer
// counts, and a difference is reported once (NAT-03).
type contest struct {
	b        *builder
	entity   string
	was, is  reading
	reported bool
}

// second reports whether the second reading wins: it is the newer, or dates do
// not tell and it was read last.
func (c *contest) second() (bool, string) {
	if c.was.layer != c.is.layer {
		return c.is.layer > c.was.layer, "it is laid over the other"
	}
	if !c.was.asOf.IsZero() && !c.is.asOf.IsZero() && !c.was.asOf.Equal(c.is.asOf) {
		return c.is.asOf.After(c.was.asOf), "it is newer"
	}
	if !c.was.used.IsZero() && !c.is.used.IsZero() && !c.was.used.Equal(c.is.used) {
		return c.is.used.After(c.was.used), "it was used later"
	}
	return true, "neither has a newer date, and it was read last"
}

// differ reports that the readings disagree on something, and whether the
// second counts.
func (c *contest) differ(what string) bool {
	second, why := c.second()
	if c.reported {
		return second
	}
	c.reported = true
	if second && c.is.layer == part.Planned && c.was.layer != part.Planned {
		c.b.report(iam.Diagnostic{Severity: iam.Note, Code: "planned-change", Origin: c.is.origin, Entity: c.entity,
			Message: fmt.Sprintf("changes its %s, as %s has it", what, lineOf(c.was.origin))})
		return true
	}
	kept, dropped := c.is, c.was
	if !second {
		kept, dropped = c.was, c.is
	}
	c.b.report(iam.Diagnostic{Severity: iam.Warning, Code: "conflict", Origin: dropped.origin, Entity: c.entity,
		Message: fmt.Sprintf("%s says something else of its %s and is used: %s", lineOf(kept.origin), what, why),
		Hint:    "give only the newest output of each command"})
	return second
}

// lineOf is a place in messages: the file alone where the line is not known.
func lineOf(o iam.Origin) string {
	if o.Line == 0 {
		return o.File
	}
	return fmt.Sprintf("%s:%d", o.File, o.Line)
}

// settle joins one fact; the zero value is one that is not said.
func settle[T any](c *contest, what string, was *T, is T) {
	v := reflect.ValueOf(is)
	if v.IsZero() || same(reflect.ValueOf(*was), v) {
		return
	}
	if reflect.ValueOf(*was).IsZero() || c.differ(what) {
		*was = is
	}
}

// joinFields settles each field of a struct. Origin stays that of the first reading.
func joinFields[T any](c *contest, was, is *T) {
	to, from := reflect.ValueOf(was).Elem(), reflect.ValueOf(is).Elem()
	for i := range to.NumField() {
		f := to.Type().Field(i)
		a, b := to.Field(i), from.Field(i)
		switch {
		case f.Name == "Origin" || b.IsZero() || same(a, b):
		case a.IsZero() || c.differ(spaced(f.Name)):
			a.Set(b)
		}
	}
}

// same compares two values of one type. Where something was read does not
// count, nor does the order of texts or tags in a list.
func same(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() && b.IsNil()
		}
		if doc, ok := a.Interface().(*policy.Document); ok {
			return sameDocument(doc, b.Interface().(*policy.Document))
		}
		return same(a.Elem(), b.Elem())
	case reflect.Struct:
		if t, ok := a.Interface().(time.Time); ok {
			return t.Equal(b.Interface().(time.Time))
		}
		for i := range a.NumField() {
			if a.Type().Field(i).Name != "Origin" && !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		return sameList(a, b)
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

func sameList(a, b reflect.Value) bool {
	if x, ok := a.Interface().([]string); ok {
		x, y := slices.Clone(x), slices.Clone(b.Interface().([]string))
		slices.Sort(x)
		slices.Sort(y)
		return slices.Equal(x, y)
	}
	if x, ok := a.Interface().([]iam.Tag); ok {
		var before, after printer
		before.tags(x)
		after.tags(b.Interface().([]iam.Tag))
		return before.String() == after.String()
	}
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if !same(a.Index(i), b.Index(i)) {
			return false
		}
	}
	return true
}

// spaced writes a field's name as words: "GuestRole" is "guest role".
func spaced(name string) string {
	var out []rune
	upper := true
	for i, r := range name {
		isUpper := 'A' <= r && r <= 'Z'
		if isUpper && !upper && i > 0 {
			out = append(out, ' ')
		}
		if isUpper {
			r += 'a' - 'A'
		}
		out, upper = append(out, r), isUpper
	}
	return string(out)
}
