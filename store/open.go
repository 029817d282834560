package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
)

// prepare finds out by plain file calls what SQLite would report in its own
// words, or, as with a file of another kind, only later. It makes a missing
// file, so that it is never readable by others, not even for a moment; SQLite
// gives its side files the same mode.
func prepare(path string, readOnly bool) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && readOnly:
		return fmt.Errorf("%s does not exist; save a snapshot into it first", path)
	case errors.Is(err, fs.ErrNotExist):
		return create(path)
	case err != nil:
		return fmt.Errorf("cannot open the database: %w", err)
	case info.IsDir():
		return fmt.Errorf("%s is a directory, want a database file", path)
	}
	if err := checkKind(path, readOnly); err != nil || readOnly {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("cannot write to the database; make it writable, or choose another file: %w", err)
	}
	return f.Close()
}

func create(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the directory of %s does not exist; make it first", path)
	}
	if err != nil {
		return fmt.Errorf("cannot make the database; choose a file in a writable directory: %w", err)
	}
	return f.Close()
}

// checkKind looks at the first bytes. An empty file is a new database.
func checkKind(path string, readOnly bool) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("cannot open the database: %w", err)
	}
	defer f.Close()
	magic := []byte("SQLite format 3\x00")
	head := make([]byte, len(magic))
	n, err := io.ReadFull(f, head)
	switch {
	case n == 0 && errors.Is(err, io.EOF):
		if readOnly {
			return fmt.Errorf("%s is empty; save a snapshot into it first", path)
		}
		return nil
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("cannot read the database: %w", err)
	case !bytes.Equal(head, magic):
		return fmt.Errorf("%s is not an SQLite database; choose another file", path)
	}
	return nil
}

// needsImmutable reports whether a reader failed because SQLite could not make
// its shared-memory file, as in a read-only directory. Reading the file as one
// that nobody ever writes to is right then, unless there is a log with pages.
func needsImmutable(path string, err error) bool {
	var report *sqlite.Error
	if !errors.As(err, &report) {
		return false
	}
	if code := report.Code() & 0xff; code != codeCannotOpen && code != codeReadOnly {
		return false
	}
	log, err := os.Stat(path + "-wal")
	return err != nil || log.Size() == 0
}

// dsn writes the name that the driver opens. Pragmas stand in it, because a
// pooled connection that is opened later needs them as much as the first.
func dsn(path string, o Options, immutable bool) (string, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	full = filepath.ToSlash(full)
	if !strings.HasPrefix(full, "/") {
		full = "/" + full // a drive letter
	}
	q := url.Values{}
	q.Add("_pragma", fmt.Sprintf("busy_timeout(%d)", o.Wait.Milliseconds()))
	q.Add("_pragma", "foreign_keys(1)")
	q.Add("_pragma", "trusted_schema(0)")
	q.Add("_defensive", "1")
	switch {
	case immutable:
		q.Add("immutable", "1")
		q.Add("mode", "ro")
	case o.ReadOnly:
		q.Add("mode", "ro")
	default:
		q.Add("mode", "rw")
		q.Add("_pragma", "auto_vacuum(2)")     // incremental; only a new file heeds it
		q.Add("_pragma", "cache_size(-65536)") // KiB; indexes of 100,000 roles spill from the default of 2,000
		q.Add("_pragma", "journal_mode(WAL)")
		q.Add("_pragma", "synchronous(FULL)")
		q.Add("_txlock", "immediate")
	}
	return "file://" + (&url.URL{Path: full}).EscapedPath() + "?" + q.Encode(), nil
}

// explain adds the path and a next step to what SQLite reports.
func (s *Store) explain(err error) error {
	var report *sqlite.Error
	if err == nil || !errors.As(err, &report) {
		return err
	}
	say := func(format string, args ...any) error {
		return fmt.Errorf("%s: %s: %w", s.path, fmt.Sprintf(format, args...), err)
	}
	switch report.Code() & 0xff {
	case codeBusy, codeLocked:
		return fmt.Errorf("%s: %w; waited %v, try again when it has finished: %w", s.path, ErrBusy, s.options.Wait, err)
	case codeReadOnly:
		return say("cannot be written to; make the file and its directory writable, or choose another file")
	case codeCorrupt:
		return say("the database is damaged; restore a copy, or ingest into a new file")
	case codeFull:
		return say("the disk is full; nothing was changed")
	case codeCannotOpen:
		return say("cannot be opened; check the permissions of the file and its directory")
	case codeNotDatabase:
		return say("not an SQLite database; choose another file")
	}
	return say("the database failed")
}

// Primary result codes of SQLite (https://www.sqlite.org/rescode.html).
const (
	codeBusy        = 5
	codeLocked      = 6
	codeReadOnly    = 8
	codeCorrupt     = 11
	codeFull        = 13
	codeCannotOpen  = 14
	codeNotDatabase = 26
)

func isBusy(err error) bool {
	var report *sqlite.Error
	return errors.As(err, &report) && (report.Code()&0xff == codeBusy || report.Code()&0xff == codeLocked)
}
