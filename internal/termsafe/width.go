package termsafe

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Width returns the number of terminal cells that s takes: two for wide East
// Asian characters and emoji, none for combining marks. s has been through
// [Text]; terminals disagree about the rest.
func Width(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// cut returns the longest head of s of at most w cells, never between a letter
// and its marks.
func cut(s string, w int) string {
	n := 0
	for i, r := range s {
		if n += runeWidth(r); n > w {
			return s[:i]
		}
	}
	return s
}

// cutName is [cut], but ends behind a separator if one is near.
func cutName(s string, w int) string {
	head := cut(s, w)
	if i := strings.LastIndexAny(head, "/:,;._-+=@"); i > len(head)/2 && len(head) < len(s) {
		return head[:i+1]
	}
	return head
}

// Truncate returns s in at most w cells, the last of them an ellipsis if
// anything was left out. It returns "" for w < 1.
func Truncate(s string, w int) string {
	if w < 1 {
		return ""
	}
	if Width(s) <= w {
		return s
	}
	return cut(s, w-1) + "…"
}

// TruncateMiddle is [Truncate] for names whose end tells most: it leaves out
// the middle.
func TruncateMiddle(s string, w int) string {
	if w < 3 || Width(s) <= w {
		return Truncate(s, w)
	}
	head := cut(s, (w-1)/2)
	room := w - 1 - Width(head)
	tail, n := len(s), 0
	for tail > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:tail])
		if n += runeWidth(r); n > room {
			break
		}
		tail -= size
	}
	for tail < len(s) { // a mark without its letter would join the ellipsis
		r, size := utf8.DecodeRuneInString(s[tail:])
		if !unicode.Is(unicode.M, r) {
			break
		}
		tail += size
	}
	return head + "…" + s[tail:]
}

// Pad fills s with spaces on the right to w cells. Longer text stays as it is.
func Pad(s string, w int) string {
	if n := w - Width(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

// Wrap breaks s into lines of at most w cells (at least 1): at spaces where it
// can, inside of words that are longer than a line where it must, if possible
// behind a character that separates parts of a name. Nothing but the spaces at
// breaks is lost. The result has at least one line.
func Wrap(s string, w int) []string {
	w = max(w, 1)
	if Width(s) <= w {
		return []string{s}
	}
	var lines []string
	line, used := "", 0
	flush := func() { lines, line, used = append(lines, line), "", 0 }
	for i, word := range strings.Split(s, " ") {
		n := Width(word)
		if i > 0 {
			if used+1+n <= w {
				line, used = line+" "+word, used+1+n
				continue
			}
			if n <= w || w-used-1 < w/3 {
				flush()
			} else {
				line, used = line+" ", used+1
			}
		}
		for used+n > w {
			head := cutName(word, w-used)
			if head == "" && used == 0 { // one character wider than a line
				_, size := utf8.DecodeRuneInString(word)
				head = word[:size]
			}
			line += head
			word = word[len(head):]
			n = Width(word)
			flush()
		}
		line, used = line+word, used+n
	}
	if line != "" || len(lines) == 0 {
		flush()
	}
	return lines
}
