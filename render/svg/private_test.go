package svg

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"accesspath/render/svg/privatetmp"
)

const (
	childVariable = "ACCESSPATH_SVG_TEST_CHILD"
	dotVariable   = "ACCESSPATH_SVG_TEST_DOT" // a graph for the child to draw
)

// TestMain lets the test binary be the program under test: one that links
// go-graphviz and calls Restore first, as a main function does.
func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		before := os.TempDir()
		privatetmp.Restore()
		os.Stdout.WriteString(before + "\n" + os.TempDir() + "\n")
		if dot, ok := os.LookupEnv(dotVariable); ok {
			for _, in := range []string{dot, "digraph g { a }"} {
				_, err := Render(context.Background(), []byte(in))
				fmt.Printf("error: %v\n", err)
			}
		}
		os.Exit(0)
	}
	privatetmp.Restore()
	os.Exit(m.Run())
}

// start runs the program with directories of its own and returns the temporary
// directory during initialization and after Restore.
func start(t *testing.T, tmp string, env ...string) (during, after string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the shared temporary directory is a matter of Unix")
	}
	out := child(t, append(env, "TMPDIR="+tmp)...)
	during, after, _ = strings.Cut(strings.TrimSpace(out), "\n")
	if after != tmp {
		t.Errorf("after Restore the temporary directory is %s, want %s", after, tmp)
	}
	return during, after
}

// child runs the test binary as a program and returns what it prints.
func child(t *testing.T, env ...string) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(exe)
	c.Env = append([]string{childVariable + "=1"}, env...)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// A graph that the library refuses is an error, never a crash, and so is every
// graph after it.
func TestErrors(t *testing.T) {
	cache := t.TempDir()
	for _, dot := range []string{"", "digraph {", "not dot", "digraph g { a [label=<<B>x>] }"} {
		out := child(t, append(os.Environ(), "XDG_CACHE_HOME="+cache, dotVariable+"="+dot)...)
		if strings.Count(out, "\nerror: lay out: ") != 2 || !strings.Contains(out, "\nerror: lay out: the layout program failed before and does not recover, start again: ") {
			t.Errorf("graph %q: %s", dot, out)
		}
	}
}

// absent asserts that nothing was left in the shared directory.
func absent(t *testing.T, tmp string) {
	t.Helper()
	left, err := os.ReadDir(tmp)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		t.Errorf("%s was left in the shared temporary directory", e.Name())
	}
}

func TestPrivateTemporaryDirectory(t *testing.T) {
	tmp, cache := t.TempDir(), t.TempDir()
	during, _ := start(t, tmp, "XDG_CACHE_HOME="+cache, "HOME="+cache)
	absent(t, tmp)
	if !strings.HasPrefix(during, cache) {
		t.Fatalf("during initialization the temporary directory is %s", during)
	}
	info, err := os.Stat(during)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the private directory is %v, %v", info.Mode(), err)
	}
	if _, err := os.Stat(filepath.Join(during, "go-graphviz")); err != nil {
		t.Errorf("code is not kept: %v", err)
	}
}

func TestPrivateWithoutCache(t *testing.T) {
	tmp := t.TempDir()
	during, _ := start(t, tmp) // no home
	if filepath.Dir(during) != tmp {
		t.Errorf("during initialization the temporary directory is %s, want a new one in %s", during, tmp)
	}
	absent(t, tmp) // removed by Restore
}

// A link in the place of the directory may lead to somebody else's.
func TestPrivateRefusesLink(t *testing.T) {
	tmp, cache, elsewhere := t.TempDir(), t.TempDir(), t.TempDir()
	if err := os.MkdirAll(filepath.Join(cache, "accesspath"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{cache, filepath.Join(cache, "Library", "Caches")} { // Linux, macOS
		if err := os.MkdirAll(filepath.Join(dir, "accesspath"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(elsewhere, filepath.Join(dir, "accesspath", "wasm")); err != nil {
			t.Skip(err)
		}
	}
	start(t, tmp, "XDG_CACHE_HOME="+cache, "HOME="+cache)
	absent(t, tmp)
	absent(t, elsewhere)
}
