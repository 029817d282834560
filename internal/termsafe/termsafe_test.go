package termsafe

import (
	"encoding/xml"
	"html"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var seeds = []string{
	"", "deploy", "a\nb", "\x1b[31mred\x1b[0m", "\x9b31m", "\xff\xfe", "adm\u202enimda", "zero\u200bwidth",
	"שלום", "日本語", "👩‍👩‍👧", "e\u0301", strings.Repeat("\u0301", 20), `back\slash \N \l \u{202e}`,
	`"quoted" 'too'`, "<script>alert(1)</script>", "]]><!-- -->", "<![CDATA[x]]>", "&amp; &#x41;",
	"[x](javascript:alert(1))", "![i](http://e.example/x.png)", "| a | b |", "`code`", "``", "http://e.example",
	"WWW.e.example", "@everyone", "a@b.example", "1. x", "- x", "# x", "===", "---", "~~x~~", "a_b_c", "$x$",
	"=1+1", "  =cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1", strings.Repeat("x", 512), "\u3164", "\u2028",
}

func seed(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"role/app-1":                      "role/app-1",
		"a\nb\r\t":                        `a\nb\r\t`,
		"\x1b[2J":                         `\u{1b}[2J`,
		"\u009b2J":                        `\u{9b}2J`,
		"\x9b2J":                          `\x{9b}2J`,
		"adm\u202enimda":                  `adm\u{202e}nimda`,
		"a\u200bb\ufeff":                  `a\u{200b}b\u{feff}`,
		`\u{202e}`:                        `\\u{202e}`,
		"a\u00a0b\u3000c":                 `a\u{a0}b\u{3000}c`,
		"x\ufe0f\U000e0041":               `x\u{fe0f}\u{e0041}`,
		"é e\u0301 日本 שלום 😀":             "é e\u0301 日本 שלום 😀",
		"\u0301x":                         `\u{301}x`,
		" a  b c ":                        `\u{20}a\u{20}\u{20}b c\u{20}`,
		"z\u0301\u0301\u0301\u0301\u0301": "z\u0301\u0301\u0301\u0301" + `\u{301}`,
	} {
		if got := Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		for _, r := range got {
			if r != '\\' && !visible(r) {
				t.Fatalf("Text(%q) = %q shows %U raw", s, got, r)
			}
		}
		if back := unescape(got); back != s {
			t.Fatalf("Text(%q) = %q reads back as %q", s, got, back)
		}
	})
}

// unescape undoes Text, which proves that it is injective.
func unescape(s string) string {
	var b []byte
	for s != "" {
		if s[0] != '\\' {
			b, s = append(b, s[0]), s[1:]
			continue
		}
		switch c := s[1]; c {
		case 'n', 'r', 't', '\\':
			b, s = append(b, map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', '\\': '\\'}[c]), s[2:]
		default:
			end := strings.IndexByte(s, '}')
			n := 0
			for _, d := range s[3:end] {
				n = n*16 + strings.IndexRune("0123456789abcdef", d)
			}
			if c == 'x' {
				b = append(b, byte(n))
			} else {
				b = utf8.AppendRune(b, rune(n))
			}
			s = s[end+1:]
		}
	}
	return string(b)
}

func TestWidths(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Truncate("abcdef", 4), "abc…"},
		{Truncate("abcd", 4), "abcd"},
		{Truncate("日本語", 4), "日…"},
		{Truncate("abc", 0), ""},
		{TruncateMiddle("abcdefghij", 7), "abc…hij"},
		{TruncateMiddle("日本語日本語", 7), "日…本語"},
		{Pad("日本", 6), "日本  "},
		{Pad("abc", 2), "abc"},
		{strings.Join(Wrap("one two three", 7), "|"), "one two|three"},
		{strings.Join(Wrap("abcdefghij", 4), "|"), "abcd|efgh|ij"},
		{strings.Join(Wrap("x abcdefghij", 6), "|"), "x abcd|efghij"},
		{strings.Join(Wrap("日本語", 1), "|"), "日|本|語"},
		{strings.Join(Wrap("", 5), "|"), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func FuzzWidth(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, 7)
	}
	f.Fuzz(func(t *testing.T, s string, w int) {
		w = w&0x3f + 2
		for _, in := range []string{Text(s), s} { // raw input may be ugly, never a panic
			for _, out := range append(Wrap(in, w), Truncate(in, w), TruncateMiddle(in, w)) {
				if Width(out) > w {
					t.Fatalf("%q is wider than %d", out, w)
				}
			}
		}
		in := Text(s)
		if got := strings.Join(Wrap(in, w), ""); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(in, " ", "") {
			t.Fatalf("Wrap(%q, %d) lost text: %q", in, w, got)
		}
		if got := Width(Pad(in, w)); got < w {
			t.Fatalf("Pad(%q, %d) is %d wide", in, w, got)
		}
	})
}

func FuzzHTML(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		got := HTML(s)
		if strings.ContainsAny(got, `<>"'`) || html.UnescapeString(got) != Text(s) {
			t.Fatalf("HTML(%q) = %q", s, got)
		}
	})
}

func TestMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		"session name is \"a\"":   "session name is \"a\"",
		"a|b":                     `a\|b`,
		"<b>&lt;":                 "&lt;b&gt;&amp;lt;",
		"[x](http://e)":           `\[x\]\(http\://e)`,
		"www.e.example":           `www\.e.example`,
		"a@b":                     "a`@`b",
		"- x":                     `\- x`,
		"12. x":                   `12\. x`,
		"a*b_c`d":                 "a\\*b\\_c\\`d",
		"x\n# y":                  `x\\n\# y`,
		"arn:aws:iam::1:role/a-b": "arn:aws:iam::1:role/a-b",
	} {
		if got := Markdown(in); got != want {
			t.Errorf("Markdown(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"a|b":    "`a\\|b`",
		"a`b":    "``a`b``",
		"`":      "`` ` ``",
		"":       "",
		"<b>@x":  "`<b>@x`",
		`a\|b`:   "`a\\\\\\|b`",
		"a\nb":   "`a\\nb`",
		" x y ":  "`\\u{20}x y\\u{20}`",
		"``` x ": "```` ``` x\\u{20} ````",
	} {
		if got := MarkdownCode(in); got != want {
			t.Errorf("MarkdownCode(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		got := Markdown(s)
		bare := dropEscapes(got)
		if strings.ContainsAny(bare, "<>[]*_|~#{}$^\\") || strings.Contains(bare, "://") ||
			strings.Contains(strings.ToLower(bare), "www.") {
			t.Fatalf("Markdown(%q) = %q has live %q", s, got, bare)
		}
		if rest := strings.ReplaceAll(bare, "`@`", ""); strings.ContainsAny(rest, "@`") {
			t.Fatalf("Markdown(%q) = %q has live %q", s, got, rest)
		}
		code := MarkdownCode(s)
		if strings.Contains(code, "\n") || strings.Contains(strings.ReplaceAll(code, `\|`, ""), "|") {
			t.Fatalf("MarkdownCode(%q) = %q", s, code)
		}
		if s == "" {
			return
		}
		fence := code[:len(code)-len(strings.TrimLeft(code, "`"))]
		if inner := strings.TrimSuffix(code[len(fence):], fence); strings.Contains(inner, fence) {
			t.Fatalf("MarkdownCode(%q) = %q ends early", s, code)
		}
	})
}

// dropEscapes puts a space for each backslash escape and character reference.
func dropEscapes(s string) string {
	s = strings.NewReplacer("&lt;", " ", "&gt;", " ", "&amp;", " ").Replace(s)
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
			b.WriteByte(' ')
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func FuzzDOT(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		got := DOTLines(s, s)
		body := strings.ReplaceAll(got[1:len(got)-1], `\\`, "")
		body = strings.ReplaceAll(body, `\"`, "")
		if got[0] != '"' || got[len(got)-1] != '"' || strings.Contains(body, `"`) || strings.Count(body, `\`) != 1 {
			t.Fatalf("DOTLines(%q) = %q", s, got)
		}
		if strings.ContainsAny(got, "\n\r\x00") || strings.Contains(strings.ReplaceAll(got, "&amp;", ""), "&") {
			t.Fatalf("DOTLines(%q) = %q", s, got)
		}
	})
}

func FuzzDOTHTML(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		got := DOTHTML(s)
		if strings.ContainsAny(got, `<>"'[`) {
			t.Fatalf("DOTHTML(%q) = %q", s, got)
		}
		d := xml.NewDecoder(strings.NewReader("<B>" + got + "</B>"))
		var text strings.Builder
		for {
			tok, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("DOTHTML(%q) = %q is not XML text: %v", s, got, err)
			}
			if c, ok := tok.(xml.CharData); ok {
				text.Write(c)
			}
		}
		if text.String() != Text(s) {
			t.Fatalf("DOTHTML(%q) reads as %q", s, text.String())
		}
	})
}

func FuzzCSV(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		got := CSV(s)
		if got == "" {
			return
		}
		if slices.Contains([]rune("=+-@\t\r＝＋－＠"), []rune(got)[0]) {
			t.Fatalf("CSV(%q) = %q", s, got)
		}
	})
}
