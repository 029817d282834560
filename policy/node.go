package policy

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// node is a JSON value with its position and every member, repeated ones too.
type node struct {
	kind   jsontext.Kind // '{' '[' '"' '0' 't' 'f' 'n'
	name   string        // of a member
	text   string        // scalars, normalized (GRAM-04)
	first  *node         // of the members or elements
	next   *node         // sibling
	offset int           // at which the value begins
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

// nodes hands out nodes, and takes all back at once.
type nodes struct {
	chunks [][]node
	used   int // of all chunks
}

const nodeChunk = 32

func (a *nodes) new(n node) *node {
	at, chunk := a.used%nodeChunk, a.used/nodeChunk
	if chunk == len(a.chunks) {
		a.chunks = append(a.chunks, make([]node, nodeChunk))
	}
	a.used++
	out := &a.chunks[chunk][at]
	*out = n
	return out
}

// reset keeps what ordinary documents take.
func (a *nodes) reset() {
	a.used = 0
	const most = 64
	if len(a.chunks) > most {
		clear(a.chunks[most:])
		a.chunks = a.chunks[:most]
	}
}

// A treeReader reads the JSON of nearly all documents by hand, several times
// faster than a tokenizer. It gives up at whatever is wrong or rare: readTree
// then says what is wrong, or reads it. text stays alive with the nodes, which
// are parts of it.
type treeReader struct {
	nodes *nodes
	text  string
	at    int
	blank bool // there is white space outside of strings
}

// maxQuickDepth is where the treeReader gives up: policies nest six deep.
const maxQuickDepth = 64

// read reports false if the text is for readTree.
func (r *treeReader) read() (*node, bool) {
	if !utf8.ValidString(r.text) {
		return nil, false
	}
	r.skipBlank()
	root, ok := r.value(0)
	r.skipBlank()
	return root, ok && r.at == len(r.text)
}

func (r *treeReader) skipBlank() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\n', '\t', '\r':
			r.at++
			r.blank = true
		default:
			return
		}
	}
}

// take reports whether c comes next, and passes it.
func (r *treeReader) take(c byte) bool {
	if r.at < len(r.text) && r.text[r.at] == c {
		r.at++
		return true
	}
	return false
}

func (r *treeReader) value(depth int) (*node, bool) {
	if r.at >= len(r.text) || depth > maxQuickDepth {
		return nil, false
	}
	start := r.at
	switch c := r.text[start]; c {
	case '{', '[':
		n := r.nodes.new(node{kind: jsontext.Kind(c), offset: start})
		r.at++
		return n, r.kids(n, depth+1)
	case '"':
		text, ok := r.string()
		return r.nodes.new(node{kind: '"', text: text, offset: start}), ok
	case 't':
		return r.literal("true")
	case 'f':
		return r.literal("false")
	case 'n':
		return r.literal("null")
	}
	if !r.number() {
		return nil, false
	}
	return r.nodes.new(node{kind: '0', text: normalNumber(r.text[start:r.at]), offset: start}), true
}

func (r *treeReader) literal(word string) (*node, bool) {
	if !strings.HasPrefix(r.text[r.at:], word) {
		return nil, false
	}
	n := r.nodes.new(node{kind: jsontext.Kind(word[0]), text: word, offset: r.at})
	r.at += len(word)
	return n, true
}

// kids reads what stands between the braces or brackets of n.
func (r *treeReader) kids(n *node, depth int) bool {
	end := byte(n.kind) + 2 // of '{' and '['
	last := &n.first
	for r.skipBlank(); !r.take(end); r.skipBlank() {
		if n.first != nil {
			if !r.take(',') {
				return false
			}
			r.skipBlank()
		}
		var name string
		if n.kind == '{' {
			var ok bool
			if name, ok = r.string(); !ok {
				return false
			}
			if r.skipBlank(); !r.take(':') {
				return false
			}
			r.skipBlank()
		}
		kid, ok := r.value(depth)
		if !ok {
			return false
		}
		kid.name = name
		*last, last = kid, &kid.next
	}
	return true
}

func (r *treeReader) string() (string, bool) {
	if !r.take('"') {
		return "", false
	}
	start, escaped := r.at, false
	for r.at < len(r.text) {
		switch c := r.text[r.at]; {
		case c == '"':
			r.at++
			if !escaped {
				return r.text[start : r.at-1], true
			}
			text, err := jsontext.AppendUnquote(nil, r.text[start-1:r.at])
			return string(text), err == nil
		case c == '\\':
			escaped = true
			r.at += 2
		case c < ' ':
			return "", false
		default:
			r.at++
		}
	}
	return "", false
}

func (r *treeReader) number() bool {
	r.take('-')
	if !r.take('0') && !r.digits() {
		return false
	}
	if r.take('.') && !r.digits() {
		return false
	}
	if r.take('e') || r.take('E') {
		if !r.take('+') {
			r.take('-')
		}
		return r.digits()
	}
	return true
}

func (r *treeReader) digits() bool {
	start := r.at
	for r.at < len(r.text) && '0' <= r.text[r.at] && r.text[r.at] <= '9' {
		r.at++
	}
	return r.at > start
}

// readTree reads any JSON, and says what is wrong with the rest.
func readTree(raw []byte) (*node, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	n, err := readNode(dec, raw)
	if err != nil {
		return nil, err
	}
	if _, err := dec.ReadToken(); err != io.EOF {
		return nil, errors.New("more text after the closing brace")
	}
	return n, nil
}

// readNode recurses as deep as the input nests; jsontext stops at 10,000.
func readNode(dec *jsontext.Decoder, raw []byte) (*node, error) {
	at := int(dec.InputOffset()) // what separates it from the value before comes next
	for at < len(raw) && strings.IndexByte(" \t\r\n,:", raw[at]) >= 0 {
		at++
	}
	tok, err := dec.ReadToken()
	if err != nil {
		return nil, err
	}
	n := &node{kind: tok.Kind(), offset: at}
	last := &n.first
	switch n.kind {
	case '{':
		for dec.PeekKind() != '}' {
			name, err := dec.ReadToken()
			if err != nil {
				return nil, err
			}
			text := name.String()
			kid, err := readNode(dec, raw)
			if err != nil {
				return nil, err
			}
			kid.name = text
			*last, last = kid, &kid.next
		}
		_, err = dec.ReadToken()
	case '[':
		for dec.PeekKind() != ']' {
			kid, err := readNode(dec, raw)
			if err != nil {
				return nil, err
			}
			*last, last = kid, &kid.next
		}
		_, err = dec.ReadToken()
	case '0':
		n.text = normalNumber(tok.String())
	default:
		n.text = tok.String()
	}
	return n, err
}

// compact drops the white space outside of strings from JSON that is known to
// be valid.
func compact(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); {
		switch text[i] {
		case ' ', '\n', '\t', '\r':
			i++
		case '"':
			end := i + 1
			for ; text[end] != '"'; end++ {
				if text[end] == '\\' {
					end++
				}
			}
			b.WriteString(text[i : end+1])
			i = end + 1
		default:
			b.WriteByte(text[i])
			i++
		}
	}
	return b.String()
}

// hasRepeats reports whether a name repeats in an object, there or inside.
func hasRepeats(n *node, depth int) bool {
	if n.kind == '{' && repeats(n) {
		return true
	}
	for kid := n.first; kid != nil; kid = kid.next {
		if depth < 8 && kid.first != nil && hasRepeats(kid, depth+1) {
			return true
		}
	}
	return false
}

// repeats compares the few names of usual objects with each other.
func repeats(n *node) bool {
	count := 0
	for kid := n.first; kid != nil; kid = kid.next {
		if count++; count > 16 {
			return manyRepeat(n)
		}
		for other := n.first; other != kid; other = other.next {
			if other.name == kid.name {
				return true
			}
		}
	}
	return false
}

func manyRepeat(n *node) bool {
	seen := map[string]bool{}
	for kid := n.first; kid != nil; kid = kid.next {
		if seen[kid.name] {
			return true
		}
		seen[kid.name] = true
	}
	return false
}

// reading keeps one member of each name, the first or the last.
func reading(n *node, last bool) *node {
	out := &node{kind: n.kind, name: n.name, text: n.text, offset: n.offset}
	end := &out.first
	at := map[string]*node{}
	for kid := n.first; kid != nil; kid = kid.next {
		if n.kind == '{' {
			if first := at[kid.name]; first != nil {
				if last {
					next := first.next
					*first = *reading(kid, last)
					first.next = next
				}
				continue
			}
		}
		kept := reading(kid, last)
		at[kid.name] = kept
		*end, end = kept, &kept.next
	}
	return out
}
