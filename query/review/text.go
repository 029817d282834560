package review

import (
	"bufio"
	"io"
	"strings"
	"time"

	"accesspath/internal/termsafe"
)

// textWidth is where lines of prose are wrapped.
const textWidth = 100

// renderText writes plain text for a terminal or a mail.
func renderText(w io.Writer, p page) error {
	t := &textWriter{w: bufio.NewWriter(w)}
	t.line(0, "Security review as of "+p.AsOf.Format(time.RFC3339))
	t.line(0, p.Summary())
	t.section("Coverage")
	for _, l := range p.CoverageLines() {
		t.line(2, l)
	}
	t.section("Accounts")
	for _, a := range p.Accounts {
		t.line(2, inventoryText(a))
	}
	if len(p.Admins) > 0 {
		t.section("Administrators (" + thousands(len(p.Admins)) + ")")
		for _, a := range p.Admins {
			t.line(2, adminText(a))
		}
	}
	if len(p.Trusts) > 0 {
		t.section("Trusts across accounts (" + thousands(len(p.Trusts)) + ")")
		for _, x := range p.Trusts {
			t.line(2, x.Role+" trusts "+x.Principal+" ("+relationText(x.Relation)+"); gets in: "+verdictText(x.Verdict))
		}
	}
	for _, l := range p.Levels {
		t.section(strings.ToUpper(string(l.Severity)) + " (" + thousands(l.Count) + ")")
		for _, g := range l.Rules {
			t.rule(g)
		}
	}
	if len(p.NotEvaluated) > 0 {
		t.section("Not evaluated")
		for _, n := range p.NotEvaluated {
			t.line(2, n.Rule+" "+n.Title+": lacks "+notEvaluatedText(n, p.Coverage.Accounts))
		}
	}
	for _, reason := range p.Limits.Reasons {
		t.line(0, "limit: "+reason)
	}
	if len(p.Diagnostics) > 0 {
		t.section("Input problems (" + thousands(len(p.Diagnostics)) + ")")
		for _, d := range p.Diagnostics {
			t.line(2, diagnosticText(d))
		}
	}
	return t.w.Flush()
}

// textWriter writes lines; an error shows when the buffer is flushed.
type textWriter struct{ w *bufio.Writer }

func (t *textWriter) line(indent int, s string) {
	pad := strings.Repeat(" ", indent)
	for i, l := range termsafe.Wrap(termsafe.Text(s), textWidth-indent) {
		if i == 1 {
			pad += "  "
		}
		_, _ = t.w.WriteString(pad + l + "\n") // sticky
	}
}

func (t *textWriter) section(title string) {
	_, _ = t.w.WriteString("\n")
	t.line(0, title)
}

func (t *textWriter) rule(g ruleGroup) {
	t.line(2, g.Rule+" "+g.Title)
	for _, f := range g.Findings {
		t.line(4, f.Subject)
		if title := g.PlainTitle(f); title != "" {
			t.line(6, title)
		}
		t.line(6, f.Text)
		for _, e := range evidenceTexts(f.Evidence) {
			t.line(6, "- "+e)
		}
		for _, path := range f.Paths {
			for _, hop := range hopsText(path) {
				t.line(6, "> "+hop)
			}
		}
		for _, n := range f.Notes {
			t.line(6, n)
		}
		for _, o := range f.Also {
			t.line(6, "also "+o.Rule+": "+o.Text)
		}
	}
	t.line(4, "to do: "+g.Remediation)
}
