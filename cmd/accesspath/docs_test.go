package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// commands lists the commands that can be called, with those below them.
func commands(root *cobra.Command) []*cobra.Command {
	var out []*cobra.Command
	for _, c := range root.Commands() {
		if !c.Hidden {
			out = append(append(out, c), commands(c)...)
		}
	}
	return out
}

// flagsOf lists a command's flags, those for all commands left out.
func flagsOf(c *cobra.Command) []*pflag.Flag {
	var out []*pflag.Flag
	visit := func(f *pflag.Flag) {
		if f.Name != "help" && c.Root().PersistentFlags().Lookup(f.Name) == nil {
			out = append(out, f)
		}
	}
	c.LocalFlags().VisitAll(visit)
	c.InheritedFlags().VisitAll(visit)
	return out
}

func newTestRoot() *cobra.Command {
	return newRoot(&env{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard})
}

// TestCommandPage holds docs/commands.md against the commands, and rewrites what
// is generated of it with -update.
func TestCommandPage(t *testing.T) {
	const file, begin, end = "../../docs/commands.md", "<!-- generated: begin -->\n", "<!-- generated: end -->\n"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok1 := strings.Cut(string(text), begin)
	got, tail, ok2 := strings.Cut(rest, end)
	want := commandPage(newTestRoot())
	switch {
	case !ok1 || !ok2:
		t.Fatalf("%s has no generated part", file)
	case got == want:
	case *update:
		if err := os.WriteFile(file, []byte(head+begin+want+end+tail), 0o666); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s does not fit the commands: run go test ./cmd/accesspath -run TestCommandPage -update", file)
	}
}

func commandPage(root *cobra.Command) string {
	var b strings.Builder
	row := func(f *pflag.Flag) {
		name := "`--" + f.Name + "`"
		if f.Shorthand != "" {
			name += ", `-" + f.Shorthand + "`"
		}
		what := strings.NewReplacer("|", "\\|", "<", "&lt;").Replace(f.Usage)
		if !slices.Contains([]string{"", "0", "false", "[]"}, f.DefValue) { // as --help has it
			what += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(&b, "| %s | %s |\n", name, what)
	}
	fmt.Fprintf(&b, "\nFlags of all commands:\n\n| flag | meaning |\n| --- | --- |\n")
	root.PersistentFlags().VisitAll(row)
	for _, c := range commands(root) {
		fmt.Fprintf(&b, "\n### %s\n\n%s.\n\n    %s\n", strings.TrimPrefix(c.CommandPath(), "accesspath "), c.Short, c.UseLine())
		list := flagsOf(c)
		if len(list) == 0 {
			continue
		}
		b.WriteString("\n| flag | meaning |\n| --- | --- |\n")
		for _, f := range list {
			row(f)
		}
	}
	return b.String()
}

// TestEverythingHasAnExample: every command stands in an example that runs as a
// test, and so does every flag, those of several commands with one of them.
func TestEverythingHasAnExample(t *testing.T) {
	used, flags := map[string]bool{}, map[string]bool{}
	for _, page := range pages(t) {
		text, err := os.ReadFile(filepath.Join("../..", page))
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range examples(string(text)) {
			args, err := fields(programs.ReplaceAllString(x.command, ""))
			if err != nil {
				t.Fatal(err)
			}
			c, rest, err := newTestRoot().Find(args)
			if err != nil {
				t.Errorf("%s:%d: %v", page, x.line, err)
				continue
			}
			used[c.CommandPath()] = true
			if err := c.ParseFlags(rest); err != nil {
				t.Errorf("%s:%d: %v", page, x.line, err)
			}
			c.Flags().Visit(func(f *pflag.Flag) { flags[f.Name] = true })
		}
	}
	root := newTestRoot()
	var missing []string
	all := map[string]bool{}
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { all[f.Name] = true })
	for _, c := range commands(root) {
		if c.Runnable() && !c.HasSubCommands() && !used[c.CommandPath()] {
			missing = append(missing, c.CommandPath())
		}
		for _, f := range flagsOf(c) {
			all[f.Name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !flags[name] {
			missing = append(missing, "--"+name)
		}
	}
	if len(missing) > 0 {
		t.Errorf("no example on a page runs these: %s", strings.Join(missing, ", "))
	}
}

// exampleBlock is a block of code on docs/api.md with the name of its example.
var exampleBlock = regexp.MustCompile("(?s)<!-- example: ([a-z]+)/(Example\\w+) -->\n```go\n(.*?)```\n")

// TestAPIPage: the code on docs/api.md is that of the examples which run as
// tests of the packages.
func TestAPIPage(t *testing.T) {
	const file = "../../docs/api.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	updated := exampleBlock.ReplaceAllStringFunc(string(text), func(block string) string {
		m := exampleBlock.FindStringSubmatch(block)
		seen[m[1]] = true
		return "<!-- example: " + m[1] + "/" + m[2] + " -->\n```go\n" + exampleBody(t, m[1], m[2]) + "```\n"
	})
	for _, want := range []string{"ingest", "graph", "query", "render"} {
		if !seen[want] {
			t.Errorf("%s has no example of %s", file, want)
		}
	}
	switch {
	case updated == string(text):
	case *update:
		if err := os.WriteFile(file, []byte(updated), 0o666); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s does not show the examples as they are: run go test ./cmd/accesspath -run TestAPIPage -update", file)
	}
}

// exampleBody is the code of an example without its indentation.
func exampleBody(t *testing.T, pkg, name string) string {
	t.Helper()
	file := filepath.Join("../..", pkg, "example_test.go")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "func "+name+"() {\n")
	if !ok {
		t.Fatalf("%s has no %s", file, name)
	}
	body, _, _ := strings.Cut(rest, "\n}\n")
	var b strings.Builder
	for line := range strings.Lines(body + "\n") {
		b.WriteString(strings.TrimPrefix(line, "\t"))
	}
	return b.String()
}

// TestPipelines runs the commands of the examples for pipelines, and holds the
// files against docs/ci.md.
func TestPipelines(t *testing.T) {
	page, err := os.ReadFile("../../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, name := range []string{"github-actions.yaml", "pre-commit-config.yaml"} {
		text, err := os.ReadFile("../../docs/examples/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(page, text) {
			t.Errorf("docs/ci.md does not show %s as it is", name)
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(text, &doc); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		lines = append(lines, pipelineLines(&doc)...)
	}
	if len(lines) < 7 {
		t.Fatalf("commands %q", lines)
	}
	root, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for to, from := range map[string]string{"export": "accounts/shop"} {
		if err := os.CopyFS(to, os.DirFS(filepath.Join(root, from))); err != nil {
			t.Fatal(err)
		}
	}
	for to, from := range map[string]string{"plan.json": "accounts/shop-plan/plan.json", "access.yaml": "checks/shop.yaml"} {
		text, err := os.ReadFile(filepath.Join(root, from))
		if err == nil {
			err = os.WriteFile(to, text, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	call := func(line string) int {
		args, err := fields(strings.TrimPrefix(line, "accesspath "))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		code := run(t.Context(), args, strings.NewReader(""), &out, &out)
		if code == exitUsage || code == exitFailed {
			t.Errorf("%s: exit code %d\n%s", line, code, out.String())
		}
		return code
	}
	call("accesspath review -i export --write-baseline accepted.yaml -o before.json --quiet")
	found := false
	for _, line := range lines {
		found = call(line) == exitFound || found
	}
	if !found {
		t.Error("none of the gates tripped on a plan that opens a path")
	}
	for _, file := range []string{"comment.md", "access.xml", "review.sarif", "planned.json", "collect.sh"} {
		if info, err := os.Stat(file); err != nil || info.Size() == 0 {
			t.Errorf("%s was not written: %v", file, err)
		}
	}
}

// pipelineLines lists the calls of accesspath in the values of "run" and "entry".
func pipelineLines(n *yaml.Node) []string {
	var out []string
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && (n.Content[i-1].Value == "run" || n.Content[i-1].Value == "entry") {
			for line := range strings.Lines(c.Value) {
				if strings.HasPrefix(line, "accesspath ") {
					out = append(out, strings.TrimSpace(line))
				}
			}
		}
		out = append(out, pipelineLines(c)...)
	}
	return out
}
