package layout

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/format"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// listed is a package as "go list" describes it.
type listed struct {
	ImportPath   string
	Dir          string
	Doc          string
	GoFiles      []string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Module       struct{ Path, Dir string }
}

// path is the import path below the module's.
func (p *listed) path() string { return strings.TrimPrefix(p.ImportPath, p.Module.Path+"/") }

// run runs a command in a directory and returns what it printed.
func run(t *testing.T, dir, name string, args ...string) (stdout, stderr []byte, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
	err = cmd.Run()
	return out.Bytes(), errs.Bytes(), err
}

func root(t *testing.T) string {
	t.Helper()
	out, stderr, err := run(t, ".", "go", "list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		t.Fatalf("go list -m: %v\n%s", err, stderr)
	}
	return strings.TrimSpace(string(out))
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, stderr, err := run(t, root(t), "go", "list", "-e", "-json=ImportPath,Dir,Doc,GoFiles,Imports,TestImports,XTestImports,Module", "./...")
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr)
	}
	var list []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	if len(list) < 5 {
		t.Fatalf("go list found %d packages", len(list))
	}
	return list
}

// TestLayers compares every import of the module's own packages with groups.
// Tests may import what they like, as long as Go has no cycle in it.
func TestLayers(t *testing.T) {
	for _, p := range packages(t) {
		from, grouped := groupOf(p.path())
		if !grouped && !within(p.path(), "internal") {
			t.Errorf("%s belongs to no layer: give it one, or move it below internal", p.path())
		}
		for _, imported := range p.Imports {
			path, own := strings.CutPrefix(imported, p.Module.Path+"/")
			if !own {
				continue
			}
			if why := forbidden(p.path(), from, grouped, path); why != "" {
				t.Errorf("%s imports %s: %s", p.path(), path, why)
			}
		}
	}
}

// forbidden says why a package may not import another of the module.
func forbidden(path string, from group, grouped bool, imported string) string {
	to, toGroup := groupOf(imported)
	_, closed := restricted[from.path]
	switch {
	case within(imported, "internal/gen") && !within(path, "internal/gen"):
		return "generators are no library"
	case !toGroup && grouped && closed:
		return fmt.Sprintf("%s (%s) stands on its own", from.path, from.why)
	case !toGroup || !grouped || from == to:
		return ""
	case to.level >= from.level:
		return fmt.Sprintf("%s has level %d, and %s (%s) may import lower levels than its %d only", to.path, to.level, from.path, from.why, from.level)
	}
	return ""
}

// TestDependencies allows each external package to its importers, tests
// included, so that nobody below render pays for go-graphviz's start-up.
func TestDependencies(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			checkDependency(t, &p, imported, false)
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			checkDependency(t, &p, imported, true)
		}
	}
}

func checkDependency(t *testing.T, p *listed, imported string, inTest bool) {
	first, _, _ := strings.Cut(imported, "/")
	if within(imported, p.Module.Path) || !strings.Contains(first, ".") {
		return
	}
	g, _ := groupOf(p.path())
	if allowed, ok := restricted[g.path]; ok && !inTest && !slices.ContainsFunc(allowed, func(m string) bool { return within(imported, m) }) {
		t.Errorf("%s imports %s, and %s may import the standard library and %v only", p.path(), imported, g.path, allowed)
	}
	for _, m := range modules {
		if !within(imported, m.path) {
			continue
		}
		if m.testsOnly && !inTest {
			t.Errorf("%s imports %s, which is for tests", p.path(), imported)
		}
		if len(m.importers) > 0 && !slices.ContainsFunc(m.importers, func(i string) bool { return within(p.path(), i) }) {
			t.Errorf("%s imports %s, which is left to %v", p.path(), imported, m.importers)
		}
		return
	}
	t.Errorf("%s imports %s, which is not among the dependencies that were agreed on", p.path(), imported)
}

// TestForbidden checks the rules with imports that nobody should write.
func TestForbidden(t *testing.T) {
	cases := []struct {
		from, to string
		ok       bool
	}{
		{"iam", "policy", true},
		{"policy", "iam", false},
		{"policy", "policy/catalog", false},
		{"policy", "internal/termsafe", false},
		{"query", "policy/catalog", true},
		{"graph", "ingest", false},
		{"ingest", "ingest/gaad", true},
		{"ingest/gaad", "ingest", true},
		{"query", "graph/escalate", false},
		{"render/svg", "render", true},
		{"render", "store", false},
		{"render", "internal/termsafe", true},
		{"store", "internal/gen/npm", false},
		{"cmd/accesspath", "store", true},
		{"internal/fixture", "iam", true},
	}
	for _, c := range cases {
		from, grouped := groupOf(c.from)
		if why := forbidden(c.from, from, grouped, c.to); (why == "") != c.ok {
			t.Errorf("%s imports %s: %q, want allowed = %v", c.from, c.to, why, c.ok)
		}
	}
}

// TestPackageComments asks for a comment that says more than the name.
func TestPackageComments(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && len(strings.Fields(p.Doc)) < 5 {
			t.Errorf("package %s has no package comment to speak of: %q", p.path(), p.Doc)
		}
	}
}

// TestTidy leaves go.mod alone and says what "go mod tidy" would change.
func TestTidy(t *testing.T) {
	stdout, stderr, err := run(t, root(t), "go", "mod", "tidy", "-diff")
	switch {
	case err == nil:
	case len(bytes.TrimSpace(stdout)) > 0:
		t.Errorf("run go mod tidy:\n%s", stdout)
	default:
		t.Skipf("go mod tidy -diff needs modules that are not in the cache: %v\n%s", err, stderr)
	}
}

// files lists what is or could be committed: by git, or by walking where there
// is no git. Paths are below the root.
func files(t *testing.T, root string) []string {
	t.Helper()
	out, _, err := run(t, root, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err == nil && len(out) > 0 {
		list := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
		slices.SortFunc(list, cmp.Compare[string])
		return slices.Compact(list)
	}
	var list []string
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == ".git" {
			return filepath.SkipDir
		}
		if d.Type().IsRegular() {
			rel, err := filepath.Rel(root, path)
			list = append(list, filepath.ToSlash(rel))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// contents calls f for each file that could be committed.
func contents(t *testing.T, f func(name string, text []byte)) {
	dir := root(t)
	for _, name := range files(t, dir) {
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		f(name, text)
	}
}

func TestGofmt(t *testing.T) {
	contents(t, func(name string, text []byte) {
		if !strings.HasSuffix(name, ".go") || strings.Contains(name, "testdata/") {
			return
		}
		formatted, err := format.Source(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !bytes.Equal(formatted, text) {
			t.Errorf("%s is not formatted: run gofmt -w %s", name, name)
		}
	})
}

// machinePath matches paths that exist on one machine only. The parts are
// apart, or this file would match itself.
var machinePath = regexp.MustCompile("(?i)" + strings.Join([]string{
	`/wo` + `rk/(main|shared|\.library)`,
	`\.\./sha` + `red\b`,
	`(^|[\s"'` + "`" + `(=])/(ro` + `ot|ho` + `me/[a-z]\w*|us` + `ers/[a-z]\w*)/[\w.]`,
	`[a-z]:\\us` + `ers\\`,
	`(^|[\s"'` + "`" + `(=])/tm` + `p/[\w.]`,
}, "|"))

func TestMachinePaths(t *testing.T) {
	contents(t, func(name string, text []byte) {
		if bytes.IndexByte(text, 0) >= 0 || strings.Contains(name, "testdata/fuzz/") {
			return
		}
		for n, line := range bytes.Split(text, []byte("\n")) {
			if found := machinePath.Find(line); found != nil {
				t.Errorf("%s:%d names a path of one machine: %q", name, n+1, bytes.TrimSpace(found))
			}
		}
	})
}

func TestMachinePathPattern(t *testing.T) {
	for text, want := range map[string]bool{
		`open("/ro` + `ot/x")`:                 true,
		`see ../sha` + `red/data`:              true,
		`/ho` + `me/ann/project`:               true,
		`arn:aws:iam::111122223333:root`:       false,
		`"Path": "/root/"`:                     false,
		`o-ex/r-1/ou-1-2/`:                     false,
		`https://example.com/home/index.html`:  false,
		`filepath.Join(dir, "shared", "data")`: false,
		"`/tm" + "p/go-build`":                 true,
		`github.com/x/y/tmp/z`:                 false,
	} {
		if got := machinePath.MatchString(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
