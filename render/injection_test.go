package render

import (
	"context"
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"accesspath/internal/termsafe"
	"accesspath/query"
)

// attacks are put into every string of a result, one at a time.
var attacks = []string{
	"",
	"<script>alert(1)</script>",
	`"><img src=x onerror=alert(1)>`,
	"' onmouseover='alert(1)",
	"</svg></figure><h1>x",
	"]]>--><!--",
	"|x|\n| --- |",
	"[x](javascript:alert(1)) ![y](http://e.example/y.png) <http://e.example>",
	"`code` ``` fence",
	"\x1b]0;title\x07\x1b[2J\u009b31m",
	"adm\u202enimda\u2066\u200b\ufeff",
	"\\N \\G \\l \"; } digraph evil { x [URL=\"http://e.example\"]",
	"\r\n::error file=x::boom",
	"=HYPERLINK(\"http://e.example\")",
	"\xff\xfe\x00",
	strings.Repeat("x", 512),
}

// everywhere builds a result of each kind with s in all its strings.
func everywhere(s string) []*query.Result {
	ev := []query.Evidence{{Policy: s, Layer: s, Sid: s, Effect: s, Owner: s, Via: s, Position: s, Match: s, Rule: s}}
	reqs := []query.Requirement{
		{Hop: 1, Key: s, Operator: s, Values: []string{s}, Class: s, Code: s},
		{Text: s},
		{AnyOf: []query.Requirement{{Key: "sts:ExternalId", Operator: "StringEquals", Values: []string{s}}, {Code: s}}},
	}
	path := query.Path{Verdict: s, Principals: []string{s, s + "2"}, Steps: []query.Step{{From: s, To: s + "2", Kind: s, Verdict: s, Requires: reqs, Because: ev}},
		Requires: reqs, Because: ev, Codes: []string{s}, Modes: []string{s}, Status: s, Confidence: s, Witness: s, Action: s}
	a := query.Answer{Principal: s, Kind: s, Account: s, Verdict: s, Confidence: s, Codes: []string{s}, Paths: []query.Path{path, path}, MorePaths: 2,
		Marks: []string{s}, Sessions: []query.Session{{Principal: s, Path: path, Permissions: []query.Permission{
			{Effect: s, Actions: []string{s}, Resources: []string{s}, Requires: reqs, Evidence: ev[0]},
			{Effect: s, NotActions: []string{s}, NotResource: []string{s}, Evidence: ev[0]}}}},
		Layers: []query.Layer{{Name: s, Result: s, Evidence: ev, Principal: s}}}
	no := query.Answer{Principal: s + "3", Kind: s, Account: s, Verdict: query.VerdictDeny, BrokenAt: 1, NearPath: []string{s, s},
		Causes: []query.Cause{{Layer: s, Explicit: true, Statement: &ev[0], Hop: 1, Text: s, Rule: s}}}
	var out []*query.Result
	for _, kind := range []string{"who-can", "can", "paths", "what-can", s} {
		out = append(out, &query.Result{Schema: query.Schema,
			Question: query.Question{Kind: kind, Principal: s, Action: s, Resource: s, Target: s, View: s, Quantify: s, Context: map[string]string{s: s}},
			Coverage: query.CoverageSummary{Organization: s, Guardrails: s, Incomplete: []string{s}, Unknown: []query.UnknownSection{{Section: s, Accounts: 1}}},
			Answers:  []query.Answer{a, no}, Limits: query.Limits{Truncated: true, Reasons: []string{s}}, Notes: []query.Note{{Code: s, Text: s}},
			Diagnostics: []query.DiagnosticJSON{{Severity: s, Code: s, File: s, Line: 1, Pointer: s, Entity: s, Message: s, Hint: s}}})
	}
	return out
}

func attack(t *testing.T, format string, o Options, check func(t *testing.T, attack, out string)) {
	for _, s := range attacks {
		for _, r := range everywhere(s) {
			check(t, s, string(rendered(t, format, r, o)))
		}
	}
}

// No format writes a raw control or invisible character, JSON included.
func TestInjectionInvisible(t *testing.T) {
	for _, format := range []string{"text", "json", "markdown", "html", "mermaid", "graphml", "dot"} {
		attack(t, format, Options{Verbose: true}, func(t *testing.T, s, out string) {
			for _, r := range out {
				if r != '\n' && !unicode.IsPrint(r) || r == unicode.ReplacementChar && format != "json" {
					t.Fatalf("%s of %q shows %U raw", format, s, r)
				}
			}
		})
	}
}

func TestInjectionText(t *testing.T) {
	for _, width := range []int{40, 80, 200} {
		attack(t, "text", Options{Verbose: true, Width: width}, func(t *testing.T, s, out string) {
			for line := range strings.Lines(out) {
				line = strings.TrimSuffix(line, "\n")
				if termsafe.Width(line) > width || strings.HasSuffix(line, " ") {
					t.Fatalf("width %d: line %q", width, line)
				}
				if strings.HasPrefix(line, "::") {
					t.Fatalf("CI command: %q", line)
				}
			}
		})
	}
	attack(t, "text", Options{Color: true}, func(t *testing.T, s, out string) {
		if left := regexp.MustCompile("\x1b\\[[0-9]+m").ReplaceAllString(out, ""); strings.Contains(left, "\x1b") {
			t.Fatalf("%q: an escape that is not ours", s)
		}
	})
}

var tag = regexp.MustCompile(`<(/?[a-z0-9!A-Z]+)([^>]*)>`)

func TestInjectionHTML(t *testing.T) {
	known := " header h1 h2 p span bdi figure svg div table thead tbody tr th td code ol ul li details summary footer main body head html title style meta !DOCTYPE "
	attack(t, "html", Options{SVG: fakeSVG, Verbose: true}, func(t *testing.T, s, out string) {
		for _, m := range tag.FindAllStringSubmatch(out, -1) {
			if !strings.Contains(known, " "+strings.TrimPrefix(m[1], "/")+" ") {
				t.Fatalf("%q opens %s", s, m[0])
			}
			if m[1] != "meta" && m[1] != "html" && m[1] != "!DOCTYPE" && m[2] != "" && !strings.HasPrefix(m[2], ` class="`) {
				t.Fatalf("%q sets %s", s, m[0])
			}
		}
		if n := strings.Count(out, "<"); n != len(tag.FindAllString(out, -1)) {
			t.Fatalf("%q: a bare <", s)
		}
		for _, net := range []string{"src=", "href=", "url(", "@import"} {
			for _, m := range tag.FindAllString(out, -1) {
				if strings.Contains(m, net) {
					t.Fatalf("%q loads %s", s, m)
				}
			}
		}
	})
}

func TestInjectionMarkdown(t *testing.T) {
	span := regexp.MustCompile("(`+)[^`].*?[^`](`+)|`[^`]`")
	escaped := regexp.MustCompile(`\\.`)
	attack(t, "markdown", Options{Verbose: true}, func(t *testing.T, s, out string) {
		for line := range strings.Lines(out) {
			bare := span.ReplaceAllString(escaped.ReplaceAllString(line, ""), "")
			if strings.ContainsAny(strings.TrimPrefix(bare, "- "), "<>[]") || strings.Contains(bare, "://") {
				t.Fatalf("%q: live markup in %q", s, line)
			}
			if strings.HasPrefix(line, "|") && strings.Count(escaped.ReplaceAllString(line, ""), "|") > 9 {
				t.Fatalf("%q opens a cell: %q", s, line)
			}
		}
	})
}

func TestInjectionDOT(t *testing.T) {
	quoted := regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	element := regexp.MustCompile(`</?([A-Za-z]*)`)
	attack(t, "dot", Options{}, func(t *testing.T, s, out string) {
		// Without its labels and strings, a graph is our own words.
		bare, labels := splitLabels(quoted.ReplaceAllStringFunc(out, func(q string) string {
			if strings.Contains(q, "<") || strings.Contains(q, ">") {
				return `""`
			}
			return q
		}))
		bare = quoted.ReplaceAllString(bare, "")
		if strings.Contains(bare, "evil") || strings.Contains(bare, "URL") || strings.Contains(bare, "href") || strings.Count(bare, "digraph") != 1 {
			t.Fatalf("%q: %s", s, bare)
		}
		for _, l := range labels {
			for _, el := range element.FindAllStringSubmatch(l, -1) {
				switch el[1] {
				case "TABLE", "TR", "TD", "B", "BR", "FONT":
				default:
					t.Fatalf("%q opens %s in a label", s, el[0])
				}
			}
		}
	})
}

// A Mermaid diagram has our own words outside of its quotes, and inside nothing
// but text, entities and our two elements.
func TestInjectionMermaid(t *testing.T) {
	quoted := regexp.MustCompile(`"[^"\n]*"`)
	bare := regexp.MustCompile(`^(---|title: |flowchart (LR|TB)|  %% [^<>"` + "`" + `\[\]]*|  subgraph a\d+ \[\]|  end|  style a\d+ fill:#[0-9a-f]{6},stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}|  classDef k[a-z]+ fill:#[0-9a-f]{6},stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}|  linkStyle [0-9,]+ stroke:#[0-9a-f]{6},stroke-width:3px| +n\d+ (-->|-\.->|-\.-|--x|---|==>)(\|\|)? n\d+| +n\d+[(\[{>/\\]{1,3}[)\]}/\\]{1,3}:::k[a-z]+)$`)
	attack(t, "mermaid", Options{Highlight: []string{"*"}}, func(t *testing.T, s, out string) {
		for line := range strings.Lines(out) {
			line = strings.TrimSuffix(line, "\n")
			for _, q := range quoted.FindAllString(line, -1) {
				text := strings.NewReplacer("<b>", "", "</b>", "", "<br/>", "").Replace(strings.Trim(q, `"`))
				if strings.ContainsAny(text, "<>`&[]{}|\\%") {
					t.Fatalf("%q: live markup in %s", s, q)
				}
			}
			if left := quoted.ReplaceAllString(line, ""); !bare.MatchString(left) {
				t.Fatalf("%q: line %q", s, left)
			}
		}
	})
}

// GraphML is well-formed, has no elements but its own, and every arrow has both
// of its ends.
func TestInjectionGraphML(t *testing.T) {
	attack(t, "graphml", Options{}, func(t *testing.T, s, out string) {
		d, ids := xml.NewDecoder(strings.NewReader(out)), map[string]bool{}
		for {
			tok, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%q: %v", s, err)
			}
			e, ok := tok.(xml.StartElement)
			if !ok {
				if _, bad := tok.(xml.Directive); bad {
					t.Fatalf("%q: a directive", s)
				}
				continue
			}
			if !slices.Contains([]string{"graphml", "key", "graph", "data", "node", "edge"}, e.Name.Local) {
				t.Fatalf("%q opens %s", s, e.Name.Local)
			}
			for _, a := range e.Attr {
				if e.Name.Local == "node" && a.Name.Local == "id" {
					ids[a.Value] = true
				}
				if (a.Name.Local == "source" || a.Name.Local == "target") && !ids[a.Value] {
					t.Fatalf("%q: an edge of %s, which is no node", s, a.Value)
				}
			}
		}
	})
}

// splitLabels takes HTML-like labels out, by counting angle brackets as
// Graphviz does.
func splitLabels(s string) (bare string, labels []string) {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "label=<")
		b.WriteString(before)
		if !ok {
			return b.String(), labels
		}
		depth, end := 1, 0
		for ; depth > 0; end++ {
			switch rest[end] {
			case '<':
				depth++
			case '>':
				depth--
			}
		}
		labels = append(labels, rest[:end-1])
		s = rest[end:]
	}
}

func FuzzInjection(f *testing.F) {
	for _, s := range attacks {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range everywhere(s) {
			for _, format := range []string{"text", "markdown", "html", "mermaid", "graphml", "dot"} {
				w := &strings.Builder{}
				x, _ := For(format, Options{Verbose: true})
				if err := x.Render(context.Background(), w, r); err != nil {
					t.Fatal(err)
				}
				for _, r := range w.String() {
					if r != '\n' && !unicode.IsPrint(r) {
						t.Fatalf("%s of %q shows %U raw", format, s, r)
					}
				}
			}
		}
	})
}
