package strictyaml

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// Write encodes a document made of the nodes below. Names are data: they are
// quoted where they have to be, and what cannot be seen is written as an escape,
// so that YAML on a terminal is as safe as text.
func Write(w io.Writer, root *yaml.Node) error {
	var b strings.Builder
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode(root), enc.Close()); err != nil {
		return fmt.Errorf("write YAML: %w", err)
	}
	if _, err := io.WriteString(w, visible(b.String())); err != nil {
		return fmt.Errorf("write YAML: %w", err)
	}
	return nil
}

// visible escapes what the encoder leaves raw. Text that has such runes stands
// in double quotes, where escapes mean what they stand for.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	return b.String()
}

// A Mapping is built member by member.
type Mapping struct{ Node *yaml.Node }

// NewMapping makes an empty one.
func NewMapping() Mapping { return Mapping{&yaml.Node{Kind: yaml.MappingNode}} }

// Add appends a member.
func (m Mapping) Add(key string, value *yaml.Node) {
	m.Node.Content = append(m.Node.Content, Text(key), value)
}

// Text is a string, whatever it looks like. Bytes that are not UTF-8 become
// U+FFFD: YAML has none.
func Text(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.ToValidUTF8(s, "\ufffd")}
	if strings.ContainsFunc(n.Value, func(r rune) bool { return !unicode.IsPrint(r) }) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// Int is a number.
func Int(n int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(n)}
}

// True is the value of a switch.
func True() *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"} }

// List is a list; an empty one is written as [].
func List(items ...*yaml.Node) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Content: items}
	if len(items) == 0 {
		n.Style = yaml.FlowStyle
	}
	return n
}

// Texts is a list of strings.
func Texts(list []string) *yaml.Node {
	var items []*yaml.Node
	for _, s := range list {
		items = append(items, Text(s))
	}
	return List(items...)
}
