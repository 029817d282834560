package strictyaml

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// read walks a mapping of texts.
func read(text string) (map[string]string, error) {
	out := map[string]string{}
	err := Read("f.yaml", strings.NewReader(text), func(r *Reader, n *yaml.Node) {
		r.Members(n, []string{"name", "number", "on", "list"}, func(key string, value *yaml.Node) {
			switch key {
			case "name":
				out[key] = r.Text(value)
			case "number":
				r.Number(value)
			case "on":
				r.True(value)
			case "list":
				r.List(value)
			}
		})
	})
	return out, err
}

func TestProblems(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "f.yaml:1:1: the file is empty",
		"nam: x":                   `f.yaml:1:1: unknown key "nam"; did you mean "name"?`,
		"zzzzzz: x":                `unknown key "zzzzzz"; known are name, number, on, list`,
		"name: x\nname: y":         `f.yaml:2:1: "name" is here twice`,
		"name: [x]":                "f.yaml:1:7: this is a list, want text",
		"name:":                    "f.yaml:1:6: this is empty, want text",
		"number: 1.5":              `this is "1.5", want a whole number from 0`,
		"number: -1":               `want a whole number from 0`,
		"on: false":                `this is "false", want true`,
		"list: {a: b}":             "this is a mapping, want a list",
		"[1]":                      "f.yaml:1:1: this is a list, want keys and values",
		"name: x\n---\nname: y":    "several documents",
		"name: &a x\nlist: *a":     "f.yaml:2:7: aliases are not supported",
		"name: x\n  bad: y":        "f.yaml:2:1: not YAML: ",
		"? [a]\n: b":               "this key is a list, want a word",
		"nam: x\nnumber: y\non: z": "f.yaml:3:5",
	} {
		_, err := read(text)
		var bad *Error
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// Text that would mean something else without quotes is read back as it was.
func TestWriteQuotes(t *testing.T) {
	for _, s := range []string{"true", "1", "null", "~", "a: b", "# x", "- x", "\x1b[2J", "\u2028", "'\"", " x ", "a\nb", "*", "&a", "2026-01-01", "é", "\u202ex", "\U000e0041", "\ufeffx", "x\u200b\\u200b", "\t\r", strings.Repeat("long ", 100) + "\u202e"} {
		m := NewMapping()
		m.Add("name", Text(s))
		var b bytes.Buffer
		if err := Write(&b, m.Node); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if got, err := read(text); err != nil || got["name"] != s {
			t.Errorf("%q was written as %q and read as %q (%v)", s, text, got["name"], err)
		}
		if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
			t.Errorf("%q is written raw: %q", s, text)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("name: x\nnumber: 3\non: true\nlist: [a]")
	f.Add("a: &a [*a, *a]")
	f.Add(strings.Repeat("[", 2000))
	f.Add(strings.Repeat("- ", 2000))
	f.Fuzz(func(t *testing.T, text string) {
		_, err := read(text)
		var bad *Error
		if err != nil && (!errors.As(err, &bad) || len(bad.Problems) == 0 || bad.Problems[0].Line < 1) {
			t.Fatalf("%v", err)
		}
	})
}

// TestHostile: large and deep files are refused or read in reasonable time.
func TestHostile(t *testing.T) {
	for _, text := range []string{strings.Repeat("[", 1<<20), strings.Repeat("- ", 1<<16), strings.Repeat("{a: ", 1<<16), "name: " + strings.Repeat("x", 1<<22),
		"a: &a [x]\n" + strings.Repeat("b: *a\n", 1<<14)} {
		start := time.Now()
		if _, err := read(text); err != nil && len(err.Error()) > 1<<16 {
			t.Errorf("an error of %d bytes", len(err.Error()))
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%.20q took %v", text, took)
		}
	}
}
