// Package shared finds material that large tests use and that is not part of
// the repository: real policies, generators and the text of the rules, kept in
// a directory "shared" beside the checkout. Tests that need it skip where it is
// absent.
package shared

import (
	"io/fs"
	"os"
	"path/filepath"
)

// Data returns the directory "shared/data" beside the checkout, or false.
func Data() (string, bool) { return find("data", fs.FileMode.IsDir) }

// Tools returns the directory "shared/tools" beside the checkout, or false.
func Tools() (string, bool) { return find("tools", fs.FileMode.IsDir) }

// Semantics returns the file "shared/semantics.md" beside the checkout, the
// text that defines the rules, or false.
func Semantics() (string, bool) { return find("semantics.md", fs.FileMode.IsRegular) }

// find walks up from the working directory, which for a test is its package,
// until some directory has shared/name.
func find(name string, kind func(fs.FileMode) bool) (string, bool) {
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for {
		found := filepath.Join(dir, "shared", name)
		if info, err := os.Stat(found); err == nil && kind(info.Mode()) {
			return found, true
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", false
		}
		dir = up
	}
}
