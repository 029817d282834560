package native

import (
	"reflect"
	"strings"
)

// knownMembers holds the names of each type that Decoder.into decodes.
var knownMembers = func() map[reflect.Type]map[string]bool {
	out := map[reflect.Type]map[string]bool{}
	for _, t := range []reflect.Type{
		reflect.TypeFor[shell](), reflect.TypeFor[User](), reflect.TypeFor[Group](), reflect.TypeFor[Role](),
		reflect.TypeFor[InstanceProfile](), reflect.TypeFor[ManagedPolicy](), reflect.TypeFor[Organization](),
		reflect.TypeFor[Resource](), reflect.TypeFor[Source](), reflect.TypeFor[TrustedAccount](), reflect.TypeFor[Diagnostic](),
	} {
		out[t] = fieldNames(t)
	}
	return out
}()

// fieldNames lists the JSON names of a struct, embedded ones included.
func fieldNames(t reflect.Type) map[string]bool {
	out := map[string]bool{}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			for n := range fieldNames(f.Type) {
				out[n] = true
			}
		case name != "":
			out[name] = true
		}
	}
	return out
}
