package svg

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// sharp is how many pixels a point gets, maxPixels how many a picture may have:
// larger ones get fewer for a point.
const (
	sharp     = 2
	maxPixels = 60e6
)

// PNG lays a DOT graph out and returns it as a PNG image. It paints what [Render]
// writes: the painter that comes with the layout library leaves borders out and
// fills lines. Its letters are those of the Go fonts, which have Latin, Greek and
// Cyrillic ones; others are boxes, so that SVG is better for such names.
func PNG(ctx context.Context, dot []byte) ([]byte, error) {
	doc, err := Render(ctx, dot)
	if err != nil {
		return nil, err
	}
	root, err := parse(doc)
	if err != nil {
		return nil, fmt.Errorf("paint: %w", err)
	}
	width, height := number(root.attr("width")), number(root.attr("height"))
	if width < 1 || height < 1 {
		return nil, fmt.Errorf("paint: a picture of %g by %g points", width, height)
	}
	scale := min(sharp, math.Sqrt(maxPixels/(width*height)))
	p := &painter{canvas: newCanvas(int(width*scale), int(height*scale), scale), faces: map[string]font.Face{}}
	if err := p.paint(root); err != nil {
		return nil, fmt.Errorf("paint: %w", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p.img); err != nil {
		return nil, fmt.Errorf("paint: %w", err)
	}
	return b.Bytes(), nil
}

// painter draws elements of what [Render] writes; it knows no others.
type painter struct {
	*canvas
	faces map[string]font.Face
}

func (p *painter) paint(e *element) error {
	switch e.name {
	case "g":
		before := p.m
		defer func() { p.m = before }()
		p.m = p.m.transform(e.attr("transform"))
	case "polygon", "polyline":
		line := polyline(points(e.attr("points")))
		if e.name == "polygon" {
			line = line.closed()
		}
		p.draw(e, []polyline{line})
	case "path":
		p.draw(e, flatten(e.attr("d")))
	case "ellipse":
		p.draw(e, []polyline{ellipse(number(e.attr("cx")), number(e.attr("cy")), number(e.attr("rx")), number(e.attr("ry")))})
	case "text":
		if err := p.write(e); err != nil {
			return err
		}
	}
	for _, c := range e.children {
		if err := p.paint(c); err != nil {
			return err
		}
	}
	return nil
}

// draw fills a shape, and then its line.
func (p *painter) draw(e *element, lines []polyline) {
	if fill, ok := colour(e.attr("fill")); ok {
		p.fill(fill, lines...)
	}
	if stroke, ok := colour(e.attr("stroke")); ok {
		width := 1.0
		if w := number(e.attr("stroke-width")); w > 0 {
			width = w
		}
		p.stroke(stroke, width, numbers(e.attr("stroke-dasharray")), lines)
	}
}

// inGoFonts are signs that the fonts have not, and what is like them.
var inGoFonts = strings.NewReplacer("▶", "►", "━", "—", "…", "...", "\u00a0", " ")

func (p *painter) write(e *element) error {
	face, err := p.face(e.attr("font-weight") == "bold", number(e.attr("font-size")))
	if err != nil {
		return err
	}
	ink, ok := colour(e.attr("fill"))
	if !ok {
		ink = color.RGBA{A: 255}
	}
	text := inGoFonts.Replace(e.text)
	// Letters are not scaled with the rest: they are set in their final size.
	at := p.m.apply(point{number(e.attr("x")), number(e.attr("y"))})
	x := at.x - float64(font.MeasureString(face, text))/64*map[string]float64{"middle": 0.5, "end": 1}[e.attr("text-anchor")]
	d := font.Drawer{Dst: p.img, Src: image.NewUniform(ink), Face: face, Dot: fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(at.y * 64)}}
	d.DrawString(text)
	return nil
}

func (p *painter) face(bold bool, size float64) (font.Face, error) {
	key := fmt.Sprint(bold, size)
	if f, ok := p.faces[key]; ok {
		return f, nil
	}
	ttf := goregular.TTF
	if bold {
		ttf = gobold.TTF
	}
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		return nil, err
	}
	const narrower = 0.93 // the layout was made for Helvetica
	f, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: max(size, 1) * p.m.scale * narrower, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, err
	}
	p.faces[key] = f
	return f, nil
}

func number(s string) float64 {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil {
		return 0
	}
	return v
}

func numbers(s string) []float64 {
	var out []float64
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == ')' || r == '\n' }) {
		out = append(out, number(f))
	}
	return out
}

func points(s string) []point {
	v := numbers(s)
	var out []point
	for i := 0; i+1 < len(v); i += 2 {
		out = append(out, point{v[i], v[i+1]})
	}
	return out
}

// colour reads "#15803d"; false for "none" and whatever else.
func colour(s string) (color.RGBA, bool) {
	v, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != len("#rrggbb") {
		return color.RGBA{}, false
	}
	return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}, true
}
