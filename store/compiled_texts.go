package store

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"accesspath/internal/packed"
)

// The texts of a compiled form are of two kinds. Those that many records have, such
// as names of files and keys of tags, come first, the most frequent at the front,
// so that their numbers are short; each stands in full. All others, and those by
// which something is found, are sorted, each without what it shares with the one
// before it: an organization has hundreds of thousands, and most are ARNs and
// unique IDs. Records have the number of a text plus one; lists of what is found by
// its text have its place among the sorted.

// compilingTexts are the texts of a compiled form while it is made. Until all are
// known they have numbers in the order in which they were met.
type compilingTexts struct {
	met    map[string]uint32
	list   []string
	uses   []uint32 // in records
	sought []bool   // something is found by it

	common, sorted []uint32 // those met, in their order in the form
	number         []uint32 // in records, plus one
	place          []uint32 // among the sorted
}

// commonUses is in how many records a text is common.
const commonUses = 4

func (t *compilingTexts) meet(text string) uint32 {
	n, ok := t.met[text]
	if !ok {
		n = uint32(len(t.list))
		t.met[text] = n
		t.list, t.uses, t.sought = append(t.list, text), append(t.uses, 0), append(t.sought, false)
	}
	return n
}

// seek meets a text by which something is found.
func (t *compilingTexts) seek(text string) uint32 {
	n := t.meet(text)
	t.sought[n] = true
	return n
}

// order gives all texts their places and numbers.
func (t *compilingTexts) order() {
	for i := range t.list {
		n := uint32(i)
		if t.uses[i] >= commonUses {
			t.common = append(t.common, n)
		}
		if t.uses[i] < commonUses || t.sought[i] {
			t.sorted = append(t.sorted, n)
		}
	}
	slices.SortFunc(t.common, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(t.uses[b], t.uses[a]), strings.Compare(t.list[a], t.list[b]))
	})
	t.sorted = t.sort(t.sorted)
	t.number, t.place = make([]uint32, len(t.list)), make([]uint32, len(t.list))
	for i, n := range t.sorted {
		t.place[n], t.number[n] = uint32(i), uint32(len(t.common)+i+1)
	}
	for i, n := range t.common {
		t.number[n] = uint32(i + 1)
	}
}

// places are the places of texts that were sought, in the order given.
func (t *compilingTexts) places(met []uint32) []uint32 {
	out := make([]uint32, len(met))
	for i, n := range met {
		out[i] = t.place[n]
	}
	return out
}

func (t *compilingTexts) write(out *fileWriter) {
	var common recordList
	for _, n := range t.common {
		common.buf = append(common.buf, t.list[n]...)
		common.end()
	}
	out.records(&common)
	out.bytes(packed.AppendTexts(nil, len(t.sorted), func(i int) string { return t.list[t.sorted[i]] }))
}

// sort puts numbers of texts in the order of these. IDs of nodes come first and are
// in order; the rest are sorted by their first bytes, as far as these decide, since
// texts lie all over the memory: most are unique IDs, which differ early.
func (t *compilingTexts) sort(list []uint32) []uint32 {
	run := 1
	for run < len(list) && t.list[list[run-1]] < t.list[list[run]] {
		run++
	}
	run = min(run, len(list))
	rest := make([]keyedText, len(list)-run)
	for i, n := range list[run:] {
		rest[i] = keyOf(n, t.list[n])
	}
	slices.SortFunc(rest, func(a, b keyedText) int {
		switch { // not cmp.Or, which would compare the texts each time
		case a.first != b.first:
			return cmp.Compare(a.first, b.first)
		case a.second != b.second:
			return cmp.Compare(a.second, b.second)
		}
		return strings.Compare(t.list[a.text], t.list[b.text])
	})
	sorted := make([]uint32, len(rest))
	for i, k := range rest {
		sorted[i] = k.text
	}
	out := make([]uint32, len(list))
	merge(out, list[:run], sorted, func(a, b uint32) bool { return t.list[a] < t.list[b] })
	return out
}

// keyedText is a text with its first twelve bytes.
type keyedText struct {
	first  uint32
	second uint64
	text   uint32
}

func keyOf(n uint32, text string) keyedText {
	var key [12]byte
	copy(key[:], text)
	return keyedText{binary.BigEndian.Uint32(key[:]), binary.BigEndian.Uint64(key[4:]), n}
}

// merge merges two sorted lists into one.
func merge(into, a, b []uint32, less func(a, b uint32) bool) {
	for i := range into {
		if len(a) == 0 || len(b) > 0 && less(b[0], a[0]) {
			into[i], b = b[0], b[1:]
		} else {
			into[i], a = a[0], a[1:]
		}
	}
}

// A hole is where the number of a text belongs.
type hole struct{ at, text uint32 }

// recordList are records while a compiled form is made, without the numbers of
// their texts.
type recordList struct {
	buf   []byte
	ends  []uint32
	holes []hole
}

// end ends a record.
func (r *recordList) end() { r.ends = append(r.ends, uint32(len(r.buf))) }

// fill puts in the numbers of texts.
func (r *recordList) fill(t *compilingTexts) *recordList {
	out := &recordList{buf: make([]byte, 0, len(r.buf)+3*len(r.holes)), ends: make([]uint32, 0, len(r.ends))}
	at, holes := uint32(0), r.holes
	for _, end := range r.ends {
		for len(holes) > 0 && holes[0].at <= end { // no record begins with one
			out.buf = append(out.buf, r.buf[at:holes[0].at]...)
			out.buf = binary.AppendUvarint(out.buf, uint64(t.number[holes[0].text]))
			at, holes = holes[0].at, holes[1:]
		}
		out.buf = append(out.buf, r.buf[at:end]...)
		at = end
		out.end()
	}
	return out
}

// compiledTexts are the texts of a compiled form.
type compiledTexts struct {
	common packed.Records
	sorted packed.Texts
}

// of returns a text by its number in records.
func (t *compiledTexts) of(n uint64) (string, bool) {
	common, sorted := uint64(t.common.Len()), uint64(t.sorted.Len())
	switch {
	case n == 0:
		return "", true
	case n <= common:
		return string(t.common.Of(int(n - 1))), true
	case n <= common+sorted:
		return t.sorted.Of(int(n - 1 - common)), true
	}
	return "", false
}

// at returns the text of a place; "" if there is none.
func (t *compiledTexts) at(place uint32) string {
	if int(place) >= t.sorted.Len() {
		return ""
	}
	return t.sorted.Of(int(place))
}

// find returns where the place of a text is in a rising list of places.
func (t *compiledTexts) find(text string, in *packed.Numbers) (int, bool) {
	place, ok := t.sorted.Find(text)
	if !ok {
		return 0, false
	}
	return in.Find(uint32(place))
}
