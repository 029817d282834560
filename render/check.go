package render

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"accesspath/query/assert"
	"accesspath/render/words"
)

type checkFormat struct {
	name   string
	render func(io.Writer, *assert.Report, Options) error
}

func checkFormats() []checkFormat {
	return []checkFormat{
		{"text", checkText},
		{"json", func(w io.Writer, r *assert.Report, _ Options) error { return WriteJSON(w, r) }},
		{"junit", checkJUnit},
		{"sarif", checkSARIF},
	}
}

// CheckFormats lists the formats of check reports; the first is the default.
func CheckFormats() []string {
	var out []string
	for _, f := range checkFormats() {
		out = append(out, f.name)
	}
	return out
}

// RenderCheck writes how a snapshot stands up to a file of checks; "" is text.
func RenderCheck(ctx context.Context, w io.Writer, name string, r *assert.Report, o Options) error {
	for _, f := range checkFormats() {
		if f.name == name || name == "" {
			if err := f.render(w, r, o); err != nil {
				return err
			}
			return ctx.Err()
		}
	}
	return unknownFormat(name, CheckFormats())
}

// checkHeadline counts in one sentence.
func checkHeadline(r *assert.Report) string {
	s := fmt.Sprintf("%s: %s passed", words.Plural(len(r.Checks), "check"), words.Count(r.Passed))
	if r.Failed > 0 {
		s += ", " + words.Count(r.Failed) + " failed"
	}
	if r.Undecided > 0 {
		s += ", " + words.Count(r.Undecided) + " undecided"
	}
	return s
}

// Bounds of what prose shows of one check.
const (
	shownViolations = 10
	shownStatements = 10
)

func checkText(w io.Writer, r *assert.Report, o Options) error {
	p := newPrinter(w, o)
	p.para("", p.bold, checkHeadline(r)+", "+asOf(r.AsOf))
	brief := true
	for i := range r.Checks {
		c := &r.Checks[i]
		before := brief
		if brief = c.Status == assert.Passed && !o.Verbose; !brief || !before || i == 0 {
			p.line("")
		}
		st := map[string]style{assert.Passed: p.sgr("32"), assert.Failed: p.sgr("31"), assert.Undecided: p.sgr("33")}[c.Status]
		p.hang("", "  ", st, c.Status+": "+c.Name+place(r, c))
		if !brief {
			p.outcome(c)
		}
	}
	return p.flush()
}

// place is where the check stands, for readers who want to change it.
func place(r *assert.Report, c *assert.Outcome) string {
	if c.Line == 0 || c.Status == assert.Passed {
		return ""
	}
	return " (" + r.File + ":" + strconv.Itoa(c.Line) + ")"
}

func (p *printer) outcome(c *assert.Outcome) {
	p.para("  ", nil, c.Question)
	if c.Why != "" {
		p.para("  ", p.dim, "why: "+c.Why)
	}
	for _, u := range c.Undecided {
		p.hang("  ", "  ", p.warn, "undecided: "+u)
	}
	list, rest := cutLines(c.Violations, shownViolations, p.o)
	for i := range list {
		v := &list[i]
		p.hang("  ", "  ", nil, "- "+violationText(v))
		for _, l := range violationPath(v) {
			p.hang("      ", "  ", nil, l)
		}
	}
	if rest != "" {
		p.para("  ", p.dim, rest)
	}
	if c.More > 0 {
		p.para("  ", p.dim, words.Plural(c.More, "more violation")+" not listed")
	}
	if len(c.Statements) > 0 {
		p.para("  ", p.bold, "Statements to change")
		statements, rest := cutLines(c.Statements, shownStatements, p.o)
		for _, s := range statements {
			p.hang("  ", "  ", nil, "- "+statementText(&s))
		}
		if rest != "" {
			p.para("  ", p.dim, rest)
		}
	}
	for _, n := range c.Notes {
		p.hang("  ", "  ", p.dim, "note: "+n)
	}
}

// violationText says who breaks which condition.
func violationText(v *assert.Violation) string {
	return v.Condition + ": " + kindAndName(v.Kind, v.Principal) + " " + v.Text
}

// kindAndName is how a sentence speaks of a principal: "role admin
// (111122223333)".
func kindAndName(kind, id string) string {
	n, word := words.Principal(id), words.KindWord(kind)
	if kind == "" || word == n.Label {
		return n.InAccount()
	}
	return word + " " + n.InAccount()
}

// violationPath draws a counter-example, hop by hop, or says why access is
// missing.
func violationPath(v *assert.Violation) []string {
	var out []string
	for _, c := range v.Causes {
		out = append(out, words.Cause(c))
	}
	if v.Path == nil {
		return out
	}
	var names []string
	for _, id := range v.Path.Principals {
		names = append(names, words.Principal(id).InAccount())
	}
	out = append(out, strings.Join(names, " → ")+" ("+v.Path.Verdict+")")
	for i, s := range v.Path.Steps {
		for _, r := range s.Requires {
			out = append(out, fmt.Sprintf("hop %d needs %s", i+1, words.At(r, i+1)))
		}
	}
	for _, r := range v.Path.Requires {
		out = append(out, "the action needs "+words.At(r, len(v.Path.Steps)+1))
	}
	return out
}

func statementText(s *assert.Statement) string {
	t := words.Evidence(s.Evidence)
	if s.Violations > 1 {
		t += " (" + words.Plural(s.Violations, "violation") + ")"
	}
	return t
}

// outcomeText is the whole of a failed check as lines, for formats that have
// one text for it.
func outcomeText(c *assert.Outcome) []string {
	out := []string{c.Question}
	for _, u := range c.Undecided {
		out = append(out, "undecided: "+u)
	}
	for i := range c.Violations {
		out = append(out, violationText(&c.Violations[i]))
		for _, l := range violationPath(&c.Violations[i]) {
			out = append(out, "  "+l)
		}
	}
	if c.More > 0 {
		out = append(out, words.Plural(c.More, "more violation")+" not listed")
	}
	for i := range c.Statements {
		out = append(out, "statement to change: "+statementText(&c.Statements[i]))
	}
	return out
}
