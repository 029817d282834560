package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"accesspath/query"
	"accesspath/query/assert"
	"accesspath/query/compare"
	"accesspath/render"

	"github.com/spf13/cobra"
)

// maxResult bounds a stored answer, in bytes.
const maxResult = 1 << 30

func newRender(e *env) *cobra.Command {
	var (
		from    string
		out     outputFlags
		picture pictureFlags
	)
	formats := slices.Clone(render.Formats())
	for _, name := range render.CheckFormats() {
		if !slices.Contains(formats, name) {
			formats = append(formats, name)
		}
	}
	cmd := &cobra.Command{
		Use:   "render --from RESULT.json",
		Short: "Print a stored answer, difference or trust graph in another format",
		Long: `Print a stored answer, difference, trust graph or report of checks in another
format: those that the command has that wrote it.`,
		Example: `  accesspath who-can s3:GetObject 'arn:aws:s3:::my-bucket/*' -i account.json --format json -o answer.json
  accesspath render --from answer.json --format svg -o answer.svg`,
		Args: takes(),
		RunE: e.runner(func(ctx context.Context, _ []string) error {
			if err := picture.check(); err != nil {
				return err
			}
			if err := out.resolve(formats); err != nil {
				return err
			}
			text, err := e.readAll(from, maxResult)
			if err != nil {
				return err
			}
			o := e.renderOptions(&out, &picture)
			return e.write(out.file, func(w io.Writer) error { return rerender(ctx, w, from, text, out.format, o) })
		}),
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVar(&from, "from", "-", "answer in JSON, as --format json wrote it; - for standard input")
	out.register(fs, formats)
	picture.register(fs)
	return cmd
}

func rerender(ctx context.Context, w io.Writer, from string, text []byte, format string, o render.Options) error {
	var head struct{ Schema string }
	if err := json.Unmarshal(text, &head); err != nil {
		return fmt.Errorf("%s: not an answer in JSON: %w", from, err)
	}
	var again func() error
	var err error
	in := bytes.NewReader(text)
	switch head.Schema {
	case compare.Schema:
		var d *compare.Diff
		d, err = render.ReadDiff(in)
		again = func() error { return render.RenderDiff(ctx, w, format, d, o) }
	case query.GraphSchema:
		var g *query.TrustGraph
		g, err = render.ReadGraph(in)
		again = func() error { return render.RenderGraph(ctx, w, format, g, o) }
	case query.SpreadSchema:
		var s *query.Spread
		s, err = render.ReadSpread(in)
		again = func() error { return render.RenderSpread(ctx, w, format, s, o) }
	case query.ChokepointsSchema:
		var c *query.Chokepoints
		c, err = render.ReadChokepoints(in)
		again = func() error { return render.RenderChokepoints(ctx, w, format, c, o) }
	case query.WhatIfSchema:
		var d *query.WhatIf
		d, err = render.ReadWhatIf(in)
		again = func() error { return render.RenderWhatIf(ctx, w, format, d, o) }
	case assert.Schema:
		var r *assert.Report
		r, err = render.ReadCheck(in)
		again = func() error { return render.RenderCheck(ctx, w, format, r, o) }
	}
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	if again != nil {
		return again()
	}
	r, err := render.ReadResult(in)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	renderer, err := render.For(format, o)
	if err != nil {
		return err
	}
	return renderer.Render(ctx, w, r)
}

// readAll reads a file or standard input of at most limit bytes.
func (e *env) readAll(file string, limit int64) ([]byte, error) {
	r := e.stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", file, plain(err))
		}
		defer f.Close()
		r = f
	}
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", file, plain(err))
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("%s is larger than %d MiB", file, limit>>20)
	}
	return text, nil
}

// writeLine writes a value as JSON on one line.
func writeLine(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
