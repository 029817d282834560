package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"accesspath/graph"
	"accesspath/internal/termsafe"
	"accesspath/query/assert"
	"accesspath/render"
	"accesspath/render/words"

	"github.com/spf13/cobra"
)

// maxChecks bounds a file of checks, in bytes.
const maxChecks = 16 << 20

// checkFlags are the flags of check.
type checkFlags struct {
	in      inputFlags
	out     outputFlags
	context []string
	asOf    string
	draft   bool
}

func newCheck(e *env) *cobra.Command {
	f := &checkFlags{}
	cmd := &cobra.Command{
		Use:   "check FILE.yaml",
		Short: "Hold a snapshot against a file of invariants",
		Long: `Hold a snapshot against a file of invariants: who alone reaches something, who
never does, who must, over how many hops, with a second factor, from inside the
organization. It exits with 3 if a check fails or cannot be decided. The form of
the file is described by "accesspath schema check".`,
		Example: `  accesspath check --init -i account.json > access.yaml
  accesspath check access.yaml -i account.json
  accesspath check access.yaml --db org.db --format junit -o access.xml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if f.draft {
				return takes()(cmd, args)
			}
			return takes("FILE.yaml")(cmd, args)
		},
		RunE: e.runner(func(ctx context.Context, args []string) error {
			if f.draft {
				return e.draft(ctx, f)
			}
			return e.check(ctx, f, args[0])
		}),
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	f.in.register(fs)
	f.out.register(fs, render.CheckFormats())
	registerKnown(fs, &f.context, &f.asOf, "requests")
	fs.BoolVar(&f.draft, "init", false, "write a first file from what holds today, to standard output or --output")
	return cmd
}

// load builds the graph that is checked.
func (f *checkFlags) load(ctx context.Context, e *env) (*graph.Graph, map[string]string, error) {
	known, err := parseContext(f.context)
	if err != nil {
		return nil, nil, err
	}
	e.noteOddKeys(known)
	var asOf time.Time
	if f.asOf != "" {
		if asOf, err = parseTime(f.asOf); err != nil {
			return nil, nil, err
		}
	}
	s, err := e.load(ctx, &f.in)
	if err != nil {
		return nil, nil, err
	}
	g, err := e.graphOf(ctx, s, asOf, known)
	return g, known, err
}

func (e *env) check(ctx context.Context, f *checkFlags, name string) error {
	if err := f.out.resolve(render.CheckFormats()); err != nil {
		return err
	}
	if name == "-" && slices.Contains(f.in.files, "-") {
		return usagef("both the checks and --input read standard input\nhint: put one of them into a file")
	}
	text, err := e.readAll(name, maxChecks)
	if err != nil {
		return err
	}
	file, err := assert.Parse(name, bytes.NewReader(text))
	if err != nil {
		return err
	}
	g, known, err := f.load(ctx, e)
	if err != nil {
		return err
	}
	r, err := e.runChecks(ctx, g, file, known)
	if err != nil {
		return err
	}
	o := e.renderOptions(&f.out, &pictureFlags{})
	if err := e.write(f.out.file, func(w io.Writer) error { return render.RenderCheck(ctx, w, f.out.format, r, o) }); err != nil {
		return err
	}
	if !r.OK() {
		return errFound
	}
	return nil
}

func (e *env) runChecks(ctx context.Context, g *graph.Graph, file *assert.File, known map[string]string) (*assert.Report, error) {
	defer e.progress("checking")()
	return assert.Run(ctx, g, file, assert.Options{Context: known})
}

// draft writes a first file. It replaces none: what a team wrote is not to be
// lost to a slip.
func (e *env) draft(ctx context.Context, f *checkFlags) error {
	if f.out.format != "" {
		return usagef("--init writes YAML\nhint: leave --format out")
	}
	if _, err := os.Stat(f.out.file); f.out.file != "" && err == nil {
		return fmt.Errorf("%s is there already\nhint: name another file, or remove it first", f.out.file)
	}
	g, _, err := f.load(ctx, e)
	if err != nil {
		return err
	}
	file, err := assert.Draft(ctx, g)
	if err != nil {
		return err
	}
	if err := e.write(f.out.file, func(w io.Writer) error { return assert.Encode(w, file) }); err != nil {
		return err
	}
	if f.out.file != "" {
		fmt.Fprintf(e.stdout, "%s in %s\n", words.Plural(len(file.Checks), "check"), termsafe.Text(f.out.file))
	}
	return nil
}
