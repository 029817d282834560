package svg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"accesspath/internal/termsafe"
	_ "accesspath/render/svg/privatetmp" // ahead of go-graphviz: see there

	"github.com/goccy/go-graphviz/cgraph"
	"github.com/goccy/go-graphviz/gvc"
)

// What dot lays out in a few seconds. 500 nodes take 0.7 s, 1,000 take 2 s and
// 5,000 three and a half minutes; dense graphs take longer than sparse ones.
const (
	MaxNodes = 500
	MaxEdges = 1500
	maxBytes = 8 << 20
)

// mu guards the one WebAssembly instance, where two renders at once are a data
// race, and failed.
var mu sync.Mutex

// failed is the first error of the library. Its parser and its error state are
// then stuck, and it does not export what would reset them: correct graphs fail
// too, or come out wrong. Diagrams of package diagram do not get it there.
var failed error

// A SizeError says that a graph is too large to lay out.
type SizeError struct {
	Nodes, Edges int
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("a picture of %d nodes and %d arrows is too large (at most %d and %d); "+
		"use format dot and a layout program of your own, a smaller budget, or a narrower question",
		e.Nodes, e.Edges, MaxNodes, MaxEdges)
}

// Render lays a DOT graph out and returns an SVG document. ctx is looked at
// before the layout, not during it. Calls wait for each other.
func Render(ctx context.Context, dot []byte) (svg []byte, err error) {
	if len(dot) > maxBytes {
		return nil, fmt.Errorf("lay out: the graph's text is %d bytes long, at most %d; use format dot", len(dot), maxBytes)
	}
	mu.Lock()
	defer mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if failed != nil {
		return nil, fmt.Errorf("lay out: the layout program failed before and does not recover, start again: %w", failed)
	}
	raw, err := layout(context.WithoutCancel(ctx), dot)
	if err != nil {
		if !errors.As(err, new(*SizeError)) {
			failed = err
		}
		return nil, fmt.Errorf("lay out: %w", err)
	}
	return clean(raw)
}

// layout runs Graphviz. The library panics on some inputs that it cannot
// handle; that is an error here.
func layout(ctx context.Context, dot []byte) (raw []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			raw, err = nil, fmt.Errorf("graphviz failed: %v", p)
		}
	}()
	g, err := cgraph.ParseBytes(dot)
	if err != nil {
		return nil, oneLine(err)
	}
	if g == nil {
		return nil, errors.New("not a DOT graph")
	}
	defer closing(&err, g.Close)
	if err := checkSize(g); err != nil {
		return nil, err
	}
	c, err := gvc.New(ctx)
	if err != nil {
		return nil, err
	}
	defer closing(&err, c.Close)
	if err := c.Layout(ctx, g, "dot"); err != nil {
		return nil, oneLine(err)
	}
	defer closing(&err, func() error { return c.FreeLayout(ctx, g) })
	var out bytes.Buffer
	if err := c.RenderData(ctx, g, "svg", &out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// oneLine makes an error of the library, which may quote the graph, safe to
// print.
func oneLine(err error) error {
	return errors.New(termsafe.Text(strings.Join(strings.Fields(err.Error()), " ")))
}

func closing(err *error, f func() error) {
	if e := f(); *err == nil {
		*err = e
	}
}

func checkSize(g *cgraph.Graph) error {
	nodes, err := g.NodeNum()
	if err != nil {
		return err
	}
	edges, err := g.EdgeNum()
	if err != nil {
		return err
	}
	if nodes > MaxNodes || edges > MaxEdges {
		return &SizeError{nodes, edges}
	}
	return nil
}
