package cloudformation

import (
	"encoding/json"
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	"accesspath/iam"
	"accesspath/ingest/internal/scan"
)

// The kinds of nodes beyond those of JSON.
const (
	object  = '{'
	array   = '['
	text    = '"'
	bare    = '0' // a number or a boolean
	null    = 'n'
	unknown = 'u' // text says which value it is
	nothing = 'x' // AWS::NoValue: as if it were not written
)

// A node is a value of a template, of JSON or of YAML, with its place.
type node struct {
	kind    byte
	text    string
	members []member
	items   []*node
	place   iam.Origin
}

type member struct {
	name  string
	value *node
}

// get returns a member, or nil.
func (n *node) get(name string) *node {
	if n == nil {
		return nil
	}
	for _, m := range n.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// path goes down members.
func (n *node) path(names ...string) *node {
	for _, name := range names {
		n = n.get(name)
	}
	return n
}

func (n *node) is(kind byte) bool { return n != nil && n.kind == kind }

// string is the text of a text, number or boolean.
func (n *node) string() string {
	if n.is(text) || n.is(bare) {
		return n.text
	}
	return ""
}

// hangs names the first unknown value inside; "" if there is none.
func (n *node) hangs() string {
	if n == nil {
		return ""
	}
	if n.kind == unknown {
		return n.text
	}
	for _, m := range n.members {
		if s := m.value.hangs(); s != "" {
			return s
		}
	}
	for _, i := range n.items {
		if s := i.hangs(); s != "" {
			return s
		}
	}
	return ""
}

// budget bounds how large a template may become: aliases of YAML can double
// it with every line.
type budget struct{ left int }

const (
	maxNodes = 500_000
	maxDepth = 256
)

var errSize = errors.New("the template is too large or too deep, or its aliases go round in a circle")

// fromValue makes a node of JSON.
func (b *budget) fromValue(v scan.Value, pointer string, depth int) (*node, error) {
	if b.left--; b.left < 0 || depth > maxDepth {
		return nil, errSize
	}
	n := &node{place: v.Origin(pointer)}
	switch v.Kind() {
	case '{':
		n.kind = object
		for name, m := range v.Members() {
			key := string(name)
			value, err := b.fromValue(m, scan.Join(pointer, []byte(key)), depth+1)
			if err != nil {
				return nil, err
			}
			n.members = append(n.members, member{key, value})
		}
	case '[':
		n.kind = array
		for i, m := range v.Elements() {
			value, err := b.fromValue(m, scan.Index(pointer, i), depth+1)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, value)
		}
	case '"':
		n.kind, n.text = text, v.Text()
	case 'n', 0:
		n.kind = null
	default:
		n.kind, n.text = bare, v.Text()
	}
	return n, nil
}

// fromYAML makes a node of YAML. Tags such as !Ref are short for objects of one
// member.
func (b *budget) fromYAML(y *yaml.Node, file, pointer string, depth int) (*node, error) {
	if b.left--; b.left < 0 || depth > maxDepth {
		return nil, errSize
	}
	n := &node{place: iam.Origin{File: file, Line: y.Line, Column: y.Column, Pointer: pointer}}
	var err error
	switch y.Kind {
	case yaml.DocumentNode:
		if len(y.Content) == 0 {
			return n, nil
		}
		return b.fromYAML(y.Content[0], file, pointer, depth+1)
	case yaml.AliasNode:
		return b.fromYAML(y.Alias, file, pointer, depth+1)
	case yaml.MappingNode:
		n.kind = object
		for i := 0; i+1 < len(y.Content) && err == nil; i += 2 {
			name := y.Content[i].Value
			var value *node
			if value, err = b.fromYAML(y.Content[i+1], file, scan.Join(pointer, []byte(name)), depth+1); err == nil {
				n.members = append(n.members, member{name, value})
			}
		}
	case yaml.SequenceNode:
		n.kind = array
		for i := 0; i < len(y.Content) && err == nil; i++ {
			var value *node
			if value, err = b.fromYAML(y.Content[i], file, scan.Index(pointer, i), depth+1); err == nil {
				n.items = append(n.items, value)
			}
		}
	default:
		n.scalar(y)
	}
	if err != nil {
		return nil, err
	}
	return n.tagged(y.Tag), nil
}

func (n *node) scalar(y *yaml.Node) {
	n.kind, n.text = text, y.Value
	switch y.ShortTag() {
	case "!!null":
		n.kind = null
	case "!!bool":
		n.kind, n.text = bare, strings.ToLower(y.Value)
	case "!!int", "!!float":
		if len(y.Value) < 12 && json.Valid([]byte(y.Value)) { // an account id is no number
			n.kind = bare
		}
	}
}

// tagged turns !Sub x into {"Fn::Sub": x}; !GetAtt a.b splits at the first dot.
func (n *node) tagged(tag string) *node {
	if !strings.HasPrefix(tag, "!") || strings.HasPrefix(tag, "!!") {
		return n
	}
	name := "Fn::" + tag[1:]
	if tag == "!Ref" || tag == "!Condition" {
		name = tag[1:]
	}
	if n.kind == bare || n.kind == null {
		n.kind = text
	}
	return &node{kind: object, members: []member{{name, n}}, place: n.place}
}

// json writes an evaluated node; ok is false if it holds an unknown value.
func (n *node) json(b *strings.Builder) {
	switch n.kind {
	case object:
		b.WriteByte('{')
		for i, m := range n.members {
			if i > 0 {
				b.WriteByte(',')
			}
			quote(b, m.name)
			b.WriteByte(':')
			m.value.json(b)
		}
		b.WriteByte('}')
	case array:
		b.WriteByte('[')
		for i, v := range n.items {
			if i > 0 {
				b.WriteByte(',')
			}
			v.json(b)
		}
		b.WriteByte(']')
	case text:
		quote(b, n.text)
	case bare:
		if json.Valid([]byte(n.text)) {
			b.WriteString(n.text)
		} else {
			quote(b, n.text)
		}
	default:
		b.WriteString("null")
	}
}

func quote(b *strings.Builder, s string) {
	raw, err := json.Marshal(s)
	if err != nil { // a string is always writable
		raw = []byte(`""`)
	}
	b.Write(raw)
}

// value is an evaluated node as JSON that stands where the node stands.
func (n *node) value(file string) scan.Value {
	var b strings.Builder
	n.json(&b)
	return scan.Make(file, []byte(b.String()), n.place.Line, n.place.Column)
}
