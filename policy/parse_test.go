package policy

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func mustParse(t testing.TB, text string) *Document {
	t.Helper()
	d, err := ParseDocument([]byte(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return d
}

// statementJSON wraps one statement's members in a document of version 2012.
func statementJSON(members string) string {
	return `{"Version":"2012-10-17","Statement":[{` + members + `}]}`
}

const readAll = `"Effect":"Allow","Action":"s3:GetObject","Resource":"*"`

func TestParseDocumentErrors_GRAM_01(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "not a policy document"},
		{"not JSON", "Version: 2012-10-17", "not a policy document"},
		{"array", "[]", "found an array, want an object"},
		{"string", `"{}"`, "found a string"},
		{"null", "null", "found null"},
		{"cut off", `{"Version":"2012-10-17","Statement":[{`, "not a policy document"},
		{"two documents", `{} {}`, "more text after the closing brace"},
		{"GAAD-20 text for statements", `{"Statement":"[{}]"}`, "a statement is a string, want an object"},
		{"GAAD-20 number for statements", `{"Version":"2012-10-17","Statement":5}`, "a statement is a number, want an object"},
		{"GAAD-20 list in a list", `{"Statement":[[{` + readAll + `}]]}`, "a statement is an array, want an object"},
		{"trailing comma", `{"Statement":[],}`, "not a policy document"},
		{"5 MB", `{"Id":"` + strings.Repeat("x", 5<<20) + `"}`, "at most"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseDocument([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

// A grammarCase says how many statements remain and which problems are told.
type grammarCase struct {
	rule, name, text string
	statements       int
	problems         []string
}

func TestGrammar(t *testing.T) {
	s := statementJSON
	for _, c := range []grammarCase{
		{"GRAM-01", "any order", `{"Statement":[{"Resource":"*","Action":"*","Effect":"Allow"}],"Id":"i","Version":"2012-10-17"}`, 1, nil},
		{"GRAM-01", "empty object", `{}`, 0, nil},
		{"GRAM-02", "one object", `{"Statement":{` + readAll + `}}`, 1, nil},
		{"GRAM-02", "empty list", `{"Statement":[]}`, 0, nil},
		{"GRAM-02", "null", `{"Statement":null}`, 0, []string{"invalid-statement"}},
		{"GRAM-02", "list with null", `{"Statement":[null]}`, 0, []string{"invalid-statement"}},
		{"GRAM-02", "list with text", `{"Statement":["x",{` + readAll + `}]}`, 1, []string{"invalid-statement"}},
		{"GRAM-05", "other version", `{"Version":"2020-01-01","Statement":[]}`, 0, []string{"invalid-version"}},
		{"GRAM-06", "missing effect", s(`"Action":"*","Resource":"*"`), 0, []string{"invalid-effect"}},
		{"GRAM-06", "lower-case allow", s(`"Effect":"allow","Action":"*","Resource":"*"`), 0, []string{"invalid-effect"}},
		{"GRAM-06", "effect in a list", s(`"Effect":["Allow"],"Action":"*","Resource":"*"`), 0, []string{"invalid-effect"}},
		{"GRAM-07", "both", s(`"Effect":"Allow","Action":"*","NotAction":"iam:*","Resource":"*"`), 0, []string{"invalid-action"}},
		{"GRAM-07", "neither", s(`"Effect":"Allow","Resource":"*"`), 0, []string{"invalid-action"}},
		{"GRAM-08", "both resources", s(`"Effect":"Allow","Action":"*","Resource":"*","NotResource":"a"`), 0, []string{"invalid-resource"}},
		{"GRAM-10", "both principals", s(readAll + `,"Principal":"*","NotPrincipal":"*"`), 0, []string{"invalid-principal"}},
		{"GRAM-12", "no actions", s(`"Effect":"Allow","Action":[],"Resource":"*"`), 0, []string{"empty-element"}},
		{"GRAM-12", "no not-actions", s(`"Effect":"Deny","NotAction":[],"Resource":"*"`), 0, []string{"empty-element"}},
		{"GRAM-12", "no resources", s(`"Effect":"Allow","Action":"*","Resource":[]`), 0, []string{"empty-element"}},
		{"GRAM-12", "no not-resources", s(`"Effect":"Deny","Action":"*","NotResource":[]`), 0, []string{"empty-element"}},
		{"GRAM-12", "no principals", s(readAll + `,"Principal":{}`), 0, []string{"empty-element"}},
		{"GRAM-12", "empty principal list", s(readAll + `,"Principal":{"AWS":[]}`), 0, []string{"empty-element"}},
		{"GRAM-12", "no conditions", s(readAll + `,"Condition":{}`), 1, nil},
		{"GRAM-14", "any sid", s(`"Sid":"with blanks!",` + readAll), 1, nil},
		{"GRAM-15", "key repeated in a statement", s(readAll + `,"Action":"s3:PutObject"`), 2, []string{"duplicate-key"}},
		{"GRAM-15", "key repeated in a condition", s(readAll + `,"Condition":{"Bool":{"a:b":"true","a:b":"false"}}`), 2, []string{"duplicate-key"}},
		{"GRAM-15", "Statement repeated", `{"Statement":[{` + readAll + `}],"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`, 2, []string{"duplicate-key"}},
		{"GRAM-15", "Version repeated", `{"Version":"2008-10-17","Version":"2012-10-17","Statement":[]}`, 0, []string{"duplicate-key"}},
		{"GRAM-16", "lower-case elements", `{"version":"2012-10-17","statement":{"effect":"Allow","action":"*","resource":"*"}}`, 1, []string{"element-case", "element-case", "element-case", "element-case", "element-case"}},
		{"GRAM-17", "unknown element", s(readAll + `,"Comment":"x"`), 1, []string{"unknown-element"}},
		{"GRAM-17", "unknown principal type", s(readAll + `,"Principal":{"Group":"g","AWS":"*"}`), 1, []string{"unknown-element"}},
		{"GRAM-03", "object for action", s(`"Effect":"Allow","Action":{"a":1},"Resource":"*"`), 0, []string{"invalid-value", "empty-element"}},
		{"GAAD-20", "null for what is not set", s(readAll + `,"NotAction":null,"NotResource":null,"Principal":null,"NotPrincipal":null,"Condition":null`), 1, []string{"invalid-value", "invalid-value", "invalid-value", "invalid-value", "invalid-value"}},
		{"GRAM-12", "null for the only action", s(`"Effect":"Allow","Action":null,"Resource":"*"`), 0, []string{"invalid-value", "empty-element"}},
		{"GRAM-03", "null among actions", s(`"Effect":"Allow","Action":[null,"s3:*"],"Resource":"*"`), 1, []string{"invalid-value"}},
		{"PRINC-01", "principal as text", s(readAll + `,"Principal":"everyone"`), 0, []string{"invalid-principal", "empty-element"}},
		{"PRINC-01", "account number as text", s(readAll + `,"Principal":"111111111111"`), 1, []string{"invalid-principal"}},
		{"PRINC-13", "wildcard in a principal", s(readAll + `,"Principal":{"AWS":"arn:aws:iam::111111111111:role/*"}`), 1, []string{"dead-principal"}},
		{"PRINC-13", "any account's root", s(readAll + `,"Principal":{"AWS":"arn:aws:iam::*:root"}`), 1, []string{"dead-principal"}},
		{"PRINC-14", "group", s(readAll + `,"Principal":{"AWS":"arn:aws:iam::111111111111:group/g"}`), 1, []string{"dead-principal"}},
		{"COND-13", "unreadable value", s(readAll + `,"Condition":{"IpAddress":{"aws:SourceIp":"here"}}`), 1, []string{"condition"}},
		{"COND-14", "private range", s(readAll + `,"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`), 1, []string{"condition"}},
		{"COND-19", "unknown operator", s(readAll + `,"Condition":{"StringMatches":{"a:b":"c"}}`), 1, []string{"condition"}},
		{"COND-19", "condition is a list", s(readAll + `,"Condition":[]`), 1, []string{"invalid-condition"}},
	} {
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			d := mustParse(t, c.text)
			if len(d.Statements) != c.statements {
				t.Errorf("%d statements, want %d", len(d.Statements), c.statements)
			}
			var codes []string
			for _, p := range d.Problems {
				codes = append(codes, p.Code)
				if p.Offset < 0 || p.Offset > len(c.text) || p.Message == "" {
					t.Errorf("problem without place or text: %+v", p)
				}
			}
			if !slices.Equal(codes, c.problems) {
				t.Errorf("problems %v, want %v", codes, c.problems)
			}
		})
	}
}

func TestLowerCaseDenyIsAWarning_GRAM_06(t *testing.T) {
	d := mustParse(t, statementJSON(`"Effect":"deny","Action":"s3:*","Resource":"*"`))
	if len(d.Problems) != 1 || !d.Problems[0].Warning || d.Problems[0].Statement != 0 {
		t.Errorf("problems %+v, want one warning about statement 0", d.Problems)
	}
}

func TestConditionValuesBecomeText_GRAM_04(t *testing.T) {
	for json, want := range map[string]string{
		`"x"`: "x", `true`: "true", `false`: "false", `10`: "10", `10.0`: "10", `1e3`: "1000", `1.50`: "1.5", `-0.5`: "-0.5",
		`111111111111`: "111111111111", `1E2`: "100", `12345678901234567890`: "12345678901234567890", `0.1`: "0.1", `"\u00e9"`: "é",
		`1e63`: "1" + strings.Repeat("0", 63), `1e308`: "1e308", `-1E-9999999999999999999`: "-1E-9999999999999999999", `12345678901234567890.0`: "12345678901234567890",
		`1e-3`: "0.001", `0.0`: "0", `-0.0`: "0", `1.25e1`: "12.5", `123.4500e-2`: "1.2345", `5e-1`: "0.5",
	} {
		d := mustParse(t, statementJSON(readAll+`,"Condition":{"StringEquals":{"a:b":`+json+`}}`))
		if got := d.Statements[0].Conditions[0].Values; !slices.Equal(got, []string{want}) {
			t.Errorf("%s becomes %q, want %q", json, got, want)
		}
	}
}

func TestScalarsAreLists_GRAM_03(t *testing.T) {
	scalar := mustParse(t, statementJSON(readAll+`,"Principal":{"AWS":"111111111111"},"Condition":{"Bool":{"a:b":true}}`)).Statements[0]
	list := mustParse(t, statementJSON(`"Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"],"Principal":{"AWS":["111111111111"]},"Condition":{"Bool":{"a:b":["true"]}}`)).Statements[0]
	for _, s := range []Statement{scalar, list} {
		if len(s.Action) != 1 || len(s.Resource) != 1 || len(s.Principal) != 1 || len(s.Conditions) != 1 || len(s.Conditions[0].Values) != 1 {
			t.Errorf("not normalized: %+v", s)
		}
	}
}

func TestDigestIgnoresWhiteSpaceOnly(t *testing.T) {
	a := mustParse(t, `{"Statement":[],"Id":"x"}`)
	b := mustParse(t, "{ \"Statement\" : [ ] ,\n\t\"Id\":\"x\" }")
	c := mustParse(t, `{"Statement":[],"Id":"y"}`)
	if a.Digest != b.Digest || a.Text != b.Text || a.Digest == c.Digest {
		t.Error("the digest must tell documents apart by content")
	}
}

// GRAM-15: both readings count, whichever one a parser keeps.
func TestBothReadingsOfRepeatedKeys_GRAM_15(t *testing.T) {
	for _, c := range []struct{ name, members string }{
		{"condition key", `"Condition":{"StringEquals":{"t:k":"a","t:k":"b"}}`},
		{"condition operator", `"Condition":{"StringEquals":{"t:k":"a"},"StringEquals":{"t:k":"b"}}`},
		{"condition", `"Condition":{"StringEquals":{"t:k":"a"}},"Condition":{"StringEquals":{"t:k":"b"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, effect := range []string{"Allow", "Deny"} {
				d := mustParse(t, statementJSON(`"Effect":"`+effect+`","Action":"*","Resource":"*",`+c.members))
				for value, want := range map[string]bool{"a": true, "b": true, "c": false} {
					e := newEvaluation(&Request{Action: "s3:GetObject", Resource: "*", Context: MapContext{"t:k": Is(value)}})
					var g grants
					e.collect([]Attached{{Document: d}}, identityLayer, "identity", &g)
					if got := Or(g.anyAllow(), g.deny); got.Key() != Bool(want).Key() {
						t.Errorf("%s with k=%s: %s, want %v", effect, value, got.Key(), want)
					}
					for _, ev := range g.evidence {
						if !slices.Contains(ev.Codes, "U-12") {
							t.Errorf("%s: evidence without U-12", effect)
						}
					}
				}
			}
		})
	}
}

// GRAM-15: which version counts decides whether ${…} is a variable, so that statements
// are read both ways.
func TestBothReadingsOfRepeatedVersions_GRAM_15(t *testing.T) {
	const own = `"Statement":[{"Effect":"%","Action":"*","Resource":"arn:aws:s3:::b/${aws:username}"}]`
	for versions, want := range map[string]map[string]bool{
		`"Version":"2012-10-17","Version":"2008-10-17",`: {"u": true, "${aws:username}": true, "v": false},
		`"Version":"2008-10-17","Version":"2012-10-17",`: {"u": true, "${aws:username}": true, "v": false},
		`"Version":"2012-10-17","Version":"2012-10-17",`: {"u": true, "${aws:username}": false},
		`"Version":"2008-10-17","Version":"2020-01-01",`: {"u": false, "${aws:username}": true},
		`"Version":"2012-10-17","version":"2008-10-17",`: {"u": true, "${aws:username}": false}, // the exact name first (GRAM-16)
		`"version":"2008-10-17","Version":"2012-10-17",`: {"u": true, "${aws:username}": false},
	} {
		for _, effect := range []string{"Allow", "Deny"} {
			d := mustParse(t, "{"+versions+strings.Replace(own, "%", effect, 1)+"}")
			for object, matches := range want {
				e := newEvaluation(&Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/" + object, Context: MapContext{"aws:username": Is("u")}})
				var g grants
				e.collect([]Attached{{Document: d}}, identityLayer, "identity", &g)
				if got := Or(g.anyAllow(), g.deny); got.Key() != Bool(matches).Key() {
					t.Errorf("%s %s of %s: %s, want %v", versions, effect, object, got.Key(), matches)
				}
				coded := !strings.Contains(versions, "version")
				for _, ev := range g.evidence {
					if slices.Contains(ev.Codes, "U-12") != coded {
						t.Errorf("%s: codes %q", versions, ev.Codes)
					}
				}
			}
		}
	}
	if d := mustParse(t, `{"Version":"2012-10-17","Version":"2008-10-17","Statement":[{`+readAll+`}]}`); len(d.Statements) != 1 {
		t.Errorf("GRAM-19: %d statements, want the one that reads the same", len(d.Statements))
	}
}

func TestEqualStatementsAreOneEvidence_GRAM_19(t *testing.T) {
	d := mustParse(t, `{"Statement":[{`+readAll+`},{"Resource":["*"],"Action":["s3:GetObject"],"Effect":"Allow"}]}`)
	if len(d.Statements) != 1 || d.Statements[0].Index != 0 || !slices.Equal(d.Statements[0].Repeats, []int{1}) {
		t.Errorf("GRAM-19: %+v, want the first alone, and where it repeats", d.Statements)
	}
	d = mustParse(t, `{"Statement":[{`+readAll+`},{`+readAll+`,"Condition":{"Bool":{"a:b":"true"}}},{`+readAll+`}]}`)
	if len(d.Statements) != 2 || !slices.Equal(d.Statements[0].Repeats, []int{2}) || d.Statements[1].Repeats != nil {
		t.Errorf("GRAM-19: %+v, want two statements, the first repeated as the third", d.Statements)
	}
}

func TestVariablesOnlyBehindTheFifthColon_GRAM_22(t *testing.T) {
	for text, want := range map[string]bool{
		"arn:aws:s3:::b/${aws:username}":                     true,
		"arn:aws:s3:::${aws:username}":                       true,
		"arn:aws:s3:${aws:RequestedRegion}::b":               false,
		"${aws:username}":                                    false,
		"arn:aws:s3:${aws:RequestedRegion}::${aws:username}": true,
		"arn:aws:s3:::b/${}":                                 false,
		"arn:aws:s3:::b/${ , 'x'}":                           false,
	} {
		if got := CompileResource(text, true).fixed() == nil; got != want {
			t.Errorf("%s: to be filled in %v, want %v", text, got, want)
		}
		if CompileResource(text, false).fixed() == nil {
			t.Errorf("GRAM-05: %s has variables in version 2008", text)
		}
	}
	if got := ParseTemplate("b/${}", true).parts; len(got) != 2 || got[1].lit != "${}" {
		t.Errorf("VAR-01: ${} names no key and is text, got %+v", got)
	}
}

// hostileDocuments are as large as the parser reads, and shaped to hurt.
func hostileDocuments() map[string][]byte {
	const size = 1 << 19 // enough to tell linear from quadratic
	repeat := func(head, unit, tail string) []byte {
		return []byte(head + strings.Repeat(unit, (size-len(head)-len(tail))/len(unit)) + tail)
	}
	var keys bytes.Buffer
	keys.WriteString(`{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"`)
	for i := 0; keys.Len() < size; i++ {
		fmt.Fprintf(&keys, `,"%x":0`, i)
	}
	keys.WriteString(`}]}`)
	var conditions bytes.Buffer
	conditions.WriteString(`{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"a":"b"`)
	for i := 0; conditions.Len() < size; i++ {
		fmt.Fprintf(&conditions, `,"%x":"b"`, i)
	}
	conditions.WriteString(`}}}]}`)
	return map[string][]byte{
		"10 MB of [":        bytes.Repeat([]byte("["), 10<<20),
		"4 MB of [":         bytes.Repeat([]byte("["), maxDocument),
		"4 MB of {\"a\":":   bytes.Repeat([]byte(`{"a":`), maxDocument/5),
		"nested in Action":  repeat(`{"Statement":[{"Effect":"Allow","Resource":"*","Action":`, "[", ""),
		"many keys":         keys.Bytes(),
		"many conditions":   conditions.Bytes(),
		"one repeated key":  repeat(`{"Statement":[{"Effect":"Allow","Resource":"*"`, `,"Action":"*"`, `}]}`),
		"many statements":   repeat(`{"Statement":[{}`, `,{}`, `]}`),
		"many actions":      repeat(`{"Statement":[{"Effect":"Allow","Resource":"*","Action":["*"`, `,"a:*"`, `]}]}`),
		"a wild action":     repeat(`{"Statement":[{"Effect":"Allow","Resource":"*","Action":"s3:`, `*a?`, `"}]}`),
		"variables":         repeat(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::`, `${a}`, `"}]}`),
		"unclosed variable": repeat(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::`, `${`, `"}]}`),
		"unknown elements":  repeat(`{"x":0`, `,"y":0`, `}`),
	}
}

func TestHostileDocumentsAreReadInLinearTime_GRAM_23(t *testing.T) {
	if testing.Short() {
		t.Skip("reads several documents of 4 MB")
	}
	for name, raw := range hostileDocuments() {
		t.Run(name, func(t *testing.T) {
			done := make(chan struct{})
			go func() {
				defer close(done)
				if d, err := ParseDocument(raw); err == nil {
					d.UsesAction(Allow, "s3:GetObject")
				}
			}()
			select {
			case <-done:
			case <-time.After(10 * time.Second):
				t.Fatalf("%d bytes are not read within 10 s", len(raw))
			}
		})
	}
}

func TestDeepNestingWithinTheLimit(t *testing.T) {
	for _, depth := range []int{100, 5000} {
		text := `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","X":` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + `}]}`
		if d := mustParse(t, text); len(d.Statements) != 1 {
			t.Errorf("depth %d: %d statements", depth, len(d.Statements))
		}
	}
}

func FuzzParseDocument(f *testing.F) {
	for _, s := range []string{
		`{"Version":"2012-10-17","Id":"i","Statement":[{"Sid":"1",` + readAll + `}]}`,
		`{"Statement":{` + readAll + `}}`,
		statementJSON(readAll + `,"Principal":{"AWS":["111111111111","*"],"Service":"ec2.amazonaws.com"}`),
		statementJSON(readAll + `,"NotPrincipal":{"Federated":"accounts.google.com"}`),
		statementJSON(`"Effect":"Deny","NotAction":["iam:*"],"NotResource":["arn:aws:s3:::b/${aws:username, 'x'}/${*}"]`),
		statementJSON(readAll + `,"Condition":{"ForAllValues:StringLikeIfExists":{"aws:TagKeys":["a*",1,true,1e3]},"Null":{"a:b":false}}`),
		statementJSON(readAll + `,"Action":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2020-01-01"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`),
		`{"statement":[{"effect":"deny"}]}`, `[]`, `{}`, ``, `{"Statement":[[[[`, "{\"Id\":\"\xff\"}",
	} {
		f.Add([]byte(s))
	}
	caller := Caller{Kind: CallerRole, ARN: "arn:aws:iam::111111111111:role/r", Account: "111111111111", Partition: "aws", Name: "r"}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := ParseDocument(raw)
		if err != nil {
			return
		}
		again, err := ParseDocument([]byte(d.Text))
		if err != nil || again.Digest != d.Digest || len(again.Statements) != len(d.Statements) {
			t.Fatalf("the compact text reads differently: %v", err)
		}
		r := Request{Caller: caller, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/x", ResourceAccount: "111111111111"}
		a := []Attached{{Document: d}}
		got := Evaluate(r, Layers{Identity: a, Resource: ResourceLayer{State: ResourcePresent, Policies: a}})
		if got.Requires.IsFalse() && len(got.Causes) == 0 {
			t.Fatal("a denial without a cause (CONV-02)")
		}
		if !got.Requires.IsFalse() && len(got.Causes) != 0 {
			t.Fatal("causes without a denial")
		}
	})
}
