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

// mermaidShapes are the brackets around a label, by kind.
func mermaidShapes() map[string][2]string {
	return map[string][2]string{
		words.User:      {"([", "])"},
		words.Role:      {"(", ")"},
		words.Root:      {"{{", "}}"},
		words.Group:     {"[/", "/]"},
		words.Service:   {"[[", "]]"},
		words.Federated: {"[\\", "\\]"},
		words.Account:   {"[(", ")]"},
		words.Public:    {"(((", ")))"},
		words.Other:     {"(", ")"},
		Target:          {"[", "]"},
		Permissions:     {">", "]"},
	}
}

// Mermaid writes the diagram as a Mermaid flowchart, as code hosts draw it in
// Markdown. Names are data; no link and no script is ever written.
func (d *Diagram) Mermaid() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "---\ntitle: \"%s\"\n---\n", termsafe.Mermaid(d.Title))
	direction := d.direction()
	fmt.Fprintf(&b, "flowchart %s\n", direction)
	for _, note := range d.Notes {
		fmt.Fprintf(&b, "  %%%% %s\n", termsafe.Mermaid(note))
	}
	names, boxes := map[string]string{}, map[string][]*Node{}
	for i, n := range d.Nodes() {
		names[n.ID] = fmt.Sprintf("n%d", i+1)
		boxes[n.box()] = append(boxes[n.box()], n)
	}
	for i, account := range slices.Sorted(maps.Keys(boxes)) {
		indent := "  "
		if account != "" {
			fmt.Fprintf(&b, "  subgraph a%d [\"account %s\"]\n", i+1, termsafe.Mermaid(account))
			indent = "    "
		}
		for _, n := range boxes[account] {
			d.mermaidNode(&b, indent, names[n.ID], n)
		}
		if account != "" {
			fmt.Fprintf(&b, "  end\n  style a%d fill:%s,stroke:%s,color:%s\n", i+1, d.o.palette().boxFill, d.o.palette().boxBorder, d.o.palette().faint)
		}
	}
	var lit []string
	for i, e := range d.Edges() {
		d.mermaidEdge(&b, names, e)
		if e.Lit {
			lit = append(lit, fmt.Sprint(i))
		}
	}
	d.mermaidStyles(&b, lit)
	return b.Bytes()
}

func (d *Diagram) mermaidNode(b *bytes.Buffer, indent, name string, n *Node) {
	shape, ok := mermaidShapes()[n.Kind]
	if !ok {
		shape = mermaidShapes()[words.Other]
	}
	lines := []string{"<b>" + termsafe.Mermaid(termsafe.TruncateMiddle(n.Label, 3*nameCells)) + "</b>"}
	for _, s := range n.Sub {
		lines = append(lines, termsafe.Mermaid(termsafe.TruncateMiddle(s, 3*nameCells)))
	}
	fmt.Fprintf(b, "%s%s%s\"%s\"%s:::%s\n", indent, name, shape[0], strings.Join(lines, "<br/>"), shape[1], class(n.Kind))
}

// class is the name of a kind's style.
func class(kind string) string { return "k" + strings.ReplaceAll(kind, " ", "") }

func (d *Diagram) mermaidEdge(b *bytes.Buffer, names map[string]string, e *Edge) {
	arrow := "-->"
	switch e.Verdict {
	case query.VerdictAllowIf, EscalatedIf, Changed:
		arrow = "-.->"
	case Tried, Removed:
		arrow = "-.-"
	case Blocked:
		arrow = "--x"
	case Member:
		arrow = "---"
	case Mixed, Escalated, Added:
		arrow = "==>"
	}
	label := ""
	if text := e.label(); text != "" {
		label = "|\"" + termsafe.Mermaid(termsafe.TruncateMiddle(text, 60)) + "\"|"
	}
	fmt.Fprintf(b, "  %s %s%s %s\n", names[e.From], arrow, label, names[e.To])
}

func (d *Diagram) mermaidStyles(b *bytes.Buffer, lit []string) {
	p, have := d.o.palette(), map[string]bool{}
	for _, n := range d.nodes {
		have[n.Kind] = true
	}
	for _, k := range kindOrder() {
		if l := p.kinds[k]; have[k] {
			fmt.Fprintf(b, "  classDef %s fill:%s,stroke:%s,color:%s\n", class(k), l.fill, l.border, p.text)
		}
	}
	if len(lit) > 0 {
		fmt.Fprintf(b, "  linkStyle %s stroke:%s,stroke-width:3px\n", strings.Join(lit, ","), p.lit)
	}
}
