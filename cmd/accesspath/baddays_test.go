package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestManyFiles: ten thousand files are ten thousand inputs like any other; those
// that are none are told of, and the rest is read.
func TestManyFiles(t *testing.T) {
	const files, each = 10000, 50 // of which one in each is no export
	dir := t.TempDir()
	export := filepath.Join(dir, "export")
	if err := os.Mkdir(export, 0o777); err != nil {
		t.Fatal(err)
	}
	for i := range files {
		text := fmt.Sprintf(`{"RoleDetailList":[{"RoleName":"r%d","RoleId":"AROA%d","Path":"/","Arn":"arn:aws:iam::%012d:role/r%d"}]}`, i, i, 100000000000+i%each, i)
		if i%each == 0 {
			text = "{"
		}
		if err := os.WriteFile(filepath.Join(export, fmt.Sprintf("%05d.json", i)), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got := accesspath(t, "ingest", export, "--db", filepath.Join(dir, "x.db"), "--quiet")
	for _, want := range []string{fmt.Sprintf("%d accounts, 0 users, 0 groups, 9,800 roles", each-1), "not read: 195 more"} {
		if !strings.Contains(strings.ReplaceAll(got, "9800", "9,800"), want) {
			t.Errorf("the summary lacks %q:\n%s", want, got)
		}
	}
}

// TestDiskFull: a limit on the size of files stands for a disk that is full. The
// ingest fails with a message, and what was there before stays as it is.
func TestDiskFull(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("needs bash to set a limit")
	}
	dir := t.TempDir()
	big, db := filepath.Join(dir, "big.json"), filepath.Join(dir, "x.db")
	if err := os.WriteFile(big, manyRoles(3000), 0o666); err != nil {
		t.Fatal(err)
	}
	shop, err := filepath.Abs("../../testdata/accounts/shop")
	if err != nil {
		t.Fatal(err)
	}
	full := func(database string, blocks int) (string, error) {
		cmd := exec.CommandContext(t.Context(), "bash", "-c", fmt.Sprintf(`trap "" XFSZ; ulimit -f %d; exec accesspath ingest "$0" --db "$1" --quiet`, blocks), big, database)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	accesspath(t, "ingest", shop, "--db", db, "--label", "before")
	before := accesspath(t, "snapshots", "list", "--db", db)
	for _, blocks := range []int{0, 8, 100} {
		out, err := full(db, blocks)
		if err == nil || !strings.Contains(out, "error: ") || strings.Contains(out, "panic") {
			t.Errorf("%d kB: %v\n%s", blocks, err, out)
		}
		if got := accesspath(t, "snapshots", "list", "--db", db); got != before {
			t.Errorf("%d kB: the list was\n%sand is\n%s", blocks, before, got)
		}
		first := filepath.Join(dir, fmt.Sprintf("first%d.db", blocks))
		if out, err := full(first, blocks); err == nil || !strings.Contains(out, "error: ") {
			t.Errorf("%d kB, a new database: %v\n%s", blocks, err, out)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*first*")); len(left) > 0 {
			t.Errorf("%d kB: left behind: %v", blocks, left)
		}
	}
	accesspath(t, "ingest", big, "--db", db)
}

// TestNameThatIsNoText: names of files are bytes, and need not be UTF-8. What was read
// is saved all the same, again and again.
func TestNameThatIsNoText(t *testing.T) {
	dir := t.TempDir()
	text, err := os.ReadFile(filepath.Join(shopDir(t), "workload.gaad.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a\xff.json"), text, 0o666); err != nil {
		t.Skip("this file system has no such names")
	}
	db := filepath.Join(dir, "x.db")
	for range 2 {
		if out := accesspath(t, "ingest", dir, "--db", db); !strings.Contains(out, "read 1 file: 1 gaad") {
			t.Errorf("ingest says\n%s", out)
		}
	}
	if out := accesspath(t, "snapshots", "show", "--db", db, "--format", "json"); !utf8.ValidString(out) || !strings.Contains(out, "a\uFFFD.json") {
		t.Errorf("the snapshot is described as\n%s", out)
	}
}
