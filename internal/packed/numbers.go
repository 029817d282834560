// Package packed holds lists of numbers and of texts in few bytes that are read
// where they are, in a mapped file: any element of a list is had without unpacking
// those before it.
//
// What is written is deterministic. What is read may be anything: opening checks
// what costs little, a list that is open never panics for an index within its
// length, and damage that shows later gives wrong numbers, zero or empty texts.
// Whoever uses a number as an index checks it.
package packed

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"slices"
)

// ErrDamaged says that bytes are no packed list.
var ErrDamaged = errors.New("a packed list is damaged")

// blockSize is how many numbers share a head. Fewer cost more heads, more cost
// wider numbers: of the lists of an organization, 64 and 256 are both larger.
const blockSize = 128

// headSize is that of a block's head, in bytes.
const headSize = 12

// Numbers are a list of numbers of 32 bits in blocks of 128. Each block is a
// straight line, and for each number how far above it that lies, in as many bits
// as the farthest needs: rising lists, such as ends of texts, and runs of equal
// numbers take next to nothing, others as many bits as their range has.
//
// The layout is the number of numbers (8 bytes), a head for each block (12 bytes:
// where the line begins; its rise over 128 numbers in the upper 26 bits, and the
// width in the lower 6; the block's first word), filled up to 8 bytes, then the
// words (8 bytes each, 2 × width a block, and one more). All is little-endian.
type Numbers struct {
	n            int
	raw          []byte // all of it
	heads, words []byte
}

// AppendNumbers appends a packed list, a multiple of eight bytes.
func AppendNumbers(out []byte, list []uint32) []byte {
	out = binary.LittleEndian.AppendUint64(slices.Grow(out, headsSize(len(list))+2*len(list)+16), uint64(len(list)))
	at := len(out)
	out = append(out, make([]byte, headsSize(len(list)))...)
	first := 0
	for from := 0; from < len(list); from += blockSize {
		part := list[from:min(from+blockSize, len(list))]
		base, rise, width := line(part)
		binary.LittleEndian.PutUint32(out[at:], base)
		binary.LittleEndian.PutUint32(out[at+4:], rise<<6|uint32(width))
		binary.LittleEndian.PutUint32(out[at+8:], uint32(first))
		at += headSize
		first += 2 * width
		out = appendBlock(out, part, base, rise, width)
	}
	return append(out, make([]byte, 8)...) // whoever reads the last bits reads a whole word
}

// headsSize is that of the heads of n numbers, filled up.
func headsSize(n int) int { return ((n+blockSize-1)/blockSize*headSize + 7) / 8 * 8 }

// line is where the line of a block begins, its rise, and how many bits it takes
// to say how far above it the numbers lie. Arithmetic is modulo 2^32, so that a
// line may begin below zero.
func line(part []uint32) (base, rise uint32, width int) {
	base, width = above(part, 0)
	if len(part) < 2 || width == 0 {
		return base, 0, width
	}
	last := len(part) - 1
	if part[last] <= part[0] {
		return base, 0, width
	}
	steep := uint64(part[last]-part[0]) * blockSize / uint64(last)
	if steep >= 1<<26 {
		return base, 0, width
	}
	if b, w := above(part, uint32(steep)); w < width {
		return b, uint32(steep), w
	}
	return base, 0, width
}

// above is where a line of a rise has to begin to lie below all numbers, and the
// width of what is left.
func above(part []uint32, rise uint32) (base uint32, width int) {
	low, high := int64(part[0]), int64(part[0])
	for i, v := range part {
		d := int64(v) - int64(on(rise, i))
		low, high = min(low, d), max(high, d)
	}
	return uint32(low), bits.Len64(uint64(high - low))
}

// on is how much a line has risen at number i of a block.
func on(rise uint32, i int) uint32 { return uint32(uint64(rise) * uint64(i) / blockSize) }

func appendBlock(out []byte, part []uint32, base, rise uint32, width int) []byte {
	at := len(out)
	out = append(out, make([]byte, 16*width)...)
	block := out[at:]
	for i, v := range part {
		putBits(block, i*width, uint64(v-base-on(rise, i)))
	}
	return out
}

// putBits writes the lower bits of a number.
func putBits(block []byte, bit int, v uint64) {
	v <<= bit % 8
	for at := bit / 8; v != 0; at++ {
		block[at] |= byte(v)
		v >>= 8
	}
}

// OpenNumbers opens what AppendNumbers appended.
func OpenNumbers(data []byte) (Numbers, error) {
	if len(data) < 16 {
		return Numbers{}, ErrDamaged
	}
	n, rest := binary.LittleEndian.Uint64(data), data[8:]
	if n > uint64(len(rest))*blockSize || headsSize(int(n))+8 > len(rest) {
		return Numbers{}, ErrDamaged
	}
	size := headsSize(int(n))
	l := Numbers{int(n), data, rest[:size:size], rest[size:]}
	return l, l.check()
}

// check checks that all blocks lie within the words.
func (l *Numbers) check() error {
	words := uint64(len(l.words))/8 - 1
	for at := 0; at < l.blocks()*headSize; at += headSize {
		width := binary.LittleEndian.Uint32(l.heads[at+4:]) & 63
		if first := binary.LittleEndian.Uint32(l.heads[at+8:]); width > 32 || uint64(first)+2*uint64(width) > words {
			return ErrDamaged
		}
	}
	return nil
}

// Pack packs a list and opens it.
func Pack(list []uint32) Numbers {
	l, _ := OpenNumbers(AppendNumbers(nil, list)) // it is what was just written
	return l
}

func (l *Numbers) blocks() int { return (l.n + blockSize - 1) / blockSize }

// Raw returns what the list is opened from. The zero list has none.
func (l *Numbers) Raw() []byte { return l.raw }

// Len returns the number of numbers.
func (l *Numbers) Len() int { return l.n }

// At returns number i, which has to be within the list.
func (l *Numbers) At(i int) uint32 {
	if uint(i) >= uint(l.n) {
		panic("packed: there is no such number")
	}
	head := l.heads[i/blockSize*headSize:][:headSize]
	slope := binary.LittleEndian.Uint32(head[4:])
	width, k := int(slope&63), i%blockSize
	bit := k * width
	word := binary.LittleEndian.Uint64(l.words[8*int(binary.LittleEndian.Uint32(head[8:]))+bit/8:])
	return binary.LittleEndian.Uint32(head) + on(slope>>6, k) + uint32(word>>(bit%8)&(1<<width-1))
}

// block unpacks block b.
func (l *Numbers) block(b int, into *[blockSize]uint32) []uint32 {
	head := l.heads[b*headSize:][:headSize]
	base, slope := binary.LittleEndian.Uint32(head), binary.LittleEndian.Uint32(head[4:])
	out := into[:min(blockSize, l.n-b*blockSize)]
	width, rise := int(slope&63), uint64(slope>>6)
	if width == 0 && rise == 0 {
		for i := range out {
			out[i] = base
		}
		return out
	}
	words, mask := l.words[8*int(binary.LittleEndian.Uint32(head[8:])):], uint64(1)<<width-1
	bit, line := 0, uint64(0)
	for i := range out {
		word := binary.LittleEndian.Uint64(words[bit/8:])
		out[i] = base + uint32(line/blockSize) + uint32(word>>(bit%8)&mask)
		bit += width
		line += rise
	}
	return out
}

// Blocks yields the numbers block by block, with the index of the first of each.
// The list belongs to the iterator.
func (l *Numbers) Blocks(yield func(from int, list []uint32) bool) {
	var buf [blockSize]uint32
	for b := range l.blocks() {
		if !yield(b*blockSize, l.block(b, &buf)) {
			return
		}
	}
}

// All returns all numbers in a list of its own.
func (l *Numbers) All() []uint32 {
	out := make([]uint32, l.n)
	for from, list := range l.Blocks {
		copy(out[from:], list)
	}
	return out
}

// Search returns the first index of a list that never falls whose number is at
// least v, or the length.
func (l *Numbers) Search(v uint32) int {
	low, high := 0, l.n
	for low < high {
		if mid := (low + high) / 2; l.At(mid) < v {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// Find returns the index of a number in a rising list.
func (l *Numbers) Find(v uint32) (int, bool) {
	i := l.Search(v)
	return i, i < l.n && l.At(i) == v
}
