package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"
)

// ErrDocument is wrapped by every error of ParseDocument.
var ErrDocument = errors.New("not a policy document")

// ParseDocument reads one policy document (GRAM-01 to GRAM-19). It returns an
// error only if raw is not a JSON object or is larger than 4 MiB; every defect
// inside is a Problem, and the statement concerned has no effect where the
// rules say so. Time and memory are linear in len(raw).
func ParseDocument(raw []byte) (*Document, error) { return new(Parser).Parse(raw) }

// A Parser parses many documents, and lets those that say the same share it. It
// is for one goroutine at a time. The zero Parser is usable, and shares nothing.
type Parser struct {
	nodes     nodes
	list      []string                      // of texts
	actions   map[string]ActionPattern      // nil: not shared
	resources [2]map[string]ResourcePattern // without and with variables
}

// NewParser returns a Parser that shares compiled patterns between documents.
func NewParser() *Parser {
	return &Parser{actions: map[string]ActionPattern{}, resources: [2]map[string]ResourcePattern{{}, {}}}
}

// Parse is ParseDocument.
func (p *Parser) Parse(raw []byte) (*Document, error) {
	if len(raw) > maxDocument {
		return nil, tooLong(len(raw))
	}
	return p.ParseText(string(raw))
}

func tooLong(size int) error {
	return fmt.Errorf("%w: %d bytes, at most %d are read", ErrDocument, size, maxDocument)
}

// ParseText is Parse of a text, of which the document keeps parts. Its errors are
// those of Parse.
func (p *Parser) ParseText(text string) (*Document, error) {
	if len(text) > maxDocument {
		return nil, tooLong(len(text))
	}
	p.nodes.reset()
	raw := unsafe.Slice(unsafe.StringData(text), len(text)) // only read: a copy of each text shows
	r := treeReader{nodes: &p.nodes, text: text}
	root, ok := r.read()
	if !ok {
		var err error
		if root, err = readTree(raw); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDocument, err)
		}
	}
	if root.kind != '{' {
		return nil, fmt.Errorf("%w: found %s, want an object", ErrDocument, root.describe())
	}
	switch {
	case !ok:
		value := jsontext.Value(bytes.Clone(raw))
		if err := value.Compact(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDocument, err)
		}
		text, raw = string(value), value
	case r.blank:
		text = compact(text)
		raw = []byte(text)
	}
	d := &Document{Text: text, Digest: sha256.Sum256(raw)}
	reader := &docParser{Parser: p, doc: d, variables: true}
	if reader.document(root); reader.unread != "" {
		return nil, fmt.Errorf("%w: %s", ErrDocument, reader.unread)
	}
	return d, nil
}

// mostShared bounds what a Parser remembers.
const mostShared = 1 << 16

// action compiles a pattern, or finds it.
func (p *Parser) action(text string) ActionPattern {
	a, ok := p.actions[text]
	if ok {
		return a
	}
	a = CompileAction(text)
	if p.actions != nil {
		if len(p.actions) >= mostShared {
			clear(p.actions)
		}
		p.actions[text] = a
	}
	return a
}

func (p *Parser) resource(text string, variables bool) ResourcePattern {
	shared := p.resources[0]
	if variables {
		shared = p.resources[1]
	}
	r, ok := shared[text]
	if ok {
		return r
	}
	r = CompileResource(text, variables)
	if shared != nil {
		if len(shared) >= mostShared {
			clear(shared)
		}
		shared[text] = r
	}
	return r
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
	*Parser
	doc       *Document
	variables bool
	seen      map[string]int // statements by key: their place in doc; nil until there are many
	statement int            // index of the one at hand, -1 outside
	unread    string         // why none of the statements can be read, though there are some
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
	var versions []string
	var times [3]int // that an element of documentElements stands there by that very name
	repeats := repeats(root)
	seen := map[string]int{}
	for kid := root.first; kid != nil; kid = kid.next {
		if i := slices.Index(documentElements, kid.name); i >= 0 {
			times[i]++
		}
		if repeats {
			if seen[kid.name]++; seen[kid.name] == 2 {
				p.problem(kid, "duplicate-key", "the key %q repeats; all readings are evaluated (U-12)", clip(kid.name))
			}
		}
		switch p.element(kid, documentElements) {
		case 0:
			if times[0] == 0 || kid.name == documentElements[0] { // the exact name first (GRAM-16)
				p.doc.Version = kid.text
			}
			if kid.name == documentElements[0] {
				versions = append(versions, kid.text)
			}
		case 1:
			p.doc.ID = kid.text
		case 2:
			statements = p.statements(statements, kid)
		}
	}
	p.version(root)
	p.doc.Statements = make([]Statement, 0, len(statements))
	for i, n := range statements {
		p.statement = i
		if n.kind != '{' {
			p.problem(n, "invalid-statement", "a statement is %s, want an object", n.describe())
			continue
		}
		p.readings(n, i)
	}
	p.illegible(statements)
	p.otherVersion(statements, versions)
	if len(p.doc.Statements) == 0 {
		p.doc.Statements = nil
	}
	if times[0] > 1 || times[2] > 1 {
		for i := range p.doc.Statements {
			p.doc.Statements[i].Codes = append(p.doc.Statements[i].Codes, "U-12")
		}
	}
}

// illegible: where nothing that stands for a statement is one, the policy says something
// that is not known, which is another thing than saying nothing (GAAD-20, CONV-03).
func (p *docParser) illegible(statements []*node) {
	if len(statements) > 0 && !slices.ContainsFunc(statements, func(n *node) bool { return n.kind == '{' || n.kind == 'n' }) {
		p.unread = "a statement is " + statements[0].describe() + ", want an object"
	}
}

// otherVersion adds the statements as they read without variables, or with them, where
// the versions of the document do not agree on that (GRAM-15).
func (p *docParser) otherVersion(statements []*node, versions []string) {
	other := func(v string) bool { return (v == withVariables) != p.variables }
	if !slices.ContainsFunc(versions, other) || !strings.Contains(p.doc.Text, "${") && !strings.Contains(p.doc.Text, `\u`) {
		return // all statements read the same
	}
	problems := len(p.doc.Problems)
	first := p.doc.Statements
	p.variables, p.doc.Statements, p.seen = !p.variables, nil, nil // whose texts are the same
	for i, n := range statements {
		if p.statement = i; n.kind == '{' {
			p.readings(n, i)
		}
	}
	p.doc.Statements = append(first, p.doc.Statements...)
	p.doc.Problems = p.doc.Problems[:problems]
}

// withVariables is the version that has policy variables (GRAM-05).
const withVariables = "2012-10-17"

// statements adds those of an element. A repeated Statement is read both ways,
// which for a list of statements means all of them (GRAM-15).
func (p *docParser) statements(list []*node, n *node) []*node {
	switch n.kind {
	case '[':
		for kid := n.first; kid != nil; kid = kid.next {
			list = append(list, kid)
		}
	case '{':
		list = append(list, n)
	case 'n':
		p.problem(n, "invalid-statement", "Statement is %s, want an object or an array of objects", n.describe())
	default:
		list = append(list, n)
	}
	return list
}

func (p *docParser) version(root *node) {
	switch p.doc.Version {
	case withVariables:
	case "2008-10-17", "":
		p.variables = false
	default:
		p.variables = false
		p.problem(root, "invalid-version", "Version is %q, want \"2012-10-17\"; read as 2008-10-17, without policy variables", clip(p.doc.Version))
	}
}

// element returns which of the known elements the name of n stands for: exactly,
// or ignoring case with a problem (GRAM-16). Unknown elements are reported
// (GRAM-17), and -1.
func (p *docParser) element(n *node, known []string) int {
	if i := slices.Index(known, n.name); i >= 0 {
		return i
	}
	for i, k := range known {
		if strings.EqualFold(k, n.name) {
			p.problem(n, "element-case", "element %q is written as %q", k, clip(n.name))
			return i
		}
	}
	p.problem(n, "unknown-element", "unknown element %q is ignored", clip(n.name))
	return -1
}

// readings parses a statement, twice if a key repeats in it: both readings
// then count (GRAM-15, U-12).
func (p *docParser) readings(n *node, index int) {
	if !hasRepeats(n, 0) {
		s, ok := p.parseStatement(n, index)
		if !ok {
			return
		}
		if first := p.same(&s); first != nil { // the same again changes nothing (GRAM-19)
			first.Repeats = append(first.Repeats, index)
			return
		}
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

// same finds the statement that says what s says, or nil (GRAM-19). Those of
// which both readings count are not compared. A few are compared with each
// other, of many the keys.
func (p *docParser) same(s *Statement) *Statement {
	const few = 8
	list := p.doc.Statements
	if len(list) < few {
		for i := range list {
			if first := &list[i]; first.comparable() && first.equal(s) {
				return first
			}
		}
		return nil
	}
	if p.seen == nil {
		p.seen = map[string]int{}
		for i := range list {
			if list[i].comparable() {
				p.seen[list[i].key()] = i
			}
		}
	}
	key := s.key()
	if i, ok := p.seen[key]; ok {
		return &list[i]
	}
	p.seen[key] = len(list) // where it will be
	return nil
}

// comparable is false for a statement that is one of two readings (U-12).
func (s *Statement) comparable() bool { return len(s.Codes) == 0 }

// equal reports whether two statements say the same in the same order (GRAM-19).
func (s *Statement) equal(t *Statement) bool {
	action := func(x, y ActionPattern) bool { return x.text == y.text }
	resource := func(x, y ResourcePattern) bool { return x.text == y.text }
	principal := func(x, y PrincipalElement) bool { return x.Type == y.Type && x.Text == y.Text }
	return s.Effect == t.Effect && s.Sid == t.Sid && slices.EqualFunc(s.Action, t.Action, action) && slices.EqualFunc(s.NotAction, t.NotAction, action) &&
		slices.EqualFunc(s.Resource, t.Resource, resource) && slices.EqualFunc(s.NotResource, t.NotResource, resource) &&
		slices.EqualFunc(s.Principal, t.Principal, principal) && slices.EqualFunc(s.NotPrincipal, t.NotPrincipal, principal) &&
		slices.EqualFunc(s.Conditions, t.Conditions, func(x, y Condition) bool {
			return x.Operator == y.Operator && x.Key == y.Key && slices.Equal(x.Values, y.Values)
		})
}

// key is what equal compares: statements with equal keys are equal, and the other
// way round.
func (s *Statement) key() string {
	var b []byte
	text := func(t string) {
		b = binary.AppendUvarint(b, uint64(len(t)))
		b = append(b, t...)
	}
	count := func(n int) { b = binary.AppendUvarint(b, uint64(n)) }
	b = append(b, byte(s.Effect))
	text(s.Sid)
	for _, list := range [][]ActionPattern{s.Action, s.NotAction} {
		count(len(list))
		for i := range list {
			text(list[i].text)
		}
	}
	for _, list := range [][]ResourcePattern{s.Resource, s.NotResource} {
		count(len(list))
		for i := range list {
			text(list[i].text)
		}
	}
	for _, list := range [][]PrincipalElement{s.Principal, s.NotPrincipal} {
		count(len(list))
		for i := range list {
			text(list[i].Type)
			text(list[i].Text)
		}
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		text(c.Operator)
		text(c.Key)
		count(len(c.Values))
		for _, v := range c.Values {
			text(v)
		}
	}
	return string(b)
}

// clip shortens text from the input for a message.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
