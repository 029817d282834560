package termsafe

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks may follow one letter. Real scripts
// need three or four; a pile of hundreds covers the lines above and below.
const maxMarks = 4

// Text returns s as one line that shows every character of it and moves no
// cursor: the function for terminals and log lines, and the first step of all
// others in this package. It is injective; as it doubles backslashes, call it
// once, where the text is written.
func Text(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/4)
	marks := maxMarks // none may come first: it would join the text before s
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x{%02x}`, s[i])
			marks = maxMarks
		case unicode.Is(unicode.M, r) && visible(r):
			if marks++; marks > maxMarks {
				writeEscape(&b, r)
			} else {
				b.WriteRune(r)
			}
		case r == ' ' && loneSpace(s, i), r != ' ' && visible(r):
			b.WriteRune(r)
			marks = 0
		default:
			writeEscape(&b, r)
			marks = maxMarks
		}
		i += n
	}
	return b.String()
}

// plain reports whether s is printable ASCII that needs no escape.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '\\' || c == ' ' && !loneSpace(s, i) {
			return false
		}
	}
	return true
}

// loneSpace reports whether the space s[i] stands between two other characters.
// Terminals show no trailing space, and HTML and Markdown fold a run of them:
// "admin " must not look like "admin".
func loneSpace(s string, i int) bool {
	return i > 0 && i+1 < len(s) && s[i-1] != ' ' && s[i+1] != ' '
}

func writeEscape(b *strings.Builder, r rune) {
	switch r {
	case '\\':
		b.WriteString(`\\`)
	case '\n':
		b.WriteString(`\n`)
	case '\r':
		b.WriteString(`\r`)
	case '\t':
		b.WriteString(`\t`)
	default:
		fmt.Fprintf(b, `\u{%x}`, r)
	}
}

// visible reports whether r may be written as it is. unicode.IsPrint leaves out
// controls, formatting characters (bidirectional, zero-width, tags), private
// and unassigned code points, and every space but the ASCII one. Some letters
// and marks are printable by category and yet draw nothing.
func visible(r rune) bool {
	switch {
	case r == '\\':
		return false
	case r < utf8.RuneSelf:
		return r >= ' ' && r <= '~'
	case r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef, // variation selectors
		r >= 0x180b && r <= 0x180f,                         // Mongolian ones
		r == 0x034f,                                        // combining grapheme joiner
		r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0, // Hangul fillers
		r == 0x17b4, r == 0x17b5, // Khmer inherent vowels
		r == 0x2800, // blank Braille pattern
		r == utf8.RuneError:
		return false
	}
	return unicode.IsPrint(r)
}
