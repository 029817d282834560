package render

import (
	"cmp"
	"context"
	"io"
	"strconv"
	"strings"

	"accesspath/query"
	"accesspath/render/words"
)

func textRenderer(o Options) renderFunc {
	return func(ctx context.Context, w io.Writer, r *query.Result) error {
		p := newPrinter(w, o)
		v := newView(r, o)
		p.headline(v)
		if err := p.answers(ctx, v); err != nil {
			return err
		}
		if e := v.escalation; e != nil {
			p.section(e.heading)
			if err := p.answers(ctx, e); err != nil {
				return err
			}
		}
		p.footer(v)
		return p.flush()
	}
}

func (p *printer) answers(ctx context.Context, v *view) error {
	switch v.kind {
	case "can", "paths":
		for i := range v.answers {
			p.detail(&v.answers[i], v.kind, len(v.answers) > 1)
		}
		return nil
	case "what-can":
		for i := range v.answers {
			for _, s := range v.answers[i].sessions {
				p.session(s)
			}
		}
		return nil
	}
	if err := p.table(ctx, v.answers); err != nil || v.roots == "" {
		return err
	}
	p.hang("", "  ", p.dim, v.roots)
	return nil
}

func (p *printer) headline(v *view) {
	p.para("", p.bold, v.headline)
	if len(v.facts) > 0 {
		p.para("", p.dim, strings.Join(v.facts, " · "))
	}
}

// table writes one row for each answer, and below it the path.
func (p *printer) table(ctx context.Context, as []answerView) error {
	if len(as) == 0 {
		return nil
	}
	p.line("")
	c := p.columns(as)
	p.row(c, p.dim, "VERDICT", "KIND", "PRINCIPAL", "HOPS", "CONF", marksTitle(as))
	for i := range as {
		if i%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		a := &as[i]
		p.row(c, nil, a.verdict, a.kind, a.principal, a.hops, a.confidence, strings.Join(a.marks, ", "))
		p.answerPaths(a)
		p.why(a)
	}
	return nil
}

func marksTitle(as []answerView) string {
	for i := range as {
		if len(as[i].marks) > 0 {
			return "MARKS"
		}
	}
	return ""
}

// answerPaths writes the first path of an answer, or all of them if verbose.
func (p *printer) answerPaths(a *answerView) {
	more := a.more
	for i, path := range a.paths {
		if i > 0 && !p.o.Verbose {
			more += len(a.paths) - i
			break
		}
		if len(a.paths) > 1 && p.o.Verbose {
			p.para("    ", p.dim, path.title)
		}
		p.hops("    ", path)
	}
	if more > 0 {
		p.para("    ", p.dim, "+ "+words.Plural(more, "more path"))
	}
}

// hops writes one line for each hop. The action as it was asked is worth a line
// only if evidence is asked for.
func (p *printer) hops(indent string, path pathView) {
	for _, h := range path.hops {
		if h.plain && !p.o.Verbose {
			continue
		}
		s := h.arrow + " "
		if h.how != "" {
			s += h.how + " "
		}
		s += h.what
		if len(h.needs) > 0 {
			s += " — needs: " + strings.Join(h.needs, "; ")
		}
		p.hang(indent, "  ", nil, s)
		if !p.o.Verbose {
			continue
		}
		if h.id != "" {
			p.hang(indent+"  ", "  ", p.dim, h.id)
		}
		for _, e := range h.because {
			p.hang(indent+"  ", "  ", p.dim, "because "+e)
		}
	}
}

// decided writes the hops with the statements that decided them.
func (p *printer) decided(indent string, path pathView) {
	for i := range path.hops {
		h := path.hops[i]
		if !h.plain || len(h.by) == 0 {
			one := path
			one.hops = path.hops[i : i+1]
			p.hops(indent, one)
		} else {
			p.hang(indent, "  ", nil, h.arrow+" "+h.what)
		}
		for _, e := range h.by {
			p.hang(indent+"  ", "  ", p.dim, e)
		}
	}
}

// detail writes an answer of can or paths: all its paths, or why not.
func (p *printer) detail(a *answerView, kind string, several bool) {
	if several {
		p.line("")
		p.para("", p.verdictStyle(a.verdict), a.verdict+": "+a.principal)
	}
	for i, path := range a.paths {
		p.line("")
		if len(a.paths) > 1 || kind == "paths" {
			p.para("", p.verdictStyle(path.verdict), path.title)
		}
		p.para("  ", nil, path.origin)
		if kind == "can" && !p.o.Verbose {
			p.decided("  ", path)
		} else {
			p.hops("  ", path)
		}
		if i == len(a.paths)-1 && a.more > 0 {
			p.para("  ", p.dim, "+ "+words.Plural(a.more, "more path"))
		}
	}
	if len(a.marks) > 0 {
		p.line("")
		p.hang("", "  ", p.dim, "marks: "+strings.Join(a.marks, ", "))
	}
	p.also(a)
	p.why(a)
	if p.o.Verbose && len(a.layers) > 0 {
		p.layers(a.layers)
	}
}

// also writes what else it takes, and the verdict with that (QRY-19).
func (p *printer) also(a *answerView) {
	if len(a.also) == 0 {
		return
	}
	p.section("also required")
	for _, s := range a.also {
		p.hang("  ", "  ", nil, s)
	}
	p.hang("  ", "  ", p.verdictStyle(a.reachable), "all together: "+a.reachable)
}

// why writes the causes of a denial.
func (p *printer) why(a *answerView) {
	if len(a.causes) == 0 && a.near == "" {
		return
	}
	p.section("why not")
	for i, c := range a.causes {
		p.hang("  ", "   ", nil, strconv.Itoa(i+1)+". "+c)
	}
	if a.near != "" {
		p.hang("  ", "   ", nil, "nearly: "+a.near)
	}
	if len(a.remedies) == 0 {
		return
	}
	p.section(remedyTitle(len(a.remedies)))
	for i, r := range a.remedies {
		p.hang("  ", "   ", nil, strconv.Itoa(i+1)+". "+r)
	}
}

func (p *printer) layers(ls []layerView) {
	request := ""
	for _, l := range ls {
		if l.request != request || request == "" {
			request = l.request
			p.section(cmp.Or(request, "layers"))
		}
		p.hang("  ", "  ", p.resultStyle(l.result), l.name+": "+l.says)
		for _, e := range l.evidence {
			p.hang("    ", "  ", p.dim, e)
		}
	}
}

func (p *printer) session(s sessionView) {
	p.line("")
	p.para("", p.bold, s.title)
	p.hops("  ", s.path)
	if none := s.none(); none != "" {
		p.para("  ", p.dim, none)
	}
	for _, perm := range s.permissions {
		text := cmp.Or(perm.actions, "nothing")
		if perm.resources != "" {
			text += " on " + perm.resources
		}
		if len(perm.needs) > 0 {
			text += " — needs: " + strings.Join(perm.needs, "; ")
		}
		style := p.verdictStyle(query.VerdictAllow)
		if strings.EqualFold(perm.effect, "deny") {
			style = p.verdictStyle(query.VerdictDeny)
		}
		p.item("  ", cmp.Or(strings.ToLower(perm.effect), "allow"), style, text)
		if p.o.Verbose {
			p.hang("         ", "  ", p.dim, "because "+perm.because)
		}
	}
	if gap := s.gap(); gap != "" {
		p.item("  ", "unread", p.verdictStyle(query.VerdictAllowIf), gap)
	}
}

// footer writes what concerns the whole answer: notes, gaps, cuts, coverage.
func (p *printer) footer(v *view) {
	if len(v.common) > 0 {
		p.section("marks of every answer")
		p.hang("  ", "  ", nil, strings.Join(v.common, ", "))
	}
	if len(v.notes) > 0 {
		p.section("notes")
		for _, n := range v.notes {
			p.hang("  ", "  ", nil, noteText(n))
		}
	}
	if len(v.horizon) > 0 {
		p.section("changes by time alone")
		for _, h := range v.horizon {
			p.hang("  ", "  ", nil, h)
		}
	}
	if len(v.gaps.items) > 0 {
		p.section(v.gaps.title)
		for _, u := range v.gaps.items {
			p.hang("  ", "  ", p.warn, u)
		}
	}
	if len(v.limits) > 0 {
		p.section("limits")
		for _, l := range v.limits {
			p.hang("  ", "  ", p.warn, l)
		}
	}
	p.diagnostics(v.diagnostics)
	p.line("")
	p.hang("", "  ", p.dim, "rests on "+strings.Join(v.coverage, "; "))
}

func (p *printer) section(title string) {
	p.line("")
	p.hang("", "  ", p.bold, title)
}

// diagnostics counts the problems of the input, or lists them if verbose.
func (p *printer) diagnostics(ds []query.DiagnosticJSON) {
	if len(ds) == 0 {
		return
	}
	p.section("input problems: " + severities(ds))
	if !p.o.Verbose {
		return
	}
	for _, d := range ds {
		p.hang("  ", "  ", nil, diagnosticText(d))
	}
}

func noteText(n query.Note) string {
	if n.Code == "" || strings.Contains(n.Text, n.Code) {
		return n.Text
	}
	return n.Text + " [" + n.Code + "]"
}

// severities counts diagnostics by severity, in order of first appearance.
func severities(ds []query.DiagnosticJSON) string {
	var order []string
	counts := map[string]int{}
	for _, d := range ds {
		if counts[d.Severity]++; counts[d.Severity] == 1 {
			order = append(order, d.Severity)
		}
	}
	var parts []string
	for _, s := range order {
		parts = append(parts, words.Plural(counts[s], cmp.Or(s, "problem")))
	}
	return strings.Join(parts, ", ")
}

// diagnosticText writes file:line:col: severity: entity: message [code] hint.
func diagnosticText(d query.DiagnosticJSON) string {
	var b strings.Builder
	if d.File != "" {
		b.WriteString(d.File)
		if d.Line > 0 {
			b.WriteString(":" + strconv.Itoa(d.Line))
			if d.Column > 0 {
				b.WriteString(":" + strconv.Itoa(d.Column))
			}
		}
		b.WriteString(": ")
	}
	b.WriteString(cmp.Or(d.Severity, "problem") + ": ")
	if d.Entity != "" {
		b.WriteString(d.Entity + ": ")
	}
	b.WriteString(d.Message)
	if d.Code != "" {
		b.WriteString(" [" + d.Code + "]")
	}
	if d.Hint != "" {
		b.WriteString("; " + d.Hint)
	}
	return b.String()
}
