// Command bench measures accesspath on an organization that it has generated, and
// prints a table with ratios. "bench/run" starts it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
)

// settings are the size of the run and where things are.
type settings struct {
	accounts, roles int
	edgeRoles       int // roles of the one account whose edges are built
	questions       int // different ones, warm
	batch           int // questions of can --batch
	cold            int // processes a cold figure is the median of
	generator       string
	dir             string
	root            string // of the repository
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	s := settings{root: "."}
	fs := flag.NewFlagSet("bench/run", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.IntVar(&s.accounts, "accounts", 100, "accounts of the organization; a tenth of them shows growth")
	fs.IntVar(&s.roles, "roles", 100, "roles of each account")
	fs.IntVar(&s.edgeRoles, "edge-roles", 1000, "roles of the one account whose edges are built")
	fs.IntVar(&s.questions, "questions", 1000, "different who-can questions asked warm")
	fs.IntVar(&s.batch, "batch", 10000, "questions of can --batch")
	fs.IntVar(&s.cold, "cold", 11, "processes of which a cold figure is the median")
	fs.StringVar(&s.generator, "generator", os.Getenv("ORGGEN"), "program that writes organizations, of which the flags are -out, -accounts, -roles, -org and -resources; without it a small one of our own does")
	fs.StringVar(&s.dir, "dir", "", "directory for what is written; a temporary one without it")
	fs.StringVar(&s.root, "root", ".", "root of the repository")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if s.dir == "" {
		if s.dir, err = os.MkdirTemp("", "accesspath-bench"); err != nil {
			return err
		}
		defer os.RemoveAll(s.dir)
	}
	if s.dir, err = filepath.Abs(s.dir); err != nil {
		return err
	}
	b := &bench{settings: s, log: stderr}
	if err := b.measure(ctx); err != nil {
		return err
	}
	return b.print(ctx, stdout)
}
