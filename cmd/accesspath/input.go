package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"accesspath/iam"
	"accesspath/ingest"
	"accesspath/ingest/managed"
	"accesspath/render/words"
	"accesspath/store"

	"github.com/spf13/pflag"
)

// defaultDB is the database that commands use if none is named.
const defaultDB = "accesspath.db"

// inputFlags say where the snapshot comes from.
type inputFlags struct {
	files    []string
	db       string
	snapshot string
}

func (f *inputFlags) register(fs *pflag.FlagSet) {
	fs.StringArrayVarP(&f.files, "input", "i", nil, "file or directory to read, - for standard input; may be repeated")
	fs.StringVar(&f.db, "db", "", "database of snapshots (default "+defaultDB+" if it is there and no file is named)")
	fs.StringVar(&f.snapshot, "snapshot", "", "snapshot in the database: id or label (default the newest)")
}

// load reads the snapshot and reports what is wrong with it.
func (e *env) load(ctx context.Context, f *inputFlags) (*iam.Snapshot, error) {
	s, err := e.read(ctx, f)
	if err != nil {
		return nil, err
	}
	e.diagnose(s.Diagnostics)
	return s, nil
}

func (e *env) read(ctx context.Context, f *inputFlags) (*iam.Snapshot, error) {
	if len(f.files) > 0 {
		if f.db != "" || f.snapshot != "" {
			return nil, usagef("files and a database are both named\nhint: use either --input, or --db with --snapshot")
		}
		return e.readFiles(ctx, f.files)
	}
	db, err := databaseOf(f)
	if err != nil {
		return nil, err
	}
	return e.readStore(ctx, db, f.snapshot)
}

// databaseOf is the database that the flags name, or that is there.
func databaseOf(f *inputFlags) (string, error) {
	db := f.db
	if db == "" {
		if _, err := os.Stat(defaultDB); errors.Is(err, fs.ErrNotExist) {
			return "", usagef("no input: no file is named, and there is no %s here\n"+
				"hint: name an export with -i account.json; to get one, run: aws iam get-account-authorization-details > account.json\n"+
				"hint: to keep snapshots, run: accesspath ingest account.json", defaultDB)
		}
		db = defaultDB
	}
	return db, nil
}

// readFiles reads files and directories into one snapshot.
func (e *env) readFiles(ctx context.Context, paths []string) (*iam.Snapshot, error) {
	t, err := e.take(ctx, paths, nil)
	if err != nil {
		return nil, err
	}
	return t.snapshot, nil
}

// take reads files and directories into one snapshot; what the newest one of a
// database tells of them is not read again. There may be no database.
func (e *env) take(ctx context.Context, paths []string, db *store.Store) (*taken, error) {
	if slices.Contains(paths, "") {
		return nil, usagef("the name of an input is empty\nhint: name a file or a directory, or - for standard input; a variable may not be set")
	}
	sources, diagnostics, err := ingest.Files(paths, e.stdin)
	if err != nil {
		return nil, err
	}
	roomForSources(sources)
	t := &taken{}
	o := ingest.Options{Managed: managed.Lookup, Progress: &ingest.Progress{}}
	if db != nil {
		if t.like = e.likeNewest(ctx, db, sources); t.like != nil {
			o.Earlier = t.like.earlier
		}
	}
	defer e.watch(func(passed time.Duration) string { return readingLine(o.Progress, passed) })()
	if db == nil {
		t.snapshot, err = ingest.Read(ctx, sources, o)
	} else {
		t.snapshot, t.exports, err = ingest.ReadExports(ctx, sources, o)
	}
	if err != nil {
		e.diagnose(diagnostics)
		return nil, err
	}
	t.snapshot.Diagnostics = append(t.snapshot.Diagnostics, diagnostics...)
	t.snapshot.Sort()
	return t, nil
}

// readingLine says how far reading is, and how long the rest takes if it goes on
// like this.
func readingLine(p *ingest.Progress, passed time.Duration) string {
	total, files := p.Total.Load(), p.Files.Load()
	rate := float64(p.Bytes.Load()) / 1e6 / max(passed.Seconds(), 0.001)
	line := fmt.Sprintf("reading the input … %s of %s, %s, %.0f MB/s", words.Count(int(files)), words.Plural(int(total), "file"), words.Plural(int(p.Principals.Load()), "principal"), rate)
	switch {
	case total > 0 && files == total:
		line += "; putting it together"
	case files > 0:
		left := time.Duration(float64(passed) / float64(files) * float64(total-files))
		line += fmt.Sprintf(", %s left", max(left.Round(time.Second), time.Second))
	}
	return line
}

func (e *env) readStore(ctx context.Context, path, which string) (*iam.Snapshot, error) {
	defer e.progress("reading the database")()
	db, err := store.Open(ctx, path, store.Options{ReadOnly: true, Version: version()})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	info, err := choose(ctx, db, which)
	if err != nil {
		return nil, err
	}
	roomForSnapshots(info)
	return db.Load(ctx, info.ID)
}

// choose finds a snapshot by id or label; "" and "latest" are the newest,
// "previous" is the one before. Of several with the same label it is the newest.
// What there is of its sources may be missing, as Store.Latest says.
func choose(ctx context.Context, db *store.Store, which string) (store.Info, error) {
	if which == "" || which == "latest" {
		return db.Latest(ctx)
	}
	if which == "previous" {
		return previous(ctx, db)
	}
	var unknown error
	if id, err := strconv.ParseInt(which, 10, 64); err == nil {
		info, err := db.Show(ctx, id)
		if err == nil {
			return info, nil
		}
		unknown = err // unless it is a label of before such labels were refused
	}
	list, err := db.List(ctx)
	if err != nil {
		return store.Info{}, err
	}
	for _, info := range slices.Backward(list) {
		if info.Label == which {
			return info, nil
		}
	}
	return store.Info{}, cmp.Or(unknown, fmt.Errorf("no snapshot is labelled %q\nhint: run accesspath snapshots list", which))
}

// checkLabel refuses labels that mean something else where a snapshot is named.
func checkLabel(label string) error {
	_, err := strconv.ParseInt(label, 10, 64)
	switch {
	case err == nil:
		return usagef("--label %q is a number, as ids of snapshots are\nhint: add a letter, such as v%s", label, label)
	case label == "latest" || label == "previous":
		return usagef("--label %q always means the %s snapshot of a database\nhint: choose another one", label, map[string]string{"latest": "newest", "previous": "second newest"}[label])
	case strings.Contains(label, "#"):
		return usagef("--label %q has a #, which separates a database from its snapshot\nhint: choose another one", label)
	}
	return nil
}

// moment is the time that an answer is for: as told, else that of the snapshot,
// else now.
func (e *env) moment(flag string, s *iam.Snapshot) (time.Time, error) {
	if flag != "" {
		return parseTime(flag)
	}
	if !s.AsOf.IsZero() {
		return s.AsOf.UTC(), nil
	}
	return e.now().UTC().Truncate(time.Second), nil
}

func parseTime(text string) (time.Time, error) { return timeOf("--as-of", text) }

// timeOf reads the time that a flag gives.
func timeOf(flag, text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, usagef("%s %q is not a time\nhint: write 2026-01-31 or 2026-01-31T12:00:00Z", flag, text)
}
