package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// BenchmarkProcess measures whole processes: one that only starts, and a question
// to a database with its graph beside it.
func BenchmarkProcess(b *testing.B) {
	dir := b.TempDir()
	file, db := filepath.Join(dir, "big.json"), filepath.Join(dir, "x.db")
	if err := os.WriteFile(file, manyRoles(1500), 0o666); err != nil {
		b.Fatal(err)
	}
	process(b, "ingest", file, "--db", db, "--quiet")
	for _, bench := range []struct {
		name string
		args []string
	}{
		{"version", []string{"version"}},
		{"who-can", []string{"who-can", "s3:GetObject", "arn:aws:s3:::b9/x", "--db", db, "--quiet"}},
		{"paths", []string{"paths", "r0", "r9", "--db", db, "--quiet"}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs() // of this side: the cost is in the time
			for b.Loop() {
				process(b, bench.args...)
			}
		})
	}
}

func process(b *testing.B, args ...string) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), "accesspath", args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Run(); err != nil {
		b.Fatalf("accesspath %v: %v\n%s", args, err, errs.String())
	}
}
