package policy

import (
	"strings"
	"unicode/utf8"
)

// A Pattern is a compiled glob: "*" stands for any run of characters, "?" for
// exactly one. Matching is greedy over the literal pieces between stars, which
// is exact for globs and never backtracks over more than one piece: the cost is
// at most len(pattern)·len(text), whatever an attacker writes.
//
// The zero Pattern matches only the empty string.
type Pattern struct {
	text   string
	pieces []piece // between stars; one piece if there is no star
	star   bool    // at least one star

	// arn has the parts of a pattern whose wildcards before an ARN's resource stand for
	// no colon; nil for all others. See arnQuestion.
	arn *arnGlob
}

// A piece is a run without stars.
type piece struct {
	lit   string // the run, or what it has before the first "?"
	runes []rune // of a run that holds a "?", which is anyRune; else nil
}

const anyRune = rune(-1)

// A globToken is one element of a pattern: a literal text, or a wildcard.
type globToken struct {
	lit  string
	star bool
	one  bool
}

// CompilePattern compiles a glob. Every text is a valid pattern.
func CompilePattern(text string) Pattern {
	if !simpleGlob(text) {
		return compileTokens(text, globTokens(text))
	}
	p := Pattern{text: text}
	p.pieces, p.star = appendPieces(make([]piece, 0, 1+strings.Count(text, "*")), text)
	return p
}

// simpleGlob reports whether stars are all that is special in a pattern, which
// is so in nearly all: its pieces are then parts of its text.
func simpleGlob(text string) bool {
	return strings.IndexByte(text, '?') < 0 && strings.IndexByte(text, plainStar[0]) < 0 && strings.IndexByte(text, plainMark[0]) < 0
}

// appendPieces splits a simple glob at its stars; a run of stars is one.
func appendPieces(pieces []piece, text string) (_ []piece, star bool) {
	for {
		i := strings.IndexByte(text, '*')
		if i < 0 {
			return append(pieces, piece{lit: text}), star
		}
		if i > 0 || !star {
			pieces = append(pieces, piece{lit: text[:i]})
		}
		star, text = true, text[i+1:]
	}
}

// LiteralPattern compiles a pattern in which no character is special.
func LiteralPattern(text string) Pattern {
	return Pattern{text: text, pieces: []piece{{lit: text}}}
}

// Two bytes stand for a star and a question mark that are not wildcards, in
// pattern text that was put together from a policy's values. They are no UTF-8,
// which the text of a policy and the name of a thing always are: any character,
// private ones too, can be in those.
const (
	plainStar = "\xfe"
	plainMark = "\xff"
)

var (
	escapeGlob   = strings.NewReplacer("*", plainStar, "?", plainMark)
	unescapeGlob = strings.NewReplacer(plainStar, "*", plainMark, "?")
)

func globTokens(text string) []globToken {
	var toks []globToken
	for text != "" {
		i := strings.IndexAny(text, "*?")
		if i < 0 {
			return append(toks, globToken{lit: unescapeGlob.Replace(text)})
		}
		if i > 0 {
			toks = append(toks, globToken{lit: unescapeGlob.Replace(text[:i])})
		}
		toks = append(toks, globToken{star: text[i] == '*', one: text[i] == '?'})
		text = text[i+1:]
	}
	return toks
}

func compileTokens(text string, toks []globToken) Pattern {
	p := Pattern{text: text}
	var cur piece
	var lit strings.Builder
	flush := func() {
		cur.lit = lit.String()
		p.pieces = append(p.pieces, cur)
		cur = piece{}
		lit.Reset()
	}
	for _, t := range toks {
		switch {
		case t.star:
			if p.star && cur.runes == nil && lit.Len() == 0 {
				continue // a run of stars is one star
			}
			p.star = true
			flush()
		case t.one:
			if cur.runes == nil {
				cur.runes = []rune(lit.String())
			}
			cur.runes = append(cur.runes, anyRune)
		default:
			if cur.runes != nil {
				cur.runes = append(cur.runes, []rune(t.lit)...)
			} else {
				lit.WriteString(t.lit)
			}
		}
	}
	flush()
	return p
}

// tokens are what the pattern is made of.
func (p Pattern) tokens() []globToken {
	var out []globToken
	for i, piece := range p.pieces {
		if i > 0 {
			out = append(out, globToken{star: true})
		}
		if piece.runes == nil {
			out = append(out, globToken{lit: piece.lit})
			continue
		}
		for _, r := range piece.runes {
			if r == anyRune {
				out = append(out, globToken{one: true})
			} else {
				out = append(out, globToken{lit: string(r)})
			}
		}
	}
	return out
}

// String returns the pattern as written.
func (p Pattern) String() string { return p.text }

// IsLiteral reports whether the pattern has no wildcard.
func (p Pattern) IsLiteral() bool {
	return !p.star && (len(p.pieces) == 0 || p.pieces[0].runes == nil)
}

// literal is the one text that a literal pattern matches.
func (p Pattern) literal() string {
	if len(p.pieces) == 0 {
		return ""
	}
	return p.pieces[0].lit
}

// IsAll reports whether the pattern is made of stars alone, and so matches all.
func (p Pattern) IsAll() bool {
	return p.star && len(p.pieces) == 2 && p.pieces[0].empty() && p.pieces[1].empty()
}

func (q piece) empty() bool { return q.runes == nil && q.lit == "" }

// Match reports whether the pattern matches the whole of s.
func (p Pattern) Match(s string) bool {
	if p.arn != nil {
		return p.matchARN(s)
	}
	if len(p.pieces) == 0 {
		return s == ""
	}
	if !p.star {
		n, ok := p.pieces[0].prefix(s)
		return ok && n == len(s)
	}
	n, ok := p.pieces[0].prefix(s)
	if !ok {
		return false
	}
	s = s[n:]
	last := p.pieces[len(p.pieces)-1]
	if n, ok = last.suffix(s); !ok {
		return false
	}
	s = s[:n]
	for _, q := range p.pieces[1 : len(p.pieces)-1] {
		end, ok := q.find(s)
		if !ok {
			return false
		}
		s = s[end:]
	}
	return true
}

// prefix reports whether s begins with the piece, and where it ends.
func (q piece) prefix(s string) (end int, ok bool) {
	if q.runes == nil {
		return len(q.lit), strings.HasPrefix(s, q.lit)
	}
	for _, r := range q.runes {
		got, n := utf8.DecodeRuneInString(s[end:])
		if n == 0 || (r != anyRune && r != got) {
			return 0, false
		}
		end += n
	}
	return end, true
}

// suffix reports whether s ends with the piece, and where it begins.
func (q piece) suffix(s string) (start int, ok bool) {
	if q.runes == nil {
		return len(s) - len(q.lit), strings.HasSuffix(s, q.lit)
	}
	start = len(s)
	for i := len(q.runes) - 1; i >= 0; i-- {
		got, n := utf8.DecodeLastRuneInString(s[:start])
		if n == 0 || (q.runes[i] != anyRune && q.runes[i] != got) {
			return 0, false
		}
		start -= n
	}
	return start, true
}

// find returns the end of the first place where the piece stands in s.
func (q piece) find(s string) (end int, ok bool) {
	if q.runes == nil {
		i := strings.Index(s, q.lit)
		return i + len(q.lit), i >= 0
	}
	for at := 0; at <= len(s); {
		if n, ok := q.prefix(s[at:]); ok {
			return at + n, true
		}
		_, n := utf8.DecodeRuneInString(s[at:])
		if n == 0 {
			break
		}
		at += n
	}
	return 0, false
}
