package packed

import (
	"encoding/binary"
	"slices"
	"strings"
)

// textBlock is how many texts follow one that stands in full: more make lists
// smaller, and finding a text in them slower.
const textBlock = 16

// Texts are a list of texts, each without what it shares with the one before it.
//
// The layout is the number of texts (8 bytes), the packed ends of blocks of 16
// texts with their size in front, and the blocks. A text is the number of bytes
// that it shares with the one before it in its block (a varint), twice the number
// of its others (a varint), and these; if that number is odd, they are letters and
// digits of base 32, as unique IDs of AWS are, in five bits each.
type Texts struct {
	n    int
	raw  []byte // all of it
	ends Numbers
	data []byte
}

// AppendTexts appends a list of texts. Those that are sorted take the least.
func AppendTexts(out []byte, n int, text func(i int) string) []byte {
	ends, data := make([]uint32, 0, n/textBlock+1), make([]byte, 0, 24*n)
	last := ""
	for i := range n {
		if i%textBlock == 0 {
			last = ""
		}
		t := text(i)
		data = appendText(data, last, t)
		last = t
		if i%textBlock == textBlock-1 || i == n-1 {
			ends = append(ends, uint32(len(data)))
		}
	}
	out = binary.LittleEndian.AppendUint64(out, uint64(n))
	return append(appendSized(out, ends), data...)
}

func appendText(out []byte, last, text string) []byte {
	shared := 0
	for shared < min(len(last), len(text)) && last[shared] == text[shared] {
		shared++
	}
	rest := text[shared:]
	out = binary.AppendUvarint(out, uint64(shared))
	if len(rest) >= 8 && inBase32(rest) {
		out = binary.AppendUvarint(out, 2*uint64(len(rest))+1)
		return appendBase32(out, rest)
	}
	out = binary.AppendUvarint(out, 2*uint64(len(rest)))
	return append(out, rest...)
}

// OpenTexts opens what AppendTexts appended.
func OpenTexts(data []byte) (Texts, error) {
	if len(data) < 8 {
		return Texts{}, ErrDamaged
	}
	n := binary.LittleEndian.Uint64(data)
	ends, rest, err := openSized(data[8:])
	if err != nil || n > uint64(ends.n)*textBlock || n+textBlock <= uint64(ends.n)*textBlock {
		return Texts{}, ErrDamaged
	}
	return Texts{int(n), data, ends, rest}, nil
}

// PackTexts packs a list of texts and opens it.
func PackTexts(list []string) Texts {
	t, _ := OpenTexts(AppendTexts(nil, len(list), func(i int) string { return list[i] })) // it is what was just written
	return t
}

// Raw returns what the texts are opened from. Zero texts have none.
func (t *Texts) Raw() []byte { return t.raw }

// Len returns the number of texts.
func (t *Texts) Len() int { return t.n }

// Of returns text i, which has to be within the list, newly made.
func (t *Texts) Of(i int) string {
	if i < 0 || i >= t.n {
		panic("packed: there is no such text")
	}
	var buf [128]byte
	c := t.block(i/textBlock, buf[:0])
	for range i%textBlock + 1 {
		c.next()
	}
	return string(c.text)
}

// Find returns the index of the first text of a sorted list that is not less than
// another, and whether it equals it.
func (t *Texts) Find(text string) (int, bool) {
	low, high := 0, t.ends.n // blocks; those before low begin with less
	var buf [128]byte
	for low < high {
		mid := (low + high) / 2
		c := t.block(mid, buf[:0])
		c.next()
		if string(c.text) < text {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if t.n == 0 {
		return 0, false
	}
	i := max(low-1, 0) * textBlock
	c := t.block(i/textBlock, buf[:0])
	for ; i < t.n; i++ {
		if i == low*textBlock {
			c = t.block(low, buf[:0])
		}
		c.next()
		if string(c.text) >= text {
			return i, string(c.text) == text
		}
		if i > low*textBlock {
			break // damaged: block low begins with no less
		}
	}
	return t.n, false
}

// All yields all texts in order. Each is the iterator's own until the next.
func (t *Texts) All(yield func(i int, text []byte) bool) {
	var buf [128]byte
	c := cursor{text: buf[:0]}
	for i := range t.n {
		if i%textBlock == 0 {
			c = t.block(i/textBlock, c.text[:0])
		}
		c.next()
		if !yield(i, c.text) {
			return
		}
	}
}

// block is a cursor before the first text of a block.
func (t *Texts) block(b int, buf []byte) cursor {
	from, to := 0, int(t.ends.At(b))
	if b > 0 {
		from = int(t.ends.At(b - 1))
	}
	if from > to || to > len(t.data) {
		return cursor{text: buf}
	}
	return cursor{rest: t.data[from:to], text: buf}
}

// cursor goes through the texts of a block.
type cursor struct{ rest, text []byte }

// next reads the next text; it is empty, and next is false, if there is none.
func (c *cursor) next() bool {
	shared, size, ok := c.sizes()
	if !ok || shared > uint64(len(c.text)) {
		c.rest, c.text = nil, c.text[:0]
		return false
	}
	n := size / 2
	if size%2 != 0 {
		n = (n*5 + 7) / 8
	}
	if n > uint64(len(c.rest)) {
		c.rest, c.text = nil, c.text[:0]
		return false
	}
	c.text = c.text[:shared]
	if size%2 == 0 {
		c.text = append(c.text, c.rest[:n]...)
	} else {
		c.text = fromBase32(c.text, c.rest[:n], int(size/2))
	}
	c.rest = c.rest[n:]
	return true
}

// sizes reads what comes before a text.
func (c *cursor) sizes() (shared, size uint64, ok bool) {
	if len(c.rest) >= 2 && c.rest[0]|c.rest[1] < 0x80 { // as nearly always
		shared, size = uint64(c.rest[0]), uint64(c.rest[1])
		c.rest = c.rest[2:]
		return shared, size, true
	}
	shared, a := binary.Uvarint(c.rest)
	if a <= 0 {
		return 0, 0, false
	}
	size, b := binary.Uvarint(c.rest[a:])
	if b <= 0 || size > 1<<40 {
		return 0, 0, false
	}
	c.rest = c.rest[a+b:]
	return shared, size, true
}

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

func inBase32(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '2' || r > '7') })
}

func appendBase32(out []byte, text string) []byte {
	word, bits := uint32(0), 0
	for i := range len(text) {
		digit := uint32(text[i] - 'A')
		if text[i] < 'A' {
			digit = uint32(text[i]-'2') + 26
		}
		word |= digit << bits
		if bits += 5; bits >= 8 {
			out = append(out, byte(word))
			word >>= 8
			bits -= 8
		}
	}
	if bits > 0 {
		out = append(out, byte(word))
	}
	return out
}

// fromBase32 appends n letters and digits, for which there are bytes enough.
func fromBase32(out, packed []byte, n int) []byte {
	out = slices.Grow(out, n)
	word, bits := uint32(0), 0
	for range n {
		if bits < 5 {
			word |= uint32(packed[0]) << bits
			packed = packed[1:]
			bits += 8
		}
		out = append(out, base32[word&31])
		word >>= 5
		bits -= 5
	}
	return out
}
