package diagram

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"accesspath/internal/termsafe"
	"accesspath/query"
	"accesspath/render/words"
)

const (
	maxLabels = 90 // conditions written on arrows; beyond, they are in tooltips only
	maxDense  = 25 // the same, where arrows outnumber shapes
	nameCells = 36 // of a label's line
	nameLines = 3
	deepLR    = 7           // levels up to which a picture runs from left to right
	font      = "Helvetica" // alone: Graphviz does not know the widths of a list
)

// writer collects DOT text. Strings passed to it are finished DOT.
type writer struct {
	bytes.Buffer
	d     *Diagram
	p     palette
	names map[string]string // node id to DOT name
	quiet bool              // arrows carry no labels
}

// DOT writes the diagram in the language of Graphviz. The same diagram gives
// the same bytes.
func (d *Diagram) DOT() []byte {
	w := &writer{d: d, p: d.o.palette(), names: map[string]string{}}
	labels := 0
	for _, e := range d.edges {
		if len(e.Labels) > 0 {
			labels++
		}
	}
	// Where arrows are many for their shapes, labels push all of them apart.
	w.quiet = labels > maxLabels || labels > maxDense && len(d.edges) > 2*len(d.nodes)
	direction := d.direction()
	fmt.Fprintf(w, "digraph accesspath {\n")
	fmt.Fprintf(w, "  graph [rankdir=%s, bgcolor=%q, fontname=%q, fontsize=13, fontcolor=%q, labelloc=t, labeljust=l, "+
		"nodesep=0.3, ranksep=0.55, pad=0.25, compound=true, tooltip=%s,\n    label=<%s>];\n",
		direction, w.p.ground, font, w.p.text, termsafe.DOT(d.Title), w.caption(direction))
	fmt.Fprintf(w, "  node [fontname=%q, fontsize=12, fontcolor=%q, penwidth=1.2, margin=\"0.16,0.09\"];\n", font, w.p.text)
	fmt.Fprintf(w, "  edge [fontname=%q, fontsize=10, arrowsize=0.75, penwidth=1.2];\n", font)
	w.nodes()
	w.edges()
	w.WriteString("}\n")
	return w.Bytes()
}

// direction picks the way that keeps a deep chain on a page, unless the picture
// would be wider yet from top to bottom: shapes are wider than they are high.
func (d *Diagram) direction() string {
	if d.o.Direction != "" {
		return d.o.Direction
	}
	if ranks, widest := d.levels(); ranks > deepLR && widest <= ranks {
		return "TB"
	}
	return "LR"
}

// nodes writes the shapes, account by account.
func (w *writer) nodes() {
	boxes := map[string][]*Node{}
	for i, n := range w.d.Nodes() {
		w.names[n.ID] = fmt.Sprintf("n%d", i+1)
		boxes[n.box()] = append(boxes[n.box()], n)
	}
	for i, account := range slices.Sorted(maps.Keys(boxes)) {
		if account == "" {
			for _, n := range boxes[account] {
				w.node("  ", n)
			}
			continue
		}
		label := "account " + account
		fmt.Fprintf(w, "  subgraph cluster_%d {\n    graph [label=<%s>, labelloc=t, labeljust=l, style=\"rounded,filled\", "+
			"fillcolor=%q, color=%q, fontcolor=%q, fontsize=11, margin=12, tooltip=%s];\n",
			i+1, padded(label, 40, 1), w.p.boxFill, w.p.boxBorder, w.p.faint, termsafe.DOT(label))
		for _, n := range boxes[account] {
			w.node("    ", n)
		}
		w.WriteString("  }\n")
	}
}

func (w *writer) node(indent string, n *Node) {
	l, ok := w.p.kinds[n.Kind]
	if !ok {
		l = w.p.kinds[words.Other]
	}
	style, extra := l.style, ""
	if n.Aim {
		style = "filled" // double borders have corners
		extra = ", peripheries=2, penwidth=1.6"
	}
	if n.Members > 1 {
		extra += ", penwidth=2.6"
	}
	if n.Lit {
		l.border = w.p.lit
		extra += ", penwidth=3"
	}
	fmt.Fprintf(w, "%s%s [shape=%s, style=%q, fillcolor=%q, color=%q%s, class=%q, tooltip=%s, label=<%s>];\n",
		indent, w.names[n.ID], l.shape, style, l.fill, l.border, extra, n.Kind, termsafe.DOTLines(n.Tooltip...), w.label(n))
}

// label writes the name in bold and smaller lines below it, as an HTML-like
// label: the only kind that has two sizes.
func (w *writer) label(n *Node) string {
	var b strings.Builder
	for i, line := range fold(n.Label, nameCells, nameLines) {
		if i > 0 {
			b.WriteString("<BR/>")
		}
		b.WriteString("<B>" + markup(line) + "</B>")
	}
	for _, s := range n.Sub {
		for _, line := range fold(s, nameCells+4, nameLines) {
			fmt.Fprintf(&b, `<BR/><FONT POINT-SIZE="10" COLOR=%q>%s</FONT>`, w.p.faint, markup(line))
		}
	}
	return b.String()
}

// fold breaks a name into at most n lines of w cells, and leaves out its middle
// if that is not enough. The lines are data still. What escaping will make
// longer is folded shorter.
func fold(s string, w, n int) []string {
	seen := termsafe.Width(termsafe.Text(s))
	if seen <= w {
		return []string{s}
	}
	if raw := termsafe.Width(s); raw < seen {
		w = max(w*raw/seen, 1)
	}
	lines := termsafe.Wrap(s, w)
	for room := w * n; len(lines) > n && room > 2; room -= 4 {
		lines = termsafe.Wrap(termsafe.TruncateMiddle(s, room), w)
	}
	return lines[:min(len(lines), n)]
}

func (w *writer) edges() {
	drawn := map[*Edge]bool{}
	for _, e := range w.d.Edges() {
		if drawn[e] {
			continue
		}
		colour, line, _ := w.p.arrow(e.Verdict)
		extra := ""
		if label := w.written(e); label != "" {
			extra = fmt.Sprintf(", label=<%s>, fontcolor=%q", w.badges(label, e.Verdict, colour), colour)
		}
		back := w.d.edges[[2]string{e.To, e.From}]
		if e.From != e.To && w.oneLine(e, back) {
			drawn[back] = true
			extra += ", dir=both"
		} else {
			back = nil
		}
		if e.Lit {
			colour = w.p.lit
			extra += ", penwidth=3"
		}
		if e.Verdict == Member {
			extra += ", arrowhead=odot"
		}
		tip := w.tip(e)
		if back != nil {
			tip = slices.Concat(tip, w.tip(back))
		}
		fmt.Fprintf(w, "  %s -> %s [style=%s, color=%q, class=%q, tooltip=%s%s];\n", w.names[e.From], w.names[e.To],
			line, colour, strings.ToLower(e.Verdict), termsafe.DOTLines(tip...), extra)
	}
}

// written is the label that an arrow carries, if it carries one.
func (w *writer) written(e *Edge) string {
	if w.quiet && e.Verdict != Blocked {
		return ""
	}
	return e.label()
}

// oneLine reports whether two arrows are drawn as one line with two heads: nothing
// but the direction tells them apart.
func (w *writer) oneLine(e, back *Edge) bool {
	return back != nil && e.Verdict == back.Verdict && e.Lit == back.Lit && slices.Contains([]string{query.VerdictAllow, query.VerdictAllowIf, Mixed}, e.Verdict) &&
		w.written(e) == "" && w.written(back) == ""
}

func (w *writer) tip(e *Edge) []string {
	if len(e.Tooltip) > 0 {
		return e.Tooltip
	}
	return []string{w.d.nodes[e.From].Label + " → " + w.d.nodes[e.To].Label}
}

// badges writes the conditions on an arrow, each with a border of its own. MFA
// and the external ID have grounds of their own, since they are what people look
// for first. What keeps an arrow from being drawn is no condition.
func (w *writer) badges(label, verdict, colour string) string {
	if !slices.Contains([]string{query.VerdictAllowIf, Mixed, Escalated, EscalatedIf}, verdict) {
		return padded(label, 30, 2)
	}
	var b strings.Builder
	b.WriteString(`<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="3" CELLPADDING="3"><TR>`)
	for _, part := range conditions(label) {
		lines := fold(part, 26, 2)
		if escalates(verdict) { // calls, one a line
			lines = nil
			for _, call := range strings.Split(part, ", ") {
				lines = append(lines, fold(call, nameCells, 1)...)
			}
		}
		for i := range lines {
			lines[i] = markup(lines[i])
		}
		fmt.Fprintf(&b, `<TD BORDER="1" STYLE="ROUNDED" COLOR=%q BGCOLOR=%q>%s</TD>`, colour, w.p.badgeGround(part), strings.Join(lines, "<BR/>"))
	}
	b.WriteString(`</TR></TABLE>`)
	return b.String()
}

// Marks are conditions that are drawn in a colour of their own, as package words
// names them.
const markMFA, markExternalID = "MFA", "external ID"

// conditions are the conditions that the label of an arrow joins.
func conditions(label string) []string { return strings.Split(label, " + ") }

// badgeGround is the ground of a condition.
func (p palette) badgeGround(condition string) string {
	switch {
	case condition == markMFA:
		return p.mfa
	case condition == markExternalID:
		return p.secret
	}
	return p.badge
}

// markup escapes text for a label. Elements without any are a syntax error.
func markup(s string) string {
	if s == "" {
		return "&#160;"
	}
	return termsafe.DOTHTML(s)
}

// padded makes a label that keeps some distance from the line it belongs to.
func padded(s string, w, n int) string {
	lines := fold(s, w, n)
	for i := range lines {
		lines[i] = markup(lines[i])
	}
	return `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4"><TR><TD>` + strings.Join(lines, "<BR/>") +
		`</TD></TR></TABLE>`
}

// caption writes the title, the legend of what occurs, and the notes.
func (w *writer) caption(direction string) string {
	var b strings.Builder
	b.WriteString(`<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3">`)
	b.WriteString(`<TR><TD ALIGN="LEFT" BALIGN="LEFT"><FONT POINT-SIZE="16"><B>`)
	for _, line := range fold(w.d.Title, 70, 3) {
		b.WriteString(markup(line) + `<BR ALIGN="LEFT"/>`)
	}
	b.WriteString(`</B></FONT></TD></TR>`)
	perRow := 10
	if direction == "TB" {
		perRow = 4
	}
	rows := slices.Collect(slices.Chunk(w.legend(), perRow))
	widest := 0
	for _, row := range rows {
		widest = max(widest, width(row))
	}
	for _, row := range rows {
		b.WriteString(`<TR><TD ALIGN="LEFT"><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="2" CELLPADDING="2"><TR>`)
		for _, cell := range row {
			b.WriteString(cell.html)
		}
		if rest := widest - width(row); rest > 0 { // Graphviz would spread the cells of a short row
			fmt.Fprintf(&b, `<TD WIDTH="%d"></TD>`, rest)
		}
		// So it would if a long title makes the row wider: empty columns take most of it.
		b.WriteString(`<TD COLSPAN="12"></TD></TR></TABLE></TD></TR>`)
	}
	var notes strings.Builder
	for _, note := range w.allNotes() {
		for _, line := range fold(note, 90, 4) {
			notes.WriteString(markup(line) + `<BR ALIGN="LEFT"/>`)
		}
	}
	if notes.Len() > 0 {
		fmt.Fprintf(&b, `<TR><TD ALIGN="LEFT" BALIGN="LEFT"><FONT POINT-SIZE="11" COLOR=%q>%s</FONT></TD></TR>`, w.p.faint, &notes)
	}
	b.WriteString(`</TABLE>`)
	return b.String()
}

func (w *writer) allNotes() []string {
	notes := slices.Clone(w.d.Notes)
	if w.quiet {
		notes = append(notes, "conditions are left off the arrows; they are in the tooltips")
	}
	if w.d.Empty() {
		notes = append(notes, "there is nothing to draw")
	}
	return notes
}

// an entry of the legend, with the cells that its words take.
type entry struct {
	html  string
	cells int
}

// width is about how wide entries are, in points.
func width(row []entry) int {
	n := 0
	for _, e := range row {
		n += 34 + 5*e.cells
	}
	return n
}

// legend returns a swatch for each kind, a line for each verdict, and marks.
func (w *writer) legend() []entry {
	var out []entry
	add := func(words, format string, args ...any) {
		out = append(out, entry{fmt.Sprintf(format, args...) + fmt.Sprintf(`<TD><FONT POINT-SIZE="10">%s  </FONT></TD>`, markup(words)), termsafe.Width(words)})
	}
	have, arrows := map[string]bool{}, map[string]bool{}
	for _, n := range w.d.nodes {
		have[n.Kind] = true
	}
	for _, e := range w.d.edges {
		arrows[e.Verdict] = true
	}
	for _, k := range kindOrder() {
		if l := w.p.kinds[k]; have[k] {
			add(k, `<TD BORDER="1" WIDTH="16" HEIGHT="12" FIXEDSIZE="TRUE" BGCOLOR=%q COLOR=%q></TD>`, l.fill, l.border)
		}
	}
	line := func(words, colour, glyph string) {
		add(words, `<TD><FONT POINT-SIZE="10" COLOR=%q><B>%s</B></FONT></TD>`, colour, glyph)
	}
	for _, v := range arrowOrder() {
		if colour, style, words := w.p.arrow(v); arrows[v] {
			line(words, colour, map[string]string{"solid": "——▶", "bold": "━━▶", "dashed": "– – ▶", "dotted": "· · · ▶"}[style])
		}
	}
	for _, mark := range []string{markMFA, markExternalID} {
		if !w.quiet && slices.ContainsFunc(w.d.Edges(), func(e *Edge) bool { return slices.Contains(conditions(e.label()), mark) }) {
			add("asked for", `<TD BORDER="1" STYLE="ROUNDED" COLOR=%q BGCOLOR=%q><FONT POINT-SIZE="10">%s</FONT></TD>`, w.p.maybe, w.p.badgeGround(mark), mark)
		}
	}
	if slices.ContainsFunc(w.d.Nodes(), func(n *Node) bool { return n.Lit }) {
		line("highlighted", w.p.lit, "━━▶")
	}
	return out
}
