package svg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// An element is a node of the document that clean builds.
type element struct {
	name     string
	attrs    []xml.Attr
	children []*element
	text     string // of text and title
	tip      string // tooltip, which becomes the title
}

var (
	allowedElements = []string{"svg", "g", "title", "path", "polygon", "polyline", "ellipse", "circle", "rect", "line", "text", "tspan"}
	allowedAttrs    = []string{"viewBox", "class", "transform", "d", "points", "x", "y", "cx", "cy", "r", "rx", "ry", "x1", "x2",
		"y1", "y2", "width", "height", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity",
		"text-anchor", "font-size", "font-weight", "font-style"}
)

// clean rebuilds what Graphviz wrote from allowed elements and attributes.
//
//   - Tooltips, which Graphviz writes as links without a target, become the
//     titles of their shapes; its own titles, node names, go.
//   - Ids go: several pictures may stand in one HTML page.
//   - The root says that it is an image and what it shows, and shrinks to the
//     width that it is given.
func clean(raw []byte) ([]byte, error) {
	root, err := parse(raw)
	if err != nil {
		return nil, fmt.Errorf("read the layout program's output: %w", err)
	}
	title := "diagram"
	for _, c := range root.children {
		if c.name == "g" && c.tip != "" {
			title, c.tip = c.tip, ""
			break
		}
	}
	root.children = slices.Insert(root.children, 0, &element{name: "title", text: title})
	var b bytes.Buffer
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" role="img" font-family="Helvetica,Arial,sans-serif" style="max-width:100%;height:auto"`)
	for _, a := range root.attrs {
		if a.Name.Local == "width" || a.Name.Local == "height" {
			a.Value = strings.TrimSuffix(a.Value, "pt")
		}
		writeAttr(&b, a)
	}
	b.WriteString(">\n")
	for _, c := range root.children {
		c.write(&b)
	}
	b.WriteString("</svg>\n")
	return b.Bytes(), nil
}

// parse reads the document into elements. Links are taken apart: their content
// moves up, their title becomes the tip of the group around them.
func parse(raw []byte) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(raw))
	var root *element
	var stack []*element
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			e := &element{name: t.Name.Local, attrs: allowed(t.Attr)}
			if e.name == "a" {
				tip(stack, t.Attr)
			}
			stack = append(stack, e)
		case xml.CharData:
			if n := len(stack); n > 0 && slices.Contains([]string{"text", "tspan", "title"}, stack[n-1].name) {
				stack[n-1].text += string(t)
			}
		case xml.EndElement:
			e := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if len(stack) == 0 {
				root = e
			} else {
				stack[len(stack)-1].adopt(e)
			}
		}
	}
	if root == nil || root.name != "svg" {
		return nil, errors.New("not an SVG document")
	}
	return root, nil
}

// adopt takes a finished element as a child, or what is good of it.
func (e *element) adopt(c *element) {
	switch {
	case c.name == "title":
	case c.name == "a" || c.name == "g" && len(c.attrs) == 0 && c.tip == "":
		e.children = append(e.children, c.children...)
	case slices.Contains(allowedElements, c.name):
		if c.name == "g" && strings.HasPrefix(c.attr("class"), "node") {
			c.centre()
		}
		e.children = append(e.children, c)
	}
}

// tip gives the title of a link to the innermost group that is a shape: one with
// a class.
func tip(stack []*element, attrs []xml.Attr) {
	for _, a := range attrs {
		if a.Name.Local != "title" {
			continue
		}
		for _, e := range slices.Backward(stack) {
			if e.name == "g" && e.attr("class") != "" {
				if e.tip == "" {
					e.tip = a.Value
				}
				return
			}
		}
	}
}

// attr returns the value of an attribute, or "".
func (e *element) attr(name string) string {
	for _, a := range e.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (e *element) setAttr(name, value string) {
	for i := range e.attrs {
		if e.attrs[i].Name.Local == name {
			e.attrs[i].Value = value
			return
		}
	}
	e.attrs = append(e.attrs, xml.Attr{Name: xml.Name{Local: name}, Value: value})
}

// centre puts the texts of a node in the middle of its shape. Graphviz sets the
// lines of HTML-like labels flush left, where it thinks that they begin; with
// other fonts than it measured, they would stand to one side.
func (e *element) centre() {
	x := ""
	for _, c := range e.children {
		if c.name == "text" {
			if x != "" {
				c.setAttr("x", x)
				c.setAttr("text-anchor", "middle")
			}
		} else if x == "" {
			x = c.middle()
		}
	}
}

// middle returns the horizontal middle of a shape, or "".
func (e *element) middle() string {
	if cx := e.attr("cx"); cx != "" {
		return cx
	}
	fields := strings.FieldsFunc(e.attr("points")+" "+e.attr("d"), func(r rune) bool {
		return !strings.ContainsRune("0123456789.-", r) && r != ','
	})
	low, high := math.Inf(1), math.Inf(-1)
	for _, f := range fields {
		first, _, ok := strings.Cut(f, ",")
		if x, err := strconv.ParseFloat(first, 64); ok && err == nil {
			low, high = min(low, x), max(high, x)
		}
	}
	if low > high {
		return ""
	}
	return strconv.FormatFloat((low+high)/2, 'f', 2, 64)
}

func allowed(attrs []xml.Attr) []xml.Attr {
	var out []xml.Attr
	for _, a := range attrs {
		if a.Name.Space == "" && slices.Contains(allowedAttrs, a.Name.Local) && !strings.ContainsAny(a.Value, `<>"&\:;`) &&
			!strings.Contains(strings.ToLower(a.Value), "url") {
			out = append(out, a)
		}
	}
	return out
}

func (e *element) write(b *bytes.Buffer) {
	b.WriteString("<" + e.name)
	for _, a := range e.attrs {
		writeAttr(b, a)
	}
	if e.tip == "" && e.text == "" && len(e.children) == 0 {
		b.WriteString("/>\n")
		return
	}
	b.WriteString(">")
	if e.tip != "" {
		b.WriteString("<title>" + escape(e.tip) + "</title>")
	}
	b.WriteString(escape(e.text))
	if len(e.children) > 0 {
		b.WriteByte('\n')
	}
	for _, c := range e.children {
		c.write(b)
	}
	b.WriteString("</" + e.name + ">\n")
}

func writeAttr(b *bytes.Buffer, a xml.Attr) {
	fmt.Fprintf(b, ` %s="%s"`, a.Name.Local, escape(a.Value))
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

func escape(s string) string { return escaper.Replace(s) }
