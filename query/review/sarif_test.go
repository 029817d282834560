package review

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// TestSARIF holds the output against what SARIF 2.1.0 and GitHub ask for: no
// member but those known here, required ones present, references in range.
func TestSARIF(t *testing.T) {
	small := run(t, read(t, source("small.json", small().snapshot())), Options{})
	for name, r := range map[string]*Report{"small": small, "sample": sampleReport(40), "empty": {}} {
		t.Run(name, func(t *testing.T) { checkSARIF(t, r) })
	}
}

func checkSARIF(t *testing.T, r *Report) {
	var b bytes.Buffer
	if err := Render(&b, "sarif", r); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), ": null") {
		t.Error("a member is null")
	}
	var log sarifLog
	in := json.NewDecoder(&b)
	in.DisallowUnknownFields()
	if err := in.Decode(&log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || !strings.HasPrefix(log.Schema, "https://") || len(log.Runs) != 1 {
		t.Fatalf("version %q, schema %q, %d runs", log.Version, log.Schema, len(log.Runs))
	}
	rules := log.Runs[0].Tool.Driver.Rules
	for _, rule := range rules {
		if rule.ID == "" || rule.Short.Text == "" || rule.Full.Text == "" || rule.Help.Text == "" || rule.Help.Markdown == "" || strings.ContainsAny(rule.Name, " /") {
			t.Errorf("unfinished rule %+v", rule)
		}
		checkLevel(t, rule.Default.Level)
	}
	for _, x := range log.Runs[0].Results {
		if x.RuleIndex < 0 || x.RuleIndex >= len(rules) || rules[x.RuleIndex].ID != x.RuleID {
			t.Errorf("result refers to rule %d, %s", x.RuleIndex, x.RuleID)
		}
		checkLevel(t, x.Level)
		if x.Message.Text == "" || len(x.Locations) == 0 || x.Fingerprints["primaryLocationLineHash"] == "" {
			t.Errorf("unfinished result %+v", x)
		}
		for _, l := range append(x.Locations, x.Related...) {
			u, err := url.Parse(l.Physical.Artifact.URI)
			if err != nil || u.IsAbs() || u.Host != "" || u.Path == "" || strings.HasPrefix(u.Path, "/") || strings.Contains(u.Path, "../") {
				t.Errorf("bad URI %q: %v", l.Physical.Artifact.URI, err)
			}
			if g := l.Physical.Region; g == nil || g.Line < 1 || g.Column < 0 {
				t.Errorf("bad region %+v", g)
			}
		}
	}
}

func checkLevel(t *testing.T, level string) {
	t.Helper()
	if level != "error" && level != "warning" && level != "note" {
		t.Errorf("level %q", level)
	}
}

func TestRelativeURI(t *testing.T) {
	for file, want := range map[string]string{
		"a/b.json": "a/b.json", "/data/x y.json": "data/x%20y.json", "../../etc/x": "etc/x", `C:\x\y.json`: "./C:/x/y.json", "": "snapshot",
		"-": "-", "//evil.example/x": "evil.example/x", "https://evil.example": "./https:/evil.example", "a?b#c": "a%3Fb%23c",
	} {
		if got := relativeURI(file); got != want {
			t.Errorf("%q becomes %q, want %q", file, got, want)
		}
	}
}

// TestSARIFLinks: a name forms no link in a message.
func TestSARIFLinks(t *testing.T) {
	r := sampleReport(1)
	r.Findings[0].Subject = "[x](https://evil.example)"
	var b bytes.Buffer
	if err := Render(&b, "sarif", r); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if text := log.Runs[0].Results[0].Message.Text; strings.Contains(text, "](") {
		t.Errorf("a link: %s", text)
	}
}
