package review

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// small is an account with a bit of everything.
func small() scene {
	return scene{
		users: []string{
			entity("user/ann", `"groups": ["devs"]`),
			entity("user/bob", inlinePolicy(`"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::A:role/deploy"`)),
		},
		groups: []string{entity("group/devs", attached("devs")), entity("group/old")},
		roles: []string{
			role("admin", assumable(`{"AWS": "arn:aws:iam::A:role/deploy"}`, ""), inlinePolicy(allowAll)),
			role("deploy", assumable(`{"AWS": "arn:aws:iam::A:root"}`, ""), inlinePolicy(`"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::A:role/admin"`), `"created": "2024-01-01T00:00:00Z"`, `"lastUsedKnown": true`),
			role("public", assumable(`"*"`, "")),
			role("vendor", assumable(`{"AWS": "arn:aws:iam::C:root"}`, "")),
			role("ci", `"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": "arn:aws:iam::A:oidc-provider/`+github+`"}, "Condition": {"StringLike": {"`+github+`:sub": "repo:acme/*"}}`),
			role("aws-service-role/x.amazonaws.com/AWSServiceRoleForX", toEC2),
		},
		policies: []string{customerPolicy("devs", `"Effect": "Allow", "Action": ["iam:PassRole", "ec2:*"], "Resource": "*"`)},
		more:     `, "name": "app"`,
		top:      organization,
	}
}

func TestGolden(t *testing.T) {
	r := run(t, read(t, source("small.json", small().snapshot())), Options{})
	for _, format := range Formats() {
		t.Run(format, func(t *testing.T) {
			var b bytes.Buffer
			if err := Render(&b, format, r); err != nil {
				t.Fatal(err)
			}
			golden(t, "small."+map[string]string{"text": "txt", "json": "json", "markdown": "md", "html": "html", "sarif": "sarif", "csv": "csv"}[format], b.Bytes())
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Fatalf("%s:%d: got\n%s\nwant\n%s\n(-update rewrites it)", name, i+1, g[i], w[i])
		}
	}
	t.Fatalf("%s: %d lines, want %d", name, len(g), len(w))
}

func TestJSONRoundTrip(t *testing.T) {
	r := run(t, read(t, source("small.json", small().snapshot())), Options{})
	var first, second bytes.Buffer
	if err := Render(&first, "json", r); err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(first.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if err := Render(&second, "json", &back); err != nil {
		t.Fatal(err)
	}
	if first.String() != second.String() {
		t.Error("a report read back is written differently")
	}
	for _, r := range []*Report{r, run(t, read(t, source("empty.json", scene{}.snapshot())), Options{})} {
		var b bytes.Buffer
		if err := Render(&b, "json", r); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), ": null") {
			t.Errorf("a list is null:\n%s", b.String())
		}
	}
}

// hostile are names that an attacker may give: they must not act in any format.
var hostile = []string{
	"\x1b[2Jx", "x\u202enimda", "<script>alert(1)</script>", "a|b|c", "[x](https://evil.example)", "`tick`", "*/]]>--><x>", "${jndi}", "line\nbreak", "{{.}}", "\"quote'", "@everyone", "https://evil.example",
}

func TestHostileNames(t *testing.T) {
	for _, name := range hostile {
		quoted, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		inside := string(quoted[1 : len(quoted)-1])
		s := scene{
			users: []string{entity("user/"+inside, `"name": "`+inside+`"`, `"inline": [{"name": "`+inside+`", "document": `+doc(`"Sid": "`+inside+`", `+allowAll)+`}]`)},
			roles: []string{role(inside, `"Sid": "`+inside+`", `+assumable(`"*"`, `, "Condition": {"StringEquals": {"sts:ExternalId": "`+inside+`"}}`))},
			more:  `, "name": "` + inside + `"`,
		}
		r := run(t, read(t, source("hostile.json", s.snapshot())), Options{})
		if len(r.Findings) < 3 {
			t.Errorf("%q: %d findings: %v", name, len(r.Findings), r.Diagnostics)
		}
		for _, format := range Formats() {
			var b bytes.Buffer
			if err := Render(&b, format, r); err != nil {
				t.Fatalf("%q as %s: %v", name, format, err)
			}
			checkInert(t, format, name, b.String())
		}
	}
}

// codeSpan is a span with a fence of one backtick.
var codeSpan = regexp.MustCompile("`[^`\n]*`")

func checkInert(t *testing.T, format, name, out string) {
	t.Helper()
	bad := []string{"\x1b", "\u202e", "\r"}
	switch format {
	case "csv":
		bad = bad[:2] // lines end in CRLF
	case "html":
		bad = append(bad, "<script>alert", "--><x>", "href=\"https:")
	case "markdown":
		bad = append(bad, "<script", "](https:", " @everyone", "(https:")
		out = codeSpan.ReplaceAllString(out, "") // nothing acts in code
	}
	for _, s := range bad {
		if strings.Contains(out, s) {
			i := strings.Index(out, s)
			t.Errorf("%s of %q has %q: …%s…", format, name, s, out[max(0, i-60):min(len(out), i+60)])
		}
	}
}

// TestMarkdownTables: every row of a table has as many cells as its head.
func TestMarkdownTables(t *testing.T) {
	s := small()
	s.roles = append(s.roles, role("a|b", assumable(`"*"`, "")))
	var b bytes.Buffer
	if err := Render(&b, "markdown", run(t, read(t, source("pipe.json", s.snapshot())), Options{})); err != nil {
		t.Fatal(err)
	}
	cells := 0
	for i, line := range strings.Split(b.String(), "\n") {
		if !strings.HasPrefix(line, "|") {
			cells = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if cells != 0 && n != cells {
			t.Errorf("line %d has %d borders, want %d: %s", i+1, n, cells, line)
		}
		cells = n
	}
}

func TestUnknownFormat(t *testing.T) {
	err := Render(&bytes.Buffer{}, "pdf", &Report{})
	if err == nil || err.Error() != `unknown format "pdf"; use one of text, json, markdown, html, sarif, csv` {
		t.Error(err)
	}
	if !slices.Contains(Formats(), "markdown") {
		t.Error(Formats())
	}
}

// TestRepeatedFindings: of many findings of one rule text and Markdown show the
// first, and say how many more there are; HTML and JSON show all.
func TestRepeatedFindings(t *testing.T) {
	var s scene
	for i := range 13 {
		s.groups = append(s.groups, entity("group/g"+string(rune('a'+i))))
	}
	r := run(t, read(t, source("s.json", s.snapshot())), Options{Only: []string{"FIND-15"}})
	if len(r.Findings) != 13 {
		t.Fatalf("%d findings", len(r.Findings))
	}
	for format, shown := range map[string]int{"text": 10, "markdown": 10, "html": 13, "json": 13, "sarif": 13, "csv": 13} {
		var b strings.Builder
		if err := Render(&b, format, r); err != nil {
			t.Fatal(err)
		}
		out := b.String()
		for i := range 13 {
			if name := "group/g" + string(rune('a'+i)); strings.Contains(out, name) != (i < shown) {
				t.Errorf("%s: %s is shown: %v", format, name, strings.Contains(out, name))
			}
		}
		if said := strings.Contains(out, "and 3 more; all are in "); said != (shown == 10) {
			t.Errorf("%s says that there are more: %v", format, said)
		}
		if shown == 10 && !strings.Contains(out, "13 findings") {
			t.Errorf("%s does not count all", format)
		}
	}
}

// TestFIND00Gaps: what is missing is listed once, with the rules that lack it.
func TestFIND00Gaps(t *testing.T) {
	var b strings.Builder
	r := run(t, read(t, source("s.json", user("u").snapshot())), Options{})
	if err := Render(&b, "text", r); err != nil {
		t.Fatal(err)
	}
	if out := b.String(); strings.Count(out, lacksKeys) != 1 || !strings.Contains(out, lacksKeys+" (111111111111): FIND-01, FIND-02, FIND-03, FIND-04") {
		t.Error(out)
	}
}
