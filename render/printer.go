package render

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"accesspath/internal/termsafe"
	"accesspath/query"
)

// A printer writes lines that fit a terminal. Everything that reaches it is
// data: para, hang and row escape it; line alone takes finished text.
type printer struct {
	w     *bufio.Writer
	o     Options
	width int
}

func newPrinter(w io.Writer, o Options) *printer {
	return &printer{w: bufio.NewWriter(w), o: o, width: o.width()}
}

func (p *printer) flush() error {
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("write text: %w", err)
	}
	return nil
}

// A style puts colour around text that is already escaped and measured.
type style func(string) string

func (p *printer) sgr(code string) style {
	return func(s string) string {
		if !p.o.Color || s == "" {
			return s
		}
		return "\x1b[" + code + "m" + s + "\x1b[0m"
	}
}

func (p *printer) bold(s string) string { return p.sgr("1")(s) }
func (p *printer) dim(s string) string  { return p.sgr("2")(s) }
func (p *printer) warn(s string) string { return p.sgr("33")(s) }

func (p *printer) verdictStyle(verdict string) style {
	switch verdict {
	case query.VerdictAllow:
		return p.sgr("32")
	case query.VerdictAllowIf:
		return p.sgr("33")
	case query.VerdictDeny:
		return p.sgr("31")
	}
	return p.bold
}

func (p *printer) resultStyle(result string) style {
	switch result {
	case "allow":
		return p.sgr("32")
	case "allow-if", "deny-if", "unknown":
		return p.sgr("33")
	case "deny", "no-allow":
		return p.sgr("31")
	}
	return p.dim
}

// line writes finished text. Lines never end in spaces.
func (p *printer) line(s string) {
	p.w.WriteString(strings.TrimRight(s, " "))
	p.w.WriteByte('\n')
}

// para writes text wrapped under one indent.
func (p *printer) para(indent string, st style, s string) { p.hang(indent, "", st, s) }

// hang writes text wrapped, with further lines under indent and more.
func (p *printer) hang(indent, more string, st style, s string) {
	room := p.width - len(indent) - len(more)
	for i, l := range termsafe.Wrap(termsafe.Text(s), room) {
		if st != nil {
			l = st(l)
		}
		if i > 0 {
			l = more + l
		}
		p.line(indent + l)
	}
}

// labelColumn is as wide as "allow".
const labelColumn = 5

// item writes a label and, in a column beside it, wrapped text.
func (p *printer) item(indent, label string, st style, s string) {
	p.itemBeside(indent, label, labelColumn, st, s)
}

// itemBeside is item with a column of at least so many cells for the labels of a
// list.
func (p *printer) itemBeside(indent, label string, column int, st style, s string) {
	if termsafe.Width(termsafe.Text(label)) > p.width/3 { // no label of ours
		p.hang(indent, "  ", nil, label+" "+s)
		return
	}
	label = termsafe.Pad(termsafe.Text(label), column)
	more := strings.Repeat(" ", termsafe.Width(label)+2)
	for i, l := range termsafe.Wrap(termsafe.Text(s), p.width-len(indent)-len(more)) {
		if i == 0 {
			l = st(label) + "  " + l
		} else {
			l = more + l
		}
		p.line(indent + l)
	}
}

// columns are the widths of the table of answers, in cells; the last one wraps
// in what is left. stacked means that the principal has a line of its own, below
// that the marks have one.
type columns struct {
	widths         [6]int
	stacked, below bool
}

const (
	principalColumn = 2
	marksColumn     = 5
)

// columns measures answers: short columns take what they need, principals what
// is left.
func (p *printer) columns(as []answerView) columns {
	c := columns{widths: [6]int{8, 4, 9, 4, 4, 0}}
	grow := func(i int, s string, most int) {
		c.widths[i] = min(max(c.widths[i], termsafe.Width(termsafe.Text(s))), most)
	}
	for i := range as {
		a := &as[i]
		grow(0, a.verdict, 10)
		grow(1, a.kind, 16)
		grow(principalColumn, a.principal, p.width)
		grow(3, a.hops, 8)
		grow(4, a.confidence, 10)
		grow(marksColumn, strings.Join(a.marks, ", "), 26)
	}
	rest := p.width - 2*5
	for i, w := range c.widths {
		if i != principalColumn {
			rest -= w
		}
	}
	if c.widths[principalColumn] > rest && c.widths[marksColumn] > 0 { // marks go below
		rest += c.widths[marksColumn]
		c.widths[marksColumn], c.below = 0, true
	}
	c.widths[principalColumn] = min(c.widths[principalColumn], rest)
	c.stacked = rest < 24
	return c
}

// row writes one line of the table, or more if a cell does not fit. Nothing is
// cut: two names that differ only in the middle must not look the same.
func (p *printer) row(c columns, st style, cells ...string) {
	if c.stacked {
		p.stacked(st, cells)
		return
	}
	marks := ""
	if c.below {
		marks, cells[marksColumn] = cells[marksColumn], ""
	}
	var wrapped [6][]string
	height := 1
	for i, cell := range cells {
		wrapped[i] = termsafe.Wrap(termsafe.Text(cell), max(c.widths[i], 1))
		height = max(height, len(wrapped[i]))
	}
	for n := range height {
		var b strings.Builder
		for i := range cells {
			text := ""
			if n < len(wrapped[i]) {
				text = wrapped[i][n]
			}
			b.WriteString(p.cell(i, cells[0], st, termsafe.Pad(text, c.widths[i])))
			if i < len(cells)-1 {
				b.WriteString("  ")
			}
		}
		p.line(b.String())
	}
	if marks != "" && st == nil {
		p.hang("    ", "  ", p.dim, "marks: "+marks)
	}
}

// cell colours the verdict, and headings with their own style.
func (p *printer) cell(column int, verdict string, st style, text string) string {
	blank := strings.TrimRight(text, " ")
	pad := text[len(blank):]
	switch {
	case st != nil:
		return st(blank) + pad
	case column == 0:
		return p.verdictStyle(verdict)(blank) + pad
	case column == marksColumn:
		return p.dim(blank) + pad
	}
	return text
}

// stacked writes a row for terminals too narrow for columns.
func (p *printer) stacked(st style, cells []string) {
	if st != nil {
		return // headings name columns
	}
	rest := strings.Join([]string{cells[1], cells[3], cells[4]}, ", ")
	p.item("", cells[0], p.verdictStyle(cells[0]), rest)
	p.para("  ", nil, cells[principalColumn])
	if cells[marksColumn] != "" {
		p.para("  ", p.dim, cells[marksColumn])
	}
}
