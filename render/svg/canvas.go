package svg

import (
	"image"
	"image/color"
	"math"
	"slices"
	"strings"

	"golang.org/x/image/vector"
)

type point struct{ x, y float64 }

// A polyline is a line of straight pieces; one that is closed ends where it
// begins.
type polyline []point

func (l polyline) closed() polyline {
	if len(l) > 0 && l[0] != l[len(l)-1] {
		return append(slices.Clip(l), l[0])
	}
	return l
}

// matrix scales and moves, which is all that pictures here need.
type matrix struct{ scale, x, y float64 }

func (m matrix) apply(p point) point { return point{p.x*m.scale + m.x, p.y*m.scale + m.y} }

// transform adds "scale(1 1) rotate(0) translate(4 658)".
func (m matrix) transform(list string) matrix {
	for _, f := range strings.SplitAfter(list, ")") {
		name, rest, _ := strings.Cut(strings.TrimSpace(f), "(")
		v := numbers(rest)
		switch {
		case name == "scale" && len(v) > 0:
			m.scale *= v[0]
		case name == "translate" && len(v) == 2:
			at := m.apply(point{v[0], v[1]})
			m.x, m.y = at.x, at.y
		}
	}
	return m
}

// canvas is an image and where things come to stand on it.
type canvas struct {
	img *image.RGBA
	m   matrix
}

func newCanvas(width, height int, scale float64) *canvas {
	return &canvas{img: image.NewRGBA(image.Rect(0, 0, width, height)), m: matrix{scale: scale}}
}

// fill paints areas, which may overlap, in points.
func (c *canvas) fill(ink color.RGBA, areas ...polyline) {
	moved := make([]polyline, len(areas))
	for i, a := range areas {
		for _, p := range a {
			moved[i] = append(moved[i], c.m.apply(p))
		}
	}
	c.fillPixels(ink, moved)
}

func (c *canvas) fillPixels(ink color.RGBA, areas []polyline) {
	low, high := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, a := range areas {
		for _, p := range a {
			low, high = point{min(low.x, p.x), min(low.y, p.y)}, point{max(high.x, p.x), max(high.y, p.y)}
		}
	}
	// The rasterizer works on no more than it has to.
	box := image.Rect(int(low.x)-1, int(low.y)-1, int(high.x)+2, int(high.y)+2).Intersect(c.img.Bounds())
	if len(areas) == 0 || low.x > high.x || box.Empty() {
		return
	}
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	for _, a := range areas {
		for i, p := range a {
			x, y := float32(p.x-float64(box.Min.X)), float32(p.y-float64(box.Min.Y))
			if i == 0 {
				r.MoveTo(x, y)
			} else {
				r.LineTo(x, y)
			}
		}
		r.ClosePath()
	}
	r.Draw(c.img, box, image.NewUniform(ink), image.Point{})
}

// stroke paints lines of a width: a bar for each piece, and a disc where two
// meet. Bars and discs turn the same way, since where areas overlap the
// rasterizer adds what turns alike, and takes away what does not.
func (c *canvas) stroke(ink color.RGBA, width float64, dashes []float64, lines []polyline) {
	var areas []polyline
	half := width * c.m.scale / 2
	for _, l := range lines {
		for _, piece := range dashed(l, dashes) {
			for i := 1; i < len(piece); i++ {
				a, b := c.m.apply(piece[i-1]), c.m.apply(piece[i])
				length := math.Hypot(b.x-a.x, b.y-a.y)
				if length == 0 {
					continue
				}
				dx, dy := (b.x-a.x)/length*half, (b.y-a.y)/length*half
				areas = append(areas, polyline{{a.x + dy, a.y - dx}, {b.x + dy, b.y - dx}, {b.x - dy, b.y + dx}, {a.x - dy, a.y + dx}})
				if next, ok := after(piece, i); ok && bends(piece[i-1], piece[i], next) {
					areas = append(areas, ellipse(b.x, b.y, half, half))
				}
			}
		}
	}
	c.fillPixels(ink, areas)
}

// after is the point behind number i of a line, which may be closed.
func after(l polyline, i int) (point, bool) {
	switch {
	case i+1 < len(l):
		return l[i+1], true
	case l[0] == l[len(l)-1]:
		return l[1], true
	}
	return point{}, false
}

// bends reports whether a line turns at b by so much that its bars leave a gap.
func bends(a, b, c point) bool {
	along := (b.x-a.x)*(c.x-b.x) + (b.y-a.y)*(c.y-b.y)
	return along < 0.95*math.Hypot(b.x-a.x, b.y-a.y)*math.Hypot(c.x-b.x, c.y-b.y)
}

// dashed cuts a line into its dashes.
func dashed(l polyline, dashes []float64) []polyline {
	if len(dashes) == 0 || slices.Min(dashes) <= 0 || len(l) < 2 {
		return []polyline{l}
	}
	var out []polyline
	piece, k, left := polyline{l[0]}, 0, dashes[0]
	for i := 1; i < len(l); i++ {
		from := l[i-1]
		for {
			rest := math.Hypot(l[i].x-from.x, l[i].y-from.y)
			if rest < left {
				left -= rest
				piece = append(piece, l[i])
				break
			}
			from = point{from.x + (l[i].x-from.x)*left/rest, from.y + (l[i].y-from.y)*left/rest}
			piece = append(piece, from)
			if k%2 == 0 {
				out = append(out, piece)
			}
			k++
			piece, left = polyline{from}, dashes[k%len(dashes)]
		}
	}
	if k%2 == 0 {
		out = append(out, piece)
	}
	return out
}

func ellipse(x, y, rx, ry float64) polyline {
	const corners = 48
	out := make(polyline, 0, corners+1)
	for i := range corners {
		a := 2 * math.Pi * float64(i) / corners
		out = append(out, point{x + rx*math.Cos(a), y + ry*math.Sin(a)})
	}
	return out.closed()
}

// flatten follows the lines and curves of a path; all its coordinates are
// absolute.
func flatten(d string) []polyline {
	const pieces = 16 // of a curve
	var out []polyline
	var l polyline
	for d = strings.TrimSpace(d); d != ""; {
		command, rest := d[0], strings.TrimLeft(d[1:], " ")
		end := strings.IndexAny(rest, "MLCZz")
		if end < 0 {
			end = len(rest)
		}
		at := points(rest[:end])
		switch {
		case command == 'M':
			if len(l) > 0 {
				out = append(out, l)
			}
			l = at
		case command == 'L':
			l = append(l, at...)
		case command == 'C' && len(l) > 0:
			for ; len(at) >= 3; at = at[3:] {
				from := l[len(l)-1]
				for i := 1; i <= pieces; i++ {
					l = append(l, bezier(from, at[0], at[1], at[2], float64(i)/pieces))
				}
			}
		case command == 'Z' || command == 'z':
			l = l.closed()
		}
		d = rest[end:]
	}
	return append(out, l)
}

func bezier(a, b, c, d point, t float64) point {
	u := 1 - t
	ka, kb, kc, kd := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
	return point{ka*a.x + kb*b.x + kc*c.x + kd*d.x, ka*a.y + kb*b.y + kc*c.y + kd*d.y}
}
