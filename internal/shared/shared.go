// Package shared finds material that large tests use and that is not part of
// the repository: real policies and generators, kept in a directory "shared"
// beside the checkout. Tests that need it skip where it is absent.
package shared

import (
	"os"
	"path/filepath"
)

// Data returns the directory "shared/data" beside the checkout, or false.
func Data() (string, bool) { return find("data") }

// Tools returns the directory "shared/tools" beside the checkout, or false.
func Tools() (string, bool) { return find("tools") }

// find walks up from the working directory, which for a test is its package,
// until some directory has shared/name.
func find(name string) (string, bool) {
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for {
		found := filepath.Join(dir, "shared", name)
		if info, err := os.Stat(found); err == nil && info.IsDir() {
			return found, true
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", false
		}
		dir = up
	}
}
