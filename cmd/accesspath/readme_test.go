package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// An example is one command of a page with what it prints.
type example struct {
	line    int // in the page, from 1
	command string
	output  []string
}

// TestReadme runs every example of the README, in order and in one directory,
// and compares what it prints. A line of output that is "…" stands for any lines.
func TestReadme(t *testing.T) { testExamples(t, "README.md", 5) }

// TestDocs does the same with every page below docs.
func TestDocs(t *testing.T) {
	for _, name := range pages(t) {
		if name == "README.md" {
			continue
		}
		t.Run(name, func(t *testing.T) { testExamples(t, name, 0) })
	}
}

// pages lists the README and the pages of docs, by name.
func pages(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(list) < 5 {
		t.Fatalf("pages %q, %v", list, err)
	}
	out := []string{"README.md"}
	for _, name := range list {
		out = append(out, "docs/"+filepath.Base(name))
	}
	return out
}

// testExamples runs the examples of a page, of which there are at least some.
func testExamples(t *testing.T, page string, least int) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(root, filepath.FromSlash(page))
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	list := examples(string(text))
	if len(list) < least {
		t.Fatalf("%s has %d examples", page, len(list))
	}
	dir := t.TempDir()
	for _, part := range []string{"accounts", "batch", "checks", "policies"} {
		part = filepath.Join("testdata", part)
		if err := os.CopyFS(filepath.Join(dir, part), os.DirFS(filepath.Join(root, part))); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for i := range list {
		e := &list[i]
		got := runExample(t, e)
		if matches(got, e.output) {
			continue
		}
		if !*update {
			t.Errorf("%s:%d: %s\nprints\n%s\nnot\n%s", page, e.line, e.command, strings.Join(got, "\n"), strings.Join(e.output, "\n"))
		}
		e.output = shortened(got, e.output)
	}
	if *update {
		if err := os.WriteFile(name, []byte(updated(string(text), list)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

const fence = "```"

// examples finds the commands: lines with "$ " in blocks of kind console.
func examples(text string) []example {
	var list []example
	inside := false
	for i, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, fence):
			inside = line == fence+"console"
		case !inside:
		case strings.HasPrefix(line, "$ "):
			list = append(list, example{line: i + 1, command: line[2:]})
		case len(list) > 0:
			e := &list[len(list)-1]
			e.output = append(e.output, line)
		}
	}
	return list
}

// updated is the text with the output of the examples.
func updated(text string, list []example) string {
	var out []string
	inside := false
	for _, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, fence):
			inside = line == fence+"console"
		case inside && strings.HasPrefix(line, "$ "):
			out = append(append(out, line), list[0].output...)
			list = list[1:]
			continue
		case inside:
			continue
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// programs are the ways to call the program in examples.
var programs = regexp.MustCompile(`^(go run \./cmd/accesspath|accesspath) `)

// runExample runs the program in this process. Both streams are shown, as on a
// terminal.
func runExample(t *testing.T, e *example) []string {
	t.Helper()
	if !programs.MatchString(e.command) {
		t.Fatalf("line %d: cannot run %q as an example", e.line, e.command)
	}
	args, err := fields(programs.ReplaceAllString(e.command, ""))
	if err != nil {
		t.Fatalf("line %d: %v", e.line, err)
	}
	var out bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(""), &out, &out)
	if code == exitUsage {
		t.Errorf("line %d: %s: exit code %d\n%s", e.line, e.command, code, out.String())
	}
	if out.Len() == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

// fields splits a command line at blanks, and takes single quotes away.
func fields(line string) ([]string, error) {
	var out []string
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimLeft(line, " ") {
		var word string
		if line[0] == '\'' {
			var ok bool
			if word, line, ok = strings.Cut(line[1:], "'"); !ok {
				return nil, fmt.Errorf("a quote is not closed")
			}
		} else {
			word, line, _ = strings.Cut(line, " ")
		}
		out = append(out, word)
	}
	return out, nil
}

// shortened leaves out what follows the answer itself, if the README did so
// before.
func shortened(got, before []string) []string {
	if len(before) == 0 || before[len(before)-1] != "…" {
		return got
	}
	for i, line := range got {
		if line == "notes" || strings.HasPrefix(line, "unknown, and") {
			return append(got[:i:i], "…")
		}
	}
	return got
}

// matches compares output with what is wanted, where "…" stands for any lines.
func matches(got, want []string) bool {
	if len(want) == 0 {
		return len(got) == 0
	}
	if want[0] == "…" {
		for i := 0; i <= len(got); i++ {
			if matches(got[i:], want[1:]) {
				return true
			}
		}
		return false
	}
	return len(got) > 0 && got[0] == want[0] && matches(got[1:], want[1:])
}
