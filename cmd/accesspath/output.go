package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"accesspath/render"
	"accesspath/render/diagram"
	"accesspath/render/svg"

	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// outputFlags say where an answer goes.
type outputFlags struct {
	format string
	file   string
}

func (f *outputFlags) register(fs *pflag.FlagSet, formats []string) {
	fs.StringVar(&f.format, "format", "", "one of "+strings.Join(formats, ", ")+" (default by the name of --output, else "+formats[0]+")")
	choices(fs, "format", formats...)
	fs.StringVarP(&f.file, "output", "o", "", "file to write instead of standard output; it is complete or not there")
}

// endings are the formats that a file name can stand for, in order of
// preference.
var endings = map[string][]string{
	".json": {"json"}, ".jsonl": {"json"}, ".svg": {"svg"}, ".png": {"png"}, ".dot": {"dot"}, ".gv": {"dot"}, ".mmd": {"mermaid"}, ".mermaid": {"mermaid"}, ".graphml": {"graphml"}, ".html": {"html"}, ".htm": {"html"},
	".md": {"markdown", "md"}, ".markdown": {"markdown", "md"}, ".txt": {"text"}, ".sarif": {"sarif"}, ".csv": {"csv"}, ".xml": {"junit"},
}

// synonyms are names that a format goes by as well.
var synonyms = map[string]string{"md": "markdown", "markdown": "md"}

// resolve settles the format: as told, else by the name of the file.
func (f *outputFlags) resolve(formats []string) error {
	switch {
	case f.format == "":
		return f.byName(formats)
	case slices.Contains(formats, f.format):
		return nil
	case slices.Contains(formats, synonyms[f.format]):
		f.format = synonyms[f.format]
		return nil
	}
	return usagef("unknown format %q\nhint: use one of %s", f.format, strings.Join(formats, ", "))
}

// byName tells the format by the ending of the file's name. An ending that
// stands for nothing is a mistake, not a text.
func (f *outputFlags) byName(formats []string) error {
	f.format = formats[0]
	ending := strings.ToLower(filepath.Ext(f.file))
	if ending == "" || ending == strings.ToLower(filepath.Base(f.file)) || device(f.file) {
		return nil
	}
	for _, name := range endings[ending] {
		if slices.Contains(formats, name) {
			f.format = name
			return nil
		}
	}
	var known []string
	for _, e := range slices.Sorted(maps.Keys(endings)) {
		if slices.ContainsFunc(endings[e], func(name string) bool { return slices.Contains(formats, name) }) {
			known = append(known, e)
		}
	}
	return usagef("the ending of %q does not say which format to write\nhint: use one of %s, or --format", f.file, strings.Join(known, ", "))
}

// device reports whether a file is there and is none that has content of its own.
func device(file string) bool {
	info, err := os.Stat(file)
	return err == nil && !info.Mode().IsRegular()
}

// pictureFlags say how to draw.
type pictureFlags struct {
	title, direction, theme string
	budget                  int
	highlight               []string
	collapse                string
	root                    bool // list root users one by one
}

var (
	directions = []string{"LR", "TB"}
	themes     = []string{"light", "dark"}
)

func (f *pictureFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.title, "title", "", "title of documents and pictures (default the question)")
	fs.StringVar(&f.direction, "direction", "", "of pictures: LR or TB (default whichever fits)")
	choices(fs, "direction", directions...)
	fs.StringVar(&f.theme, "theme", "", "of pictures: light or dark (default light)")
	choices(fs, "theme", themes...)
	fs.IntVar(&f.budget, "budget", 0, "of pictures: shapes before principals are drawn together (default 150)")
	fs.StringArrayVar(&f.highlight, "highlight", nil, "of pictures: principal whose paths stand out, by identifier, name or pattern; may be repeated")
	fs.StringVar(&f.collapse, "collapse", "", "of pictures: which principals are drawn together: "+strings.Join(diagram.Collapses(), ", ")+" (default auto)")
	choices(fs, "collapse", diagram.Collapses()...)
}

func (f *pictureFlags) check() error {
	if f.budget < 0 {
		return usagef("--budget %d is negative", f.budget)
	}
	if f.direction != "" && !slices.Contains(directions, f.direction) {
		return usagef("unknown direction %q\nhint: use LR (left to right) or TB (top to bottom)", f.direction)
	}
	if f.theme != "" && !slices.Contains(themes, f.theme) {
		return usagef("unknown theme %q\nhint: use light or dark", f.theme)
	}
	if f.collapse != "" && !slices.Contains(diagram.Collapses(), f.collapse) {
		return usagef("unknown way to collapse %q\nhint: use one of %s", f.collapse, strings.Join(diagram.Collapses(), ", "))
	}
	return nil
}

// renderOptions gathers what renderers are told.
func (e *env) renderOptions(out *outputFlags, p *pictureFlags) render.Options {
	o := render.Options{
		Verbose: e.verbose, Title: p.title, Direction: p.direction, Theme: p.theme, Budget: p.budget, Root: p.root,
		Highlight: p.highlight, Collapse: p.collapse,
		PNG: func(ctx context.Context, dot []byte) ([]byte, error) { return svg.PNG(ctx, dot) },
		SVG: func(ctx context.Context, dot []byte) ([]byte, error) { return svg.Render(ctx, dot) },
	}
	if f, ok := terminal(e.stdout); ok && out.file == "" {
		o.Color = e.colours()
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			o.Width = width
		}
	}
	return o
}

// colours honours NO_COLOR (https://no-color.org) and dumb terminals.
func (e *env) colours() bool {
	return !e.noColor && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

func terminal(w any) (*os.File, bool) {
	f, ok := w.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// write sends what f writes to standard output or to a file, which gets its name
// only once it is complete. Devices and pipes are written to as they are.
func (e *env) write(file string, f func(io.Writer) error) error {
	if file == "" || file == "-" {
		return f(e.stdout)
	}
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		return writeThrough(file, f)
	}
	tmp, err := createBeside(file)
	if err != nil {
		return cannotWrite(file, err)
	}
	if err := errors.Join(f(tmp), tmp.Close()); err != nil {
		os.Remove(tmp.Name())
		return cannotWrite(file, err)
	}
	if err := os.Rename(tmp.Name(), file); err != nil {
		os.Remove(tmp.Name())
		return cannotWrite(file, err)
	}
	return nil
}

func writeThrough(file string, f func(io.Writer) error) error {
	out, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return cannotWrite(file, err)
	}
	return errors.Join(f(out), out.Close())
}

// createBeside makes a file that can be renamed to another. Unlike
// os.CreateTemp it leaves the mode to the user's mask.
func createBeside(file string) (*os.File, error) {
	for {
		f, err := os.OpenFile(beside(file), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// beside is the name of a file that is to be put in the place of another.
func beside(file string) string {
	return filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+"."+rand.Text()[:8])
}

// cannotWrite adds the file's name to what the operating system reports; errors
// of renderers and of lines in a batch speak for themselves.
func cannotWrite(file string, err error) error {
	var path *fs.PathError
	var link *os.LinkError
	if errors.As(err, &path) || errors.As(err, &link) {
		return fmt.Errorf("cannot write %s: %w", file, plain(err))
	}
	return err
}
