package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// print writes the table and what it was measured on.
func (b *bench) print(ctx context.Context, w io.Writer) error {
	generator := "the generator of internal/bench"
	if b.generator != "" {
		generator = "a generator given by flag"
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s, commit %s, %s, %d cores of %s, %s.\nOrganization: %d accounts × %d roles, by %s.\n\n", time.Now().UTC().Format(time.DateOnly), b.commit(ctx), runtime.Version(), runtime.NumCPU(), processor(), runtime.GOOS+"/"+runtime.GOARCH, b.accounts, b.roles, generator)
	out.WriteString("| figure | measured | ratio | goal |\n|---|---|---|---|\n")
	for _, r := range b.rows {
		fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", r.figure, r.measured, r.against, r.goal)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func (b *bench) commit(ctx context.Context) string {
	cmd := exec.CommandContext(ctx, "git", "rev-parse", "--short", "HEAD")
	cmd.Dir = b.root
	id, err := cmd.Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(id))
}

// processor is the model of the processor, where the system tells.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
