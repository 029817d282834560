package termsafe

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// HTML escapes s for element content and quoted attribute values.
func HTML(s string) string { return html.EscapeString(Text(s)) }

// markdownSpecial is the ASCII punctuation that may mean something in
// CommonMark or in GitHub's dialect, wherever it stands. ':' and '.' are among
// them because a bare "http://…" or "www.…" becomes a link.
const markdownSpecial = "\\`*_{}[]()#+-.!|~=$^:\"'/%,;?"

// Markdown escapes s for running text and table cells. Tags and entities turn
// into entities, everything else that could be markup into a backslash escape.
// An at sign becomes code: GitHub finds e-mail addresses and mentions after
// escapes are resolved, and leaves code alone.
func Markdown(s string) string {
	s = Text(s)
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	for i := range len(s) {
		switch c := s[i]; {
		case c == '<':
			b.WriteString("&lt;")
		case c == '>':
			b.WriteString("&gt;")
		case c == '&':
			b.WriteString("&amp;")
		case c == '@':
			b.WriteString("`@`")
		case strings.IndexByte(markdownQuiet, c) >= 0 && !risky(s, i):
			b.WriteByte(c)
		case strings.IndexByte(markdownSpecial, c) >= 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// markdownQuiet are the special characters that are harmless inside of prose.
// Leaving them alone keeps the source readable.
const markdownQuiet = "-.:,;\"'/%?=+()!"

// risky reports whether the quiet character s[i] could begin or join markup: at
// the start of the text (lists, headings, rules), in an address, or in a link.
func risky(s string, i int) bool {
	if i == 0 {
		return true
	}
	switch s[i] {
	case ':':
		return strings.HasPrefix(s[i:], "://")
	case '.', ')':
		return allDigits(s[:i]) || i >= 3 && strings.EqualFold(s[i-3:i], "www")
	case '(', '!':
		return s[i-1] == ']' || i+1 < len(s) && s[i+1] == '['
	case '-', '=', '+':
		return strings.Trim(s[:i], "-=+ ") == ""
	}
	return false
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// MarkdownCode returns s as a code span that is also safe in a table cell. In
// code nothing is markup, link or mention; the fence is longer than any run of
// backticks inside, and pipes, which end a cell even in code, are escaped.
func MarkdownCode(s string) string {
	s = Text(s)
	if s == "" {
		return ""
	}
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	fence := strings.Repeat("`", longest+1)
	body := strings.ReplaceAll(s, "|", `\|`)
	if body[0] == '`' || body[len(body)-1] == '`' {
		body = " " + body + " "
	}
	return fence + body + fence
}

// DOT returns s as a quoted DOT string for plain labels and tooltips, in which
// backslash sequences (\N, \G, \l) and entities are live.
func DOT(s string) string { return DOTLines(s) }

// DOTLines is [DOT] for a label of several lines.
func DOTLines(lines ...string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, line := range lines {
		if i > 0 {
			b.WriteString(`\n`)
		}
		b.WriteString(dotEscaper.Replace(Text(line)))
	}
	b.WriteByte('"')
	return b.String()
}

var dotEscaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;")

// DOTHTML escapes s for text inside an HTML-like DOT label, that is, between
// <…>. Such labels are XML; the result has no angle bracket and no quote, so
// that it can neither end the label nor open an element.
func DOTHTML(s string) string { return dotHTMLEscaper.Replace(Text(s)) }

// "[" is escaped since Graphviz's reader looks for "<![CDATA[" ahead of XML.
var dotHTMLEscaper = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;", "[", "&#91;")

// Mermaid returns s for a quoted label of a Mermaid diagram, which is rendered
// as HTML by many readers. All but letters, digits and a few harmless signs are
// written as "#38;", Mermaid's own entities, so that no quote ends the label,
// no backtick makes Markdown of it and no bracket opens an element.
func Mermaid(s string) string {
	var b strings.Builder
	for _, r := range Text(s) {
		if r == ' ' || r > 0x7f || strings.ContainsRune("-_.,:/+*=@()", r) || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}

// XML escapes s for character data and for attributes in quotes.
func XML(s string) string { return html.EscapeString(Text(s)) }

// CSV returns s for a CSV field that a spreadsheet will not compute: a text that
// begins like a formula, even after spaces, gets an apostrophe in front.
// Quoting is the work of encoding/csv.
func CSV(s string) string {
	s = Text(s)
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, ` '"`))
	switch first {
	case '=', '+', '-', '@', '＝', '＋', '－', '＠', '−', '|', '%':
		return "'" + s
	case '\\': // what was a tab or carriage return is visible text by now
		return "'" + s
	}
	return s
}
