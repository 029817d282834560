package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"accesspath/iam"
	"accesspath/internal/termsafe"
	"accesspath/render/words"
	"accesspath/store"

	"github.com/spf13/cobra"
)

func newIngest(e *env) *cobra.Command {
	var (
		files     []string
		db, label string
		asOf      string
		out       outputFlags
	)
	formats := []string{"text", "json"}
	cmd := &cobra.Command{
		Use:   "ingest FILE...",
		Short: "Read exports and keep them as a snapshot in a database",
		Long: `Read exports and keep them as a snapshot in a database.

FILE is a file or a directory, or - for standard input. What a file holds is told
by its content: output of aws iam get-account-authorization-details, snapshots of
accesspath, outputs of other commands of the AWS CLI (organizations, resource
policies, credentials, compute, providers, Identity Center), Terraform plans and
CloudFormation templates; plain or compressed with gzip or zstd. Nothing is
stored unless all of it was. Name everything again to refresh a database: exports
of accounts whose bytes are still the same are not read a second time.`,
		Example: `  accesspath ingest account-a.json account-b.json organization/ --db org.db`,
		RunE: e.runner(func(ctx context.Context, args []string) error {
			if err := out.resolve(formats); err != nil {
				return err
			}
			if err := checkLabel(label); err != nil {
				return err
			}
			paths := append(args, files...)
			if len(paths) == 0 {
				return usagef("no files to ingest\nhint: to get an export, run: aws iam get-account-authorization-details > account.json")
			}
			var at time.Time
			if asOf != "" {
				var err error
				if at, err = parseTime(asOf); err != nil {
					return err
				}
			}
			info, files, err := e.ingest(ctx, paths, db, label, at)
			if err != nil {
				return err
			}
			return e.write(out.file, func(w io.Writer) error { return writeIngested(w, out.format, db, info, files) })
		}),
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringArrayVarP(&files, "input", "i", nil, "as FILE; may be repeated")
	fs.StringVar(&db, "db", defaultDB, "database, made if it does not exist")
	fs.StringVar(&label, "label", "", "name for the snapshot")
	fs.StringVar(&asOf, "as-of", "", "when the exports were taken, such as 2026-01-31")
	out.register(fs, formats)
	return cmd
}

// ingest opens the database first: a mistake in its name should not cost the
// reading of large files. files are what came of each.
func (e *env) ingest(ctx context.Context, paths []string, path, label string, at time.Time) (info store.Info, files fileSummary, err error) {
	info, err = e.keepSnapshot(ctx, path, label, func(db *store.Store) (*taken, error) {
		t, err := e.take(ctx, paths, db)
		if err != nil {
			return nil, err
		}
		e.diagnose(t.snapshot.Diagnostics)
		files = summarize(t.snapshot)
		if !at.IsZero() {
			t.snapshot.AsOf = at
		}
		return t, nil
	})
	return info, files, err
}

// taking reads a snapshot that is to be kept in a database.
type taking func(*store.Store) (*taken, error)

// keepSnapshot saves what is read, and its graph beside it, which is built
// meanwhile.
func (e *env) keepSnapshot(ctx context.Context, path, label string, read taking) (store.Info, error) {
	var building *building
	save := e.ingestInto
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		save = e.ingestFirst
	}
	info, err := save(ctx, path, label, func(db *store.Store) (*taken, error) {
		t, err := read(db)
		if err == nil {
			building = e.build(ctx, t)
		}
		return t, err
	})
	if building != nil {
		defer building.stop()
	}
	if err != nil {
		return info, err
	}
	if err := e.compile(path, info, building); err != nil {
		fmt.Fprintf(e.stderr, "note: the snapshot is saved; its graph is not, and is built for the next question: %s\n", termsafe.Text(err.Error()))
	}
	return info, nil
}

func (e *env) ingestInto(ctx context.Context, path, label string, read taking) (store.Info, error) {
	db, err := store.Open(ctx, path, store.Options{Now: e.now, Version: version()})
	if err != nil {
		return store.Info{}, err
	}
	defer db.Close()
	t, err := read(db)
	if err != nil {
		return store.Info{}, err
	}
	id, err := e.save(ctx, db, t, label)
	if err != nil {
		return store.Info{}, err
	}
	// The snapshot is there: an interrupt that comes now changes nothing.
	return db.Show(context.WithoutCancel(ctx), id)
}

// ingestFirst makes a database beside the place where it belongs, and puts it
// there once it is complete: what fails or is interrupted leaves nothing behind.
// If somebody else made one in the meantime, the snapshot goes into that.
func (e *env) ingestFirst(ctx context.Context, path, label string, read taking) (store.Info, error) {
	tmp := beside(path)
	defer func() {
		for _, side := range []string{"", "-wal", "-shm", "-journal"} {
			os.Remove(tmp + side)
		}
	}()
	var t *taken
	info, err := e.ingestInto(ctx, tmp, label, func(db *store.Store) (*taken, error) {
		var err error
		t, err = read(db)
		return t, err
	})
	if err != nil {
		return info, renamed(err, tmp, path)
	}
	if os.Link(tmp, path) == nil {
		return info, nil
	}
	return e.ingestInto(context.WithoutCancel(ctx), path, label, func(*store.Store) (*taken, error) { return t, nil })
}

// renamed is an error that speaks of the file that the user named.
func renamed(err error, from, to string) error {
	if text := err.Error(); strings.Contains(text, from) {
		return errors.New(strings.ReplaceAll(text, from, to))
	}
	return err
}

func (e *env) save(ctx context.Context, db *store.Store, t *taken, label string) (int64, error) {
	defer e.progress("saving the snapshot")()
	if err := t.encode(ctx); err != nil {
		return 0, err
	}
	t.like.tell(ctx, db, t.encoded, t.snapshot)
	return db.SaveEncoded(ctx, t.encoded, store.Meta{Label: label})
}

func writeIngested(w io.Writer, format, db string, info store.Info, files fileSummary) error {
	if format == "json" {
		return writeInfo(w, info)
	}
	_, err := fmt.Fprintf(w, "snapshot %d in %s: %s\n%s", info.ID, termsafe.Text(db), holdings(info.Counts), files)
	return err
}

// fileSummary says which files were read as what, and which were not and why.
type fileSummary struct {
	formats map[string]int // files by format
	read    int
	unused  []string // "file: why", in order
}

func summarize(s *iam.Snapshot) fileSummary {
	f := fileSummary{formats: map[string]int{}}
	used := map[string]bool{}
	for _, source := range s.Sources {
		f.read++
		used[source.Name] = true
		for format := range strings.SplitSeq(source.Format, "+") {
			f.formats[format]++
		}
	}
	for _, d := range s.Diagnostics {
		file := d.Origin.File
		if file == "" || used[file] || d.Severity == iam.Note && !strings.HasPrefix(d.Code, "ignored-file") {
			continue
		}
		inside := slices.ContainsFunc(s.Sources, func(source iam.Source) bool { return strings.HasPrefix(file, source.Name+"/") })
		if !inside || d.Code == "ignored-file" {
			f.unused = append(f.unused, file+": "+d.Message)
		}
		used[file] = true
	}
	return f
}

// maxUnused is how many files are named that were not read.
const maxUnused = 5

func (f fileSummary) String() string {
	var formats []string
	for _, name := range slices.Sorted(maps.Keys(f.formats)) {
		formats = append(formats, fmt.Sprintf("%d %s", f.formats[name], name))
	}
	text := "read " + words.Plural(f.read, "file") + ": " + termsafe.Text(strings.Join(formats, ", ")) + "\n"
	for i, line := range f.unused {
		if i == maxUnused {
			return text + fmt.Sprintf("not read: %d more; see the diagnostics\n", len(f.unused)-i)
		}
		text += "not read: " + termsafe.Text(line) + "\n"
	}
	return text
}

// holdings says how much a snapshot holds.
func holdings(c store.Counts) string {
	s := words.Plural(c.Accounts, "account") + ", " + words.Plural(c.Users, "user") + ", " +
		words.Plural(c.Groups, "group") + ", " + words.Plural(c.Roles, "role") + ", " + words.Plural(c.Resources, "resource")
	if c.Organization {
		s += ", an organization"
	}
	if c.Diagnostics > 0 {
		s += "; " + words.Plural(c.Diagnostics, "diagnostic")
	}
	return s
}
