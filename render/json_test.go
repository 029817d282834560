package render

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"encoding/json"

	"accesspath/query"
)

func TestJSONRoundTrip(t *testing.T) {
	for _, name := range []string{"onehop", "threehop", "deny", "whatcan", "hostile", "chain12", "large", "nobody", "unknown"} {
		r := fixture(t, name)
		once := rendered(t, "json", r, Options{})
		back, err := ReadResult(bytes.NewReader(once))
		if err != nil {
			t.Fatal(err)
		}
		if twice := rendered(t, "json", back, Options{}); !bytes.Equal(once, twice) {
			t.Errorf("%s changes when it is read back", name)
		}
		if name != "hostile" && !reflect.DeepEqual(r, back) { // its fixture has nil lists
			t.Errorf("%s: struct differs after a round trip", name)
		}
	}
}

func TestJSONForm(t *testing.T) {
	var b bytes.Buffer
	r := &query.Result{Schema: query.Schema, Answers: []query.Answer{{Principal: "a<b>&\u202e\x1b\u0085\U000e0041", Paths: []query.Path{{}}}}}
	if err := WriteJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	if strings.Contains(got, "null") {
		t.Error("has null")
	}
	if !strings.HasSuffix(got, "}\n") {
		t.Error("no newline at the end")
	}
	if !strings.Contains(got, `"a<b>&\u202e\u001b\u0085\udb40\udc41"`) {
		t.Errorf("escapes: %s", got)
	}
	for _, absent := range []string{`"morePaths"`, `"maxHops"`, `"brokenAt"`} {
		if strings.Contains(got, absent) {
			t.Errorf("empty member %s is not left out", absent)
		}
	}
	var back query.Result
	if err := json.Unmarshal(b.Bytes(), &back); err != nil || back.Answers[0].Principal != r.Answers[0].Principal {
		t.Errorf("read back: %q, %v", back.Answers[0].Principal, err)
	}
}

func TestReadResultErrors(t *testing.T) {
	for in, want := range map[string]string{
		``:                                    "EOF",
		`{}`:                                  `read result: not accesspath output: it has no "schema"; give a file that --format json wrote`,
		`{"schema":"accesspath.result/2"}`:    `read result: schema is "accesspath.result/2", this program reads "accesspath.result/1"; use the accesspath version for schema 2`,
		`{"schema":"accesspath.graph/1"}`:     `read result: schema is "accesspath.graph/1", want "accesspath.result/1"; give a file of that kind`,
		`{"schema":"accesspath.result/1",`:    "EOF",
		`{"schema":"accesspath.result/1"} {}`: "after top-level value",
		`{"schema":"accesspath.result/9","question":7}`: "use the accesspath version for schema 9",
		`[]`: "read result",
	} {
		if _, err := ReadResult(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ReadResult(%s) = %v, want %s", in, err, want)
		}
	}
	if _, err := ReadResult(strings.NewReader(`{"schema":"accesspath.result/1","later":[1]}`)); err != nil {
		t.Errorf("a member of a later version: %v", err)
	}
	if _, err := ReadResult(iotest.ErrReader(errFull)); err == nil {
		t.Error("a failing reader gives no error")
	}
}

// FuzzReadResult: whatever is read renders in every format without a panic.
func FuzzReadResult(f *testing.F) {
	for _, s := range []string{
		`{"schema":"accesspath.result/1","question":{"kind":"who-can"},"answers":[{"principal":"*","paths":[{"principals":["*"],"requires":[{"anyOf":[{"allOf":[{"key":"k"}]}]}]}]}]}`,
		`{"schema":"accesspath.result/1","question":{"kind":"can"},"answers":[{"verdict":"DENY","nearPath":["a","b"],"brokenAt":-1,"causes":[{}]}]}`,
		`{"schema":"accesspath.result/1","question":{"kind":"what-can"},"answers":[{"sessions":[{"principal":"","permissions":[{"effect":"deny"}]}]}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := ReadResult(bytes.NewReader(in))
		if err != nil {
			return
		}
		for _, format := range Formats() {
			rendered(t, format, r, Options{SVG: fakeSVG, PNG: fakeSVG, Verbose: true, Width: 50, Budget: 5})
		}
	})
}
