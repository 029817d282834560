package svg

import (
	"bytes"
	"image/color"
	"image/png"
	"strings"
	"testing"
)

// TestPNG paints fill, border, line and letters where they belong.
func TestPNG(t *testing.T) {
	raw, err := PNG(t.Context(), []byte(`digraph { graph [rankdir=LR, bgcolor="#ffffff"]; node [shape=box, style=filled, fillcolor="#dcfce7", color="#15803d", fontcolor="#1b1f24"]; a -> b [color="#c81e1e", style=dashed] }`))
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[color.RGBA]int{}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			r, g, b, _ := img.At(x, y).RGBA()
			seen[color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}]++
		}
	}
	for _, want := range []color.RGBA{{0xff, 0xff, 0xff, 255}, {0xdc, 0xfc, 0xe7, 255}, {0x15, 0x80, 0x3d, 255}, {0xc8, 0x1e, 0x1e, 255}, {0x1b, 0x1f, 0x24, 255}} {
		if seen[want] < 4 {
			t.Errorf("%d pixels of %v", seen[want], want)
		}
	}
}

// TestPNGHostile: names are painted, whatever they are.
func TestPNGHostile(t *testing.T) {
	for _, name := range []string{"<script>", "\u05d0\u05d1", "😀", strings.Repeat("x", 512), "'"} {
		if _, err := PNG(t.Context(), []byte(`digraph { a [label="`+name+`"] }`)); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}
