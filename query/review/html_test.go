package review

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"accesspath/query"
)

// sampleReport has n findings of several rules, severities and accounts, some
// with a path, and a hostile name in each.
func sampleReport(n int) *Report {
	rules := []string{"FIND-13", "FIND-17", "FIND-20", "FIND-36", "FIND-41"}
	r := &Report{Schema: Schema, AsOf: testTime, Coverage: query.CoverageSummary{Accounts: 3, Organization: "unknown", Guardrails: "unread"}}
	for a := range 3 {
		r.Accounts = append(r.Accounts, Inventory{Account: fmt.Sprintf("%012d", 111111111111*(a+1)), Name: hostile[2], Complete: true})
	}
	for i := range n {
		rule := rules[i*len(rules)/max(n, 1)]
		doc, _ := RuleByID(rule)
		account := r.Accounts[i%3].Account
		subject := fmt.Sprintf("arn:aws:iam::%s:role/r%05d-%s", account, i, hostile[i%len(hostile)])
		e := query.Evidence{Policy: "p", Layer: "identity", Effect: "Allow", Owner: subject, Position: fmt.Sprintf("a.json:%d:3", i+1)}
		f := Finding{Rule: rule, Severity: doc.Doc.Severity, Subject: subject, Account: account, Title: doc.Doc.Title, Text: "text " + hostile[i%len(hostile)],
			Evidence: []query.Evidence{e}, Remediation: doc.Doc.Remediation, Confidence: Certain, Fingerprint: fingerprint(rule, subject, "")}
		if i%5 == 0 {
			f.Paths = []query.Path{{Verdict: query.VerdictAllow, Principals: []string{subject, "target"},
				Steps: []query.Step{{From: subject, To: "target", Kind: "can-assume", Verdict: query.VerdictAllowIf, Because: []query.Evidence{e}}}}}
		}
		r.Findings = append(r.Findings, f)
	}
	r.seal()
	return r
}

// TestHTMLIsClosed: the page loads nothing, and names end up in no attribute
// that acts.
func TestHTMLIsClosed(t *testing.T) {
	var b bytes.Buffer
	if err := Render(&b, "html", sampleReport(200)); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	for _, bad := range []string{" src=", "url(", "@import", "<link", "<iframe", "<object", "javascript:", " onclick", " onload", " style=", "unsafe-inline", "<script>alert", "ZgotmplZ"} {
		if strings.Contains(out, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	if n := strings.Count(out, "<script"); n != 1 {
		t.Errorf("%d scripts", n)
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(out, -1) {
		if ids[m[1]] {
			t.Errorf("two elements are %q", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(` href="#([^"=]*)"`).FindAllStringSubmatch(out, -1) {
		if !ids[m[1]] {
			t.Errorf("a link to %q, which is not there", m[1])
		}
	}
}

func TestHTMLHostileNames(t *testing.T) {
	long := sampleReport(1)
	long.Findings[0].Subject = "arn:aws:iam::111111111111:role/" + strings.Repeat("x", 512) + "😀\u05d0\u202e"
	var b bytes.Buffer
	if err := Render(&b, "html", long); err != nil {
		t.Fatal(err)
	}
	if out := b.String(); !strings.Contains(out, "😀") || strings.Contains(out, "\u202e") {
		t.Error("an emoji is lost, or a character that turns the direction is not")
	}
}

// TestMarkdownFitsComment: a report of any size fits, and says what is cut.
func TestMarkdownFitsComment(t *testing.T) {
	r := sampleReport(5000)
	for i := range r.Findings {
		r.Findings[i].Subject += strings.Repeat("<", 512)
	}
	for i := range 500 {
		r.Accounts = append(r.Accounts, Inventory{Account: fmt.Sprintf("%012d", i), Name: strings.Repeat("|", 512)})
		r.Diagnostics = append(r.Diagnostics, query.DiagnosticJSON{Message: strings.Repeat("*", 4000)})
		r.Admins = append(r.Admins, Admin{Principal: strings.Repeat("`", 2000)})
		r.Trusts = append(r.Trusts, Trust{Role: strings.Repeat("x", 2000), Evidence: []query.Evidence{{}}})
	}
	var b bytes.Buffer
	if err := Render(&b, "markdown", r); err != nil {
		t.Fatal(err)
	}
	if b.Len() >= 65_000 || strings.Count(b.String(), "left out, so that the report fits") < 4 || !strings.Contains(b.String(), "## Findings") {
		t.Errorf("%d bytes, %d cuts said", b.Len(), strings.Count(b.String(), "left out, so that the report fits"))
	}
}
