package render

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"accesspath/internal/termsafe"
	"accesspath/query"
	"accesspath/render/words"
)

// markdownRenderer writes GitHub-flavoured Markdown that reads well in other
// dialects too: headings, lists, tables and code spans, no HTML.
func markdownRenderer(o Options) renderFunc {
	return func(ctx context.Context, w io.Writer, r *query.Result) error {
		m := &markdown{w: bufio.NewWriter(w), o: o}
		v := newView(r, o)
		m.line("# " + md(v.title))
		m.line("")
		m.line("**" + md(v.headline) + "**")
		if len(v.facts) > 0 {
			m.line("")
			m.line(md(strings.Join(v.facts, " · ")))
		}
		if len(v.answers) > 0 {
			m.answers(v)
		}
		if e := v.escalation; e != nil {
			m.escalation(e)
		}
		m.closing(v)
		if err := m.w.Flush(); err != nil {
			return fmt.Errorf("write Markdown: %w", err)
		}
		return ctx.Err()
	}
}

type markdown struct {
	w *bufio.Writer
	o Options
}

func md(s string) string   { return termsafe.Markdown(s) }
func code(s string) string { return termsafe.MarkdownCode(s) }

// line writes finished Markdown.
func (m *markdown) line(s string) {
	m.w.WriteString(s)
	m.w.WriteByte('\n')
}

func (m *markdown) heading(s string) {
	m.line("")
	m.line("## " + md(s))
	m.line("")
}

func (m *markdown) row(cells ...string) { m.line("| " + strings.Join(cells, " | ") + " |") }

func (m *markdown) header(cells ...string) {
	m.row(cells...)
	m.line("|" + strings.Repeat(" --- |", len(cells)))
}

// escalation writes answers below a heading of their own; a table has it as it
// is.
func (m *markdown) escalation(e *view) {
	if e.kind == "can" || e.kind == "paths" || e.kind == "what-can" || len(e.answers) == 0 {
		m.heading(e.heading)
	}
	if len(e.answers) > 0 {
		m.answers(e)
	}
}

func (m *markdown) answers(v *view) {
	switch v.kind {
	case "can", "paths":
		for i := range v.answers {
			m.detail(&v.answers[i], len(v.answers) > 1)
		}
	case "what-can":
		for i := range v.answers {
			for _, s := range v.answers[i].sessions {
				m.session(s)
			}
		}
	default:
		m.heading(v.heading)
		m.header("Verdict", "Kind", "Principal", "Hops", "Confidence", "Path and conditions", "Marks")
		for i := range v.answers {
			a := &v.answers[i]
			m.row(md(a.verdict), md(a.kind), code(a.principal), md(a.hops), md(a.confidence), m.firstPath(a), md(strings.Join(a.marks, ", ")))
		}
		if v.roots != "" {
			m.line("")
			m.line(md(sentenceCase(v.roots)))
		}
	}
}

// firstPath is the path of a table row: hops in one line.
func (m *markdown) firstPath(a *answerView) string {
	more := a.more
	var parts []string
	if len(a.paths) > 0 {
		more += len(a.paths) - 1
		for _, h := range a.paths[0].hops {
			if h.plain {
				continue
			}
			parts = append(parts, hopMarkdown(h))
		}
	}
	for _, c := range a.causes {
		parts = append(parts, md(c))
	}
	if more > 0 {
		parts = append(parts, md("+ "+words.Plural(more, "more path")))
	}
	return strings.Join(parts, " ")
}

func hopMarkdown(h hopView) string {
	s := h.arrow + " "
	if h.how != "" {
		s += md(h.how) + " "
	}
	s += code(h.what)
	if len(h.needs) > 0 {
		s += " — needs: " + md(strings.Join(h.needs, "; "))
	}
	return s
}

func (m *markdown) detail(a *answerView, several bool) {
	if several {
		m.heading(a.verdict + ": " + a.principal)
	}
	for _, p := range a.paths {
		m.heading(sentenceCase(p.title))
		m.line("1. " + code(p.origin))
		for _, h := range p.hops {
			m.line("1. " + hopMarkdown(h))
			for _, e := range h.because {
				m.line("   - " + md("because "+e))
			}
		}
	}
	if a.more > 0 {
		m.line("")
		m.line(md("+ " + words.Plural(a.more, "more path")))
	}
	if len(a.also) > 0 {
		m.list("Also required", append(a.also[:len(a.also):len(a.also)], "all together: "+a.reachable))
	}
	if len(a.causes) > 0 || a.near != "" {
		m.heading("Why not")
		for _, c := range a.causes {
			m.line("1. " + md(c))
		}
		if a.near != "" {
			m.line("")
			m.line("Nearly: " + md(a.near))
		}
	}
	if len(a.remedies) > 0 {
		m.heading(sentenceCase(remedyTitle(len(a.remedies))))
		for _, r := range a.remedies {
			m.line("1. " + md(r))
		}
	}
	if len(a.layers) > 0 {
		m.heading("Layers")
		m.header("Request", "Layer", "Result", "Statements")
		for _, l := range a.layers {
			m.row(md(cmp.Or(l.request, l.principal)), md(l.name), md(l.says), md(strings.Join(l.evidence, "; ")))
		}
	}
}

func (m *markdown) session(s sessionView) {
	m.heading(sentenceCase(s.title))
	for _, h := range s.path.hops {
		m.line("- " + hopMarkdown(h))
	}
	if len(s.path.hops) > 0 {
		m.line("")
	}
	for _, note := range []string{s.none(), s.gap()} {
		if note != "" {
			m.line(md(sentenceCase(note) + "."))
			m.line("")
		}
	}
	if len(s.permissions) == 0 {
		return
	}
	m.header("Effect", "Actions", "Resources", "Needs", "Statement")
	for _, p := range s.permissions {
		m.row(md(p.effect), code(p.actions), code(p.resources), md(strings.Join(p.needs, "; ")), md(p.because))
	}
}

// closing writes what concerns the whole answer.
func (m *markdown) closing(v *view) {
	m.list("Marks of every answer", v.common)
	notes := make([]string, 0, len(v.notes))
	for _, n := range v.notes {
		notes = append(notes, noteText(n))
	}
	m.list("Notes", notes)
	m.list("Changes by time alone", v.horizon)
	m.list(sentenceCase(v.gaps.title), v.gaps.items)
	m.list("Limits", v.limits)
	if len(v.diagnostics) > 0 {
		var ds []string
		for _, d := range v.diagnostics {
			ds = append(ds, diagnosticText(d))
		}
		if len(ds) > maxListed && !m.o.Verbose {
			ds = append(ds[:maxListed:maxListed], words.Count(len(v.diagnostics)-maxListed)+" more")
		}
		m.list("Input problems: "+severities(v.diagnostics), ds)
	}
	m.list("What this rests on", v.coverage)
}

// maxListed is how many diagnostics a document lists unless it is verbose.
const maxListed = 50

func (m *markdown) list(title string, items []string) {
	if len(items) == 0 {
		return
	}
	m.heading(title)
	for _, i := range items {
		m.line("- " + md(i))
	}
}
