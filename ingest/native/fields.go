package native

import (
	"reflect"
	"strings"

	"accesspath/ingest/internal/scan"
)

// knownMembers holds the members of each type that Decoder.into decodes, and
// of the types inside them.
var knownMembers = func() map[reflect.Type]map[string]reflect.Type {
	out := map[reflect.Type]map[string]reflect.Type{}
	for _, t := range []reflect.Type{
		reflect.TypeFor[shell](), reflect.TypeFor[User](), reflect.TypeFor[Group](), reflect.TypeFor[Role](),
		reflect.TypeFor[InstanceProfile](), reflect.TypeFor[ManagedPolicy](), reflect.TypeFor[Organization](),
		reflect.TypeFor[Resource](), reflect.TypeFor[Credentials](), reflect.TypeFor[Compute](),
		reflect.TypeFor[IdentityCenter](), reflect.TypeFor[Cognito](), reflect.TypeFor[RolesAnywhere](), reflect.TypeFor[Source](), reflect.TypeFor[TrustedAccount](), reflect.TypeFor[Diagnostic](),
	} {
		collect(t, out)
	}
	return out
}()

// collect adds a type and those inside it. Policy documents are not ours: what
// is in them package policy judges.
func collect(t reflect.Type, into map[reflect.Type]map[string]reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t == reflect.TypeFor[OrgPolicyRef]() {
		t = reflect.TypeFor[Policy]()
	}
	if _, done := into[t]; done || t.Kind() != reflect.Struct || t.PkgPath() != reflect.TypeFor[Snapshot]().PkgPath() || t == reflect.TypeFor[Document]() || t == reflect.TypeFor[skipped]() {
		return
	}
	into[t] = fieldTypes(t)
	for _, member := range into[t] {
		collect(member, into)
	}
}

// fieldTypes lists the JSON names of a struct, embedded ones included.
func fieldTypes(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			for n, inner := range fieldTypes(f.Type) {
				out[n] = inner
			}
		case name != "":
			out[name] = f.Type
		}
	}
	return out
}

// fits reports whether a value has only members that its type has, at any
// depth. It is apart from strange, which needs a pointer for each member,
// because nearly all values fit.
func fits(t reflect.Type, v scan.Value) bool {
	t, list := element(t)
	if list {
		for _, e := range v.Elements() {
			if !fits(t, e) {
				return false
			}
		}
		return true
	}
	known := knownMembers[t]
	if known == nil {
		return true
	}
	for name, m := range v.Members() {
		inner, ok := known[string(name)]
		if k := m.Kind(); !ok || (k == '{' || k == '[') && !fits(inner, m) {
			return false
		}
	}
	return true
}

// element is the type behind pointers, or of a list's elements.
func element(t reflect.Type) (elem reflect.Type, list bool) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Slice {
		return t.Elem(), true
	}
	if t == reflect.TypeFor[OrgPolicyRef]() {
		t = reflect.TypeFor[Policy]()
	}
	return t, false
}

// strange warns of members that a type does not have: a name that is misspelt
// would else be lost without a word.
func (d *Decoder) strange(t reflect.Type, v scan.Value, pointer, entity string) {
	t, list := element(t)
	if list {
		for i, e := range v.Elements() {
			d.strange(t, e, scan.Index(pointer, i), entity)
		}
		return
	}
	known := knownMembers[t]
	if known == nil {
		return
	}
	for name, m := range v.Members() {
		inner, ok := known[string(name)]
		if !ok {
			d.File.Warn(m, scan.Join(pointer, name), entity, "unknown-member", "unknown member %q is ignored", scan.Clip(string(name)))
			continue
		}
		d.strange(inner, m, scan.Join(pointer, name), entity)
	}
}
