package store

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"accesspath/graph"
)

// A compiled file is a head of 32 bytes, which are the magic text, the length of
// the file and its checksum, which is that of the checksums of its pieces; then lists, one after the other, each its length in
// bytes and its bytes, filled up to eight.

const (
	compiledMagic = "accpath-graph-2\n"
	compiledStart = 32
	compiledPiece = 1 << 20 // bytes
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errDamaged = errors.New("the file is damaged")

// fileWriter writes lists.
type fileWriter struct{ buf []byte }

func newFileWriter() *fileWriter {
	return &fileWriter{buf: make([]byte, compiledStart, 1<<20)}
}

func (w *fileWriter) bytes(b []byte) {
	w.buf = binary.LittleEndian.AppendUint64(w.buf, uint64(len(b)))
	w.buf = append(w.buf, b...)
	for len(w.buf)%8 != 0 {
		w.buf = append(w.buf, 0)
	}
}

func (w *fileWriter) numbers(list []uint32) {
	w.buf = binary.LittleEndian.AppendUint64(w.buf, uint64(4*len(list)))
	for _, n := range list {
		w.buf = binary.LittleEndian.AppendUint32(w.buf, n)
	}
	for len(w.buf)%8 != 0 {
		w.buf = append(w.buf, 0)
	}
}

func (w *fileWriter) lists(l *graph.Lists) {
	w.numbers(l.Ends)
	w.numbers(l.Values)
}

func (w *fileWriter) texts(t *graph.Texts) {
	w.numbers(t.Ends)
	w.bytes(t.Bytes)
}

// finish fills in the head.
func (w *fileWriter) finish() []byte {
	copy(w.buf, compiledMagic)
	binary.LittleEndian.PutUint64(w.buf[16:], uint64(len(w.buf)))
	binary.LittleEndian.PutUint32(w.buf[24:], checksum(w.buf[compiledStart:]))
	return w.buf
}

// checksum is the checksum of the checksums of the pieces, which are worked out
// on all processors: to look at every byte takes as long as all the rest of
// opening a file.
func checksum(data []byte) uint32 {
	pieces := (len(data) + compiledPiece - 1) / compiledPiece
	sums := make([]byte, 4*pieces)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(pieces, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < pieces; i = int(next.Add(1)) - 1 {
				piece := data[i*compiledPiece : min((i+1)*compiledPiece, len(data))]
				binary.LittleEndian.PutUint32(sums[4*i:], crc32.Checksum(piece, castagnoli))
			}
		})
	}
	workers.Wait()
	return crc32.Checksum(sums, castagnoli)
}

// fileReader reads the lists in the order in which they were written.
type fileReader struct {
	data []byte
	at   int
	err  error // the first
}

func newFileReader(data []byte) (*fileReader, error) {
	switch {
	case len(data) < compiledStart || string(data[:16]) != compiledMagic,
		binary.LittleEndian.Uint64(data[16:]) != uint64(len(data)),
		binary.LittleEndian.Uint32(data[24:]) != checksum(data[compiledStart:]):
		return nil, errDamaged
	}
	return &fileReader{data: data, at: compiledStart}, nil
}

// bytes returns the next list, which is part of the file.
func (r *fileReader) bytes() []byte {
	if r.err != nil || len(r.data)-r.at < 8 {
		r.err = errDamaged
		return nil
	}
	n := binary.LittleEndian.Uint64(r.data[r.at:])
	r.at += 8
	if n > uint64(len(r.data)-r.at) {
		r.err = errDamaged
		return nil
	}
	b := r.data[r.at : r.at+int(n) : r.at+int(n)]
	r.at = min(r.at+int(n+7)/8*8, len(r.data))
	return b
}

// littleEndian: the numbers of the file are those of the machine.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// numbers returns the next list, which is part of the file where the machine can
// read it there: nobody writes to it.
func (r *fileReader) numbers() []uint32 {
	b := r.bytes()
	if len(b)%4 != 0 {
		r.err = errDamaged
	}
	if littleEndian && uintptr(unsafe.Pointer(unsafe.SliceData(b)))%4 == 0 {
		return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/4)
	}
	out := make([]uint32, len(b)/4)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return out
}

// lists reads lists whose ends fit their values.
func (r *fileReader) lists() graph.Lists {
	l := graph.Lists{Ends: r.numbers(), Values: r.numbers()}
	r.checkEnds(l.Ends, len(l.Values))
	return l
}

func (r *fileReader) texts() graph.Texts {
	t := graph.Texts{Ends: r.numbers(), Bytes: r.bytes()}
	r.checkEnds(t.Ends, len(t.Bytes))
	return t
}

func (r *fileReader) checkEnds(ends []uint32, size int) {
	last := uint32(0)
	for _, end := range ends {
		if end < last || end > uint32(size) {
			r.err = errDamaged
			return
		}
		last = end
	}
}
