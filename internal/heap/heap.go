// Package heap says how much room garbage gets.
//
// The Go runtime collects garbage when the heap has doubled. That is much work
// where it is known beforehand that nearly everything stays: while a snapshot is
// read, the heap doubles twelve times, and what is found there is looked at
// again each time. It is as much work for a process that answers one question
// and ends, whose heap begins with four megabytes. [Room] spares both. [Most] says
// what there is at all: a guess must not cost the process its life.
//
// These settings belong to the process, and so does what is kept here of them.
// Whoever sets GOGC or GOMEMLIMIT in the environment knows better: then nothing
// here changes anything.
//
// The package makes room for the start of the program while packages are
// initialized, ahead of those from elsewhere: Go initializes packages that are
// ready in the order of their import paths, this one needs nothing but the
// standard library, and its path sorts ahead of "github.com/…".
package heap

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// start is what a process may use before garbage is collected at all: a question
// to a compiled form needs less.
const start = 64 << 20

// usual is how much garbage the runtime allows, in percent of what is in use.
const usual = 100

var settings = struct {
	sync.Mutex
	percent int    // once the room is used up
	room    *int64 // bytes that the heap may grow to before; nil if it is used up
	most    int64  // bytes that there are
}{percent: usual, most: math.MaxInt64}

func init() { Room(start) }

// chosen reports whether the user decides.
func chosen() bool { return os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" }

// Percent lets garbage take that many percent of what is in use, until restore
// is called. The room that was made for the heap stays.
func Percent(percent int) (restore func()) {
	before := swap(percent)
	return func() { swap(before) }
}

func swap(percent int) (before int) {
	settings.Lock()
	defer settings.Unlock()
	before, settings.percent = settings.percent, percent
	if settings.room == nil && !chosen() {
		debug.SetGCPercent(percent)
	}
	return before
}

// Room lets the heap grow to that many bytes before garbage is collected, as long as
// less than half of them stays in use; after that it is as before. More room than
// there is already counts, less does not.
func Room(bytes int64) {
	settings.Lock()
	defer settings.Unlock()
	bytes = min(bytes, settings.most)
	if chosen() || settings.room != nil && *settings.room >= bytes {
		return
	}
	debug.SetMemoryLimit(bytes)
	debug.SetGCPercent(-1)
	settings.room = &bytes
	watch(&bytes)
}

// Most says how many bytes the process has. There is no more room than that, and
// garbage is looked for more often where the heap would grow beyond.
func Most(bytes int64) {
	settings.Lock()
	defer settings.Unlock()
	settings.most = bytes
	switch {
	case chosen():
	case settings.room == nil:
		debug.SetMemoryLimit(bytes)
	case *settings.room > bytes:
		*settings.room = bytes
		debug.SetMemoryLimit(bytes)
	}
}

// watch looks at the room after the next collection.
func watch(room *int64) {
	sentinel := new([16]byte) // large enough to be collected by itself
	runtime.AddCleanup(sentinel, collected, room)
}

// collected gives the settings back once room is used up, unless there is other room
// by now.
func collected(room *int64) {
	settings.Lock()
	defer settings.Unlock()
	switch {
	case settings.room != room:
		return
	case inUse() < *room/2:
		watch(room)
		return
	}
	settings.room = nil
	debug.SetGCPercent(settings.percent)
	debug.SetMemoryLimit(settings.most)
}

// inUse is how many bytes the last collection found in use.
func inUse() int64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	if metrics.Read(sample); sample[0].Value.Kind() != metrics.KindUint64 {
		return math.MaxInt64
	}
	return int64(sample[0].Value.Uint64())
}
