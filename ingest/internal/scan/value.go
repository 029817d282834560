package scan

import (
	"bytes"
	"encoding/binary"
	"iter"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"accesspath/iam"
)

// item is a piece of valid JSON and the place it was read from.
type item struct {
	file         string
	raw          []byte
	line, column int  // of raw[0]
	flat         bool // raw was made from something else, only its beginning has a place

	at, atLine, atStart int // where counting stopped: offset, lines before, offset of its line

	// The containers inside raw, in order of their beginnings, and where each
	// ends: looking for a member then takes no walk through what lies before it.
	// Empty if nobody looked.
	spans []span
}

type span struct{ from, to int }

// index finds the containers in one walk. spans may be reused.
func index(raw []byte, spans []span) []span {
	var open [64]int
	depth := 0
	for i := 0; i < len(raw); {
		switch raw[i] {
		case ' ', '\n':
			i = afterSpaces(raw, i+1)
			continue
		case '"':
			i = skipString(raw, i)
			continue
		case '{', '[':
			if depth < len(open) { // what lies deeper is walked through
				open[depth] = len(spans)
				spans = append(spans, span{from: i})
			}
			depth++
		case '}', ']':
			if depth--; depth < len(open) {
				spans[open[depth]].to = i + 1
			}
		}
		i++
	}
	return spans
}

// skip returns the end of the value that begins at i.
func (it *item) skip(i int) int {
	if c := it.raw[i]; c == '{' || c == '[' {
		if n := sort.Search(len(it.spans), func(n int) bool { return it.spans[n].from >= i }); n < len(it.spans) && it.spans[n].from == i {
			return it.spans[n].to
		}
	}
	return skip(it.raw, i)
}

// A Value is a JSON value inside a file. The zero Value is absent. It is valid
// until the next read from its Stream; Keep lifts that.
type Value struct {
	item   *item
	lo, hi int
}

// Make returns a value made from JSON text that is known to be valid and that
// stands for something at the given place.
func Make(file string, raw []byte, line, column int) Value {
	return Value{&item{file: file, raw: raw, line: line, column: column, flat: true}, 0, len(raw)}
}

// Keep returns a copy that stays valid.
func (v Value) Keep() Value {
	if v.item == nil {
		return v
	}
	line, column := v.Position()
	raw := bytes.Clone(v.Raw())
	return Value{&item{file: v.item.file, raw: raw, line: line, column: column, flat: v.item.flat}, 0, len(raw)}
}

// Raw is the text of the value.
func (v Value) Raw() []byte {
	if v.item == nil {
		return nil
	}
	return v.item.raw[v.lo:v.hi]
}

// Kind is one of { [ " 0 t f n, or 0 for an absent value.
func (v Value) Kind() byte {
	if v.item == nil || v.lo >= v.hi {
		return 0
	}
	if c := v.item.raw[v.lo]; c != '-' && (c < '0' || c > '9') {
		return c
	}
	return '0'
}

// Describe names the kind of value for a message.
func (v Value) Describe() string {
	switch v.Kind() {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "nothing"
}

// Absent reports whether there is no value, or null.
func (v Value) Absent() bool { k := v.Kind(); return k == 0 || k == 'n' }

// Sub returns the value between two offsets into Raw.
func (v Value) Sub(lo, hi int) Value { return Value{v.item, v.lo + lo, v.lo + hi} }

// Position is the line and the column at which the value begins, from 1.
func (v Value) Position() (line, column int) { return v.positionOf(v.lo) }

func (v Value) positionOf(offset int) (line, column int) {
	it := v.item
	if it == nil {
		return 0, 0
	}
	if it.flat {
		return it.line, it.column
	}
	if offset < it.at {
		it.back(offset)
	}
	part := it.raw[it.at:offset]
	if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
		it.atLine += bytes.Count(part, newline)
		it.atStart = it.at + i + 1
	}
	it.at = offset
	if it.atLine == 0 {
		return it.line, it.column + offset
	}
	return it.line + it.atLine, offset - it.atStart + 1
}

// back moves to an earlier offset from whichever end is nearer: plans are one
// large value whose parts are looked at again and again.
func (it *item) back(offset int) {
	if offset < it.at-offset {
		it.at, it.atLine, it.atStart = 0, 0, 0
		return
	}
	it.atLine -= bytes.Count(it.raw[offset:it.at], newline)
	it.at, it.atStart = offset, bytes.LastIndexByte(it.raw[:offset], '\n')+1
}

var newline = []byte{'\n'}

// Origin is the place of the value, given its pointer.
func (v Value) Origin(pointer string) iam.Origin {
	if v.item == nil {
		return iam.Origin{}
	}
	line, column := v.Position()
	return iam.Origin{File: v.item.file, Line: line, Column: column, Pointer: pointer}
}

// Text is a string without quotes and escapes; numbers and booleans as
// written; "" for everything else.
func (v Value) Text() string {
	switch v.Kind() {
	case '"':
		return string(unquote(v.Raw()))
	case '0', 't', 'f':
		return string(v.Raw())
	}
	return ""
}

// unquote may return a part of raw. Whatever was in the file, the result is
// valid UTF-8.
func unquote(raw []byte) []byte {
	if inner := raw[1 : len(raw)-1]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return inner
	}
	text, _ := jsontext.AppendUnquote(nil, raw) // invalid UTF-8 is replaced
	return text
}

// Bool reads true and "true" in any case, as XML and some exporters have it.
func (v Value) Bool() bool { return strings.EqualFold(v.Text(), "true") }

// Int reads a whole number, bare or in quotes; 0 if it is none.
func (v Value) Int() int {
	n, err := strconv.Atoi(v.Text())
	if err != nil {
		return 0
	}
	return n
}

// Members yields the members of an object in order, repeated ones too. A
// value that is no object has none. The name is valid as long as v is.
func (v Value) Members() iter.Seq2[[]byte, Value] {
	return func(yield func([]byte, Value) bool) {
		if v.Kind() != '{' {
			return
		}
		raw := v.item.raw
		for i := blank(raw, v.lo+1); raw[i] != '}'; {
			end := skipString(raw, i)
			name := unquote(raw[i:end])
			i = blank(raw, blank(raw, end)+1) // the colon
			end = v.item.skip(i)
			if !yield(name, Value{v.item, i, end}) {
				return
			}
			if i = blank(raw, end); raw[i] == ',' {
				i = blank(raw, i+1)
			}
		}
	}
}

// Elements yields the elements of an array. A value that is no array has none.
func (v Value) Elements() iter.Seq2[int, Value] {
	return func(yield func(int, Value) bool) {
		if v.Kind() != '[' {
			return
		}
		raw := v.item.raw
		n := 0
		for i := blank(raw, v.lo+1); raw[i] != ']'; n++ {
			end := v.item.skip(i)
			if !yield(n, Value{v.item, i, end}) {
				return
			}
			if i = blank(raw, end); raw[i] == ',' {
				i = blank(raw, i+1)
			}
		}
	}
}

// Len is the number of elements of an array.
func (v Value) Len() int {
	n := 0
	for range v.Elements() {
		n++
	}
	return n
}

// Get returns the member whose name is the given one when both are folded; the
// last, if it repeats.
func (v Value) Get(name string) Value {
	var out Value
	want := Fold([]byte(name))
	for n, m := range v.Members() {
		if string(n) == name || foldsTo(n, want) {
			out = m
		}
	}
	return out
}

// Blank reports whether a value holds nothing, whatever its kind.
func (v Value) Blank() bool {
	switch v.Kind() {
	case '{':
		for range v.Members() {
			return false
		}
		return true
	case '[':
		return v.Len() == 0
	case '"':
		return v.Text() == ""
	}
	return v.Absent()
}

// The functions below rely on raw being valid JSON, which the Stream saw to.

func blank(raw []byte, i int) int {
	for raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\t' || raw[i] == '\r' {
		i = afterSpaces(raw, i+1)
	}
	return i
}

// afterSpaces returns the offset of the first byte from i on that is no space: half
// of what the AWS CLI prints are spaces at the beginnings of lines.
func afterSpaces(raw []byte, i int) int {
	const eight = 0x2020202020202020
	for i+8 <= len(raw) && binary.LittleEndian.Uint64(raw[i:]) == eight {
		i += 8
	}
	for i < len(raw) && raw[i] == ' ' {
		i++
	}
	return i
}

func skipString(raw []byte, i int) int {
	i++
	for {
		k := bytes.IndexByte(raw[i:], '"')
		end := i + k
		slashes := 0
		for p := end - 1; p >= i && raw[p] == '\\'; p-- {
			slashes++
		}
		i = end + 1
		if slashes%2 == 0 {
			return i
		}
	}
}

func skip(raw []byte, i int) int {
	switch raw[i] {
	case '"':
		return skipString(raw, i)
	case '{', '[':
		for depth := 0; ; {
			switch raw[i] {
			case '"':
				i = skipString(raw, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
	}
	for i < len(raw) {
		switch raw[i] {
		case ',', '}', ']', ' ', '\n', '\t', '\r':
			return i
		}
		i++
	}
	return i
}
