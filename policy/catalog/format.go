package catalog

import (
	_ "embed"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// packed is one zstd frame of text: lines of fields separated by tabs.
//
//	accesspath-catalog 1
//	services that resource control policies act on, separated by spaces
//	number of condition keys, then one a line: name, type, "g" if global
//	number of services, then one a line: prefix, name, bytes of its block
//	the blocks
//
// A block begins with a line of three numbers: key sets, resource types,
// actions; then those, one a line. A key set is the positions of its keys, a
// type is its name, ARN templates and key set, an action its name, access
// level, key set and uses: position of the type, "!" if required, ":" and key
// set if not empty. The writer is internal/gen/catalog.
//
//go:embed data.zst
var packed []byte

// catalogue is the unpacked text, cut into services that are parsed when asked
// for: an answer needs a handful of the 456.
type catalogue struct {
	rcp       []string
	keys      []conditionKey // sorted without regard to case
	templates []template
	prefixes  []string
	services  []service // as prefixes
}

type conditionKey struct {
	name, kind string
	global     bool
}

// template is a key with a placeholder, such as aws:ResourceTag/${TagKey}.
type template struct {
	pattern string // for matchFold
	key     int    // into keys
}

type service struct {
	prefix, name string
	block        string
	parsed       func() *content
}

type content struct {
	types   []ResourceTypeInfo // sorted by name
	forms   [][]arnForm        // of each type
	actions []ActionInfo       // sorted without regard to case
}

// load unpacks the catalogue once. The data is part of the binary, so that a
// failure is a mistake in the build, which the tests of this package find; the
// catalogue is then empty and everything unknown.
var load = sync.OnceValue(func() *catalogue {
	text, err := unpack(packed)
	if err != nil {
		return &catalogue{}
	}
	c, err := parse(text)
	if err != nil {
		return &catalogue{}
	}
	return c
})

// Prepare unpacks the catalogue, which takes some milliseconds: whoever will ask
// it has that done beside something else.
func Prepare() { load() }

func unpack(raw []byte) (string, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return "", err
	}
	defer dec.Close()
	text, err := dec.DecodeAll(raw, nil)
	return string(text), err
}

// lines reads one line after the other and remembers the first mistake.
type lines struct {
	rest string
	err  error
}

func (l *lines) next() string {
	line, rest, ok := strings.Cut(l.rest, "\n")
	if !ok && l.err == nil {
		l.err = fmt.Errorf("the catalogue ends early")
	}
	l.rest = rest
	return line
}

func (l *lines) number(s string) int {
	n, err := strconv.Atoi(s)
	if (err != nil || n < 0 || n > 1<<24) && l.err == nil {
		l.err = fmt.Errorf("the catalogue has %q where a number belongs", s)
	}
	if l.err != nil {
		return 0
	}
	return n
}

func parse(text string) (*catalogue, error) {
	l := &lines{rest: text}
	if header := l.next(); header != "accesspath-catalog 1" {
		return nil, fmt.Errorf("the catalogue begins with %q", header)
	}
	c := &catalogue{rcp: strings.Fields(l.next())}
	for range l.number(l.next()) {
		name, rest, _ := strings.Cut(l.next(), "\t")
		kind, mark, _ := strings.Cut(rest, "\t")
		if strings.Contains(name, "${") {
			c.templates = append(c.templates, template{placeholders(name, "?*"), len(c.keys)})
		}
		c.keys = append(c.keys, conditionKey{name: name, kind: kind, global: mark == "g"})
	}
	var sizes []int
	for range l.number(l.next()) {
		prefix, rest, _ := strings.Cut(l.next(), "\t")
		name, size, _ := strings.Cut(rest, "\t")
		c.prefixes = append(c.prefixes, prefix)
		c.services = append(c.services, service{prefix: prefix, name: name})
		sizes = append(sizes, l.number(size))
	}
	for i := range c.services {
		if l.err == nil && sizes[i] > len(l.rest) {
			l.err = fmt.Errorf("the block of %s ends early", c.prefixes[i])
		}
		if l.err != nil {
			return nil, l.err
		}
		s := &c.services[i]
		s.block, l.rest = l.rest[:sizes[i]], l.rest[sizes[i]:]
		s.parsed = sync.OnceValue(func() *content {
			parsed, err := c.parseBlock(s)
			if err != nil {
				return &content{}
			}
			return parsed
		})
	}
	return c, nil
}

// service returns the one with that prefix, or nil.
func (c *catalogue) service(prefix string) *service {
	i, ok := sort.Find(len(c.prefixes), func(i int) int { return compareFold(prefix, c.prefixes[i]) })
	if !ok {
		return nil
	}
	return &c.services[i]
}

func (c *catalogue) parseBlock(s *service) (*content, error) {
	l := &lines{rest: s.block}
	counts := append(strings.Fields(l.next()), "", "", "")
	sets := make([][]string, l.number(counts[0]))
	for i := range sets {
		for _, text := range strings.Fields(l.next()) {
			if n := l.number(text); n < len(c.keys) {
				sets[i] = append(sets[i], c.keys[n].name)
			}
		}
	}
	set := func(text string) []string {
		if n := l.number(text); n < len(sets) {
			return sets[n]
		}
		return nil
	}
	out := &content{
		types:   make([]ResourceTypeInfo, l.number(counts[1])),
		forms:   make([][]arnForm, l.number(counts[1])),
		actions: make([]ActionInfo, l.number(counts[2])),
	}
	for i := range out.types {
		name, rest, _ := strings.Cut(l.next(), "\t")
		arns, keys, _ := strings.Cut(rest, "\t")
		out.types[i] = ResourceTypeInfo{Service: s.prefix, Name: name, ARNs: strings.Fields(arns), ConditionKeys: set(keys)}
		out.forms[i] = formsOf(out.types[i].ARNs)
	}
	for i := range out.actions {
		name, rest, _ := strings.Cut(l.next(), "\t")
		access, rest, _ := strings.Cut(rest, "\t")
		keys, uses, _ := strings.Cut(rest, "\t")
		a := ActionInfo{Service: s.prefix, Name: name, Access: access, ConditionKeys: set(keys), WildcardOnly: uses == ""}
		for _, use := range strings.Fields(uses) {
			position, keys, keyed := strings.Cut(use, ":")
			position, required := strings.CutSuffix(position, "!")
			u := ResourceUse{Required: required}
			if n := l.number(position); n < len(out.types) {
				u.Type = out.types[n].Name
			}
			if keyed {
				u.ConditionKeys = set(keys)
			}
			a.ResourceTypes = append(a.ResourceTypes, u)
		}
		out.actions[i] = a
	}
	return out, l.err
}
