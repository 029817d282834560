package diagram

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"accesspath/internal/termsafe"
)

// GraphML writes the diagram as GraphML, for programs that lay out and analyse
// graphs: what a shape or an arrow says is in its data, and how it is drawn is
// left to them. The same diagram gives the same bytes.
func (d *Diagram) GraphML() []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
`)
	for _, key := range [][3]string{
		{"graph", "title", "string"}, {"graph", "notes", "string"},
		{"node", "id", "string"}, {"node", "label", "string"}, {"node", "kind", "string"}, {"node", "account", "string"},
		{"node", "members", "int"}, {"node", "origin", "boolean"}, {"node", "target", "boolean"}, {"node", "highlighted", "boolean"}, {"node", "about", "string"},
		{"edge", "verdict", "string"}, {"edge", "requires", "string"}, {"edge", "highlighted", "boolean"}, {"edge", "about", "string"},
	} {
		fmt.Fprintf(&b, "<key id=\"%s-%s\" for=\"%s\" attr.name=\"%s\" attr.type=\"%s\"/>\n", key[0], key[1], key[0], key[1], key[2])
	}
	b.WriteString("<graph id=\"g\" edgedefault=\"directed\">\n")
	data := func(of, name, value string) {
		fmt.Fprintf(&b, "<data key=\"%s-%s\">%s</data>\n", of, name, termsafe.XML(value))
	}
	data("graph", "title", d.Title)
	if len(d.Notes) > 0 {
		data("graph", "notes", strings.Join(d.Notes, "; "))
	}
	names := map[string]string{}
	for i, n := range d.Nodes() {
		names[n.ID] = fmt.Sprintf("n%d", i+1)
		fmt.Fprintf(&b, "<node id=\"%s\">\n", names[n.ID])
		data("node", "id", n.ID)
		data("node", "label", n.Label)
		data("node", "kind", n.Kind)
		data("node", "account", n.Account)
		data("node", "members", fmt.Sprint(n.Members))
		data("node", "origin", fmt.Sprint(n.Origin))
		data("node", "target", fmt.Sprint(n.Aim))
		data("node", "highlighted", fmt.Sprint(n.Lit))
		data("node", "about", strings.Join(slices.Concat(n.Sub, n.Tooltip), "; "))
		b.WriteString("</node>\n")
	}
	for i, e := range d.Edges() {
		fmt.Fprintf(&b, "<edge id=\"e%d\" source=\"%s\" target=\"%s\">\n", i+1, names[e.From], names[e.To])
		data("edge", "verdict", e.Verdict)
		data("edge", "requires", strings.Join(e.Labels, " / "))
		data("edge", "highlighted", fmt.Sprint(e.Lit))
		data("edge", "about", strings.Join(e.Tooltip, "; "))
		b.WriteString("</edge>\n")
	}
	b.WriteString("</graph>\n</graphml>\n")
	return b.Bytes()
}
