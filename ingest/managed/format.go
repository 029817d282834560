package managed

import (
	_ "embed"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
)

// index is one zstd frame of text:
//
//	accesspath-managed 1
//	bytes of each frame in documents, separated by spaces
//	number of policies, then one a line, sorted, fields separated by tabs:
//	  what follows "policy/" in the ARN, version, Unix times of creation, last
//	  change and creation of the version, frame, offset and bytes of the
//	  document in the unpacked frame
//
// The writer is internal/gen/managed.
//
//go:embed index.zst
var index []byte

// documents is the frames one after the other.
//
//go:embed documents.zst
var documents []byte

type entry struct {
	suffix           string
	version          string
	created, updated time.Time
	versionCreated   time.Time
	frame            int
	offset, size     int
}

type library struct {
	entries []entry
	frames  []func() (string, error) // each unpacks once
}

// load reads the index once. It is part of the binary, so that a failure is a
// mistake in the build, which the tests of this package find; no policy is
// known then.
var load = sync.OnceValue(func() *library {
	l, err := parse(index, documents)
	if err != nil {
		return &library{}
	}
	return l
})

func parse(index, documents []byte) (*library, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	raw, err := dec.DecodeAll(index, nil)
	if err != nil {
		return nil, err
	}
	text := string(raw)
	header, text, _ := strings.Cut(text, "\n")
	if header != "accesspath-managed 1" {
		return nil, fmt.Errorf("the index begins with %q", header)
	}
	sizes, text, _ := strings.Cut(text, "\n")
	l := &library{}
	for _, size := range strings.Fields(sizes) {
		n, err := strconv.Atoi(size)
		if err != nil || n < 0 || n > len(documents) {
			return nil, fmt.Errorf("the index has a frame of %s bytes, %d are left", size, len(documents))
		}
		packed := documents[:n]
		documents = documents[n:]
		l.frames = append(l.frames, sync.OnceValues(func() (string, error) {
			frame, err := dec.DecodeAll(packed, nil)
			return string(frame), err
		}))
	}
	count, text, _ := strings.Cut(text, "\n")
	n, err := strconv.Atoi(count)
	if err != nil || n != strings.Count(text, "\n") {
		return nil, fmt.Errorf("the index promises %s policies and has %d", count, strings.Count(text, "\n"))
	}
	l.entries = make([]entry, n)
	for i := range l.entries {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if l.entries[i], err = parseEntry(line, len(l.frames)); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func parseEntry(line string, frames int) (entry, error) {
	f := strings.Split(line, "\t")
	if len(f) != 8 {
		return entry{}, fmt.Errorf("a line of the index has %d fields", len(f))
	}
	var n [6]int64
	for i := range n {
		var err error
		if n[i], err = strconv.ParseInt(f[i+2], 10, 64); err != nil || n[i] < 0 {
			return entry{}, fmt.Errorf("%s: %q is no number", f[0], f[i+2])
		}
	}
	if n[3] >= int64(frames) {
		return entry{}, fmt.Errorf("%s: frame %d of %d", f[0], n[3], frames)
	}
	date := func(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
	return entry{
		suffix: f[0], version: f[1],
		created: date(n[0]), updated: date(n[1]), versionCreated: date(n[2]),
		frame: int(n[3]), offset: int(n[4]), size: int(n[5]),
	}, nil
}

func (l *library) find(suffix string) (entry, bool) {
	i, ok := sort.Find(len(l.entries), func(i int) int { return strings.Compare(suffix, l.entries[i].suffix) })
	if !ok {
		return entry{}, false
	}
	return l.entries[i], true
}

func (l *library) document(e entry) (string, bool) {
	frame, err := l.frames[e.frame]()
	if err != nil || e.offset > len(frame) || e.size > len(frame)-e.offset {
		return "", false
	}
	return frame[e.offset : e.offset+e.size], true
}
