package store

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"accesspath/internal/packed"
)

// A compiled file is a head of 32 bytes, which are the magic text, the length of
// the file and its checksum, which is that of the checksums of its pieces; then lists, one after the other, each its length in
// bytes and its bytes, filled up to eight.

const (
	compiledMagic = "accpath-graph-3\n"
	compiledStart = 32
	compiledPiece = 1 << 20 // bytes
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errDamaged = errors.New("the file is damaged")

// fileWriter writes lists as they come, and the head when all are there.
type fileWriter struct {
	to   io.WriterAt
	out  *bufio.Writer
	sums []byte // the checksums of the pieces so far; see checksum
	sum  uint32 // that of the piece at hand
	some int    // bytes of it
	size int64
	err  error // the first
}

// newFileWriter writes to a file that is empty.
func newFileWriter(to interface {
	io.Writer
	io.WriterAt
}) *fileWriter {
	w := &fileWriter{to: to, out: bufio.NewWriterSize(to, 1<<16)}
	_, w.err = w.out.Write(make([]byte, compiledStart)) // the head, which does not count
	w.size = compiledStart
	return w
}

func (w *fileWriter) fail(err error) { w.err = cmp.Or(w.err, err) }

func (w *fileWriter) write(b []byte) {
	w.size += int64(len(b))
	_, err := w.out.Write(b)
	w.fail(err)
	for len(b) > 0 {
		n := min(len(b), compiledPiece-w.some)
		w.sum, w.some, b = crc32.Update(w.sum, castagnoli, b[:n]), w.some+n, b[n:]
		if w.some == compiledPiece {
			w.endPiece()
		}
	}
}

func (w *fileWriter) endPiece() {
	if w.some > 0 {
		w.sums = binary.LittleEndian.AppendUint32(w.sums, w.sum)
		w.sum, w.some = 0, 0
	}
}

func (w *fileWriter) bytes(parts ...[]byte) {
	size := 0
	for _, b := range parts {
		size += len(b)
	}
	w.write(binary.LittleEndian.AppendUint64(nil, uint64(size)))
	for _, b := range parts {
		w.write(b)
	}
	w.write(make([]byte, (8-size%8)%8))
}

func (w *fileWriter) numbers(list []uint32) { w.bytes(packed.AppendNumbers(nil, list)) }

func (w *fileWriter) records(r *recordList) { w.bytes(packed.AppendRecordEnds(nil, r.ends), r.buf) }

// finish fills in the head.
func (w *fileWriter) finish() error {
	w.endPiece()
	head := append([]byte(nil), compiledMagic...)
	head = binary.LittleEndian.AppendUint64(head, uint64(w.size))
	head = binary.LittleEndian.AppendUint32(head, crc32.Checksum(w.sums, castagnoli))
	w.fail(w.out.Flush())
	if w.err == nil {
		_, w.err = w.to.WriteAt(head, 0)
	}
	return w.err
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

// opened is a packed list, which is part of the file.
func opened[T any](r *fileReader, open func([]byte) (T, error)) T {
	l, err := open(r.bytes())
	if err != nil {
		r.err = errDamaged
		var none T
		return none
	}
	return l
}

func (r *fileReader) numbers() packed.Numbers { return opened(r, packed.OpenNumbers) }

// all are the numbers of the next list.
func (r *fileReader) all() []uint32 {
	l := r.numbers()
	return l.All()
}

func (r *fileReader) lists() packed.Lists { return opened(r, packed.OpenLists) }

func (r *fileReader) texts() *packed.Texts {
	t := opened(r, packed.OpenTexts)
	return &t
}

func (r *fileReader) records() packed.Records { return opened(r, packed.OpenRecords) }
