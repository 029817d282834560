package render

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"time"

	"accesspath/internal/termsafe"
	"accesspath/query"
	"accesspath/render/words"
)

// A report is an answer in sections of lines, in words that are not escaped yet:
// what spreads, chokepoints and what-ifs have in common on a page.
type report struct {
	title, headline string
	facts           []string
	sections        []reportSection
	closing         view // notes, limits, diagnostics and coverage
}

type reportSection struct {
	title string
	facts []string
	items []reportItem
}

// A reportItem is one line with a verdict, or a word in its place.
type reportItem struct {
	label   string
	text    string
	id      string // what the text is about, in full; "" if the text says it
	details []string
}

// shownItems bounds a section for readers; Verbose and JSON have all.
const shownItems = 100

// ReportFormats lists the formats of spreads, chokepoints and what-ifs; the
// first one is the default.
func ReportFormats() []string { return []string{"text", "json", "markdown"} }

// writeReport writes a value in one of ReportFormats; "" is text.
func writeReport(ctx context.Context, w io.Writer, name string, v any, words func() *report, o Options) error {
	if err := o.check(); err != nil {
		return err
	}
	var err error
	switch name {
	case "text", "":
		err = reportText(w, words(), o)
	case "json":
		err = WriteJSON(w, v)
	case "markdown":
		err = reportMarkdown(w, words(), o)
	default:
		return unknownFormat(name, ReportFormats())
	}
	if err != nil {
		return err
	}
	return ctx.Err()
}

// closingOf gathers what concerns a whole report.
func closingOf(notes []query.Note, l query.Limits, c query.CoverageSummary, d []query.DiagnosticJSON) view {
	return view{notes: notes, limits: l.Reasons, coverage: coverage(c), diagnostics: d}
}

func asOf(t time.Time) string {
	return "as of " + t.UTC().Format(time.DateOnly+" 15:04") + " UTC"
}

func reportText(w io.Writer, r *report, o Options) error {
	p := newPrinter(w, o)
	p.para("", p.bold, r.headline)
	for _, f := range r.facts {
		p.para("", p.dim, f)
	}
	for _, s := range r.sections {
		p.section(s.title)
		for _, f := range s.facts {
			p.hang("  ", "  ", p.dim, f)
		}
		list, rest := cutLines(s.items, shownItems, o)
		for _, i := range list {
			p.reportItem(i, labelWidth(list))
		}
		if rest != "" {
			p.para("  ", p.dim, rest)
		}
	}
	p.footer(&r.closing)
	return p.flush()
}

// labelWidth is what the labels of a list take, in cells.
func labelWidth(list []reportItem) int {
	w := 0
	for i := range list {
		w = max(w, termsafe.Width(list[i].label))
	}
	return w
}

func (p *printer) reportItem(i reportItem, width int) {
	p.itemBeside("  ", i.label, width, p.verdictStyle(i.label), i.text)
	if i.id != "" && p.o.Verbose {
		p.hang("      ", "  ", p.dim, i.id)
	}
	for _, d := range i.details {
		p.hang("      ", "  ", nil, d)
	}
}

func reportMarkdown(w io.Writer, r *report, o Options) error {
	m := &markdown{w: bufio.NewWriter(w), o: o}
	m.line("# " + md(r.title))
	m.line("")
	m.line("**" + md(r.headline) + "**")
	for _, f := range r.facts {
		m.line("")
		m.line(md(f))
	}
	for _, s := range r.sections {
		m.heading(sentenceCase(s.title))
		for _, f := range s.facts {
			m.line(md(f))
			m.line("")
		}
		list, rest := cutLines(s.items, shownItems, o)
		for _, i := range list {
			m.reportItem(i)
		}
		if rest != "" {
			m.line("- " + md(rest))
		}
	}
	m.closing(&r.closing)
	if err := m.w.Flush(); err != nil {
		return fmt.Errorf("write Markdown: %w", err)
	}
	return nil
}

func (m *markdown) reportItem(i reportItem) {
	s := "- **" + md(i.label) + "** " + md(i.text)
	if i.id != "" {
		s += " " + code(i.id)
	}
	m.line(s)
	for _, d := range i.details {
		m.line("  - " + md(d))
	}
}

// hopsOf words a count of hops.
func hopsOf(n int) string {
	if n == 0 {
		return "direct"
	}
	return words.Plural(n, "hop")
}
