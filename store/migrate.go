package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"time"
)

//go:embed migration/*.sql
var migrationFiles embed.FS

// applicationID marks our files, so that another program's database is not
// mistaken for an empty one.
const applicationID = 0x61636370

// firstForm is the form that the first script makes of a new file. No release
// wrote the forms before it.
const firstForm = 3

// newest is the form that the last of the scripts makes.
func newest(scripts []string) int { return firstForm + len(scripts) - 1 }

// next is the script for a file of some form, and the form that it makes.
func next(scripts []string, form int) (script string, makes int) {
	makes = max(form+1, firstForm)
	return scripts[makes-firstForm], makes
}

// migrations returns the scripts; the one at position i makes form firstForm+i.
func migrations() ([]string, error) {
	names, err := fs.Glob(migrationFiles, "migration/*.sql") // sorted
	if err != nil {
		return nil, err
	}
	var scripts []string
	for _, name := range names {
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		scripts = append(scripts, string(text))
	}
	return scripts, nil
}

// migrate brings the file to the newest form, each step in a transaction of
// its own, and refuses files that are newer or somebody else's.
func (s *Store) migrate(ctx context.Context) error {
	scripts, err := migrations()
	if err != nil {
		return err
	}
	if err := s.connect(ctx); err != nil {
		return err
	}
	last := newest(scripts)
	form, err := s.form(ctx, s.db, last)
	if err != nil || form == last {
		return err
	}
	if s.options.ReadOnly {
		return fmt.Errorf("%s has form %d, this program reads form %d; open it once for writing, which brings it up to date", s.path, form, last)
	}
	for form < last {
		err := s.write(ctx, func(tx *sql.Tx) error {
			// Another process may have done it while this one waited.
			if form, err = s.form(ctx, tx, last); err != nil || form == last {
				return err
			}
			script, makes := next(scripts, form)
			if err := s.step(ctx, tx, script, makes); err != nil {
				return fmt.Errorf("cannot bring %s to form %d: %w", s.path, makes, err)
			}
			form = makes
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// connect waits for the first connection by hand: SQLite does not call its
// busy handler where two processes turn a new file to write-ahead logging.
func (s *Store) connect(ctx context.Context) error {
	deadline := time.After(s.options.Wait)
	for {
		err := s.db.PingContext(ctx)
		if !isBusy(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// queryer is a database or a transaction.
type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// form returns the form of the file, 0 if it is new.
func (s *Store) form(ctx context.Context, q queryer, newest int) (int, error) {
	var id, form, tables int
	row := q.QueryRowContext(ctx, `SELECT (SELECT application_id FROM pragma_application_id),
		(SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)`)
	if err := row.Scan(&id, &form, &tables); err != nil {
		return 0, err
	}
	switch {
	case id == 0 && form == 0 && tables == 0:
		return 0, nil
	case id != applicationID:
		return 0, fmt.Errorf("%s is an SQLite database of another program; choose another file", s.path)
	case form > newest || form < 1:
		return 0, s.newer(ctx, q, form, newest)
	case form < firstForm:
		return 0, fmt.Errorf("%s has form %d, which no release wrote and this program does not read; ingest the exports into a new file", s.path, form)
	}
	return form, nil
}

func (s *Store) newer(ctx context.Context, q queryer, form, newest int) error {
	writer := "an unknown version"
	if err := q.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = 'writer'").Scan(&writer); err == nil {
		writer = "version " + clip(writer)
	}
	return fmt.Errorf("%s: %w: it has form %d, made by %s; this program, version %s, reads forms up to %d; use the version that made it or a later one",
		s.path, ErrNewer, form, writer, s.options.Version, newest)
}

// clip shortens text from the file for a message.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

func (s *Store) step(ctx context.Context, tx *sql.Tx, script string, form int) error {
	if _, err := tx.ExecContext(ctx, script); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", form)); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO meta (key, value) VALUES ('writer', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", s.options.Version)
	return err
}
