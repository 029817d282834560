package review

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"accesspath/internal/termsafe"
)

// renderMarkdown writes GitHub's dialect: headings, tables and lists.
func renderMarkdown(w io.Writer, p page) error {
	m := &markdownWriter{w: bufio.NewWriter(w)}
	m.f("# Security review\n\nAs of %s. %s.\n", p.AsOf.Format(time.RFC3339), md(upperFirst(p.Summary())))
	m.f("\n## Coverage\n\n")
	for _, l := range p.CoverageLines() {
		m.f("- %s\n", md(l))
	}
	m.accounts(p)
	m.admins(p)
	m.trusts(p)
	m.f("\n## Findings\n")
	if len(p.Levels) == 0 {
		m.f("\nNone.\n")
	}
	for _, l := range p.Levels {
		m.f("\n### %s (%s)\n", upperFirst(string(l.Severity)), thousands(l.Count))
		for _, g := range l.Rules {
			m.rule(g)
		}
	}
	m.rest(p)
	return m.w.Flush()
}

// md escapes data for running text and table cells, code as a code span.
func md(s string) string   { return termsafe.Markdown(s) }
func code(s string) string { return termsafe.MarkdownCode(s) }

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// markdownWriter writes text that is escaped already; an error shows when the
// buffer is flushed.
type markdownWriter struct{ w *bufio.Writer }

func (m *markdownWriter) f(format string, args ...any) { _, _ = fmt.Fprintf(m.w, format, args...) }

func (m *markdownWriter) accounts(p page) {
	m.f("\n## Accounts\n\n| Account | Users | Groups | Roles | Service-linked | SSO | Policies | Cross-account | Third party | Public | Critical | High | Medium | Low | Info |\n")
	m.f("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, a := range p.Accounts {
		name := code(a.Account)
		if a.Name != "" {
			name += " " + md(a.Name)
		}
		if !a.Complete {
			name += " (incomplete)"
		}
		m.f("| %s |", name)
		for _, n := range []int{a.Users, a.Groups, a.Roles, a.ServiceLinked, a.SSO, a.Policies, a.Trusts.CrossAccount, a.Trusts.ThirdParty, a.Trusts.Public,
			a.Findings.Critical, a.Findings.High, a.Findings.Medium, a.Findings.Low, a.Findings.Info} {
			m.f(" %s |", thousands(n))
		}
		m.f("\n")
	}
}

func (m *markdownWriter) admins(p page) {
	m.f("\n## Administrators (%s)\n\n", thousands(len(p.Admins)))
	if len(p.Admins) == 0 {
		m.f("None besides the root users.\n")
		return
	}
	m.f("| Principal | Kind | How | Conditions |\n|---|---|---|---|\n")
	for _, a := range p.Admins {
		how := "own policies"
		if a.Hops > 0 {
			how = count(a.Hops, "hop") + ": " + strings.Join(codes(a.Path.Principals[1:]), " → ")
		}
		m.f("| %s | %s | %s | %s |\n", code(a.Principal), md(a.Kind), how, md(strings.Join(conditionsOf(a), "; ")))
	}
}

func codes(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = code(s)
	}
	return out
}

func (m *markdownWriter) trusts(p page) {
	m.f("\n## Trusts across accounts and public trusts (%s)\n\n", thousands(len(p.Trusts)))
	if len(p.Trusts) == 0 {
		m.f("None.\n")
		return
	}
	m.f("| Role | Trusts | Relation | Gets in | Where |\n|---|---|---|---|---|\n")
	for _, t := range p.Trusts {
		m.f("| %s | %s | %s | %s | %s |\n", code(t.Role), code(t.Principal), md(relationText(t.Relation)), verdictText(t.Verdict), code(t.Evidence[0].Position))
	}
}

func (m *markdownWriter) rule(g ruleGroup) {
	m.f("\n#### %s %s\n\n%s\n\n**To do:** %s\n\n", md(g.Rule), md(g.Title), md(g.Why), md(g.Remediation))
	for _, f := range g.Findings {
		m.f("- %s", code(f.Subject))
		if title := g.PlainTitle(f); title != "" {
			m.f(" %s:", md(title))
		}
		m.f(" %s", md(f.Text))
		if f.Confidence != Certain {
			m.f(" *(confidence %s)*", md(f.Confidence))
		}
		m.f("\n")
		for _, n := range f.Notes {
			m.f("  - %s\n", md(n))
		}
		for _, e := range evidenceTexts(f.Evidence) {
			m.f("  - evidence: %s\n", md(e))
		}
		for _, path := range f.Paths {
			for _, hop := range hopsText(path) {
				m.f("  - hop: %s\n", md(hop))
			}
		}
		for _, o := range f.Also {
			m.f("  - also %s: %s\n", md(o.Rule), md(o.Text))
		}
	}
}

func (m *markdownWriter) rest(p page) {
	if len(p.NotEvaluated) > 0 {
		m.f("\n## Not evaluated\n\nNo finding of these rules means nothing where the input is missing.\n\n| Rule | Title | Missing |\n|---|---|---|\n")
		for _, n := range p.NotEvaluated {
			m.f("| %s | %s | %s |\n", md(n.Rule), md(n.Title), md(notEvaluatedText(n, p.Coverage.Accounts)))
		}
	}
	if len(p.Limits.Reasons) > 0 {
		m.f("\n## Limits\n\n")
		for _, r := range p.Limits.Reasons {
			m.f("- %s\n", md(r))
		}
	}
	if len(p.Diagnostics) > 0 {
		m.f("\n## Input problems (%s)\n\n", thousands(len(p.Diagnostics)))
		for _, d := range p.Diagnostics {
			m.f("- %s\n", md(diagnosticText(d)))
		}
	}
}
