package review

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"accesspath/internal/termsafe"
)

// A report has to fit a comment of a pull request, which holds 65,536
// characters. Each section ends before a mark, so that a long one leaves room
// for those after it; what a short one leaves is the next one's. In bytes.
const (
	coverageEnd = 6_000
	accountsEnd = 14_000
	adminsEnd   = 23_000
	trustsEnd   = 30_000
	findingsEnd = 57_000
	reportEnd   = 64_000
)

// renderMarkdown writes GitHub's dialect: headings, tables and lists.
func renderMarkdown(w io.Writer, p page) error {
	m := &markdownWriter{w: bufio.NewWriter(w)}
	m.section(coverageEnd)
	m.f("# Security review\n\nAs of %s. %s.\n", p.AsOf.Format(time.RFC3339), md(upperFirst(p.Summary())))
	m.f("\n## Coverage\n\n")
	for _, l := range p.CoverageLines() {
		m.f("- %s\n", md(l))
		m.end()
	}
	m.section(accountsEnd)
	m.accounts(p)
	m.section(adminsEnd)
	m.admins(p)
	m.section(trustsEnd)
	m.trusts(p)
	m.section(findingsEnd)
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
	m.section(reportEnd)
	m.rest(p)
	m.close()
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
// buffer is flushed. What is written between two calls of end is kept or left
// out as a whole, so that no row, fence or escape is cut in the middle.
type markdownWriter struct {
	w     *bufio.Writer
	block strings.Builder
	size  int // bytes written
	limit int // where the section ends
	cut   bool
}

func (m *markdownWriter) f(format string, args ...any) { _, _ = fmt.Fprintf(&m.block, format, args...) }

// end writes the block, if the section has room for it. After the first that
// is left out the rest of the section is, too: it is sorted by weight.
func (m *markdownWriter) end() {
	if m.cut = m.cut || m.size+m.block.Len() > m.limit; !m.cut {
		m.put(m.block.String())
	}
	m.block.Reset()
}

func (m *markdownWriter) put(s string) {
	m.size += len(s)
	_, _ = m.w.WriteString(s) // sticky
}

// section begins a section that ends before limit.
func (m *markdownWriter) section(limit int) {
	m.close()
	m.limit = limit
}

// close ends a section and says so if something of it is left out.
func (m *markdownWriter) close() {
	m.end()
	if m.cut {
		m.put("\n*The rest of this section is left out, so that the report fits a comment of 65,000 characters; all is in `--format json`.*\n")
	}
	m.cut = false
}

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
		m.end()
	}
}

func (m *markdownWriter) admins(p page) {
	m.f("\n## Administrators (%s)\n\n", thousands(len(p.Admins)))
	if len(p.Admins) == 0 {
		m.f("None besides the root users.\n")
		m.undecided(p)
		return
	}
	m.f("| Principal | Kind | How | Conditions |\n|---|---|---|---|\n")
	rows, rest := first(p.Admins)
	for _, a := range rows {
		how := "own policies"
		switch {
		case a.Level == AdminEscalation:
			how = "escalation: " + md(escalationCalls(a))
			if a.Target != a.Principal {
				how += " to " + code(a.Target)
			}
		case a.Hops > 0:
			how = count(a.Hops, "hop") + ": " + strings.Join(codes(a.Path.Principals[1:]), " → ")
		}
		m.f("| %s | %s | %s | %s |\n", code(a.Principal), md(a.Kind), how, md(strings.Join(conditionsOf(a), "; ")))
		m.end()
	}
	m.left(rest)
	m.undecided(p)
}

// undecided lists who may be an administrator, which depends on what was not
// read.
func (m *markdownWriter) undecided(p page) {
	if len(p.Undecided) == 0 {
		return
	}
	m.f("\n### Perhaps administrators (%s)\n\nIt depends on what was not read.\n\n", thousands(len(p.Undecided)))
	m.f("| Principal | Kind | Escalation | To | Not known |\n|---|---|---|---|---|\n")
	rows, rest := first(p.Undecided)
	for _, u := range rows {
		m.f("| %s | %s | %s | %s | %s |\n", code(u.Principal), md(u.Kind), md(escalationCalls(u.Admin)), code(u.Target), md(u.Missing))
		m.end()
	}
	m.left(rest)
}

// left says below a table that rows are not shown, if so.
func (m *markdownWriter) left(rest string) {
	if rest != "" {
		m.f("\n%s.\n", md(upperFirst(rest)))
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
	rows, rest := first(p.Trusts)
	for _, t := range rows {
		m.f("| %s | %s | %s | %s | %s |\n", code(t.Role), code(t.Principal), md(relationText(t.Relation)), verdictText(t.Verdict), code(t.Evidence[0].Position))
		m.end()
	}
	m.left(rest)
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
		m.end()
	}
	if rest := g.Rest(); rest != "" {
		m.f("- %s\n", md(rest))
	}
}

func (m *markdownWriter) rest(p page) {
	bullets(m, "Accepted", p.Accepted, acceptedText)
	if len(p.Gaps) > 0 {
		m.f("\n## Not evaluated\n\nWhere an input is missing, no finding of these rules means nothing.\n\n| Missing | Rules |\n|---|---|\n")
		for _, g := range p.Gaps {
			m.f("| %s | %s |\n", md(g.Missing), md(strings.Join(g.Rules, ", ")))
			m.end()
		}
	}
	if len(p.Limits.Reasons) > 0 {
		m.f("\n## Limits\n\n")
		for _, r := range p.Limits.Reasons {
			m.f("- %s\n", md(r))
			m.end()
		}
	}
	bullets(m, "Input problems", p.Diagnostics, diagnosticText)
}

// bullets writes the first entries of a list, if it has any, and says how many
// there are.
func bullets[T any](m *markdownWriter, title string, list []T, text func(T) string) {
	if len(list) == 0 {
		return
	}
	m.f("\n## %s (%s)\n\n", title, thousands(len(list)))
	shown, rest := first(list)
	for _, x := range shown {
		m.f("- %s\n", md(text(x)))
		m.end()
	}
	m.left(rest)
}
