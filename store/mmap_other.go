//go:build !unix

package store

import "os"

// mapFile returns the bytes of a file.
func mapFile(path string) ([]byte, error) { return os.ReadFile(path) }
