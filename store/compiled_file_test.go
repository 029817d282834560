package store

import (
	"bytes"
	"runtime"
	"testing"
)

// The checksum hangs on every piece and on their order, and not on how many
// processors work it out.
func TestChecksumOfPieces(t *testing.T) {
	data := make([]byte, 3*compiledPiece+compiledPiece/2)
	for i := range data {
		data[i] = byte(i>>8 ^ i)
	}
	copy(data[compiledPiece:], "another piece")
	want := checksum(data)
	for _, processors := range []int{1, 2, 7} {
		before := runtime.GOMAXPROCS(processors)
		if got := checksum(data); got != want {
			t.Errorf("on %d processors: %x, want %x", processors, got, want)
		}
		runtime.GOMAXPROCS(before)
	}
	for _, at := range []int{0, compiledPiece - 1, compiledPiece, 2*compiledPiece + 5, len(data) - 1} {
		data[at] ^= 1
		if checksum(data) == want {
			t.Errorf("byte %d does not count", at)
		}
		data[at] ^= 1
	}
	swapped := bytes.Join([][]byte{data[compiledPiece : 2*compiledPiece], data[:compiledPiece], data[2*compiledPiece:]}, nil)
	if checksum(swapped) == want {
		t.Error("the order of the pieces does not count")
	}
	if checksum(data[:len(data)-1]) == want || checksum(nil) == want {
		t.Error("a shorter text has the same checksum")
	}
}
