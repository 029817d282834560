package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"accesspath/render"
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
	fs.StringVarP(&f.file, "output", "o", "", "file to write instead of standard output; it is complete or not there")
}

// endings are the formats that a file name can stand for.
var endings = map[string][]string{
	".json": {"json"}, ".svg": {"svg"}, ".dot": {"dot"}, ".gv": {"dot"}, ".html": {"html"}, ".htm": {"html"},
	".md": {"markdown", "md"}, ".txt": {"text"},
}

// synonyms are names that a format goes by as well.
var synonyms = map[string]string{"md": "markdown", "markdown": "md"}

// resolve settles the format.
func (f *outputFlags) resolve(formats []string) error {
	if f.format == "" {
		f.format = formats[0]
		for _, byName := range endings[strings.ToLower(filepath.Ext(f.file))] {
			if slices.Contains(formats, byName) {
				f.format = byName
			}
		}
	}
	if other := synonyms[f.format]; other != "" && !slices.Contains(formats, f.format) {
		f.format = other
	}
	if !slices.Contains(formats, f.format) {
		return usagef("unknown format %q\nhint: use one of %s", f.format, strings.Join(formats, ", "))
	}
	return nil
}

// pictureFlags say how to draw.
type pictureFlags struct {
	title, direction, theme string
	budget                  int
}

func (f *pictureFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.title, "title", "", "title of documents and pictures (default the question)")
	fs.StringVar(&f.direction, "direction", "", "of pictures: LR or TB (default whichever fits)")
	fs.StringVar(&f.theme, "theme", "", "of pictures: light or dark (default light)")
	fs.IntVar(&f.budget, "budget", 0, "of pictures: shapes before principals are drawn together (default 150)")
}

func (f *pictureFlags) check() error {
	if f.budget < 0 {
		return usagef("--budget %d is negative", f.budget)
	}
	if !slices.Contains([]string{"", "LR", "TB"}, f.direction) {
		return usagef("unknown direction %q\nhint: use LR (left to right) or TB (top to bottom)", f.direction)
	}
	if !slices.Contains([]string{"", "light", "dark"}, f.theme) {
		return usagef("unknown theme %q\nhint: use light or dark", f.theme)
	}
	return nil
}

// renderOptions gathers what renderers are told.
func (e *env) renderOptions(out *outputFlags, p *pictureFlags) render.Options {
	o := render.Options{
		Verbose: e.verbose, Title: p.title, Direction: p.direction, Theme: p.theme, Budget: p.budget,
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
		name := filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+"."+rand.Text()[:8])
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
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
