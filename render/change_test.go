package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"accesspath/query"
	"accesspath/query/assert"
	"accesspath/query/compare"
)

// changeOf is a difference with s in all its strings.
func changeOf(s string) *compare.Diff {
	r := everywhere(s)[0]
	path := r.Answers[0].Paths[0]
	details := []compare.Detail{{What: s, Old: s, New: s}, {What: "statement", Old: s}, {What: "requires", New: s}}
	trust := compare.Trust{From: s, To: s + "2", Kind: s, Verdict: s, Requires: path.Requires, Because: path.Because}
	principal := compare.Principal{ID: s, Kind: s, Account: s, Position: s}
	policy := compare.Policy{Name: s, Layer: s, Owner: s, ARN: s, Position: s}
	way := compare.Path{Origin: s, Target: s, Path: path}
	row := compare.Row{Principal: s, Kind: s, Account: s, Verdict: s, Hops: 1, Path: &path}
	finding := compare.Finding{Fingerprint: s, Rule: s, Severity: s, Subject: s, About: s, Account: s, Title: s, Text: s}
	side := compare.Side{Name: s, Coverage: r.Coverage}
	return &compare.Diff{Schema: compare.Schema, Old: side, New: side, Question: &r.Question, Accounts: sets(compare.Account{ID: s, Name: s}, details),
		Principals: sets(principal, details), Trusts: sets(trust, details), Policies: sets(policy, details), Paths: sets(way, details),
		Access: sets(row, details), Findings: sets(finding, details), Notes: r.Notes, Limits: r.Limits}
}

func sets[T any](v T, details []compare.Detail) compare.Set[T] {
	return compare.Set[T]{Added: []T{v}, Removed: []T{v}, Changed: []compare.Pair[T]{{Old: v, New: v, Details: details}}}
}

// checksOf is a report with s in all its strings.
func checksOf(s string) *assert.Report {
	r := everywhere(s)[0]
	path := r.Answers[0].Paths[0]
	o := assert.Outcome{Name: s, Why: s, Line: 3, Column: 5, Status: assert.Failed, Question: s, More: 2,
		Violations: []assert.Violation{{Condition: s, Principal: s, Kind: s, Account: s, Text: s, Path: &path, Causes: r.Answers[1].Causes}},
		Statements: []assert.Statement{{Evidence: path.Because[0], Violations: 2}}, Undecided: []string{s}, Notes: []string{s}}
	undecided := o
	undecided.Status, undecided.Violations = assert.Undecided, nil
	return &assert.Report{Schema: assert.Schema, File: s, Coverage: r.Coverage, Failed: 1, Undecided: 1, Checks: []assert.Outcome{o, undecided}, Diagnostics: r.Diagnostics}
}

func changed(t *testing.T, format, s string, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := RenderDiff(t.Context(), &b, format, changeOf(s), o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func checked(t *testing.T, format, s string) string {
	t.Helper()
	var b bytes.Buffer
	if err := RenderCheck(t.Context(), &b, format, checksOf(s), Options{Verbose: true}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestInjectionChange(t *testing.T) {
	span := regexp.MustCompile("(`+)[^`].*?[^`](`+)|`[^`]`")
	escaped := regexp.MustCompile(`\\.`)
	visible := func(name, s, out string) {
		for _, r := range out {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Fatalf("%s of %q shows %U raw", name, s, r)
			}
		}
	}
	for _, s := range attacks {
		for _, format := range []string{"text", "json", "markdown", "dot"} {
			visible(format, s, changed(t, format, s, Options{Verbose: true}))
		}
		for _, format := range []string{"text", "json", "sarif"} {
			visible(format, s, checked(t, format, s))
		}
		for line := range strings.Lines(changed(t, "markdown", s, Options{Verbose: true})) {
			bare := span.ReplaceAllString(escaped.ReplaceAllString(line, ""), "")
			if strings.ContainsAny(strings.TrimPrefix(bare, "- "), "<>[]") || strings.Contains(bare, "://") {
				t.Fatalf("%q: live markup in %q", s, line)
			}
		}
		bare, _ := splitLabels(regexp.MustCompile(`"(?:[^"\\]|\\.)*"`).ReplaceAllString(changed(t, "dot", s, Options{}), `""`))
		if strings.Contains(bare, "evil") || strings.Count(bare, "digraph") != 1 {
			t.Fatalf("%q: %s", s, bare)
		}
	}
}

// JUnit stays well-formed, and has no elements but its own.
func TestInjectionJUnit(t *testing.T) {
	known := map[string]bool{"testsuites": true, "testsuite": true, "testcase": true, "failure": true, "error": true}
	for _, s := range attacks {
		out := checked(t, "junit", s)
		dec := xml.NewDecoder(strings.NewReader(out))
		for {
			token, err := dec.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%q: %v in %s", s, err, out)
			}
			if e, ok := token.(xml.StartElement); ok && !known[e.Name.Local] {
				t.Fatalf("%q opens %s", s, e.Name.Local)
			}
			if text, ok := token.(xml.CharData); ok {
				for _, r := range string(text) {
					if r != '\n' && !unicode.IsPrint(r) {
						t.Fatalf("%q shows %U raw", s, r)
					}
				}
			}
		}
	}
}

// SARIF: every list is there, every result names a rule by its index, and
// regions begin at 1.
func TestSARIFShape(t *testing.T) {
	for _, s := range attacks {
		var log sarifLog
		if err := json.Unmarshal([]byte(checked(t, "sarif", s)), &log); err != nil {
			t.Fatal(err)
		}
		if log.Version != "2.1.0" || len(log.Runs) != 1 || len(log.Runs[0].Results) != 3 {
			t.Fatalf("%+v", log)
		}
		for _, r := range log.Runs[0].Results {
			if log.Runs[0].Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || r.Related == nil || len(r.Locations) != 1 || r.Locations[0].Physical.Region.Line != 3 ||
				len(r.Fingerprints) != 1 {
				t.Fatalf("%+v", r)
			}
		}
	}
}

// A difference survives being written and read.
func TestDiffRoundTrip(t *testing.T) {
	text := changed(t, "json", "x", Options{})
	d, err := ReadDiff(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := RenderDiff(t.Context(), &b, "json", d, Options{}); err != nil || b.String() != text {
		t.Errorf("%v\n%s\nwant\n%s", err, b.String(), text)
	}
	if _, err := ReadDiff(strings.NewReader(`{"schema": "accesspath.result/1"}`)); err == nil {
		t.Error("a result was read as a difference")
	}
}

func TestDiffEmpty(t *testing.T) {
	var b bytes.Buffer
	d := &compare.Diff{Schema: compare.Schema, Limits: query.Limits{}}
	if err := RenderDiff(t.Context(), &b, "text", d, Options{}); err != nil || !strings.Contains(b.String(), "No difference") {
		t.Errorf("%v %s", err, b.String())
	}
	if err := RenderDiff(t.Context(), io.Discard, "xml", d, Options{}); err == nil || !strings.Contains(err.Error(), "text, json, markdown, mermaid, graphml, dot, svg, png") {
		t.Errorf("%v", err)
	}
	if err := RenderDiff(t.Context(), io.Discard, "svg", d, Options{}); err == nil {
		t.Error("svg without a layout engine")
	}
}
