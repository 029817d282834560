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
	t.inventory(p)
	for _, l := range p.Levels {
		t.section(strings.ToUpper(string(l.Severity)) + " (" + thousands(l.Count) + ")")
		for _, g := range l.Rules {
			t.rule(g)
		}
	}
	t.remainder(p)
	return t.w.Flush()
}

// inventory lists administrators and trusts.
func (t *textWriter) inventory(p page) {
	rows(t, "Administrators", p.Admins, adminText)
	rows(t, "Perhaps administrators: it depends on what was not read", p.Undecided, func(u Undecided) string {
		return u.Principal + " (" + u.Kind + "): by escalation: " + escalationCalls(u.Admin) + " to " + u.Target + "; not known: " + u.Missing
	})
	rows(t, "Trusts across accounts", p.Trusts, trustText)
}

// remainder is what follows the findings.
func (t *textWriter) remainder(p page) {
	rows(t, "Accepted", p.Accepted, acceptedText)
	if len(p.Gaps) > 0 {
		t.section("Not evaluated, or in part only, for want of")
		for _, g := range p.Gaps {
			t.line(2, g.Missing+": "+strings.Join(g.Rules, ", "))
		}
	}
	for _, reason := range p.Limits.Reasons {
		t.line(0, "limit: "+reason)
	}
	rows(t, "Input problems", p.Diagnostics, diagnosticText)
}

// rows writes the first entries of a list, if it has any, and says how many
// there are.
func rows[T any](t *textWriter, title string, list []T, text func(T) string) {
	if len(list) == 0 {
		return
	}
	t.section(title + " (" + thousands(len(list)) + ")")
	shown, rest := first(list)
	for _, x := range shown {
		t.line(2, text(x))
	}
	t.rest(2, rest)
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

// rest says that something is not shown, if so.
func (t *textWriter) rest(indent int, s string) {
	if s != "" {
		t.line(indent, s)
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
	t.rest(4, g.Rest())
	t.line(4, "to do: "+g.Remediation)
}
