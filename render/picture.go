package render

import (
	"context"
	"fmt"
	"io"

	"accesspath/query"
	"accesspath/render/diagram"
)

func dotRenderer(o Options) renderFunc {
	return func(_ context.Context, w io.Writer, r *query.Result) error {
		return writeAll(w, diagram.FromResult(r, o.diagram()).DOT())
	}
}

func svgRenderer(o Options) renderFunc {
	return func(ctx context.Context, w io.Writer, r *query.Result) error {
		return draw(ctx, w, diagram.FromResult(r, o.diagram()), o)
	}
}

func graphDOT(_ context.Context, w io.Writer, g *query.TrustGraph, o Options) error {
	return writeAll(w, diagram.FromGraph(g, o.diagram()).DOT())
}

func graphSVG(ctx context.Context, w io.Writer, g *query.TrustGraph, o Options) error {
	return draw(ctx, w, diagram.FromGraph(g, o.diagram()), o)
}

func draw(ctx context.Context, w io.Writer, d *diagram.Diagram, o Options) error {
	if o.SVG == nil {
		return errNoDrawer
	}
	svg, err := o.SVG(ctx, d.DOT())
	if err != nil {
		return fmt.Errorf("draw the picture: %w", err)
	}
	return writeAll(w, svg)
}

func writeAll(w io.Writer, b []byte) error {
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	return nil
}
