package store

import (
	"encoding/binary"
	"errors"
	"strings"

	"accesspath/iam"
)

// packOrigins writes positions compactly: a table of file names, then for each
// the number of the file, the differences of line and column to the one
// before, and the pointer without what it shares with the one before. Ten
// times smaller than JSON before compression, since neighbours are alike.
func packOrigins(origins []iam.Origin) []byte {
	if len(origins) == 0 {
		return nil
	}
	number := map[string]uint64{}
	var files []string
	for _, o := range origins {
		if _, ok := number[o.File]; !ok {
			number[o.File] = uint64(len(files))
			files = append(files, o.File)
		}
	}
	out := binary.AppendUvarint(nil, uint64(len(files)))
	for _, f := range files {
		out = binary.AppendUvarint(out, uint64(len(f)))
		out = append(out, f...)
	}
	out = binary.AppendUvarint(out, uint64(len(origins)))
	var last iam.Origin
	for _, o := range origins {
		shared := commonPrefix(o.Pointer, last.Pointer)
		out = binary.AppendUvarint(out, number[o.File])
		out = binary.AppendVarint(out, int64(o.Line-last.Line))
		out = binary.AppendVarint(out, int64(o.Column-last.Column))
		out = binary.AppendUvarint(out, uint64(shared))
		out = binary.AppendUvarint(out, uint64(len(o.Pointer)-shared))
		out = append(out, o.Pointer[shared:]...)
		last = o
	}
	return out
}

func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

var errPositions = errors.New("the positions of a part are damaged")

// originReader reads what packOrigins wrote, one after the other.
type originReader struct {
	rest  []byte
	files []string
	left  uint64
	last  iam.Origin
	err   error
}

func newOriginReader(raw []byte) *originReader {
	r := &originReader{rest: raw}
	if len(raw) == 0 {
		return r
	}
	for range r.size() {
		r.files = append(r.files, r.text(r.size()))
		if r.err != nil {
			return r
		}
	}
	r.left = r.uint()
	return r
}

func (r *originReader) uint() uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.err = errPositions
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *originReader) int() int {
	n, size := binary.Varint(r.rest)
	if size <= 0 {
		r.err = errPositions
		return 0
	}
	r.rest = r.rest[size:]
	return int(n)
}

// size reads a number that cannot exceed the bytes that are left.
func (r *originReader) size() int {
	n := r.uint()
	if n > uint64(len(r.rest)) {
		r.err = errPositions
		return 0
	}
	return int(n)
}

func (r *originReader) text(n int) string {
	if r.err != nil || n > len(r.rest) {
		r.err = errPositions
		return ""
	}
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}

func (r *originReader) next() (iam.Origin, error) {
	if r.left == 0 {
		return iam.Origin{}, errPositions
	}
	r.left--
	file := r.uint()
	o := iam.Origin{Line: r.last.Line + r.int(), Column: r.last.Column + r.int()}
	shared := r.uint()
	tail := r.text(r.size())
	if r.err != nil || file >= uint64(len(r.files)) || shared > uint64(len(r.last.Pointer)) {
		return iam.Origin{}, errPositions
	}
	o.File = r.files[file]
	var b strings.Builder
	b.WriteString(r.last.Pointer[:shared])
	b.WriteString(tail)
	o.Pointer = b.String()
	r.last = o
	return o, nil
}
