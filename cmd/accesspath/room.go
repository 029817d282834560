package main

import (
	"os"

	"accesspath/ingest"
	"accesspath/internal/heap"
)

// Nearly everything that is read of an organization stays until the answer is there.
// How much that will be follows from the size of what is read, so that garbage need
// not be looked for on the way: see package heap. Of compressed files and of
// databases with many snapshots it is a guess, which costs time or memory and
// nothing else.

// A snapshot and its graph take twice the bytes that its files have, and what is
// made on the way and dropped as much again, in half bytes of room for a byte of
// files.
const roomOfFiles = 7

// A database is packed: what is loaded of it takes some fifteen times its bytes.
const roomOfDatabase = 20

func roomForSources(sources []ingest.Source) {
	names := make([]string, len(sources))
	for i, s := range sources {
		names[i] = s.Name
	}
	heap.Room(sizeOf(names...) / 2 * roomOfFiles)
}

func roomForDatabases(paths ...string) { heap.Room(sizeOf(paths...) * roomOfDatabase) }

// sizeOf is how many bytes those files have that are regular ones.
func sizeOf(paths ...string) (bytes int64) {
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			bytes += info.Size()
		}
	}
	return bytes
}
