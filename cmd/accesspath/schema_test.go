package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestSchemas holds the published schemas against the types, and rewrites them
// with -update. A member that is gone or has another type, within a version, is
// a broken promise.
func TestSchemas(t *testing.T) {
	c := comments{}
	for _, o := range outputs() {
		want := makeSchema(t, c, o)
		file := filepath.Join("schemas", o.name+".json")
		got, err := os.ReadFile(file)
		if *update && !bytes.Equal(got, want) {
			if err := os.WriteFile(file, want, 0o666); err != nil {
				t.Fatal(err)
			}
			t.Logf("%s is rewritten: read the difference; a member that is gone takes a new version", file)
			continue
		}
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s does not fit the types: run go test ./cmd/accesspath -run TestSchemas -update (%v)", file, err)
		}
	}
}

// TestSchemaCommand: every schema is printed, and is JSON.
func TestSchemaCommand(t *testing.T) {
	for _, name := range schemaNames() {
		text, ok := schemaOf(name)
		if !ok || !json.Valid(text) {
			t.Errorf("schema %q: %v", name, ok)
		}
	}
}

// obj is a JSON object whose members are written in the order of their names.
type obj = map[string]any

// schemaMaker makes a schema of a type by reflection.
type schemaMaker struct {
	t     *testing.T
	c     comments
	defs  obj
	names map[string]reflect.Type // of defs
}

func makeSchema(t *testing.T, c comments, o output) []byte {
	m := &schemaMaker{t, c, obj{}, map[string]reflect.Type{}}
	typ := reflect.TypeOf(o.value)
	root := m.object(typ)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = "accesspath." + o.name
	root["title"] = o.what
	if o.schema != "" {
		root["$id"] = o.schema
		root["properties"].(obj)["schema"] = obj{"const": o.schema}
	}
	if len(m.defs) > 0 {
		root["$defs"] = m.defs
	}
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

func (m *schemaMaker) of(typ reflect.Type) obj {
	switch {
	case typ == reflect.TypeFor[time.Time]():
		return obj{"type": "string", "format": "date-time"}
	case typ == reflect.TypeFor[json.RawMessage]():
		return obj{}
	}
	switch typ.Kind() {
	case reflect.String:
		return obj{"type": "string"}
	case reflect.Bool:
		return obj{"type": "boolean"}
	case reflect.Int, reflect.Int64, reflect.Int32, reflect.Uint8, reflect.Uint32, reflect.Uint64:
		return obj{"type": "integer"}
	case reflect.Pointer:
		return m.of(typ.Elem())
	case reflect.Slice:
		return obj{"type": "array", "items": m.of(typ.Elem())}
	case reflect.Map:
		return obj{"type": "object", "additionalProperties": m.of(typ.Elem())}
	case reflect.Struct:
		name := m.name(typ)
		if _, done := m.defs[name]; !done {
			m.defs[name] = obj{} // of types that contain themselves
			m.defs[name] = m.object(typ)
		}
		return obj{"$ref": "#/$defs/" + name}
	}
	m.t.Fatalf("no schema for %s", typ)
	return nil
}

// name is that of a type, with its package where two packages have it.
func (m *schemaMaker) name(typ reflect.Type) string {
	name := defName(typ)
	if first, taken := m.names[name]; taken && first != typ {
		pkg := typ.PkgPath()[strings.LastIndexByte(typ.PkgPath(), '/')+1:]
		name = strings.ToUpper(pkg[:1]) + pkg[1:] + name
	}
	m.names[name] = typ
	return name
}

// defName is a name without what is special in a reference.
func defName(typ reflect.Type) string {
	base, inner, generic := strings.Cut(typ.Name(), "[")
	if !generic {
		return base
	}
	inner = strings.TrimSuffix(inner, "]")
	return base + "Of" + inner[strings.LastIndexAny(inner, "./")+1:]
}

func (m *schemaMaker) object(typ reflect.Type) obj {
	out := obj{"type": "object"}
	properties, required := obj{}, []string{}
	m.members(typ, properties, &required)
	out["properties"] = properties
	if len(required) > 0 {
		slices.Sort(required)
		out["required"] = required
	}
	if doc := m.c.of(m.t, typ).doc; doc != "" {
		out["description"] = doc
	}
	return out
}

func (m *schemaMaker) members(typ reflect.Type, properties obj, required *[]string) {
	docs := m.c.of(m.t, typ)
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		embedded := f.Type
		if embedded.Kind() == reflect.Pointer {
			embedded = embedded.Elem()
		}
		switch {
		case name == "-" || name == "" && !f.Anonymous:
			continue
		case f.Anonymous && name == "":
			var inner []string
			m.members(embedded, properties, &inner)
			if f.Type.Kind() != reflect.Pointer {
				*required = append(*required, inner...)
			}
			continue
		}
		p := m.of(f.Type)
		if doc := docs.fields[f.Name]; doc != "" {
			p["description"] = doc
		}
		optional := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		if f.Type.Kind() == reflect.Pointer && !optional {
			p = obj{"anyOf": []any{p, obj{"type": "null"}}}
		}
		properties[name] = p
		if !optional {
			*required = append(*required, name)
		}
	}
}

// comments are what is written beside types, by package and name.
type comments map[string]map[string]typeDocs

type typeDocs struct {
	doc    string
	fields map[string]string
}

func (c comments) of(t *testing.T, typ reflect.Type) typeDocs {
	path := strings.TrimPrefix(typ.PkgPath(), "accesspath/")
	if c[path] == nil {
		c[path] = readComments(t, filepath.Join("..", "..", filepath.FromSlash(path)))
	}
	name, _, _ := strings.Cut(typ.Name(), "[")
	return c[path][name]
}

func readComments(t *testing.T, dir string) map[string]typeDocs {
	t.Helper()
	out := map[string]typeDocs{}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range decl.Specs {
				if s, ok := spec.(*ast.TypeSpec); ok {
					out[s.Name.Name] = docsOf(decl, s)
				}
			}
		}
	}
	return out
}

func docsOf(decl *ast.GenDecl, s *ast.TypeSpec) typeDocs {
	text := func(groups ...*ast.CommentGroup) string {
		for _, g := range groups {
			if g != nil {
				return strings.Join(strings.Fields(g.Text()), " ")
			}
		}
		return ""
	}
	out := typeDocs{doc: text(s.Doc, decl.Doc), fields: map[string]string{}}
	if st, ok := s.Type.(*ast.StructType); ok {
		for _, f := range st.Fields.List {
			for _, n := range f.Names {
				out.fields[n.Name] = text(f.Doc, f.Comment)
			}
		}
	}
	return out
}

// checkSchema says where a value does not fit a schema. Members that the schema
// does not know count, too: what is printed has to be documented.
func checkSchema(root, schema obj, v any, at string) []string {
	if ref, ok := schema["$ref"].(string); ok {
		return checkSchema(root, root["$defs"].(obj)[strings.TrimPrefix(ref, "#/$defs/")].(obj), v, at)
	}
	if list, ok := schema["anyOf"].([]any); ok {
		for _, s := range list {
			if len(checkSchema(root, s.(obj), v, at)) == 0 {
				return nil
			}
		}
		return []string{at + ": none of the forms fits"}
	}
	if want, ok := schema["const"]; ok && want != v {
		return []string{fmt.Sprintf("%s: %v, want %v", at, v, want)}
	}
	typ, _ := schema["type"].(string)
	var bad []string
	switch v := v.(type) {
	case obj:
		if typ != "object" && typ != "" {
			return []string{at + ": an object, want " + typ}
		}
		if typ == "" {
			return nil
		}
		properties, _ := schema["properties"].(obj)
		more, _ := schema["additionalProperties"].(obj)
		for name, member := range v {
			p, ok := properties[name].(obj)
			if !ok {
				p, ok = more, more != nil
			}
			if !ok {
				bad = append(bad, at+"/"+name+": is not in the schema")
				continue
			}
			bad = append(bad, checkSchema(root, p, member, at+"/"+name)...)
		}
		for _, name := range asList(schema["required"]) {
			if _, ok := v[name.(string)]; !ok {
				bad = append(bad, fmt.Sprintf("%s/%s: is missing", at, name))
			}
		}
	case []any:
		if typ != "array" && typ != "" {
			return []string{at + ": a list, want " + typ}
		}
		items, _ := schema["items"].(obj)
		for i, item := range v {
			bad = append(bad, checkSchema(root, items, item, fmt.Sprintf("%s/%d", at, i))...)
		}
	case string:
		if typ != "string" && typ != "" {
			bad = append(bad, at+": a string, want "+typ)
		}
		if _, err := time.Parse(time.RFC3339, v); schema["format"] == "date-time" && err != nil {
			bad = append(bad, at+": "+err.Error())
		}
	case float64:
		if typ != "integer" && typ != "" {
			bad = append(bad, at+": a number, want "+typ)
		}
	case bool:
		if typ != "boolean" && typ != "" {
			bad = append(bad, at+": a boolean, want "+typ)
		}
	case nil:
		if typ != "null" && typ != "" {
			bad = append(bad, at+": null, want "+typ)
		}
	}
	return bad
}

func asList(v any) []any {
	list, _ := v.([]any)
	return list
}

// TestOutputsFitSchemas runs the commands and holds what they print against the
// schemas.
func TestOutputsFitSchemas(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "testdata"))); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for name, text := range map[string]string{
		"questions.jsonl": `{"id":1,"principal":"alice","action":"s3:GetObject","resource":"arn:aws:s3:::example-shop-orders/x"}` + "\n" + `{"id":2,"principal":"nobody","action":"s3:GetObject","resource":"*"}` + "\n",
		"requests.jsonl":  `{"id":1,"principal":"arn:aws:iam::111122223333:user/a","action":"s3:GetObject","resource":"arn:aws:s3:::b/x","identityPolicies":[{"name":"p","policy":{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}}]}` + "\n{\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	const object = "arn:aws:s3:::example-shop-orders/2026/09.csv"
	seen := map[string]bool{}
	for _, c := range []struct {
		schema string
		args   []string
	}{
		{"", []string{"ingest", "accounts/shop", "--db", "org.db", "--label", "one"}},
		{"", []string{"ingest", "accounts/shop-next", "--db", "org.db"}},
		{"result", []string{"who-can", "s3:GetObject", object, "-i", "accounts/shop"}},
		{"result", []string{"who-can", "s3:*", "*", "-i", "accounts/shop", "--view", "all", "--strict", "--escalation", "--horizon", "2030-01-01"}},
		{"result", []string{"can", "bob", "s3:GetObject", object, "-i", "accounts/shop", "--verbose"}},
		{"result", []string{"can", "alice", "s3:GetObject", object, "-i", "accounts/shop", "--verbose"}},
		{"result", []string{"paths", "alice", "orders-reader", "-i", "accounts/shop"}},
		{"result", []string{"paths", "bob", "export", "-i", "accounts/shop"}},
		{"result", []string{"what-can", "alice", "-i", "accounts/shop"}},
		{"result", []string{"admins", "-i", "accounts/shop", "--escalation"}},
		{"graph", []string{"graph", "-i", "accounts/shop"}},
		{"spread", []string{"blast-radius", "444455556666", "-i", "accounts/shop"}},
		{"spread", []string{"exposure", "-i", "accounts/shop"}},
		{"chokepoints", []string{"chokepoints", "--from", "all", "--to", "orders-reader", "-i", "accounts/shop"}},
		{"whatif", []string{"who-can", "s3:GetObject", object, "-i", "accounts/shop", "--without", "deployer"}},
		{"whatif", []string{"can", "dana", "s3:GetObject", object, "-i", "accounts/shop", "--with-policy", "dana=policies/read-orders.json"}},
		{"review", []string{"review", "-i", "accounts/shop"}},
		{"diff", []string{"diff", "accounts/shop", "accounts/shop-next"}},
		{"diff", []string{"diff", "accounts/shop-next", "accounts/shop", "--action", "s3:GetObject", "--resource", object}},
		{"check-report", []string{"check", "checks/shop.yaml", "-i", "accounts/shop-next"}},
		{"history", []string{"history", "arn:aws:iam::444455556666:role/vendor-monitor", "--db", "org.db"}},
		{"snapshots", []string{"snapshots", "list", "--db", "org.db"}},
		{"snapshot-info", []string{"snapshots", "show", "one", "--db", "org.db"}},
		{"rules", []string{"rules", "list"}},
		{"can-line", []string{"can", "--batch", "questions.jsonl", "-i", "accounts/shop"}},
		{"evaluate-line", []string{"evaluate", "--batch", "requests.jsonl", "--open-world"}},
	} {
		args := c.args
		if c.schema != "" && !strings.HasSuffix(c.schema, "-line") {
			args = append(args, "--format", "json")
		}
		var out, errs bytes.Buffer
		if code := run(t.Context(), args, strings.NewReader(""), &out, &errs); code == exitUsage {
			t.Fatalf("%q: exit code %d: %s", args, code, errs.String())
		}
		if c.schema == "" {
			continue
		}
		seen[c.schema] = true
		text, _ := schemaOf(c.schema)
		var schema obj
		if err := json.Unmarshal(text, &schema); err != nil {
			t.Fatal(err)
		}
		values := 0
		for dec := json.NewDecoder(&out); dec.More(); values++ {
			var v any
			if err := dec.Decode(&v); err != nil {
				t.Fatalf("%q: %v", args, err)
			}
			for _, bad := range checkSchema(schema, schema, v, "") {
				t.Errorf("%q: %s", args, bad)
			}
		}
		if values == 0 {
			t.Errorf("%q prints nothing: %s", args, errs.String())
		}
	}
	for _, o := range outputs() {
		if !seen[o.name] {
			t.Errorf("no command was held against the schema %s", o.name)
		}
	}
}
