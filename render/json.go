package render

import (
	"context"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"accesspath/query"
)

func jsonRenderer(Options) renderFunc {
	return func(_ context.Context, w io.Writer, r *query.Result) error { return WriteJSON(w, r) }
}

func graphJSON(_ context.Context, w io.Writer, g *query.TrustGraph, _ Options) error {
	return WriteJSON(w, g)
}

// WriteJSON writes a value as every JSON output of the program is written:
// indented, lists never null, "<" as it is, and with a trailing newline. Runes
// that move a cursor or cannot be seen are written as \u escapes, which mean
// the same, so that JSON on a terminal is as safe as text.
func WriteJSON(w io.Writer, v any) error {
	safe := &visibleWriter{w: w}
	err := json.MarshalWrite(safe, v,
		jsonv1.OmitEmptyWithLegacySemantics(true), // omitempty leaves out 0 and false, as encoding/json has it
		json.Deterministic(true),
		json.FormatNilSliceAsNull(false),
		jsontext.AllowInvalidUTF8(true), // becomes U+FFFD
		jsontext.WithIndent("  "))
	if err == nil {
		_, err = io.WriteString(safe, "\n")
	}
	if err == nil {
		err = safe.flush()
	}
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// A visibleWriter replaces invisible runes of JSON text by \u escapes. They can
// only occur inside of strings, where both forms mean the same. A rune that is
// split between two calls waits in rest.
type visibleWriter struct {
	w    io.Writer
	rest []byte
}

func (v *visibleWriter) Write(p []byte) (int, error) {
	in := append(v.rest, p...)
	out := make([]byte, 0, len(in)+len(in)/16)
	for len(in) > 0 && utf8.FullRune(in) {
		r, n := utf8.DecodeRune(in)
		switch {
		case r < ' ' || r != 0x7f && r < utf8.RuneSelf || unicode.IsPrint(r):
			out = append(out, in[:n]...)
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		in = in[n:]
	}
	v.rest = append([]byte(nil), in...)
	if _, err := v.w.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (v *visibleWriter) flush() error {
	_, err := v.w.Write(v.rest)
	return err
}
