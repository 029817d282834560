package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/ingest"
	"accesspath/ingest/managed"
	"accesspath/internal/termsafe"
	"accesspath/render/words"
	"accesspath/store"

	"github.com/spf13/cobra"
)

func newMerge(e *env) *cobra.Command {
	var db, label, format string
	formats := []string{"text", "json"}
	cmd := &cobra.Command{
		Use:   "merge DATABASE...",
		Short: "Join the snapshots of several databases into one",
		Long: `Join the snapshots of several databases into one, such as those that a machine for
each account made of its export. The newest snapshot of each database counts. The
result is the snapshot that one ingest of all inputs makes, whatever the order of
the databases and whichever of them were merged before: references between them
are resolved again, and what two of them state differently is a diagnostic, as
between files.`,
		Example: `  accesspath merge account-a.db account-b.db -o org.db`,
		RunE: e.runner(func(ctx context.Context, args []string) error {
			switch {
			case len(args) == 0:
				return usagef("no databases to merge\nhint: to make one, run: accesspath ingest account.json --db account.db")
			case !slices.Contains(formats, format):
				return usagef("unknown format %q\nhint: use one of %s", format, strings.Join(formats, ", "))
			}
			if err := checkLabel(label); err != nil {
				return err
			}
			if err := apart(args, db); err != nil {
				return err
			}
			info, err := e.keepSnapshot(ctx, db, label, func(*store.Store) (*taken, error) {
				s, err := e.merge(ctx, args)
				return &taken{snapshot: s}, err
			})
			if err != nil {
				return err
			}
			return e.write("", func(w io.Writer) error {
				if format == "json" {
					return writeInfo(w, info)
				}
				_, err := fmt.Fprintf(w, "snapshot %d in %s: %s\nmerged %s\n", info.ID, termsafe.Text(db), holdings(info.Counts), words.Plural(len(args), "database"))
				return err
			})
		}),
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVarP(&db, "output", "o", defaultDB, "database for the result, made if it does not exist")
	fs.StringVar(&label, "label", "", "name for the snapshot")
	fs.StringVar(&format, "format", "text", "one of text, json")
	choices(fs, "format", formats...)
	return cmd
}

// apart refuses to write into one of the databases that are read: the next merge
// would take what this one made for a part.
func apart(inputs []string, output string) error {
	to, err := os.Stat(output)
	if err != nil {
		return nil // not there yet, or told of when it is opened
	}
	for _, path := range inputs {
		if from, err := os.Stat(path); err == nil && os.SameFile(from, to) {
			return usagef("%s is both merged and written to\nhint: name another database with -o", path)
		}
	}
	return nil
}

// merge joins the newest snapshots of databases.
func (e *env) merge(ctx context.Context, paths []string) (*iam.Snapshot, error) {
	var list []*iam.Snapshot
	var infos []store.Info
	for _, path := range paths {
		s, err := e.newest(ctx, path, &infos)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	defer e.progress("merging the snapshots")()
	s, err := ingest.Merge(ctx, list, ingest.Options{Managed: managed.Lookup})
	if err != nil {
		return nil, err
	}
	e.diagnose(s.Diagnostics)
	return s, nil
}

// newest loads the newest snapshot of a database. read are those that were loaded
// before, and stay.
func (e *env) newest(ctx context.Context, path string, read *[]store.Info) (*iam.Snapshot, error) {
	db, err := store.Open(ctx, path, store.Options{ReadOnly: true, Version: version()})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	info, err := db.Latest(ctx)
	if err != nil {
		return nil, err
	}
	*read = append(*read, info)
	roomForSnapshots(*read...)
	return db.Load(ctx, info.ID)
}
