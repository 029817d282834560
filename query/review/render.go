package review

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"accesspath/query"
)

// Formats lists the formats of Render; the first one is the default.
func Formats() []string { return []string{"text", "json", "markdown", "html", "sarif", "csv"} }

// Render writes a report. "" is text, "md" is markdown; the error of an unknown
// format lists the known ones.
func Render(w io.Writer, format string, r *Report) error {
	switch format {
	case "", "text":
		return renderText(w, newPage(r, shownSubjects))
	case "json":
		return writeJSON(w, r)
	case "markdown", "md":
		return renderMarkdown(w, newPage(r, shownSubjects))
	case "html":
		return renderHTML(w, r)
	case "sarif":
		return renderSARIF(w, r)
	case "csv":
		return renderCSV(w, r)
	}
	return fmt.Errorf("unknown format %q; use one of %s", format, strings.Join(Formats(), ", "))
}

// writeJSON writes a value, such as the report itself. Runes that cannot be seen are written as
// \u escapes, which mean the same, so that JSON on a terminal is as safe as text.
func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	out := make([]byte, 0, b.Len())
	for _, c := range b.String() {
		switch {
		case c == '\n' || c >= ' ' && c < 0x7f || unicode.IsPrint(c):
			out = utf8.AppendRune(out, c)
		case c > 0xffff:
			high, low := utf16.EncodeRune(c)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, c)
		}
	}
	_, err := w.Write(out)
	return err
}

// CoverageLines says what the review rests on and what is unknown.
func (p page) CoverageLines() []string {
	c := p.Coverage
	lines := []string{
		count(c.Accounts, "account") + " with " + count(c.Users, "user") + ", " + count(c.Groups, "group") + ", " + count(c.Roles, "role") + "; " + count(c.Resources, "resource"),
		"organization: " + c.Organization + "; guardrails: " + c.Guardrails,
	}
	if c.UnresolvedPolicies > 0 {
		lines = append(lines, count(c.UnresolvedPolicies, "policy")+" referred to and not in the input")
	}
	if c.BundledPolicies > 0 {
		lines = append(lines, count(c.BundledPolicies, "AWS managed policy")+" taken from accesspath's own copy")
	}
	if len(c.Incomplete) > 0 {
		lines = append(lines, "incomplete exports: "+some(c.Incomplete))
	}
	if len(c.Unknown) > 0 {
		var parts []string
		for _, u := range c.Unknown {
			s := strings.ReplaceAll(u.Section, "-", " ")
			if u.Accounts < c.Accounts {
				s += " (of " + count(u.Accounts, "account") + ")"
			}
			parts = append(parts, s)
		}
		lines = append(lines, "unknown: "+strings.Join(parts, ", "))
	}
	return lines
}

// evidenceText names a statement, or the place of a fact.
func evidenceText(e query.Evidence) string {
	var b strings.Builder
	if e.Layer == "inventory" {
		b.WriteString(e.Policy)
	} else {
		if e.Effect != "" {
			b.WriteString(e.Effect + " in ")
		}
		b.WriteString(e.Policy + ", Statement[" + fmt.Sprint(e.Statement) + "]")
		if e.Sid != "" {
			b.WriteString(" " + quote(e.Sid))
		}
	}
	if e.Owner != "" && e.Owner != e.Policy {
		b.WriteString(" of " + e.Owner)
	}
	if e.Via != "" {
		b.WriteString(" through " + e.Via)
	}
	if e.Position != "" {
		b.WriteString(" at " + e.Position)
	}
	return b.String()
}

// notEvaluatedText says which input a rule would need.
func notEvaluatedText(n NotEvaluated, accounts int) string {
	s := n.Missing
	if len(n.Accounts) > 0 && (len(n.Accounts) < accounts || accounts == 1) {
		s += " (" + some(n.Accounts) + ")"
	}
	return s
}

// hopsText lists the steps of a path with what they ask for.
func hopsText(p query.Path) []string {
	var out []string
	for _, s := range p.Steps {
		line := s.From + " → " + s.To
		if s.From == s.To {
			line = s.From + " changes what it may do"
		}
		if s.Escalation != nil {
			line += ", by " + callsText(s.Escalation)
		}
		if t := requirementsText(s.Requires); t != "" {
			line += ", with " + t
		}
		out = append(out, line)
	}
	if t := requirementsText(p.Requires); t != "" {
		out = append(out, "then with "+t)
	}
	return out
}

// relationText words a relation.
func relationText(relation string) string {
	switch relation {
	case Everyone:
		return "everyone"
	case Outside:
		return "outside of the organization"
	case Unknown:
		return "unknown account"
	case ThirdParty:
		return "third party"
	case Organization:
		return "same organization"
	case Own:
		return "own account"
	}
	return relation
}

// trustText is one trust on one line.
func trustText(t Trust) string {
	return t.Role + " trusts " + t.Principal + " (" + relationText(t.Relation) + "); gets in: " + verdictText(t.Verdict)
}

// verdictText words a verdict on a trust.
func verdictText(v string) string {
	switch v {
	case query.VerdictAllow:
		return "yes"
	case query.VerdictAllowIf:
		return "under conditions"
	}
	return "no"
}

// PlainTitle is a finding's title where it says more than its rule's.
func (g ruleGroup) PlainTitle(f shown) string {
	if f.Title == g.Title {
		return ""
	}
	return f.Title
}

// shownEvidence bounds the evidence that prose repeats.
const shownEvidence = 10

func evidenceTexts(list []query.Evidence) []string {
	var out []string
	for i, e := range list {
		if i == shownEvidence {
			out = append(out, "and "+thousands(len(list)-i)+" more")
			break
		}
		out = append(out, evidenceText(e))
	}
	return slices.Compact(out)
}

// inventoryText is one account on one line.
func inventoryText(a Inventory) string {
	s := a.Account
	if a.Name != "" {
		s += " " + a.Name
	}
	s += ": " + count(a.Users, "user") + ", " + count(a.Groups, "group") + ", " + count(a.Roles, "role") + " (" + thousands(a.ServiceLinked) + " service-linked, " +
		thousands(a.SSO) + " SSO), " + count(a.Policies, "policy") + "; trusts: " + thousands(a.Trusts.CrossAccount) + " cross-account (" +
		thousands(a.Trusts.ThirdParty) + " third-party), " + thousands(a.Trusts.Public) + " public; " + count(a.Findings.Total(), "finding")
	if !a.Complete {
		s += "; incomplete"
	}
	return s
}

// adminText is one administrator on one line.
func adminText(a Admin) string {
	s := a.Principal + " (" + a.Kind + "): "
	switch {
	case a.Hops == 0:
		s += "by own policies"
	case a.Level == AdminEscalation:
		s += "by escalation: " + escalationCalls(a)
		if a.Target != a.Principal {
			s += " to " + a.Target
		}
	default:
		s += "over " + count(a.Hops, "hop") + " to " + a.Target
	}
	if a.Verdict != query.VerdictAllow {
		s += ", under conditions"
	}
	return s
}

func diagnosticText(d query.DiagnosticJSON) string {
	place := d.File
	if d.Line > 0 {
		place += fmt.Sprintf(":%d:%d", d.Line, d.Column)
	}
	s := d.Severity + " " + d.Code + ": " + d.Message
	if d.Entity != "" {
		s += " (" + d.Entity + ")"
	}
	if place != "" {
		s += " at " + place
	}
	return s
}

// conditionsOf lists what an administrator still has to meet on the way.
func conditionsOf(a Admin) []string {
	var out []string
	for i, s := range a.Path.Steps {
		if t := requirementsText(s.Requires); t != "" {
			out = append(out, fmt.Sprintf("hop %d: %s", i+1, t))
		}
	}
	if t := requirementsText(a.Path.Requires); t != "" {
		out = append(out, t)
	}
	return out
}
