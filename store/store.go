// Package store keeps snapshots with their history in one SQLite file. It is
// the only importer of the SQLite driver.
//
// A snapshot is cut into parts: one for each account, one each for the
// organization, the resources, the managed policies that accounts share, the
// diagnostics and the rest. A part is addressed by the SHA-256 of its content
// and stored once, and so is every policy document, so that a further snapshot
// costs only what changed. Positions in the input files (iam.Origin) lie apart
// from the facts: they shift with every export. The same snapshot has the same
// digests on every machine.
//
// Load gives back what Save was given, value for value, with three exceptions:
// times are in UTC; documents are parsed again from their compact text, so that the
// offsets of their problems count in that text; and an attachment to a policy
// in another account's list refers to a copy of it.
//
// The store answers no question about access. SQL finds and compares
// snapshots, package graph walks them. Beside the database lies the compiled form of
// a snapshot: its graph and all that questions look up, in one file that is used as it
// lies there. It is derived; without it the snapshot is loaded and its graph built.
//
// # Where to find what
//
// The database: open.go and migrate.go open a file, save.go and pack.go write a
// snapshot, load.go reads it, already.go shares what two have in common, remove.go
// deletes it, export.go keeps the inputs for who reads them again.
//
// A snapshot in parts: parts.go cuts and joins them, account.go does so with an
// account. codec.go writes values by their shapes and decode.go reads them; shape.go
// describes these, so that what an older version wrote is read; position.go writes
// positions.
//
// The compiled form: compiled.go has the format and where it lies,
// compiled_prepare.go and compiled_write.go make it, compiled_again.go takes over the
// one before, compiled_read.go reads it. compiled_file.go is the file as such
// (mmap_unix.go, mmap_other.go); its sections are in compiled_nodes.go,
// compiled_docs.go, compiled_texts.go, compiled_coverage.go, compiled_plain.go and
// compiled_codec.go.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Errors that callers branch on.
var (
	// ErrNoSnapshot is wrapped when a snapshot does not exist.
	ErrNoSnapshot = errors.New("no such snapshot")
	// ErrBusy is wrapped when another process kept the file locked for longer
	// than Options.Wait.
	ErrBusy = errors.New("the database is in use by another process")
	// ErrNewer is wrapped when a newer version of the program made the file.
	ErrNewer = errors.New("the database is newer than this program")
)

// defaultWait is how long writers wait for each other.
const defaultWait = 5 * time.Second

// Options say how to open a store.
type Options struct {
	ReadOnly bool             // the file must exist; Save and Remove fail
	Now      func() time.Time // clock of Save; required to save
	Version  string           // of the program, recorded with snapshots and with the form of the file
	Wait     time.Duration    // for another writer; 0: five seconds
}

// A Store is an open database. It may be used concurrently.
type Store struct {
	db      *sql.DB
	path    string // as given, for messages
	options Options
}

// Open opens the database at path, makes it if it does not exist, and brings
// an older form up to date. New files are readable by their owner only.
// Whoever gets a Store closes it.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	if o.Wait == 0 {
		o.Wait = defaultWait
	}
	if err := prepare(path, o.ReadOnly); err != nil {
		return nil, err
	}
	s, err := open(ctx, path, o, false)
	if err != nil && o.ReadOnly && needsImmutable(path, err) {
		return open(ctx, path, o, true)
	}
	return s, err
}

func open(ctx context.Context, path string, o Options, immutable bool) (*Store, error) {
	name, err := dsn(path, o, immutable)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s := &Store{db: db, path: path, options: o}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(s.explain(err), db.Close())
	}
	return s, nil
}

// Close releases the file.
func (s *Store) Close() error { return s.explain(s.db.Close()) }

// write runs f in one transaction that other writers wait for.
func (s *Store) write(ctx context.Context, f func(*sql.Tx) error) error {
	if s.options.ReadOnly {
		return fmt.Errorf("%s was opened read-only", s.path)
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback() // the first error is the one that tells
		return err
	}
	return tx.Commit()
}

// read runs f in one transaction, so that all of it sees one state.
func (s *Store) read(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback() // the first error is the one that tells
		return err
	}
	return tx.Commit()
}
