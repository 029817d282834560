package policy

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// ErrDocument is wrapped by every error of ParseDocument.
var ErrDocument = errors.New("not a policy document")

// ParseDocument reads one policy document (GRAM-01 to GRAM-19). It returns an
// error only if raw is not a JSON object or is larger than 4 MiB; every defect
// inside is a Problem, and the statement concerned has no effect where the
// rules say so. Time and memory are linear in len(raw).
func ParseDocument(raw []byte) (*Document, error) {
	if len(raw) > maxDocument {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are read", ErrDocument, len(raw), maxDocument)
	}
	root, err := readTree(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDocument, err)
	}
	if root.kind != '{' {
		return nil, fmt.Errorf("%w: found %s, want an object", ErrDocument, root.describe())
	}
	text := jsontext.Value(bytes.Clone(raw))
	if err := text.Compact(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDocument, err)
	}
	d := &Document{Text: string(text), Digest: sha256.Sum256(text)}
	p := docParser{doc: d, variables: true, seen: map[string]int{}}
	p.document(root)
	return d, nil
}

// node is a JSON value with its position and every member, repeated ones too.
type node struct {
	kind   jsontext.Kind // '{' '[' '"' '0' 't' 'f' 'n'
	text   string        // scalars, normalized (GRAM-04)
	names  []string      // of members
	kids   []*node       // members or elements
	offset int
}

func (n *node) describe() string {
	switch n.kind {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 'n':
		return "null"
	case '0':
		return "a number"
	}
	return "a boolean"
}

func readTree(raw []byte) (*node, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	n, err := readNode(dec)
	if err != nil {
		return nil, err
	}
	if _, err := dec.ReadToken(); err != io.EOF {
		return nil, errors.New("more text after the closing brace")
	}
	return n, nil
}

// readNode recurses as deep as the input nests; jsontext stops at 10,000.
func readNode(dec *jsontext.Decoder) (*node, error) {
	tok, err := dec.ReadToken()
	if err != nil {
		return nil, err
	}
	n := &node{kind: tok.Kind(), offset: int(dec.InputOffset())}
	switch n.kind {
	case '{':
		for dec.PeekKind() != '}' {
			name, err := dec.ReadToken()
			if err != nil {
				return nil, err
			}
			n.names = append(n.names, name.String())
			kid, err := readNode(dec)
			if err != nil {
				return nil, err
			}
			n.kids = append(n.kids, kid)
		}
		_, err = dec.ReadToken()
	case '[':
		for dec.PeekKind() != ']' {
			kid, err := readNode(dec)
			if err != nil {
				return nil, err
			}
			n.kids = append(n.kids, kid)
		}
		_, err = dec.ReadToken()
	case '0':
		n.text = normalNumber(tok.String())
	default:
		n.text = tok.String()
	}
	return n, err
}

// longestNumber bounds the text that one number grows to: "1e308" would be 309
// digits, and a document full of such numbers sixty times its size.
const longestNumber = 64

// normalNumber writes a JSON number without exponent and without a trailing
// ".0", digit by digit (GRAM-04). Numbers that would grow too long stay as they
// are written.
func normalNumber(s string) string {
	if !strings.ContainsAny(s, ".eE") {
		return s
	}
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		n, err := strconv.Atoi(s[i+1:])
		if err != nil || n > longestNumber || n < -longestNumber {
			return s
		}
		mantissa, exponent = s[:i], n
	}
	digits, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	digits, point := whole+fraction, len(whole)+exponent
	if point < 0 {
		digits, point = strings.Repeat("0", -point)+digits, 0
	}
	if point > len(digits) {
		digits += strings.Repeat("0", point-len(digits))
	}
	whole, fraction = strings.TrimLeft(digits[:point], "0"), strings.TrimRight(digits[point:], "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if negative && whole != "0" {
		whole = "-" + whole
	}
	return whole
}

// docParser turns a tree into a Document.
type docParser struct {
	doc       *Document
	variables bool
	seen      map[string]int // statements by key: their place in doc
	statement int            // index of the one at hand, -1 outside
}

func (p *docParser) problem(n *node, code, format string, args ...any) {
	p.doc.Problems = append(p.doc.Problems, Problem{Code: code, Message: fmt.Sprintf(format, args...), Statement: p.statement, Offset: n.offset})
}

func (p *docParser) warn(n *node, code, format string, args ...any) {
	p.problem(n, code, format, args...)
	p.doc.Problems[len(p.doc.Problems)-1].Warning = true
}

var documentElements = []string{"Version", "Id", "Statement"}

func (p *docParser) document(root *node) {
	p.statement = -1
	var statements []*node
	seen := map[string]int{}
	for i, name := range root.names {
		kid := root.kids[i]
		if seen[name]++; seen[name] == 2 {
			p.problem(kid, "duplicate-key", "the key %q repeats; every Statement counts, of other keys the last (U-12)", clip(name))
		}
		switch p.element(root, kid, name, documentElements) {
		case "Version":
			p.doc.Version = kid.text
		case "Id":
			p.doc.ID = kid.text
		case "Statement":
			// A repeated Statement is read both ways, which for a list of
			// statements means all of them (GRAM-15).
			switch kid.kind {
			case '[':
				statements = append(statements, kid.kids...)
			case '{':
				statements = append(statements, kid)
			default:
				p.problem(kid, "invalid-statement", "Statement is %s, want an object or an array of objects", kid.describe())
			}
		}
	}
	p.version(root)
	defer func() {
		if seen["Statement"] > 1 || seen["Version"] > 1 {
			for i := range p.doc.Statements {
				p.doc.Statements[i].Codes = append(p.doc.Statements[i].Codes, "U-12")
			}
		}
	}()
	for i, n := range statements {
		p.statement = i
		if n.kind != '{' {
			p.problem(n, "invalid-statement", "a statement is %s, want an object", n.describe())
			continue
		}
		p.readings(n, i)
	}
}

func (p *docParser) version(root *node) {
	switch p.doc.Version {
	case "2012-10-17":
	case "2008-10-17", "":
		p.variables = false
	default:
		p.variables = false
		p.problem(root, "invalid-version", "Version is %q, want \"2012-10-17\"; read as 2008-10-17, without policy variables", clip(p.doc.Version))
	}
}

// element returns the known element that name stands for: exactly, or ignoring
// case with a problem (GRAM-16). Unknown elements are reported (GRAM-17).
func (p *docParser) element(parent, n *node, name string, known []string) string {
	if slices.Contains(known, name) {
		return name
	}
	for _, k := range known {
		if strings.EqualFold(k, name) {
			p.problem(n, "element-case", "element %q is written as %q", k, clip(name))
			return k
		}
	}
	p.problem(n, "unknown-element", "unknown element %q is ignored", clip(name))
	return ""
}

// readings parses a statement, twice if a key repeats in it: both readings
// then count (GRAM-15, U-12).
func (p *docParser) readings(n *node, index int) {
	if !hasRepeats(n, 0) {
		s, ok := p.parseStatement(n, index)
		if !ok {
			return
		}
		if at, repeats := p.seen[s.key()]; repeats {
			first := &p.doc.Statements[at] // the same again changes nothing (GRAM-19)
			first.Repeats = append(first.Repeats, index)
			return
		}
		p.seen[s.key()] = len(p.doc.Statements)
		p.doc.Statements = append(p.doc.Statements, s)
		return
	}
	s, ok := p.parseStatement(reading(n, true), index)
	p.problem(n, "duplicate-key", "a key repeats; both readings are evaluated (U-12)")
	problems := len(p.doc.Problems)
	first, okFirst := p.parseStatement(reading(n, false), index)
	p.doc.Problems = p.doc.Problems[:problems]
	for _, r := range []struct {
		s  Statement
		ok bool
	}{{s, ok}, {first, okFirst}} {
		if r.ok {
			r.s.Codes = append(r.s.Codes, "U-12")
			p.doc.Statements = append(p.doc.Statements, r.s)
		}
	}
}

// key is the normalized statement: statements with equal keys say the same
// (GRAM-19).
func (s *Statement) key() string {
	var b strings.Builder
	list := func(name string, n int, text func(int) string) {
		b.WriteString(name)
		for i := range n {
			b.WriteString(strconv.Quote(text(i)))
		}
	}
	list(s.Effect.String()+" ", 1, func(int) string { return s.Sid })
	list("A", len(s.Action), func(i int) string { return s.Action[i].text })
	list("NA", len(s.NotAction), func(i int) string { return s.NotAction[i].text })
	list("R", len(s.Resource), func(i int) string { return s.Resource[i].text })
	list("NR", len(s.NotResource), func(i int) string { return s.NotResource[i].text })
	list("P", len(s.Principal), func(i int) string { return s.Principal[i].Type + " " + s.Principal[i].Text })
	list("NP", len(s.NotPrincipal), func(i int) string { return s.NotPrincipal[i].Type + " " + s.NotPrincipal[i].Text })
	for _, c := range s.Conditions {
		list("C", 2, func(i int) string { return []string{c.Operator, c.Key}[i] })
		list("V", len(c.Values), func(i int) string { return c.Values[i] })
	}
	return b.String()
}

func hasRepeats(n *node, depth int) bool {
	seen := make(map[string]bool, len(n.names))
	for _, name := range n.names {
		if seen[name] {
			return true
		}
		seen[name] = true
	}
	for _, kid := range n.kids {
		if depth < 8 && hasRepeats(kid, depth+1) {
			return true
		}
	}
	return false
}

// reading keeps one member of each name, the first or the last.
func reading(n *node, last bool) *node {
	out := &node{kind: n.kind, text: n.text, offset: n.offset}
	at := make(map[string]int, len(n.names))
	for i, kid := range n.kids {
		if n.kind == '{' {
			if k, ok := at[n.names[i]]; ok {
				if last {
					out.kids[k] = reading(kid, last)
				}
				continue
			}
			at[n.names[i]] = len(out.kids)
			out.names = append(out.names, n.names[i])
		}
		out.kids = append(out.kids, reading(kid, last))
	}
	return out
}

// clip shortens text from the input for a message.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
