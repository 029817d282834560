package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestKillDuringIngest kills ingests at later and later moments, until one gets
// through, and looks each time whether the snapshots from before are intact.
func TestKillDuringIngest(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	dir := t.TempDir()
	big := filepath.Join(dir, "big.json")
	if err := os.WriteFile(big, manyRoles(1500), 0o666); err != nil {
		t.Fatal(err)
	}
	shop, err := filepath.Abs("../../testdata/accounts/shop")
	if err != nil {
		t.Fatal(err)
	}
	db := filepath.Join(dir, "x.db")
	accesspath(t, "ingest", shop, "--db", db, "--label", "before")
	question := []string{"who-can", "s3:GetObject", "arn:aws:s3:::example-shop-orders/2026/09.csv", "--db", db, "--snapshot", "before", "--format", "json"}
	want := accesspath(t, question...)
	before := accesspath(t, "snapshots", "list", "--db", db)
	killed := 0
	for delay := 20 * time.Millisecond; ; delay += delay / 3 {
		if delay > 30*time.Second {
			t.Fatal("the ingest never ends")
		}
		done := killAfter(t, delay, "ingest", big, "--db", db, "--label", "after")
		if got := accesspath(t, question...); got != want {
			t.Fatalf("killed after %v: the snapshot from before gives another answer:\n%s", delay, got)
		}
		list := accesspath(t, "snapshots", "list", "--db", db)
		after := strings.Count(list, " after ")
		if after == 0 && list != before {
			t.Fatalf("killed after %v: the list was\n%sand is\n%s", delay, before, list)
		}
		if after > 1 || done && after == 0 {
			t.Fatalf("killed after %v, done %v: the list is\n%s", delay, done, list)
		}
		if after == 1 {
			break
		}
		killed++
	}
	if killed < 3 {
		t.Errorf("only %d ingests were killed before they were through", killed)
	}
}

// TestKillAtRandom kills ingests at fifty random moments, some of them while the
// graph is written beside the database. Whatever is left, the snapshot from before
// gives its answer, and the next ingest goes through.
func TestKillAtRandom(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	dir := t.TempDir()
	big, db := filepath.Join(dir, "big.json"), filepath.Join(dir, "x.db")
	if err := os.WriteFile(big, manyRoles(300), 0o666); err != nil {
		t.Fatal(err)
	}
	shop, err := filepath.Abs("../../testdata/accounts/shop")
	if err != nil {
		t.Fatal(err)
	}
	accesspath(t, "ingest", shop, "--db", db, "--label", "before")
	question := []string{"who-can", "s3:GetObject", "arn:aws:s3:::example-shop-orders/2026/09.csv", "--db", db, "--snapshot", "before", "--format", "json"}
	want := accesspath(t, question...)
	start := time.Now()
	accesspath(t, "ingest", big, "--db", filepath.Join(dir, "other.db"))
	whole := time.Since(start)
	r := rand.New(rand.NewPCG(5, 6))
	killed := 0
	for i := range 50 {
		delay := time.Duration(r.Int64N(int64(whole)))
		if !killAfter(t, delay, "ingest", big, "--db", db) {
			killed++
		}
		if got := accesspath(t, question...); got != want {
			t.Fatalf("kill %d, after %v: the snapshot from before gives another answer:\n%s", i, delay, got)
		}
	}
	if killed < 10 {
		t.Errorf("only %d of 50 ingests were killed before they were through", killed)
	}
	accesspath(t, "ingest", big, "--db", db, "--label", "last")
	if got := accesspath(t, "who-can", "s3:GetObject", "arn:aws:s3:::b9/x", "--db", db, "--view", "holders"); !strings.Contains(got, "r9") {
		t.Errorf("the ingest after all kills answers:\n%s", got)
	}
}

// accesspath runs the program in a process of its own.
func accesspath(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "accesspath", args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("accesspath %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	return out.String()
}

// killAfter starts the program and kills it, and reports whether it was through
// before.
func killAfter(t *testing.T, delay time.Duration, args ...string) bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "accesspath", args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(delay, func() { cmd.Process.Kill() })
	defer timer.Stop()
	return cmd.Wait() == nil
}
