package scan

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"accesspath/iam"
)

// A Stream reads JSON values one after another.
type Stream struct {
	r    *Reader
	dec  *jsontext.Decoder
	file string
	base int64 // offset at which the stream began
	item item
}

// NewStream reads JSON from r. Repeated names and invalid UTF-8 pass: the first
// matter in policies (GRAM-15), the second must not cost the rest of the file.
func NewStream(file string, r *Reader) *Stream {
	return &Stream{r: r, file: file, base: r.given, dec: jsontext.NewDecoder(r, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
}

// Kind says what comes next: { [ " 0 t f n, the closing } and ], or 0 at the end
// of the file and before an error, which the next read returns.
func (s *Stream) Kind() byte { return byte(s.dec.PeekKind()) }

// Skip reads one token: a brace or a bracket.
func (s *Stream) Skip() error {
	_, err := s.dec.ReadToken()
	s.r.Position(s.Offset())
	return err
}

// SkipValue reads a whole value without holding it.
func (s *Stream) SkipValue() error {
	err := s.dec.SkipValue()
	s.r.Position(s.Offset())
	return err
}

// Name reads a member name.
func (s *Stream) Name() ([]byte, error) {
	raw, err := s.dec.ReadValue()
	if err != nil {
		return nil, err
	}
	return unquote(raw), nil
}

// Value reads a whole value. The last one becomes invalid.
func (s *Stream) Value() (Value, error) {
	raw, err := s.dec.ReadValue()
	if err != nil {
		return Value{}, err
	}
	line, column := s.r.Position(s.Offset() - int64(len(raw)))
	s.item = item{file: s.file, raw: raw, line: line, column: column, spans: s.item.spans[:0]}
	if len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') {
		s.item.spans = index(raw, s.item.spans)
	}
	return Value{&s.item, 0, len(raw)}, nil
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
	line, column = s.r.Position(offset)
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
	line, column := s.r.Position(s.Offset() + int64(blank))
	return iam.Origin{File: s.file, Line: line, Column: column, Pointer: pointer}
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
