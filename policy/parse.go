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
	p := docParser{doc: d, variables: true}
	p.document(root)
	return d, nil
}

// node is a JSON value with its position and every member, repeated ones too.
type node struct {
	kind    jsontext.Kind // '{' '[' '"' '0' 't' 'f' 'n'
	text    string        // scalars, normalized (GRAM-04)
	names   []string      // of members
	kids    []*node       // members or elements
	offset  int
	ordinal int
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

// normalNumber writes a JSON number without exponent and without a trailing
// ".0" (GRAM-04).
func normalNumber(s string) string {
	if !strings.ContainsAny(s, ".eE") {
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// docParser turns a tree into a Document.
type docParser struct {
	doc       *Document
	variables bool
	statement int // index of the one at hand, -1 outside
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
	for i, name := range root.names {
		kid := root.kids[i]
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
	repeated := hasRepeats(n, 0)
	s, ok := p.parseStatement(n, index)
	if !repeated {
		if ok {
			p.add(s)
		}
		return
	}
	p.problem(n, "duplicate-key", "a key repeats; both readings are evaluated (U-12)")
	problems := len(p.doc.Problems)
	first, okFirst := p.parseStatement(firstReading(n), index)
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

func (p *docParser) add(s Statement) {
	p.doc.Statements = append(p.doc.Statements, s)
}

func hasRepeats(n *node, depth int) bool {
	for i, name := range n.names {
		if slices.Contains(n.names[:i], name) {
			return true
		}
	}
	for _, kid := range n.kids {
		if depth < 8 && hasRepeats(kid, depth+1) {
			return true
		}
	}
	return false
}

// firstReading drops every later member of the same name; the ordinary parse
// lets the last one win.
func firstReading(n *node) *node {
	out := &node{kind: n.kind, text: n.text, offset: n.offset}
	for i, kid := range n.kids {
		if n.kind == '{' {
			if slices.Contains(n.names[:i], n.names[i]) {
				continue
			}
			out.names = append(out.names, n.names[i])
		}
		out.kids = append(out.kids, firstReading(kid))
	}
	return out
}

var statementElements = []string{"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}

// parseStatement reports false for a statement that can have no effect.
func (p *docParser) parseStatement(n *node, index int) (Statement, bool) {
	s := Statement{Index: index}
	elements := map[string]*node{}
	for i, name := range n.names {
		if e := p.element(n, n.kids[i], name, statementElements); e != "" {
			if _, exact := elements[e]; !exact || e == name {
				elements[e] = n.kids[i]
			}
		}
	}
	if sid := elements["Sid"]; sid != nil {
		s.Sid = sid.text
	}
	ok := p.effect(n, elements["Effect"], &s)
	ok = p.actions(n, elements, &s) && ok
	ok = p.resources(n, elements, &s) && ok
	ok = p.principals(n, elements, &s) && ok
	if c := elements["Condition"]; c != nil {
		p.conditions(c, &s)
	}
	return s, ok
}

func (p *docParser) effect(parent, n *node, s *Statement) bool {
	if n == nil {
		p.problem(parent, "invalid-effect", "Effect is missing; the statement has no effect")
		return false
	}
	switch n.text {
	case "Allow":
		s.Effect = Allow
	case "Deny":
		s.Effect = Deny
	default:
		if strings.EqualFold(n.text, "deny") {
			p.warn(n, "invalid-effect", "Effect is %q, want \"Deny\": the statement blocks nothing although its author meant it to", clip(n.text))
		} else {
			p.problem(n, "invalid-effect", "Effect is %q, want \"Allow\" or \"Deny\"; the statement has no effect", clip(n.text))
		}
		return false
	}
	return true
}

// texts normalizes a scalar or an array of scalars to a list (GRAM-03, GRAM-04).
func (p *docParser) texts(n *node, element string) []string {
	switch n.kind {
	case '[':
		var out []string
		for _, kid := range n.kids {
			if kid.kind == '{' || kid.kind == '[' || kid.kind == 'n' {
				p.problem(kid, "invalid-value", "%s holds %s, want text", element, kid.describe())
				continue
			}
			out = append(out, kid.text)
		}
		return out
	case '{', 'n':
		p.problem(n, "invalid-value", "%s is %s, want text or an array of texts", element, n.describe())
		return nil
	}
	return []string{n.text}
}

func (p *docParser) actions(parent *node, elements map[string]*node, s *Statement) bool {
	action, not := elements["Action"], elements["NotAction"]
	if (action == nil) == (not == nil) {
		p.problem(parent, "invalid-action", "a statement has exactly one of Action and NotAction; this one has no effect")
		return false
	}
	if action != nil {
		s.Action = compileActions(p.texts(action, "Action"))
		return len(s.Action) > 0 || p.empty(action, "Action")
	}
	s.NotAction = compileActions(p.texts(not, "NotAction"))
	return len(s.NotAction) > 0 || p.empty(not, "NotAction")
}

// empty reports an element that is there and holds nothing (GRAM-12).
func (p *docParser) empty(n *node, element string) bool {
	p.problem(n, "empty-element", "%s is empty; the statement has no effect", element)
	return false
}

func (p *docParser) resources(parent *node, elements map[string]*node, s *Statement) bool {
	resource, not := elements["Resource"], elements["NotResource"]
	if resource != nil && not != nil {
		p.problem(parent, "invalid-resource", "a statement has at most one of Resource and NotResource; this one has no effect")
		return false
	}
	s.HasResource = resource != nil || not != nil
	if resource != nil {
		s.Resource = compileResources(p.texts(resource, "Resource"), p.variables)
		return len(s.Resource) > 0 || p.empty(resource, "Resource")
	}
	if not != nil {
		s.NotResource = compileResources(p.texts(not, "NotResource"), p.variables)
		return len(s.NotResource) > 0 || p.empty(not, "NotResource")
	}
	return true
}

func (p *docParser) principals(parent *node, elements map[string]*node, s *Statement) bool {
	principal, not := elements["Principal"], elements["NotPrincipal"]
	if principal != nil && not != nil {
		p.problem(parent, "invalid-principal", "a statement has at most one of Principal and NotPrincipal; this one has no effect")
		return false
	}
	s.HasPrincipal = principal != nil || not != nil
	if principal != nil {
		s.Principal = p.principalElements(principal, "Principal")
		return len(s.Principal) > 0 || p.empty(principal, "Principal")
	}
	if not != nil {
		s.NotPrincipal = p.principalElements(not, "NotPrincipal")
		return len(s.NotPrincipal) > 0 || p.empty(not, "NotPrincipal")
	}
	return true
}

var principalTypes = []string{"AWS", "Service", "Federated", "CanonicalUser"}

func (p *docParser) principalElements(n *node, element string) []PrincipalElement {
	var out []PrincipalElement
	switch n.kind {
	case '"':
		if n.text == "*" {
			return []PrincipalElement{{Type: "*", Text: "*"}}
		}
		p.problem(n, "invalid-principal", "%s is %q, want \"*\" or an object", element, clip(n.text))
	case '{':
		for i, name := range n.names {
			kind := p.element(n, n.kids[i], name, principalTypes)
			if kind == "" {
				continue
			}
			for _, text := range p.texts(n.kids[i], element+"."+kind) {
				out = append(out, newPrincipalElement(kind, text))
				if why := out[len(out)-1].defect(); why != "" {
					p.problem(n.kids[i], "dead-principal", "%s %q %s", kind, clip(text), why)
				}
			}
		}
	default:
		p.problem(n, "invalid-principal", "%s is %s, want \"*\" or an object", element, n.describe())
	}
	return out
}

func (p *docParser) conditions(n *node, s *Statement) {
	if n.kind != '{' {
		p.problem(n, "invalid-condition", "Condition is %s, want an object; the statement matches nothing", n.describe())
		s.Conditions = append(s.Conditions, Condition{Operator: "(not an object)"})
		return
	}
	for i, operator := range n.names {
		block := n.kids[i]
		if block.kind != '{' {
			p.problem(block, "invalid-condition", "%s is %s, want an object of keys", clip(operator), block.describe())
			s.Conditions = append(s.Conditions, Condition{Operator: operator})
			continue
		}
		for k, key := range block.names {
			values := p.texts(block.kids[k], "Condition."+operator+"."+key)
			c := compileCondition(operator, key, values, p.variables)
			for _, lint := range c.lint() {
				p.problem(block.kids[k], "condition", "%s", lint)
			}
			s.Conditions = append(s.Conditions, c)
		}
	}
}

// clip shortens text from the input for a message.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
