// Package privatetmp makes the temporary directory private while packages are
// initialized.
//
// The initialization of github.com/goccy/go-graphviz compiles WebAssembly and
// keeps the native code in os.TempDir()/go-graphviz, a fixed path in a directory
// that everybody on the host may write to. Whoever creates it first can plant
// code. This package points the temporary directory at one that only the user
// can write to, in the user's cache, so that the code is both safe and kept.
//
// It works by order: Go initializes packages that are ready in the order of
// their import paths, this package needs nothing but os and path/filepath, and
// its path sorts ahead of "github.com/…". A test in package svg asserts that the
// shared path stays absent. The main function calls [Restore] first thing.
package privatetmp

import (
	"os"
	"path/filepath"
)

// names are the variables that os.TempDir reads: the first one on Unix, the
// others on Windows.
var names = [...]string{"TMPDIR", "TMP", "TEMP"}

// saved is what init changed: written once, before main.
var saved = redirect()

type state struct {
	values  [len(names)]string
	present [len(names)]bool
	remove  string // a directory to delete, "" if it is to be kept
}

func redirect() state {
	var s state
	dir, kept := private()
	if !kept {
		s.remove = dir
	}
	if dir == "" {
		// Nowhere safe to keep code: a path that cannot be a directory, so that
		// nothing is kept.
		dir = os.DevNull
	}
	for i, name := range names {
		s.values[i], s.present[i] = os.LookupEnv(name)
		if s.present[i] || name == "TMPDIR" || os.PathSeparator == '\\' {
			os.Setenv(name, dir)
		}
	}
	return s
}

// private returns a directory that nobody else can write to, and whether it is
// one to keep. It returns "" if there is none to be had.
func private() (dir string, kept bool) {
	if cache, err := os.UserCacheDir(); err == nil && filepath.IsAbs(cache) {
		dir = filepath.Join(cache, "accesspath", "wasm")
		if own(dir) {
			return dir, true
		}
	}
	dir, err := os.MkdirTemp("", "accesspath-") // created 0700, under a name of its own
	if err != nil {
		return "", false
	}
	return dir, false
}

// own creates dir for the user alone, or makes sure that it is that already. A
// link is refused, and Chmod fails on a directory of somebody else.
func own(dir string) bool {
	if os.MkdirAll(dir, 0o700) != nil {
		return false
	}
	for _, d := range []string{filepath.Dir(dir), dir} {
		info, err := os.Lstat(d)
		if err != nil || !info.IsDir() || os.Chmod(d, 0o700) != nil {
			return false
		}
	}
	// A read-only cache cannot keep anything.
	f, err := os.CreateTemp(dir, "probe-")
	if err != nil {
		return false
	}
	f.Close()
	return os.Remove(f.Name()) == nil
}

// Restore gives the temporary directory back to the rest of the program. Call it
// once, at the start of main; child processes then see what the user set.
func Restore() {
	for i, name := range names {
		if saved.present[i] {
			os.Setenv(name, saved.values[i])
		} else {
			os.Unsetenv(name)
		}
	}
	if saved.remove != "" {
		os.RemoveAll(saved.remove)
	}
}
