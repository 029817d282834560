package scan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

func stream(t testing.TB, text string) *Stream {
	t.Helper()
	r, err := Open(strings.NewReader(text), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	if _, err := r.Opening(); err != nil {
		t.Fatal(err)
	}
	return NewStream(NewFile("f", nil, 100), r)
}

// value reads a text of one value.
func value(t testing.TB, text string) Value {
	t.Helper()
	v, err := stream(t, text).Value()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// decode turns a Value into what encoding/json makes of it.
func decode(v Value) any {
	switch v.Kind() {
	case '{':
		out := map[string]any{}
		for name, m := range v.Members() {
			out[string(name)] = decode(m)
		}
		return out
	case '[':
		out := []any{}
		for _, e := range v.Elements() {
			out = append(out, decode(e))
		}
		return out
	case '"':
		return v.Text()
	case 't', 'f':
		return v.Bool()
	case 'n':
		return nil
	}
	return json.Number(v.Text())
}

var shapes = []string{
	`{}`, `[]`, `{"a":1}`, `[1,-2.5e3,true,false,null,"x"]`, `{ "a" : { "b" : [ ] , "c" : "}\"]" } , "d" : [ { } , [ ] ] }`,
	`"\u00e9\\\" \ud83d\ude00"`, "{\n\t\"a\": [\r\n1 ,\n 2\n]\n}", `{"a":{"a":{"a":[[["\\"]]]}},"":""}`, `12`, `"\\\\"`,
}

func TestValueAgreesWithEncodingJSON(t *testing.T) {
	for _, text := range shapes {
		checkValue(t, text)
	}
}

func checkValue(t *testing.T, text string) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var want any
	if err := d.Decode(&want); err != nil {
		t.Fatal(err)
	}
	if got := decode(value(t, text)); !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %#v, want %#v", text, got, want)
	}
}

// FuzzValue compares with encoding/json, which takes the last of repeated
// names too.
func FuzzValue(f *testing.F) {
	for _, text := range shapes {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		r, err := Open(strings.NewReader(text), Limits{})
		if err != nil {
			return
		}
		defer r.Close()
		if _, err := NewStream(NewFile("f", nil, 100), r).Value(); err != nil {
			return // stricter than encoding/json, about surrogates for one
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got := compactInto(nil, []byte(strings.TrimSpace(text))); string(got) != compact.String() {
			t.Errorf("compact %q, want %q", got, compact.String())
		}
		checkValue(t, text)
	})
}

// Every value knows its line and column, whatever is asked first.
func TestPositions(t *testing.T) {
	text := "\n {\n  \"list\": [\n    1, \"two\",\n    {\"x\": \"é\", \"y\": 3}]\n}\n{\"again\": 4}"
	s := stream(t, text)
	v, err := s.Value()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	var visit func(v Value)
	visit = func(v Value) {
		line, column := v.Position()
		got = append(got, fmt.Sprintf("%d:%d", line, column))
		for _, m := range v.Members() {
			visit(m)
		}
		for _, e := range v.Elements() {
			visit(e)
		}
	}
	visit(v)
	want := "2:2 3:11 4:5 4:8 5:5 5:11 5:22"
	if strings.Join(got, " ") != want {
		t.Errorf("positions %v, want %s", got, want)
	}
	if line, column := v.Position(); line != 2 || column != 2 {
		t.Errorf("asked again: %d:%d", line, column)
	}
	v, err = s.Value()
	if err != nil {
		t.Fatal(err)
	}
	if line, column := v.Get("again").Position(); line != 7 || column != 11 {
		t.Errorf("second value at %d:%d, want 7:11", line, column)
	}
}

func TestKeepOutlivesTheStream(t *testing.T) {
	s := stream(t, `{"a": "first"}`+"\n"+`{"a": "other"}`)
	v, err := s.Value()
	if err != nil {
		t.Fatal(err)
	}
	kept := v.Get("a").Keep()
	if _, err := s.Value(); err != nil {
		t.Fatal(err)
	}
	if line, column := kept.Position(); kept.Text() != "first" || line != 1 || column != 7 {
		t.Errorf("%q at %d:%d", kept.Text(), line, column)
	}
}

func TestMaxValue(t *testing.T) {
	r, err := Open(strings.NewReader(`{"a":"`+strings.Repeat("x", 1<<20)+`"}`), Limits{MaxValue: 1 << 18})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := NewStream(NewFile("f", nil, 100), r).Value(); err == nil || !strings.Contains(err.Error(), "a single value is larger than 262144 bytes") {
		t.Errorf("error %v", err)
	}
}

func TestNames(t *testing.T) {
	n := NewNames("UserName", "Arn")
	for name, want := range map[string]string{"UserName": "UserName", "userName": "UserName", "user_name": "UserName", "USER-NAME": "UserName", "arn": "Arn", "Name": "", strings.Repeat("a", 1000): ""} {
		if got := n.Of([]byte(name)); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestSpread(t *testing.T) {
	raw := []byte("{ \"a\" :\n [ \"x y\" , {\"b\": 1}, true , -12 ] }")
	compact := string(compactInto(nil, raw))
	for _, token := range []string{`{ "a"`, `"a"`, `"x y"`, `{"b"`, `"b"`, "1}", "true", "-12"} {
		at := spread(raw, strings.Index(compact, strings.ReplaceAll(token, "{ ", "{")))
		if !strings.HasPrefix(string(raw[at:]), token) {
			t.Errorf("%s is found at %q", token, raw[at:])
		}
	}
	if at := spread(raw, len(compact)); at != len(raw) {
		t.Errorf("what lies behind is found at %d of %d", at, len(raw))
	}
}

// FuzzPercentDecode: where RFC 3986 decoding is defined, it is that; "+" stays.
func FuzzPercentDecode(f *testing.F) {
	for _, s := range []string{"", "a+b", "%7B%22a%22%7D", "%7b", "%", "%2", "%zz", "100%", "%25%37%42", "%C3%A9", "%00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := string(PercentDecode([]byte(s)))
		if want, err := url.PathUnescape(s); err == nil && got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
		if strings.Count(got, "+") < strings.Count(s, "+") {
			t.Errorf("%q loses a plus: %q", s, got)
		}
		if escaped := url.PathEscape(s); string(PercentDecode([]byte(escaped))) != s {
			t.Errorf("%q does not come back from %q", s, escaped)
		}
	})
}
