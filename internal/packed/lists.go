package packed

import (
	"encoding/binary"
	"sort"
)

// appendSized appends a packed list with its size in front, so that another may
// follow.
func appendSized(out []byte, list []uint32) []byte {
	at := len(out)
	out = AppendNumbers(append(out, make([]byte, 8)...), list)
	binary.LittleEndian.PutUint64(out[at:], uint64(len(out)-at-8))
	return out
}

// openSized opens what appendSized appended, and returns what follows.
func openSized(data []byte) (l Numbers, rest []byte, err error) {
	if len(data) < 8 {
		return l, nil, ErrDamaged
	}
	size := binary.LittleEndian.Uint64(data)
	if size > uint64(len(data)-8) {
		return l, nil, ErrDamaged
	}
	l, err = OpenNumbers(data[8 : 8+size])
	return l, data[8+size:], err
}

// Lists are lists of numbers, one behind the other: the packed ends, with their
// size in front, and the packed numbers.
type Lists struct {
	raw          []byte // all of it
	ends, values Numbers
}

// AppendLists appends lists, of which list i is values[ends[i-1]:ends[i]].
func AppendLists(out []byte, ends, values []uint32) []byte {
	return AppendNumbers(appendSized(out, ends), values)
}

// OpenLists opens what AppendLists appended.
func OpenLists(data []byte) (Lists, error) {
	ends, rest, err := openSized(data)
	if err != nil {
		return Lists{}, err
	}
	values, err := OpenNumbers(rest)
	return Lists{data, ends, values}, err
}

// PackLists packs lists and opens them.
func PackLists(ends, values []uint32) Lists {
	l, _ := OpenLists(AppendLists(nil, ends, values)) // it is what was just written
	return l
}

// Raw returns what the lists are opened from. Zero lists have none.
func (l *Lists) Raw() []byte { return l.raw }

// Len returns the number of lists.
func (l *Lists) Len() int { return l.ends.n }

// span is where list i lies; nothing if the ends are damaged.
func (l *Lists) span(i int) (from, to int) {
	if to = int(l.ends.At(i)); i > 0 {
		from = int(l.ends.At(i - 1))
	}
	if from > to || to > l.values.n {
		return 0, 0
	}
	return from, to
}

// Of yields the numbers of list i.
func (l *Lists) Of(i int) func(yield func(uint32) bool) {
	from, to := l.span(i)
	return func(yield func(uint32) bool) {
		for k := from; k < to; k++ {
			if !yield(l.values.At(k)) {
				return
			}
		}
	}
}

// AppendBetween appends those numbers of list i, which never falls, to others that
// are at least low, and at most high.
func (l *Lists) AppendBetween(out []uint32, i int, low, high uint32) []uint32 {
	from, to := l.span(i)
	for k := from + sort.Search(to-from, func(k int) bool { return l.values.At(from+k) >= low }); k < to; k++ {
		v := l.values.At(k)
		if v > high {
			break
		}
		out = append(out, v)
	}
	return out
}

// Append appends the numbers of list i to others.
func (l *Lists) Append(out []uint32, i int) []uint32 {
	from, to := l.span(i)
	for k := from; k < to; k++ {
		out = append(out, l.values.At(k))
	}
	return out
}

// All returns all lists, one behind the other, as AppendLists takes them.
func (l *Lists) All() (ends, values []uint32) { return l.ends.All(), l.values.All() }

// Records are pieces of bytes, one behind the other: the packed ends, with their
// size in front, and the bytes.
type Records struct {
	ends  Numbers
	bytes []byte
}

// AppendRecordEnds appends what comes before the bytes of records.
func AppendRecordEnds(out []byte, ends []uint32) []byte { return appendSized(out, ends) }

// OpenRecords opens what AppendRecordEnds appended, with the bytes behind it. There
// cannot be more records than bytes.
func OpenRecords(data []byte) (Records, error) {
	ends, rest, err := openSized(data)
	if err == nil && ends.n > len(rest) {
		err = ErrDamaged
	}
	return Records{ends, rest}, err
}

// Len returns the number of records.
func (r *Records) Len() int { return r.ends.n }

// Of returns record i, which is part of what was opened; nothing if the ends are
// damaged.
func (r *Records) Of(i int) []byte {
	from, to := 0, int(r.ends.At(i))
	if i > 0 {
		from = int(r.ends.At(i - 1))
	}
	if from > to || to > len(r.bytes) {
		return nil
	}
	return r.bytes[from:to:to]
}
