package main

import (
	"math"
	"os"

	"accesspath/ingest"
	"accesspath/internal/heap"
	"accesspath/store"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// Nearly everything that is read of an organization stays until the answer is there.
// How much that will be follows from the size of what is read, so that garbage need
// not be looked for on the way: see package heap. It is a guess, which costs time or
// memory where it is wrong and nothing else.

// A snapshot and its graph take twice the bytes that its files have, and what is
// made on the way and dropped as much again, in half bytes of room for a byte of
// files. Compressed files take more.
const roomOfFiles = 7

// A principal of a snapshot that is loaded takes four kilobytes, with its share of
// the graph.
const roomOfPrincipal = 6 << 10

// mostRoom bounds a guess.
const mostRoom = 64 << 30

func roomForSources(sources []ingest.Source) {
	var bytes int64
	for _, s := range sources {
		if info, err := os.Stat(s.Name); err == nil && info.Mode().IsRegular() {
			bytes = min(bytes+min(info.Size(), mostRoom), mostRoom)
		}
	}
	heap.Room(min(bytes/2*roomOfFiles, mostRoom))
}

// roomForSnapshots makes room for all of them at once.
func roomForSnapshots(infos ...store.Info) {
	principals := 0
	for i := range infos {
		c := &infos[i].Counts
		principals += c.Users + c.Groups + c.Roles
	}
	heap.Room(min(int64(principals)*roomOfPrincipal, mostRoom))
}

// usable is how much the heap may take of what the container has, or the machine: one
// that takes more is killed without a word, where looking for garbage more often would
// have been enough. The rest is for what is not on the heap, such as SQLite's pages.
func usable(limits ...memlimit.Provider) int64 {
	least := uint64(math.MaxInt64)
	for _, limit := range limits {
		if bytes, err := limit(); err == nil { // or there is none, or nobody can tell
			least = min(least, bytes)
		}
	}
	return int64(least / 5 * 4)
}
