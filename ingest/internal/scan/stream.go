package scan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"accesspath/iam"
)

// A Stream reads JSON values one after another.
type Stream struct {
	r    *Reader
	dec  *jsontext.Decoder
	file *File
	base int64 // offset at which the stream began
	item item
}

// NewStream reads JSON from r. Repeated names and invalid UTF-8 pass: the first
// matter in policies (GRAM-15), the second must not cost the rest of the file and
// is reported. Of a string that is longer than MaxText only the beginning is
// read, which is reported too.
func NewStream(file *File, r *Reader) *Stream {
	r.cutter = &cutter{most: MaxText}
	return &Stream{r: r, file: file, base: r.given, dec: jsontext.NewDecoder(r, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
}

// Kind says what comes next: { [ " 0 t f n, the closing } and ], or 0 at the end
// of the file and before an error, which the next read returns.
func (s *Stream) Kind() byte { return byte(s.dec.PeekKind()) }

// Skip reads one token: a brace or a bracket.
func (s *Stream) Skip() error {
	_, err := s.dec.ReadToken()
	s.position(s.Offset())
	return err
}

// SkipValue reads a whole value without holding it.
func (s *Stream) SkipValue() error {
	err := s.dec.SkipValue()
	s.position(s.Offset())
	return err
}

// Name reads a member name.
func (s *Stream) Name() ([]byte, error) {
	raw, err := s.dec.ReadValue()
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(raw) {
		line, column := s.position(s.Offset() - int64(len(raw)))
		s.invalid(Make(s.file.Name, raw, line, column), firstInvalid(raw))
	}
	return unquote(raw), nil
}

// Value reads a whole value. The last one becomes invalid.
func (s *Stream) Value() (Value, error) {
	raw, err := s.dec.ReadValue()
	if err != nil {
		return Value{}, err
	}
	line, column := s.position(s.Offset() - int64(len(raw)))
	s.position(s.Offset())
	s.item = item{file: s.file.Name, raw: raw, line: line, column: column, spans: s.item.spans[:0]}
	if len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') {
		s.item.spans = index(raw, s.item.spans)
	}
	v := Value{&s.item, 0, len(raw)}
	if !utf8.Valid(raw) {
		s.invalid(v, firstInvalid(raw))
	}
	return v, nil
}

// invalid reports a value of which the byte at offset is part of no character.
func (s *Stream) invalid(v Value, offset int) {
	raw := v.Raw()
	begin, end := bytes.LastIndexByte(raw[:offset], '"')+1, len(raw)
	if k := bytes.IndexByte(raw[offset:], '"'); k >= 0 {
		end = offset + k
	}
	line, column := v.positionOf(v.lo + offset)
	s.file.Report(iam.Diagnostic{Severity: iam.Warning, Code: "invalid-utf8", Origin: iam.Origin{File: s.file.Name, Line: line, Column: column, Pointer: s.Pointer()},
		Message: fmt.Sprintf("not UTF-8: the byte 0x%X in %q is read as U+FFFD, and so are all like it in this value", raw[offset], Clip(string(raw[max(begin, offset-40):min(end, offset+40)]))),
		Hint:    "names that differ in such bytes alone count as one; export the file again as UTF-8"})
}

// firstInvalid is the offset of the first byte that is part of no character.
func firstInvalid(raw []byte) int {
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(raw) - 1
}

// position is Reader.Position; it reports the strings before offset of which
// only the beginning was read. That of a policy counts as unknown, and says so
// itself.
func (s *Stream) position(offset int64) (line, column int) {
	line, column = s.r.Position(offset)
	for _, c := range s.r.cutter.cuts {
		s.file.Report(iam.Diagnostic{Severity: iam.Warning, Code: "long-text", Origin: iam.Origin{File: s.file.Name, Line: c.line, Column: c.column},
			Message: fmt.Sprintf("a text of %d bytes, of which the first %d are read", c.bytes, MaxText), Hint: "no text of AWS is that long; export the file again"})
	}
	s.r.cutter.cuts = nil
	return line, column
}

// Offset is how many bytes of the text were used.
func (s *Stream) Offset() int64 { return s.base + s.dec.InputOffset() }

// ErrorPlace returns line and column of an error that a read returned, and
// whether the file just ends too early.
func (s *Stream) ErrorPlace(err error) (line, column int, short bool) {
	offset := s.Offset()
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		offset = s.base + syntax.ByteOffset
	}
	short = errors.Is(err, io.ErrUnexpectedEOF)
	if short {
		offset = s.r.given
	}
	line, column = s.position(offset)
	return line, column, short
}

// AtEnd reports whether only blanks are left.
func (s *Stream) AtEnd() bool {
	rest := s.dec.UnreadBuffer()
	if len(bytes.TrimLeft(rest, " \t\r\n\x00")) > 0 {
		return false
	}
	head, err := s.r.Opening()
	return len(head) == 0 && err == nil
}

// Place is where the next value begins, once Kind was asked.
func (s *Stream) Place(pointer string) iam.Origin {
	rest := s.dec.UnreadBuffer()
	blank := len(rest) - len(bytes.TrimLeft(rest, " \t\r\n,:"))
	line, column := s.position(s.Offset() + int64(blank))
	return iam.Origin{File: s.file.Name, Line: line, Column: column, Pointer: pointer}
}

// Pointer is the place of the last value that was read; "" if it is so deep
// that nobody would read the pointer.
func (s *Stream) Pointer() string {
	if s.dec.StackDepth() > 32 {
		return ""
	}
	return string(s.dec.StackPointer())
}

// Reason is what an error of a read is about, in words for the user: place and
// package are told apart from it.
func Reason(err error) string {
	var limit limitError
	if errors.As(err, &limit) {
		return limit.Error()
	}
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) || syntax.Err == nil {
		return err.Error()
	}
	reason := strings.TrimPrefix(syntax.Err.Error(), "jsontext: ")
	if reason == "exceeded max depth" {
		return "more than 10000 arrays and objects inside each other"
	}
	return reason
}
