package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// TestTwoVersionsAtOneDatabase: a graph that another version made counts as not
// there and is made again, so two versions that take turns, or ask at the same
// time, answer as each would alone; the snapshots are those that were saved.
func TestTwoVersionsAtOneDatabase(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "x.db")
	first, second := program(t), filepath.Join(dir, "accesspath")
	text, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	// Builds without a version are told apart by the file that they are.
	if err := os.WriteFile(second, text, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(second, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	run := func(program string, args ...string) (string, error) {
		out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
		if err != nil {
			return string(out), fmt.Errorf("%s: %w\n%s", filepath.Base(filepath.Dir(program)), err, out)
		}
		return string(out), nil
	}
	shop, err := filepath.Abs("../../testdata/accounts/shop")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run(first, "ingest", shop, "--db", db); err != nil {
		t.Fatal(err)
	}
	graphOf := func() string {
		text, err := os.ReadFile(db + ".graph")
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	list, err := run(first, "snapshots", "list", "--db", db)
	if err != nil {
		t.Fatal(err)
	}
	ask := []string{"who-can", "s3:GetObject", "arn:aws:s3:::example-shop-orders/2026/09.csv", "--db", db, "--format", "json"}
	want, err := run(first, ask...)
	if err != nil {
		t.Fatal(err)
	}
	made := graphOf()
	for i, p := range []string{second, first, second} {
		got, err := run(p, ask...)
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("turn %d: %s\nwant %s", i, got, want)
		}
		now := graphOf()
		if now == made {
			t.Errorf("turn %d: the graph of the other version was used", i)
		}
		made = now
	}
	var asking sync.WaitGroup
	errs := make(chan error, 8)
	for i := range cap(errs) {
		asking.Go(func() {
			got, err := run([]string{first, second}[i%2], ask...)
			if err == nil && got != want {
				err = fmt.Errorf("at the same time: %s\nwant %s", got, want)
			}
			errs <- err
		})
	}
	asking.Wait()
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if got, err := run(second, "snapshots", "list", "--db", db); err != nil || got != list {
		t.Errorf("the list was\n%sand is\n%s%v", list, got, err)
	}
}

// program is the executable that tests run.
func program(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("accesspath")
	if err != nil {
		t.Fatal(err)
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		t.Fatal(err)
	}
	return path
}
