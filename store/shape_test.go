package store

import (
	"reflect"
	"strings"
	"testing"

	"accesspath/iam"
)

func schemaWith(t *testing.T, old, new string) *schema {
	t.Helper()
	current, err := currentSchema()
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(current.text, old, new, 1)
	if text == current.text {
		t.Fatalf("the schema has no %q:\n%s", old, text)
	}
	s, err := parseSchema(text, roots)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// roundTrip writes with one schema and reads with another, as a program and a
// later one do.
func roundTrip(t *testing.T, write, read *schema, r *iam.Role) (*iam.Role, error) {
	t.Helper()
	e, err := newEncoder()
	if err != nil {
		t.Fatal(err)
	}
	if write != nil {
		e.schema = write
	}
	put(e, r)
	p, err := e.part("", "")
	if err != nil {
		t.Fatal(err)
	}
	d := newDecoder(read, p.data, p.documents, p.positions)
	out := &iam.Role{}
	get(d, out)
	return out, d.end()
}

// A file outlives the types that it was written from: a field that was not
// there when it was written is zero, one that is gone is passed over.
func TestSchemasOfOtherVersions(t *testing.T) {
	current, err := currentSchema()
	if err != nil {
		t.Fatal(err)
	}
	whole := func() *iam.Role {
		f := &filler{t: t}
		r := filled[iam.Role](&filler{t: t, profiles: []*iam.InstanceProfile{nil}, policies: []*iam.ManagedPolicy{nil}, groups: f.groups})
		return r
	}
	want := whole()
	want.Description, want.Used = "", nil
	before := schemaWith(t, "\tDescription text\tUsed []ServiceUse", "")
	got, err := roundTrip(t, before, before, whole())
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("fields that are new: %v\n got %+v\nwant %+v", err, got, want)
	}
	gone := schemaWith(t, "\tDescription text\tUsed []ServiceUse", "\tPurpose text\tUses []ServiceUse")
	if got, err = roundTrip(t, nil, gone, whole()); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("fields that are gone: %v\n got %+v\nwant %+v", err, got, want)
	}
	if _, err = parseSchema(strings.Replace(current.text, "\tDescription text", "\tDescription int", 1), roots); err == nil || !strings.Contains(err.Error(), "Role.Description was stored as \"int\" and is \"text\" now") {
		t.Errorf("a field of another type: %v", err)
	}
}

func TestDamagedSchemas(t *testing.T) {
	for _, text := range []string{"Role\tName what\n", "", "\tA text\n", "Role\tName []\n", "Role\tName *map \n", "Role\tName " + strings.Repeat("[]", 100) + "text\n"} {
		if _, err := parseSchema(text, roots); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

// Whatever bytes a part has, reading ends, with an error or without.
func FuzzDecodeAccount(f *testing.F) {
	e, err := newEncoder()
	if err != nil {
		f.Fatal(err)
	}
	p, err := encodeAccount(e, (&filler{t: &testing.T{}}).account("111111111111"), nil)
	if err == nil {
		f.Add(p.data, p.positions)
	}
	f.Add([]byte{}, []byte{})
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), []byte{})
	current, err := currentSchema()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(_ *testing.T, data, positions []byte) {
		_, _ = decodeAccount(newDecoder(current, data, nil, positions))
	})
}

func TestSchemaWithoutEnd(t *testing.T) {
	s, err := parseSchema("Account\tID Account\n", roots)
	if err == nil {
		get(newDecoder(s, []byte(strings.Repeat("\x01", 1<<20)), nil, nil), &iam.Account{})
		t.Error("an account that is its own ID was taken")
	}
	if s, err = parseSchema("Account\tNext Account\n", roots); err != nil {
		t.Fatal(err)
	}
	d := newDecoder(s, []byte(strings.Repeat("\x01", 1<<20)), nil, nil)
	get(d, &iam.Account{})
	if d.end() == nil {
		t.Error("structs without end were read")
	}
}

func BenchmarkEncode(b *testing.B) {
	snapshot := synthetic(b, 10, 145)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := encodeSnapshot(b.Context(), snapshot, nil); err != nil {
			b.Fatal(err)
		}
	}
}
