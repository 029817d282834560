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

func mermaidRenderer(o Options) renderFunc {
	return func(_ context.Context, w io.Writer, r *query.Result) error {
		return writeAll(w, diagram.FromResult(r, o.diagram()).Mermaid())
	}
}

func graphmlRenderer(o Options) renderFunc {
	return func(_ context.Context, w io.Writer, r *query.Result) error {
		return writeAll(w, diagram.FromResult(r, o.diagram()).GraphML())
	}
}

func graphMermaid(_ context.Context, w io.Writer, g *query.TrustGraph, o Options) error {
	return writeAll(w, diagram.FromGraph(g, o.diagram()).Mermaid())
}

func graphGraphML(_ context.Context, w io.Writer, g *query.TrustGraph, o Options) error {
	return writeAll(w, diagram.FromGraph(g, o.diagram()).GraphML())
}

func svgRenderer(o Options) renderFunc {
	return func(ctx context.Context, w io.Writer, r *query.Result) error {
		return draw(ctx, w, diagram.FromResult(r, o.diagram()), o.SVG)
	}
}

func pngRenderer(o Options) renderFunc {
	return func(ctx context.Context, w io.Writer, r *query.Result) error {
		return draw(ctx, w, diagram.FromResult(r, o.diagram()), o.PNG)
	}
}

func graphPNG(ctx context.Context, w io.Writer, g *query.TrustGraph, o Options) error {
	return draw(ctx, w, diagram.FromGraph(g, o.diagram()), o.PNG)
}

func graphDOT(_ context.Context, w io.Writer, g *query.TrustGraph, o Options) error {
	return writeAll(w, diagram.FromGraph(g, o.diagram()).DOT())
}

func graphSVG(ctx context.Context, w io.Writer, g *query.TrustGraph, o Options) error {
	return draw(ctx, w, diagram.FromGraph(g, o.diagram()), o.SVG)
}

func draw(ctx context.Context, w io.Writer, d *diagram.Diagram, by Drawer) error {
	if by == nil {
		return errNoDrawer
	}
	picture, err := by(ctx, d.DOT())
	if err != nil {
		return fmt.Errorf("draw the picture: %w", err)
	}
	return writeAll(w, picture)
}

func writeAll(w io.Writer, b []byte) error {
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	return nil
}
