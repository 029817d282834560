package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/store"
)

// A place is where one of several snapshots of a command is: files, or a
// snapshot in a database.
type place struct {
	name     string // as given
	file     string // of input files; "" for a database
	db       string
	snapshot string // id or label; "" is the newest
}

// parsePlace reads what people write: a file or directory; DATABASE, which means
// its newest snapshot; DATABASE#SNAPSHOT; or an id, a label, "latest" or
// "previous" alone, in the database that --db names.
func parsePlace(text, db string) (place, error) {
	p := place{name: text}
	if text == "-" {
		p.file = text
		return p, nil
	}
	if _, err := os.Stat(text); err == nil {
		if isDatabase(text) {
			p.db = text
		} else {
			p.file = text
		}
		return p, nil
	}
	if i := strings.LastIndexByte(text, '#'); i >= 0 {
		p.db, p.snapshot = text[:i], text[i+1:]
		if p.db == "" {
			p.db = db
		}
		if p.snapshot == "" {
			return p, usagef("%q names no snapshot behind the #\nhint: write FILE.db#3, FILE.db#LABEL, FILE.db#latest or FILE.db#previous", text)
		}
		return p, nil
	}
	if strings.ContainsAny(text, `/\.`) {
		return p, fmt.Errorf("there is no file %s\nhint: name a file, a directory, a database, FILE.db#SNAPSHOT, or a snapshot of %s by id or label", text, db)
	}
	if _, err := os.Stat(db); err != nil {
		return p, fmt.Errorf("there is no file %s, and no database %s that could have a snapshot of that name\nhint: name the database with --db", text, db)
	}
	p.db, p.snapshot = db, text
	return p, nil
}

// isDatabase tells by the first bytes of a file, as SQLite does.
func isDatabase(path string) bool {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 16)
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == "SQLite format 3\x00"
}

// readPlace reads the snapshot of a place and says what it is called.
func (e *env) readPlace(ctx context.Context, p place) (*iam.Snapshot, string, error) {
	if p.db == "" {
		s, err := e.readFiles(ctx, []string{p.file})
		if err == nil {
			e.diagnose(s.Diagnostics)
		}
		return s, p.name, err
	}
	defer e.progress("reading the database")()
	db, err := store.Open(ctx, p.db, store.Options{ReadOnly: true, Version: version()})
	if err != nil {
		return nil, "", err
	}
	defer db.Close()
	info, err := choose(ctx, db, p.snapshot)
	if err != nil {
		return nil, "", err
	}
	s, err := db.Load(ctx, info.ID)
	return s, snapshotName(p.db, info), err
}

// snapshotName names a stored snapshot, such as org.db#3 (monday).
func snapshotName(db string, info store.Info) string {
	name := filepath.Base(db) + "#" + strconv.FormatInt(info.ID, 10)
	if info.Label != "" {
		name += " (" + info.Label + ")"
	}
	return name
}

// graphOf builds the graph of a snapshot, as of asOf or else of its own time.
func (e *env) graphOf(ctx context.Context, s *iam.Snapshot, asOf time.Time, known map[string]string) (*graph.Graph, error) {
	if asOf.IsZero() {
		var err error
		if asOf, err = e.moment("", s); err != nil {
			return nil, err
		}
	}
	defer e.progress("building the graph")()
	o := graphOptions(asOf)
	o.Overrides = overridden(known)
	return graph.Build(ctx, s, o)
}

// previous is the snapshot before the newest.
func previous(ctx context.Context, db *store.Store) (store.Info, error) {
	list, err := db.List(ctx)
	if err != nil {
		return store.Info{}, err
	}
	slices.SortFunc(list, func(a, b store.Info) int { return int(a.ID - b.ID) })
	if len(list) < 2 {
		return store.Info{}, fmt.Errorf("there is no previous snapshot: the database has %d\nhint: run accesspath snapshots list", len(list))
	}
	return list[len(list)-2], nil
}
