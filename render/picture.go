package render

import (
	"context"
	"fmt"
	"io"

	"accesspath/query"
	"accesspath/render/diagram"
)

// A pictureFormat writes a diagram in one format: results, trust graphs and
// differences are drawn in the same ones.
type pictureFormat struct {
	name  string
	write func(context.Context, io.Writer, *diagram.Diagram, Options) error
}

// pictureFormats are in the order in which help texts list them.
func pictureFormats() []pictureFormat {
	return []pictureFormat{
		{"mermaid", written((*diagram.Diagram).Mermaid)},
		{"graphml", written((*diagram.Diagram).GraphML)},
		{"dot", written((*diagram.Diagram).DOT)},
		{"svg", func(ctx context.Context, w io.Writer, d *diagram.Diagram, o Options) error {
			return draw(ctx, w, d, o.SVG)
		}},
		{"png", func(ctx context.Context, w io.Writer, d *diagram.Diagram, o Options) error {
			return draw(ctx, w, d, o.PNG)
		}},
	}
}

func written(text func(*diagram.Diagram) []byte) func(context.Context, io.Writer, *diagram.Diagram, Options) error {
	return func(_ context.Context, w io.Writer, d *diagram.Diagram, _ Options) error { return writeAll(w, text(d)) }
}

func (f pictureFormat) result(o Options) renderFunc {
	return func(ctx context.Context, w io.Writer, r *query.Result) error {
		return f.write(ctx, w, diagram.FromResult(r, o.diagram()), o)
	}
}

func (f pictureFormat) graph(ctx context.Context, w io.Writer, g *query.TrustGraph, o Options) error {
	return f.write(ctx, w, diagram.FromGraph(g, o.diagram()), o)
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
