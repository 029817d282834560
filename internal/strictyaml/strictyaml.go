// Package strictyaml reads files that people write for accesspath: YAML, of
// which JSON is a part. Every mistake is reported with its line and column, an
// unknown key is a mistake, and so is whatever makes a file mean something else
// than it seems to: keys that are there twice, aliases, several documents.
package strictyaml

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"accesspath/policy/catalog"
)

// maxProblems bounds what is reported of one file.
const maxProblems = 20

// A Problem is something wrong with a file, with its place.
type Problem struct {
	File         string
	Line, Column int // from 1
	Message      string
}

func (p *Problem) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// An Error is everything that is wrong with a file, in the order in which it
// was met.
type Error struct{ Problems []*Problem }

func (e *Error) Error() string {
	var lines []string
	for _, p := range e.Problems {
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}

// A Reader walks one file and gathers what is wrong with it.
type Reader struct {
	name     string
	problems []*Problem
}

// Read decodes the one document of r and calls f with its root. The error is an
// *Error if the text is not as it should be, f's findings included.
func Read(name string, r io.Reader, f func(*Reader, *yaml.Node)) error {
	in := &Reader{name: name}
	dec := yaml.NewDecoder(r)
	var root yaml.Node
	switch err := dec.Decode(&root); {
	case errors.Is(err, io.EOF):
		in.add(1, 1, "the file is empty")
	case err != nil:
		in.syntax(err)
	default:
		f(in, content(&root))
		if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
			in.add(1, 1, "the file has several documents; put all of it into one")
		}
	}
	if len(in.problems) > 0 {
		return &Error{in.problems}
	}
	return nil
}

func content(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		return n.Content[0]
	}
	return n
}

func (r *Reader) add(line, column int, message string) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, &Problem{r.name, line, column, message})
	}
}

// At reports a problem with a node.
func (r *Reader) At(n *yaml.Node, format string, args ...any) {
	r.add(n.Line, n.Column, fmt.Sprintf(format, args...))
}

// Problems counts what was reported so far.
func (r *Reader) Problems() int { return len(r.problems) }

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

// syntax reports an error of the decoder, which knows the line only.
func (r *Reader) syntax(err error) {
	line, text := 1, err.Error()
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
		text = m[2]
	}
	r.add(line, 1, "not YAML: "+text)
}

// Members calls f for every member of a mapping with a known key, and reports
// the others. It returns false if n is no mapping.
func (r *Reader) Members(n *yaml.Node, known []string, f func(key string, value *yaml.Node)) bool {
	if n.Kind != yaml.MappingNode {
		r.At(n, "this is %s, want keys and values", Word(n))
		return false
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode:
			r.At(key, "this key is %s, want a word", Word(key))
		case seen[key.Value]:
			r.At(key, "%s is here twice", quote(key.Value))
		case !slices.Contains(known, key.Value):
			r.At(key, "unknown key %s%s", quote(key.Value), suggest(key.Value, known))
		case value.Kind == yaml.AliasNode:
			r.At(value, "aliases are not supported; write the value out")
		default:
			f(key.Value, value)
		}
		seen[key.Value] = true
	}
	return true
}

// suggest names the key that was probably meant, or all that there are.
func suggest(word string, known []string) string {
	best, least := "", 4
	for _, k := range known {
		if d := catalog.Distance(strings.ToLower(word), k, 3); d < least && d < len(k) {
			best, least = k, d
		}
	}
	if best == "" {
		return "; known are " + strings.Join(known, ", ")
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// List returns the items of a list; nil, after a report, if n is none.
func (r *Reader) List(n *yaml.Node) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		r.At(n, "this is %s, want a list", Word(n))
		return nil
	}
	return n.Content
}

// Text returns a scalar that is not empty; "" after a report.
func (r *Reader) Text(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode || n.Value == "" || n.Tag == "!!null" {
		r.At(n, "this is %s, want text", Word(n))
		return ""
	}
	return n.Value
}

// True reports whether n is true, which is the only value that a switch may
// have: the absence of its key is false.
func (r *Reader) True(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" || n.Value != "true" {
		r.At(n, "this is %s, want true; leave the key out for false", Word(n))
		return false
	}
	return true
}

// Number returns a whole number from 0; -1 after a report.
func (r *Reader) Number(n *yaml.Node) int {
	i, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || i < 0 {
		r.At(n, "this is %s, want a whole number from 0", Word(n))
		return -1
	}
	return i
}

// Version checks the number of a file's form.
func (r *Reader) Version(n *yaml.Node, want int) {
	if got := r.Number(n); got >= 0 && got != want {
		r.At(n, "this is version %d of the form, and this program reads version %d", got, want)
	}
}

// Word says what a node is.
func Word(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.AliasNode:
		return "an alias"
	case n.Tag == "!!null" || n.Value == "":
		return "empty"
	}
	return quote(n.Value)
}

// quote bounds what an error repeats.
func quote(s string) string {
	const most = 80
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return strconv.Quote(s)
}
