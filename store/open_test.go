package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	foreign := filepath.Join(dir, "foreign.db")
	raw(t, foreign, "CREATE TABLE bookmarks (url TEXT)")
	newer := filepath.Join(dir, "newer.db")
	openTest(t, newer, testOptions())
	raw(t, newer, "PRAGMA user_version = 99; UPDATE meta SET value = '9.9.9'")
	damaged := write("damaged.db", "SQLite format 3\x00"+strings.Repeat("nonsense", 1000))
	cases := []struct {
		name, path string
		readOnly   bool
		want       string
	}{
		{"text", write("a.json", `{"RoleDetailList": []}`), false, "is not an SQLite database; choose another file"},
		{"short text", write("b.json", "{}"), true, "is not an SQLite database; choose another file"},
		{"directory", dir, false, "is a directory"},
		{"missing", filepath.Join(dir, "none.db"), true, "does not exist; save a snapshot into it first"},
		{"missing directory", filepath.Join(dir, "none", "x.db"), false, "does not exist; make it first"},
		{"empty", write("empty.db", ""), true, "is empty; save a snapshot into it first"},
		{"of another program", foreign, false, "another program"},
		{"of another program, read-only", foreign, true, "another program"},
		{"newer", newer, false, "made by version 9.9.9; this program, version 1.2.3"},
		{"damaged", damaged, false, "choose another file"},
		{"damaged, read-only", damaged, true, "choose another file"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := testOptions()
			o.ReadOnly = c.readOnly
			s, err := Open(context.Background(), c.path, o)
			if err == nil {
				s.Close()
				t.Fatal("it was opened")
			}
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.path) && !strings.Contains(err.Error(), filepath.Dir(c.path)) {
				t.Errorf("error %q, want the path and %q", err, c.want)
			}
		})
	}
	if _, err := Open(context.Background(), newer, testOptions()); !errors.Is(err, ErrNewer) {
		t.Errorf("newer: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "none.db")); err == nil {
		t.Error("reading made a file")
	}
}

// raw runs SQL behind the store's back.
func raw(t testing.TB, path, script string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(script); err != nil {
		t.Fatal(err)
	}
}

// An empty file, such as mktemp makes, becomes a database.
func TestOpenEmptyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := openTest(t, path, testOptions())
	if infos, err := s.List(context.Background()); err != nil || len(infos) != 0 {
		t.Errorf("List: %v, %v", infos, err)
	}
}

// Relative paths count from the working directory, not from a URI's root.
func TestOpenRelative(t *testing.T) {
	t.Chdir(t.TempDir())
	save(t, openTest(t, "x.db", testOptions()), synthetic(t, 1, 1))
	stat(t, "x.db")
}

func TestPragmas(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "x.db"), testOptions())
	for pragma, want := range map[string]string{
		"application_id": "1633903472", "user_version": "3", "foreign_keys": "1", "journal_mode": "wal",
		"busy_timeout": "5000", "synchronous": "2", "auto_vacuum": "2", "trusted_schema": "0",
	} {
		var got string
		if err := s.db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %s (%v), want %s", pragma, got, err, want)
		}
	}
}

// Forms that no release wrote are refused, and stay as they are.
func TestUnreleasedFormIsRefused(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	s := openTest(t, path, testOptions())
	id := save(t, s, synthetic(t, 1, 2))
	if _, err := s.db.ExecContext(ctx, "PRAGMA user_version = 1"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, path, testOptions()); err == nil || !strings.Contains(err.Error(), "has form 1, which no release wrote") {
		t.Errorf("error %v", err)
	}
	if _, err := s.db.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", firstForm)); err != nil {
		t.Fatal(err)
	}
	load(t, s, id)
}

// TestMigrate brings a file of the newest form to a made-up next one and checks that a
// failing step leaves it as it was.
func TestMigrate(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	s := openTest(t, path, testOptions())
	id := save(t, s, synthetic(t, 1, 2))
	scripts, err := migrations()
	if err != nil {
		t.Fatal(err)
	}
	form, err := s.form(ctx, s.db, newest(scripts))
	if err != nil || form != newest(scripts) {
		t.Fatalf("form %d, %v", form, err)
	}
	step := func(script string) error {
		return s.write(ctx, func(tx *sql.Tx) error { return s.step(ctx, tx, script, form+1) })
	}
	if err := step("CREATE TABLE later (x TEXT); CREATE TABLE later (x TEXT)"); err == nil {
		t.Fatal("a broken step succeeded")
	}
	if got, err := s.form(ctx, s.db, newest(scripts)); err != nil || got != form {
		t.Errorf("a broken step left form %d, %v", got, err)
	}
	if err := step("CREATE TABLE later (x TEXT)"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.form(ctx, s.db, form+1); err != nil || got != form+1 {
		t.Errorf("form %d, %v", got, err)
	}
	if _, err := s.form(ctx, s.db, form); !errors.Is(err, ErrNewer) {
		t.Errorf("the old program reads the new form: %v", err)
	}
	load(t, s, id)
}

func TestMigrateAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	errs := make(chan error)
	for range 8 {
		go func() {
			s, err := Open(context.Background(), path, testOptions())
			if err == nil {
				err = s.Close()
			}
			errs <- err
		}()
	}
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// The second of two writers waits, and gives up with a clear error.
func TestBusy(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	first := openTest(t, path, testOptions())
	o := testOptions()
	o.Wait = 150 * time.Millisecond
	second := openTest(t, path, o)
	tx, err := first.db.Begin() // immediate: it holds the write lock
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	_, err = second.Save(ctx, synthetic(t, 1, 1), Meta{})
	if waited := time.Since(start); !errors.Is(err, ErrBusy) || waited < o.Wait/2 {
		t.Errorf("after %v: %v, want ErrBusy", waited, err)
	}
	if !strings.Contains(err.Error(), "try again") {
		t.Errorf("the error %q names no next step", err)
	}
	if infos, err := second.List(ctx); err != nil || len(infos) != 0 {
		t.Errorf("reading is not held up: %v, %v", infos, err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	save(t, second, synthetic(t, 1, 1))
}

func TestTwoSavesAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	errs := make(chan error)
	for range 2 {
		go func() {
			s, err := Open(context.Background(), path, testOptions())
			for range 5 {
				if err == nil {
					_, err = s.Save(context.Background(), synthetic(t, 2, 50), Meta{})
				}
			}
			errs <- err
		}()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	s := openTest(t, path, testOptions())
	if infos, err := s.List(context.Background()); err != nil || len(infos) != 10 {
		t.Errorf("List: %d, %v", len(infos), err)
	}
}

// A closed file can be read where nothing can be written. The superuser may
// write anywhere, so that the test hides what it cannot forbid.
func TestReadOnlyDirectory(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.db")
	s, err := Open(context.Background(), path, testOptions())
	if err != nil {
		t.Fatal(err)
	}
	want := synthetic(t, 1, 5)
	id := save(t, s, want)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	o := testOptions()
	o.ReadOnly = true
	immutable, err := open(context.Background(), path, o, true)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(load(t, immutable, id), want) {
		t.Error("an immutable file reads otherwise")
	}
	if err := immutable.Close(); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Skip("this user may write everywhere")
	}
	for _, p := range []struct {
		path string
		mode os.FileMode
	}{{path, 0o400}, {dir, 0o500}} {
		if err := os.Chmod(p.path, p.mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	reader := openTest(t, path, o)
	if !reflect.DeepEqual(load(t, reader, id), want) {
		t.Error("a read-only file reads otherwise")
	}
	if _, err := Open(context.Background(), path, testOptions()); err == nil || !strings.Contains(err.Error(), "make it writable") {
		t.Errorf("opening a read-only file for writing: %v", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), path, testOptions()); err == nil || !strings.Contains(err.Error(), "permissions") && !strings.Contains(err.Error(), "writable") {
		t.Errorf("opening for writing in a read-only directory: %v", err)
	}
	if _, err := Open(context.Background(), filepath.Join(dir, "new.db"), testOptions()); err == nil || !strings.Contains(err.Error(), "writable directory") {
		t.Errorf("making a file in a read-only directory: %v", err)
	}
}
