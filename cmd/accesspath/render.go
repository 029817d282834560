package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"accesspath/query"
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
	cmd := &cobra.Command{
		Use:   "render --from RESULT.json",
		Short: "Print a stored answer, difference or trust graph in another format",
		Example: `  accesspath who-can s3:GetObject 'arn:aws:s3:::my-bucket/*' -i account.json --format json -o answer.json
  accesspath render --from answer.json --format svg -o answer.svg`,
		Args: takes(),
		RunE: e.runner(func(ctx context.Context, _ []string) error {
			if err := picture.check(); err != nil {
				return err
			}
			if err := out.resolve(render.Formats()); err != nil {
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
	out.register(fs, render.Formats())
	picture.register(fs)
	return cmd
}

func rerender(ctx context.Context, w io.Writer, from string, text []byte, format string, o render.Options) error {
	var head struct{ Schema string }
	if err := json.Unmarshal(text, &head); err != nil {
		return fmt.Errorf("%s: not an answer in JSON: %w", from, err)
	}
	if head.Schema == compare.Schema {
		d, err := render.ReadDiff(bytes.NewReader(text))
		if err != nil {
			return fmt.Errorf("%s: %w", from, err)
		}
		return render.RenderDiff(ctx, w, format, d, o)
	}
	if head.Schema == query.GraphSchema {
		g, err := render.ReadGraph(bytes.NewReader(text))
		if err != nil {
			return fmt.Errorf("%s: %w", from, err)
		}
		return render.RenderGraph(ctx, w, format, g, o)
	}
	r, err := render.ReadResult(bytes.NewReader(text))
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
