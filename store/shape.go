package store

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"

	"accesspath/iam"
	"accesspath/policy"
)

// A schema describes the types that parts are made of: a line for each struct,
// its name and then name and type of each field, with tabs between. It is made
// from the types themselves, so that a field that is added to package iam is
// stored without a change here, and it is stored with each snapshot, so that a
// later version reads what this one wrote: fields go by their names, one that
// is gone is passed over, one that is new stays zero.
type schema struct {
	text   string
	shapes map[string]*shape // by type
}

// shapeKind says how a value is written.
type shapeKind uint8

const (
	shapeText shapeKind = iota
	shapeInt
	shapeByte
	shapeBool
	shapeList
	shapeMap // from texts
	shapePointer
	shapeRecord
	shapeTime
	shapeOrigin
	shapeDocument
	shapeGroup
	shapeProfile
	shapeManaged
)

// shape is one type.
type shape struct {
	kind   shapeKind
	elem   *shape
	fields []shapeField // of records
}

type shapeField struct {
	*shape
	index int // of the field in the type as it is now; -1 if there is none
}

// special are the types that are not written as what they are made of: shared
// values, and those that lie apart.
var special = map[reflect.Type]string{
	reflect.TypeFor[time.Time]():            "time",
	reflect.TypeFor[iam.Origin]():           "origin",
	reflect.TypeFor[*policy.Document]():     "document",
	reflect.TypeFor[*iam.Group]():           "group",
	reflect.TypeFor[*iam.InstanceProfile](): "profile",
	reflect.TypeFor[*iam.ManagedPolicy]():   "managed",
}

var simple = map[string]shapeKind{
	"text": shapeText, "int": shapeInt, "byte": shapeByte, "bool": shapeBool, "time": shapeTime, "origin": shapeOrigin,
	"document": shapeDocument, "group": shapeGroup, "profile": shapeProfile, "managed": shapeManaged,
}

// typeName is the name of a type in a schema.
func typeName(t reflect.Type) string {
	if name := special[t]; name != "" {
		return name
	}
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Int, reflect.Int64:
		return "int"
	case reflect.Uint8:
		return "byte"
	case reflect.Bool:
		return "bool"
	case reflect.Slice:
		return "[]" + typeName(t.Elem())
	case reflect.Pointer:
		return "*" + typeName(t.Elem())
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return "map " + typeName(t.Elem())
		}
	case reflect.Struct:
		return t.Name()
	}
	panic("package iam has a field of type " + t.String() + ": teach the store to keep it")
}

// roots are the types that parts begin with.
var roots = []reflect.Type{
	reflect.TypeFor[iam.Snapshot](), reflect.TypeFor[iam.Account](), reflect.TypeFor[lengths](), reflect.TypeFor[[]string](),
	reflect.TypeFor[iam.InstanceProfile](), reflect.TypeFor[iam.ManagedPolicy](), reflect.TypeFor[iam.Group](), reflect.TypeFor[iam.Export](),
}

// structs lists every struct that some roots lead to, by name.
func structs(roots []reflect.Type) (names []string, byName map[string]reflect.Type) {
	byName = map[string]reflect.Type{}
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		if special[t] != "" {
			return
		}
		switch t.Kind() {
		case reflect.Slice, reflect.Pointer, reflect.Map:
			visit(t.Elem())
		case reflect.Struct:
			if byName[t.Name()] != nil {
				return
			}
			byName[t.Name()] = t
			names = append(names, t.Name())
			for i := range t.NumField() {
				visit(t.Field(i).Type)
			}
		}
	}
	for _, t := range roots {
		visit(t)
	}
	return names, byName
}

// currentSchema is that of the types as they are.
var currentSchema = sync.OnceValues(func() (*schema, error) { return schemaOf(roots) })

func schemaOf(roots []reflect.Type) (*schema, error) {
	names, byName := structs(roots)
	var b strings.Builder
	for _, name := range names {
		b.WriteString(name)
		for i := range byName[name].NumField() {
			f := byName[name].Field(i)
			b.WriteString("\t" + f.Name + " " + typeName(f.Type))
		}
		b.WriteByte('\n')
	}
	return parseSchema(b.String(), roots)
}

var errSchema = errors.New("the description of the stored types is damaged")

// parseSchema reads a schema, and finds the fields as they are now.
func parseSchema(text string, roots []reflect.Type) (*schema, error) {
	s := &schema{text: text, shapes: map[string]*shape{}}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for _, line := range lines {
		name, _, _ := strings.Cut(line, "\t")
		if name == "" {
			return nil, errSchema
		}
		s.shapes[name] = &shape{kind: shapeRecord}
	}
	_, now := structs(roots)
	for _, line := range lines {
		words := strings.Split(line, "\t")
		record := s.shapes[words[0]]
		for _, word := range words[1:] {
			f, err := s.field(words[0], word, now[words[0]])
			if err != nil {
				return nil, err
			}
			record.fields = append(record.fields, f)
		}
	}
	return s, nil
}

// field is one field of a record, as its name and the name of its type. now is the record
// as it is in this version; nil if there is none.
func (s *schema) field(record, text string, now reflect.Type) (shapeField, error) {
	name, kind, _ := strings.Cut(text, " ")
	stored, err := s.shape(kind, 0)
	if err != nil {
		return shapeField{}, err
	}
	f := shapeField{stored, -1}
	if now == nil {
		return f, nil
	}
	if found, ok := now.FieldByName(name); ok && len(found.Index) == 1 {
		if is := typeName(found.Type); is != kind {
			return f, fmt.Errorf("%s.%s was stored as %q and is %q now: ingest again", clip(record), clip(name), clip(kind), is)
		}
		f.index = found.Index[0]
	}
	return f, nil
}

// shape returns that of a type.
func (s *schema) shape(name string, depth int) (*shape, error) {
	if known := s.shapes[name]; known != nil {
		return known, nil
	}
	out := &shape{}
	var inner string
	switch kind, ok := simple[name]; {
	case ok:
		out.kind = kind
	case strings.HasPrefix(name, "[]"):
		out.kind, inner = shapeList, name[len("[]"):]
	case strings.HasPrefix(name, "*"):
		out.kind, inner = shapePointer, name[len("*"):]
	case strings.HasPrefix(name, "map "):
		out.kind, inner = shapeMap, name[len("map "):]
	default:
		return nil, errSchema
	}
	if out.kind == shapeList || out.kind == shapePointer || out.kind == shapeMap {
		if depth > 8 {
			return nil, errSchema
		}
		var err error
		if out.elem, err = s.shape(inner, depth+1); err != nil {
			return nil, err
		}
	}
	s.shapes[name] = out
	return out, nil
}

// of returns the shape of a type of today. Types differ in shape only if their
// names do.
func (s *schema) of(t reflect.Type) (*shape, error) {
	name := ""
	if t.Kind() == reflect.Struct {
		name = t.Name() // of the shared types too, which stand in full where their list is
	} else {
		name = typeName(t)
	}
	if known := s.shapes[name]; known != nil {
		return known, nil
	}
	return nil, fmt.Errorf("%w: nothing is said of %q", errSchema, name)
}
