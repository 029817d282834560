package main

import (
	"context"
	"io"

	"accesspath/query"
	"accesspath/render"

	"github.com/spf13/cobra"
)

func newGraph(e *env) *cobra.Command {
	f := &askFlags{}
	cmd := &cobra.Command{
		Use:   "graph",
		Short: "Print or draw the whole trust graph: who can become whom",
		Example: `  accesspath graph -i accounts/ --format svg -o trust.svg
  accesspath graph -i account.json --format json`,
		Args: takes(),
		RunE: e.runner(func(ctx context.Context, _ []string) error {
			if err := f.check(render.GraphFormats()); err != nil {
				return err
			}
			t, err := e.trustGraph(ctx, f)
			if err != nil {
				return err
			}
			return e.write(f.out.file, func(w io.Writer) error {
				return render.RenderGraph(ctx, w, f.out.format, t, e.renderOptions(&f.out, &f.picture))
			})
		}),
	}
	f.register(cmd, render.GraphFormats())
	return cmd
}

func (e *env) trustGraph(ctx context.Context, f *askFlags) (*query.TrustGraph, error) {
	s, err := e.open(ctx, f)
	if err != nil {
		return nil, err
	}
	g, err := s.graph(ctx, s.known)
	if err != nil {
		return nil, err
	}
	return query.NewTrustGraph(ctx, g)
}
