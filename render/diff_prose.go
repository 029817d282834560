package render

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"accesspath/internal/termsafe"
	"accesspath/query/compare"
	"accesspath/render/words"
)

// Text and Markdown show the first differences of each sort and say how many
// more there are; JSON has all, and so does Verbose.
const (
	shownDiffLines   = 60
	shownDiffDetails = 8
	shownDetailCells = 400
)

// cutLines bounds a list for readers and says what is left out.
func cutLines[T any](list []T, most int, o Options) (shown []T, rest string) {
	if o.Verbose || len(list) <= most {
		return list, ""
	}
	return list[:most], "and " + words.Count(len(list)-most) + " more; all are in --format json"
}

// shortDetail bounds one detail: a statement may be long.
func shortDetail(s string, o Options) string {
	if o.Verbose || len(s) <= shownDetailCells {
		return s
	}
	return strings.ToValidUTF8(s[:shownDetailCells], "") + "…"
}

func diffText(ctx context.Context, w io.Writer, d *compare.Diff, o Options) error {
	p := newPrinter(w, o)
	p.para("", p.bold, diffTitle(d, o))
	for _, s := range diffSides(d) {
		p.para("  ", nil, s)
	}
	p.line("")
	p.para("", nil, sentenceCase(diffHeadline(d)))
	for _, s := range diffSections(d) {
		p.line("")
		p.para("", p.bold, s.title)
		lines, rest := cutLines(s.lines, shownDiffLines, o)
		for _, l := range lines {
			p.diffLine(l)
		}
		if rest != "" {
			p.para("  ", p.dim, rest)
		}
	}
	if notes := notesOf(d.Notes, d.Limits); len(notes) > 0 {
		p.line("")
		for _, n := range notes {
			p.hang("", "  ", p.warn, n)
		}
	}
	if err := p.flush(); err != nil {
		return err
	}
	return ctx.Err()
}

func (p *printer) diffLine(l diffLine) {
	st := map[string]style{markAdded: p.sgr("32"), markRemoved: p.sgr("31"), markChanged: p.sgr("33")}[l.mark]
	p.hang("  ", "    ", st, l.mark+" "+l.text)
	if l.id != "" && p.o.Verbose {
		p.hang("      ", "  ", p.dim, l.id)
	}
	more, rest := cutLines(l.details, shownDiffDetails, p.o)
	for _, m := range more {
		p.hang("      ", "  ", nil, shortDetail(m.String(), p.o))
	}
	if rest != "" {
		p.para("      ", p.dim, rest)
	}
}

// diffMarkdown is made for a comment on a pull request: the counts first, then
// each sort below a heading, as lists that fold nothing away.
func diffMarkdown(ctx context.Context, w io.Writer, d *compare.Diff, o Options) error {
	m := &markdown{w: bufio.NewWriter(w), o: o}
	m.line("# " + md(diffTitle(d, o)))
	m.line("")
	m.line("**" + md(sentenceCase(diffHeadline(d))) + "**")
	m.line("")
	for _, s := range diffSides(d) {
		m.line("- " + md(s))
	}
	if !d.Empty() {
		m.line("")
		m.header("What", "Added", "Removed", "Changed")
		for _, c := range d.Counts() {
			if c.Added+c.Removed+c.Changed > 0 {
				m.row(sentenceCase(c.Sort), words.Count(c.Added), words.Count(c.Removed), words.Count(c.Changed))
			}
		}
	}
	for _, s := range diffSections(d) {
		m.heading(s.title)
		lines, rest := cutLines(s.lines, shownDiffLines, o)
		for _, l := range lines {
			m.diffLine(l)
		}
		if rest != "" {
			m.line("- " + md(rest))
		}
	}
	if notes := notesOf(d.Notes, d.Limits); len(notes) > 0 {
		m.heading("Notes")
		for _, n := range notes {
			m.line("- " + md(n))
		}
	}
	if err := m.w.Flush(); err != nil {
		return fmt.Errorf("write Markdown: %w", err)
	}
	return ctx.Err()
}

func (m *markdown) diffLine(l diffLine) {
	word := map[string]string{markAdded: "**added**", markRemoved: "**removed**", markChanged: "**changed**"}[l.mark]
	s := "- " + word + " " + md(l.text)
	if l.id != "" {
		s += " " + termsafe.MarkdownCode(l.id)
	}
	m.line(s)
	more, rest := cutLines(l.details, shownDiffDetails, m.o)
	for _, d := range more {
		text := "  - " + md(d.text)
		if d.code != "" {
			text += " " + termsafe.MarkdownCode(shortDetail(d.code, m.o))
		}
		m.line(text)
	}
	if rest != "" {
		m.line("  - " + md(rest))
	}
}
