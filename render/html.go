package render

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"accesspath/internal/termsafe"
	"accesspath/query"
	"accesspath/render/diagram"
	"accesspath/render/words"
)

func htmlRenderer(o Options) renderFunc {
	return func(ctx context.Context, w io.Writer, r *query.Result) error {
		v := newView(r, o)
		h := &htmlBody{o: o}
		h.raw("<header>\n<h1>").text(v.title).raw("</h1>\n<p class=\"headline\">")
		if v.verdict != "" {
			h.badge(v.verdict).raw(" ")
		}
		h.text(v.headline).raw("</p>\n")
		if len(v.facts) > 0 {
			h.raw(`<p class="facts">`).text(strings.Join(v.facts, " · ")).raw("</p>\n")
		}
		h.raw("</header>\n")
		if err := h.figure(ctx, r); err != nil {
			return err
		}
		if err := h.answers(ctx, v); err != nil {
			return err
		}
		if e := v.escalation; e != nil {
			if err := h.escalation(ctx, e); err != nil {
				return err
			}
		}
		h.closing(v)
		return writePage(w, v.title, h.b.String())
	}
}

// htmlBody collects markup. raw takes markup of this file, text takes data.
type htmlBody struct {
	b strings.Builder
	o Options
}

func (h *htmlBody) raw(s string) *htmlBody {
	h.b.WriteString(s)
	return h
}

// text writes data, isolated so that right-to-left letters in it do not reorder
// what stands around it.
func (h *htmlBody) text(s string) *htmlBody {
	return h.raw("<bdi>").raw(termsafe.HTML(s)).raw("</bdi>")
}

func (h *htmlBody) badge(verdict string) *htmlBody {
	class := ""
	switch verdict {
	case query.VerdictAllow, query.VerdictAllowIf, query.VerdictDeny:
		class = " " + strings.ToLower(verdict)
	}
	return h.raw(`<span class="badge` + class + `">`).text(verdict).raw("</span>")
}

// figure puts the picture in the page. A picture that cannot be drawn is no
// reason to withhold the answer.
func (h *htmlBody) figure(ctx context.Context, r *query.Result) error {
	if h.o.SVG == nil {
		return nil
	}
	o := h.o
	o.Theme = "light" // the page's style translates it
	d := diagram.FromResult(r, o.diagram())
	if d.Empty() {
		return nil
	}
	svg, err := h.o.SVG(ctx, d.DOT())
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if err != nil {
		h.raw(`<p class="faint">no picture: `).text(err.Error()).raw("</p>\n")
		return nil
	}
	h.raw("<figure>\n").raw(string(svg)).raw("</figure>\n")
	return nil
}

func (h *htmlBody) answers(ctx context.Context, v *view) error {
	switch v.kind {
	case "can", "paths":
		for i := range v.answers {
			h.detail(&v.answers[i], len(v.answers) > 1)
		}
		return nil
	case "what-can":
		for i := range v.answers {
			for _, s := range v.answers[i].sessions {
				h.session(s)
			}
		}
		return nil
	}
	return h.table(ctx, v)
}

// escalation writes answers below a heading of their own; a table has it as it
// is.
func (h *htmlBody) escalation(ctx context.Context, e *view) error {
	if e.kind == "can" || e.kind == "paths" || e.kind == "what-can" || len(e.answers) == 0 {
		h.raw("<h2>").text(e.heading).raw("</h2>\n")
	}
	return h.answers(ctx, e)
}

func (h *htmlBody) table(ctx context.Context, v *view) error {
	as := v.answers
	if len(as) == 0 {
		return nil
	}
	h.raw("<h2>").raw(termsafe.HTML(v.heading)).raw("</h2>\n<div class=\"scroll\"><table>\n")
	h.columns("Verdict", "Kind", "Principal and path", "Hops", "Confidence", "Marks")
	for i := range as {
		if i%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		a := &as[i]
		h.raw(`<tr><td class="fixed">`).badge(a.verdict).raw(`</td><td class="fixed">`).text(a.kind)
		h.raw(`</td><td class="principal"><code>`).text(a.principal).raw("</code>\n")
		more := a.more
		if len(a.paths) > 0 {
			h.hops(a.paths[0])
			h.otherPaths(a.paths[1:])
		}
		if more > 0 {
			h.raw(`<p class="faint">`).text("+ " + words.Plural(more, "more path")).raw("</p>\n")
		}
		h.why(a)
		h.raw(`</td><td class="fixed">`).text(a.hops).raw(`</td><td class="fixed">`).text(a.confidence)
		h.raw("</td><td>").text(strings.Join(a.marks, ", ")).raw("</td></tr>\n")
	}
	h.raw("</tbody></table></div>\n")
	if v.roots != "" {
		h.raw("<p>").text(sentenceCase(v.roots)).raw("</p>\n")
	}
	return nil
}

func (h *htmlBody) columns(names ...string) {
	h.raw("<thead><tr>")
	for _, n := range names {
		h.raw("<th>").text(n).raw("</th>")
	}
	h.raw("</tr></thead>\n<tbody>\n")
}

func (h *htmlBody) hops(p pathView) {
	if len(p.hops) == 0 {
		return
	}
	h.raw("<ol class=\"path\">\n")
	for _, hop := range p.hops {
		if hop.plain {
			continue
		}
		h.raw(`<li><span class="arrow">`).raw(hop.arrow).raw("</span>")
		if hop.how != "" {
			h.text(hop.how).raw(" ")
		}
		h.text(hop.what)
		if len(hop.needs) > 0 {
			h.raw(` <span class="needs">— needs: `).text(strings.Join(hop.needs, "; ")).raw("</span>")
		}
		h.raw("</li>\n")
	}
	h.raw("</ol>\n")
	h.evidence(p)
}

// evidence lists the statements of a path hop by hop, folded away.
func (h *htmlBody) evidence(p pathView) {
	open := false
	for _, hop := range p.hops {
		if len(hop.because) == 0 {
			continue
		}
		if !open {
			h.raw("<details><summary>because</summary>\n<ul>\n")
			open = true
		}
		h.raw("<li>").raw(hop.arrow).raw(" ").text(cmp.Or(hop.id, hop.what)).raw("<ul>")
		for _, e := range hop.because {
			h.raw("<li>").text(e).raw("</li>")
		}
		h.raw("</ul></li>\n")
	}
	if open {
		h.raw("</ul></details>\n")
	}
}

func (h *htmlBody) otherPaths(ps []pathView) {
	if len(ps) == 0 {
		return
	}
	h.raw("<details><summary>").text(words.Plural(len(ps), "other path")).raw("</summary>\n")
	for _, p := range ps {
		h.raw(`<p class="faint">`).text(p.title).raw("</p>\n")
		h.hops(p)
	}
	h.raw("</details>\n")
}

func (h *htmlBody) detail(a *answerView, several bool) {
	if several {
		h.raw("<h2>").badge(a.verdict).raw(" <code>").text(a.principal).raw("</code></h2>\n")
	}
	for _, p := range a.paths {
		h.raw("<h2>").text(sentenceCase(p.title)).raw("</h2>\n<p><code>").text(p.origin).raw("</code></p>\n")
		h.hops(p)
	}
	if a.more > 0 {
		h.raw(`<p class="faint">`).text("+ " + words.Plural(a.more, "more path")).raw("</p>\n")
	}
	if len(a.also) > 0 {
		h.list("Also required", "", append(a.also[:len(a.also):len(a.also)], "all together: "+a.reachable))
	}
	h.why(a)
	if len(a.layers) == 0 {
		return
	}
	h.raw("<h2>Layers</h2>\n<div class=\"scroll\"><table>\n")
	h.columns("Layer", "Result", "Statements")
	request := ""
	for _, l := range a.layers {
		if r := cmp.Or(l.request, l.principal); r != request {
			request = r
			h.raw(`<tr><th class="group" colspan="3">`).text(r).raw("</th></tr>\n")
		}
		h.raw(`<tr><td class="fixed">`).text(l.name).raw(`</td><td class="says">`).text(l.says)
		h.raw("</td><td>").text(strings.Join(l.evidence, "; ")).raw("</td></tr>\n")
	}
	h.raw("</tbody></table></div>\n")
}

func (h *htmlBody) why(a *answerView) {
	if len(a.causes) == 0 && a.near == "" {
		return
	}
	h.raw("<h2>Why not</h2>\n<ol>\n")
	for _, c := range a.causes {
		h.raw("<li>").text(c).raw("</li>\n")
	}
	h.raw("</ol>\n")
	if a.near != "" {
		h.raw("<p>Nearly: ").text(a.near).raw("</p>\n")
	}
	h.list(sentenceCase(remedyTitle(len(a.remedies))), "", a.remedies)
}

func (h *htmlBody) session(s sessionView) {
	h.raw("<h2>").text(sentenceCase(s.title)).raw("</h2>\n")
	h.hops(s.path)
	for _, note := range []string{s.none(), s.gap()} {
		if note != "" {
			h.raw("<p>").text(sentenceCase(note) + ".").raw("</p>\n")
		}
	}
	if len(s.permissions) == 0 {
		return
	}
	h.raw("<div class=\"scroll\"><table>\n")
	h.columns("Effect", "Actions", "Resources", "Needs", "Statement")
	for _, p := range s.permissions {
		class := "ALLOW"
		if strings.EqualFold(p.effect, "deny") {
			class = "DENY"
		}
		h.raw(`<tr><td class="fixed">`).badge(class).raw(`</td><td class="actions"><code>`).text(p.actions)
		h.raw(`</code></td><td class="resources"><code>`).text(p.resources).raw(`</code></td><td class="needs">`).text(strings.Join(p.needs, "; "))
		h.raw(`</td><td class="faint">`).text(p.because).raw("</td></tr>\n")
	}
	h.raw("</tbody></table></div>\n")
}

// closing writes what concerns the whole answer.
func (h *htmlBody) closing(v *view) {
	var notes, problems []string
	for _, n := range v.notes {
		notes = append(notes, noteText(n))
	}
	for i, d := range v.diagnostics {
		if i == maxListed && !h.o.Verbose {
			problems = append(problems, fmt.Sprintf("%s more", words.Count(len(v.diagnostics)-i)))
			break
		}
		problems = append(problems, diagnosticText(d))
	}
	h.list("Marks of every answer", "", v.common)
	h.list("Notes", "", notes)
	h.list("Changes by time alone", "", v.horizon)
	h.list(sentenceCase(v.gaps.title), "warn", v.gaps.items)
	h.list("Limits", "warn", v.limits)
	h.list("Input problems: "+severities(v.diagnostics), "", problems)
	h.raw("<footer>Rests on ").text(strings.Join(v.coverage, "; ")).raw(".</footer>\n")
}

func (h *htmlBody) list(title, class string, items []string) {
	if len(items) == 0 {
		return
	}
	h.raw("<h2>").text(title).raw(`</h2>` + "\n" + `<ul class="` + class + `">` + "\n")
	for _, i := range items {
		h.raw("<li>").text(i).raw("</li>\n")
	}
	h.raw("</ul>\n")
}
