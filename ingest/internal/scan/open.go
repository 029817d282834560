package scan

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Limits bound what a file may cost. A zero field means its default.
type Limits struct {
	MaxBytes int64 // of text in one file, after decompression; default 16 GiB
	MaxRatio int64 // text bytes per compressed byte, once past 64 MiB; default 400
	MaxValue int64 // bytes of a single entity; default 256 MiB
}

const ratioFloor = 64 << 20

// bufferSize is small because an organization may come as thousands of files.
const bufferSize = 32 << 10

// buffers are those of files that are closed.
var buffers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, bufferSize) }}

// buffered reads r through a buffer that goes back when out is closed.
func (out *Reader) buffered(r io.Reader) *bufio.Reader {
	b := buffers.Get().(*bufio.Reader)
	b.Reset(r)
	out.close = append(out.close, func() {
		b.Reset(nil)
		buffers.Put(b)
	})
	return b
}

func (l Limits) withDefaults() Limits {
	if l.MaxBytes <= 0 {
		l.MaxBytes = 16 << 30
	}
	if l.MaxRatio <= 0 {
		l.MaxRatio = 400
	}
	if l.MaxValue <= 0 {
		l.MaxValue = 256 << 20
	}
	return l
}

// ErrLimit is wrapped by errors about a file that exceeds a limit.
var ErrLimit = errors.New("limit exceeded")

// A limitError says which limit that is.
type limitError string

func exceeds(format string, args ...any) error { return limitError(fmt.Sprintf(format, args...)) }

func (e limitError) Error() string { return ErrLimit.Error() + ": " + string(e) }
func (limitError) Unwrap() error   { return ErrLimit }

// A Reader yields the text of a file as UTF-8 and remembers where its lines
// begin.
type Reader struct {
	text  *bufio.Reader
	outer *counter // before decompression
	inner *counter // after it
	close []func()

	given  int64   // bytes handed out
	mark   int64   // everything before is used up
	max    int64   // of given-mark
	breaks []int64 // offsets of line feeds from mark on
	line   int     // of mark
	start  int64   // offset at which that line begins
	cutter *cutter // of JSON; nil for other texts
}

// counter counts and hashes what passes, within limits.
type counter struct {
	r     io.Reader
	n     int64
	sum   hash.Hash
	check func(n int64) error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.sum != nil {
		c.sum.Write(p[:n])
	}
	if c.check != nil {
		if e := c.check(c.n); e != nil {
			return 0, e
		}
	}
	return n, err
}

// Open looks at the first bytes of r and undoes compression (gzip, zstd, and
// one inside the other) and encoding (byte order marks, UTF-16). The caller
// calls Close, which does not close r.
func Open(r io.Reader, l Limits) (*Reader, error) {
	l = l.withDefaults()
	out := &Reader{max: l.MaxValue, line: 1}
	out.outer = &counter{r: r}
	raw := out.buffered(out.outer)
	packed := false
	check := func(n int64) error {
		if n > l.MaxBytes {
			return exceeds("more than %d bytes of text", l.MaxBytes)
		}
		if packed && n > ratioFloor && n/max(out.outer.n, 1) > l.MaxRatio {
			return exceeds("the file unpacks to more than %d times its size", l.MaxRatio)
		}
		return nil
	}
	for range 2 {
		unpacked, err := out.unpack(raw)
		if err != nil {
			out.Close()
			return nil, err
		}
		if unpacked == nil {
			break
		}
		// What lies between two layers counts too: it may be huge and unpack to nothing.
		packed, raw = true, out.buffered(&counter{r: unpacked, check: check})
	}
	out.inner = &counter{r: raw, sum: sha256.New(), check: check}
	text := out.buffered(out.inner)
	head, _ := text.Peek(3)
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, _ = text.Discard(3)
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		text = out.fromUTF16(text, unicode.LittleEndian, unicode.ExpectBOM)
	case len(head) > 1 && head[0] != 0 && head[1] == 0:
		text = out.fromUTF16(text, unicode.LittleEndian, unicode.IgnoreBOM)
	case len(head) > 1 && head[0] == 0 && head[1] != 0:
		text = out.fromUTF16(text, unicode.BigEndian, unicode.IgnoreBOM)
	}
	out.text = text
	return out, nil
}

func (out *Reader) fromUTF16(r io.Reader, e unicode.Endianness, b unicode.BOMPolicy) *bufio.Reader {
	return out.buffered(transform.NewReader(r, unicode.UTF16(e, b).NewDecoder()))
}

// unpack returns nil if r is not compressed.
func (r *Reader) unpack(raw *bufio.Reader) (io.Reader, error) {
	head, _ := raw.Peek(4)
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		z, err := gzip.NewReader(raw)
		if err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		return z, nil
	case bytes.Equal(head, []byte("\x28\xb5\x2f\xfd")):
		z, err := zstd.NewReader(raw, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return nil, fmt.Errorf("zstd: %w", err)
		}
		r.close = append(r.close, z.Close)
		return z, nil
	}
	return nil, nil
}

// Close frees what decompression holds.
func (r *Reader) Close() {
	for _, f := range slices.Backward(r.close) {
		f()
	}
	r.close = nil
}

// Opening skips blanks (NUL is one: it pads some files) and returns what the
// text begins with, at most 4 KiB; nothing for an empty file. The error is one
// of reading.
func (r *Reader) Opening() ([]byte, error) {
	const most = 4 << 10
	for {
		head, err := r.text.Peek(most)
		if rest := bytes.TrimLeft(head, " \t\r\n\x00"); len(rest) > 0 {
			if _, err := io.CopyN(io.Discard, r, int64(len(head)-len(rest))); err != nil {
				return nil, err
			}
			r.Position(r.given)
			return rest, nil
		}
		if err != nil {
			if err == io.EOF {
				err = nil
			}
			return nil, err
		}
		if _, err := io.CopyN(io.Discard, r, int64(len(head))); err != nil {
			return nil, err
		}
		r.Position(r.given)
	}
}

// Lower lowers the limit of a single value, for formats whose values are small.
func (r *Reader) Lower(most int64) { r.max = min(r.max, most) }

// Given is how many bytes of text were handed out.
func (r *Reader) Given() int64 { return r.given }

func (r *Reader) Read(p []byte) (int, error) {
	if r.given-r.mark > r.max {
		return 0, exceeds("a single value is larger than %d bytes", r.max)
	}
	n, err := r.text.Read(p)
	if r.cutter != nil {
		for n = r.cutter.shorten(p[:n], r.given); n == 0 && err == nil && r.cutter.dropping; n = r.cutter.shorten(p[:n], r.given) {
			n, err = r.text.Read(p)
		}
	}
	for i := 0; i < n; {
		k := bytes.IndexByte(p[i:n], '\n')
		if k < 0 {
			break
		}
		r.breaks = append(r.breaks, r.given+int64(i+k))
		i += k + 1
	}
	r.given += int64(n)
	return n, err
}

// Position returns line and column, from 1, of a byte offset, and forgets what
// lies before it: offsets must not decrease from call to call.
func (r *Reader) Position(offset int64) (line, column int) {
	if r.cutter != nil && len(r.cutter.gaps) > 0 {
		r.passGaps(offset)
	}
	r.passBreaks(offset)
	r.mark = max(r.mark, offset)
	return r.line, int(offset-r.start) + 1
}

func (r *Reader) passBreaks(offset int64) {
	i := 0
	for i < len(r.breaks) && r.breaks[i] < offset {
		r.start = r.breaks[i] + 1
		i++
	}
	r.line += i
	r.breaks = r.breaks[:copy(r.breaks, r.breaks[i:])]
}

// passGaps counts what is missing before the offset into the columns of its
// line, and notes where it was.
func (r *Reader) passGaps(offset int64) {
	c := r.cutter
	i := 0
	for ; i < len(c.gaps) && c.gaps[i].at < offset; i++ {
		g := c.gaps[i]
		r.passBreaks(g.at)
		c.cuts = append(c.cuts, shortened{line: r.line, column: int(g.at - g.kept - r.start), bytes: g.kept + g.dropped})
		r.start -= g.dropped
	}
	c.gaps = c.gaps[:copy(c.gaps, c.gaps[i:])]
}

// Sum reads the rest of the file, and returns the SHA-256 and the number of
// bytes of its text after decompression.
func (r *Reader) Sum() (sha string, size int64, err error) {
	_, err = io.Copy(io.Discard, r.text)
	return hex.EncodeToString(r.inner.sum.Sum(nil)), r.inner.n, err
}
