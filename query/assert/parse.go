package assert

import (
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"accesspath/internal/strictyaml"
)

// Parse reads a file in YAML, of which JSON is a part. The error is a
// *strictyaml.Error, or one of r.
func Parse(name string, r io.Reader) (*File, error) {
	f := &File{Name: name, Checks: []Check{}}
	err := strictyaml.Read(name, r, func(in *strictyaml.Reader, root *yaml.Node) {
		p := &parser{in, f}
		p.document(root)
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

type parser struct {
	in   *strictyaml.Reader
	file *File
}

func (p *parser) document(n *yaml.Node) {
	var version, checks *yaml.Node
	ok := p.in.Members(n, []string{"version", "checks"}, func(key string, value *yaml.Node) {
		switch key {
		case "version":
			version = value
			p.in.Version(value, Version)
		case "checks":
			checks = value
		}
	})
	if ok && version == nil {
		p.in.At(n, `"version: %d" is missing`, Version)
	}
	if ok && checks == nil {
		p.in.At(n, `"checks" is missing`)
	}
	if checks == nil {
		return
	}
	names := map[string]int{}
	for _, item := range p.in.List(checks) {
		c := p.check(item)
		if first, twice := names[c.Name]; twice && c.Name != "" {
			p.in.At(item, "the name %q stands in line %d already", c.Name, first)
		}
		names[c.Name] = item.Line
		p.file.Checks = append(p.file.Checks, c)
	}
}

func (p *parser) check(n *yaml.Node) Check {
	c := Check{Line: n.Line, Column: n.Column, MaxHops: -1}
	before := p.in.Problems()
	ok := p.in.Members(n, checkKeys(), func(key string, value *yaml.Node) { p.member(&c, key, value) })
	if !ok || p.in.Problems() > before {
		return c // what is missing besides does not help
	}
	if err := c.validate(); err != nil {
		p.in.At(n, "%v", err)
	}
	return c
}

func (p *parser) member(c *Check, key string, n *yaml.Node) {
	switch key {
	case keyName:
		c.Name = p.in.Text(n)
	case keyWhy:
		c.Why = p.in.Text(n)
	case keyAction:
		c.Action = p.in.Text(n)
	case keyResource:
		c.Resource = p.in.Text(n)
	case keyTo:
		c.To = p.in.Text(n)
	case keyFrom:
		c.From = p.principals(n, true)
	case keyOnly:
		c.Only = p.principals(n, true)
	case keyNever:
		c.Never = p.principals(n, true)
	case keyMust:
		c.Must = p.principals(n, false)
	case keyMFA:
		c.MFA = p.in.True(n)
	case keyInside:
		c.Inside = p.in.True(n)
	case keyMaxHops:
		c.MaxHops = p.in.Number(n)
	}
}

// principals reads a list, or a single entry in place of it. It is never nil.
func (p *parser) principals(n *yaml.Node, patterns bool) []string {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	out := []string{}
	for _, item := range items {
		s := p.in.Text(item)
		switch {
		case s == "":
		case patterns && s != "*" && !strings.ContainsAny(s, ":."):
			p.in.At(item, "%q is neither an identifier nor a pattern of one, such as arn:aws:iam::123456789012:role/admin-*, account:123456789012 or *", s)
		case !patterns && strings.ContainsAny(s, "*?"):
			p.in.At(item, "%q is a pattern; those who must have access are named one by one", s)
		default:
			out = append(out, s)
		}
	}
	return out
}
