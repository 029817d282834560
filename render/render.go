package render

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"accesspath/query"
	"accesspath/render/diagram"
)

// A Renderer writes one Result.
type Renderer interface {
	Render(ctx context.Context, w io.Writer, r *query.Result) error
}

// A Drawer lays out a DOT graph and returns it as an SVG document or a PNG image.
type Drawer func(ctx context.Context, dot []byte) ([]byte, error)

// Options say how to render. The zero value is good for a pipe.
type Options struct {
	Color     bool     // text: ANSI colours
	Width     int      // text: terminal columns; 0 means 100, less than 40 means 40
	Verbose   bool     // evidence, layers, all paths and every diagnostic
	Root      bool     // root users have a row each, not one for all
	Title     string   // of documents and pictures; "" means the question
	Direction string   // pictures: "LR", "TB", or "" for whichever fits
	Theme     string   // pictures: "light" (also "") or "dark"
	Budget    int      // pictures: nodes before principals are drawn together; 0 means 150
	Highlight []string // pictures: principals whose paths stand out
	Collapse  string   // pictures: which principals are drawn together; see diagram.Collapses
	SVG       Drawer   // pictures; without it there is no svg and html has no picture
	PNG       Drawer   // the same as an image
}

const (
	defaultWidth = 100
	minWidth     = 40
)

func (o Options) width() int {
	switch {
	case o.Width <= 0:
		return defaultWidth
	case o.Width < minWidth:
		return minWidth
	}
	return o.Width
}

func (o Options) diagram() diagram.Options {
	return diagram.Options{Title: o.Title, Direction: o.Direction, Theme: o.Theme, Budget: o.Budget,
		Highlight: o.Highlight, Collapse: o.Collapse}
}

type renderFunc func(ctx context.Context, w io.Writer, r *query.Result) error

func (f renderFunc) Render(ctx context.Context, w io.Writer, r *query.Result) error {
	return f(ctx, w, r)
}

// A format is one entry of the registry; graph is nil where a whole trust graph
// has no such form.
type format struct {
	name   string
	result func(Options) renderFunc
	graph  func(context.Context, io.Writer, *query.TrustGraph, Options) error
}

// formats returns the registry, in the order in which help texts list it.
func formats() []format {
	out := []format{
		{"text", textRenderer, graphText},
		{"json", jsonRenderer, graphJSON},
		{"markdown", markdownRenderer, nil},
		{"html", htmlRenderer, nil},
	}
	for _, f := range pictureFormats() {
		out = append(out, format{f.name, f.result, f.graph})
	}
	return out
}

// Formats lists the formats of results; the first one is the default.
func Formats() []string { return names(func(format) bool { return true }) }

// GraphFormats lists the formats of trust graphs.
func GraphFormats() []string { return names(func(f format) bool { return f.graph != nil }) }

func names(keep func(format) bool) []string {
	var out []string
	for _, f := range formats() {
		if keep(f) {
			out = append(out, f.name)
		}
	}
	return out
}

// For returns the renderer of a format ("" is text), or an error that lists the
// formats.
func For(name string, o Options) (Renderer, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	for _, f := range formats() {
		if f.name == name || name == "" {
			if f.name == "svg" && o.SVG == nil || f.name == "png" && o.PNG == nil {
				return nil, errNoDrawer
			}
			return f.result(o), nil
		}
	}
	return nil, unknownFormat(name, Formats())
}

// RenderGraph writes a whole trust graph in one of [GraphFormats].
func RenderGraph(ctx context.Context, w io.Writer, name string, g *query.TrustGraph, o Options) error {
	if err := o.check(); err != nil {
		return err
	}
	for _, f := range formats() {
		if f.graph != nil && (f.name == name || name == "") {
			return f.graph(ctx, w, g, o)
		}
	}
	return unknownFormat(name, GraphFormats())
}

func unknownFormat(name string, known []string) error {
	return fmt.Errorf("unknown format %q; use one of %s", name, strings.Join(known, ", "))
}

var errNoDrawer = fmt.Errorf("pictures need a layout engine, and this program has none; use format dot")

func (o Options) check() error {
	switch o.Direction {
	case "", "LR", "TB":
	default:
		return fmt.Errorf("unknown direction %q; use LR (left to right) or TB (top to bottom)", o.Direction)
	}
	switch o.Theme {
	case "", "light", "dark":
	default:
		return fmt.Errorf("unknown theme %q; use light or dark", o.Theme)
	}
	if o.Collapse != "" && !slices.Contains(diagram.Collapses(), o.Collapse) {
		return fmt.Errorf("unknown way to collapse %q; use one of %s", o.Collapse, strings.Join(diagram.Collapses(), ", "))
	}
	return nil
}
