package scan

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func packed(t *testing.T, part []byte, times int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for range times {
		if _, err := z.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What a compressed file unpacks to is bounded, and so is what lies between two
// layers of compression: empty members unpack to nothing, in any number.
func TestBombs(t *testing.T) {
	blank := bytes.Repeat([]byte(" "), 1<<20)
	empty := bytes.Repeat(packed(t, nil, 1), 20_000)
	var z bytes.Buffer
	w, err := zstd.NewWriter(&z)
	if err != nil {
		t.Fatal(err)
	}
	for range 80 {
		if _, err := w.Write(blank); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{
		"gzip": packed(t, blank, 80), "zstd": z.Bytes(), "gzip in gzip": packed(t, packed(t, blank, 80), 1), "empty members": packed(t, empty, 160),
	} {
		r, err := Open(bytes.NewReader(file), Limits{MaxRatio: 100})
		if err == nil {
			_, err = io.Copy(io.Discard, r)
			r.Close()
		}
		if !errors.Is(err, ErrLimit) {
			t.Errorf("%s of %d bytes: %v", name, len(file), err)
		}
	}
}
