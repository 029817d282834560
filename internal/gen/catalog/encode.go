package main

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// encode writes the form that policy/catalog/format.go reads: lines of fields
// separated by tabs; a table of condition keys that everything else refers to
// by position; then one block a service, found by its length.
func (c *catalogue) encode() []byte {
	var head, body bytes.Buffer
	fmt.Fprintf(&head, "accesspath-catalog 1\n%s\n", strings.Join(c.rcp, " "))
	index := map[string]int{}
	fmt.Fprintf(&head, "%d\n", len(c.keys))
	for i, k := range c.keys {
		index[strings.ToLower(k.name)] = i
		mark := ""
		if k.global {
			mark = "\tg"
		}
		fmt.Fprintf(&head, "%s\t%s%s\n", k.name, k.kind, mark)
	}
	fmt.Fprintf(&head, "%d\n", len(c.services))
	for _, s := range c.services {
		block := s.encode(index)
		fmt.Fprintf(&head, "%s\t%s\t%d\n", s.prefix, s.name, len(block))
		body.Write(block)
	}
	return append(head.Bytes(), body.Bytes()...)
}

// encode writes the counts of key sets, types and actions, then those, one a
// line. Key sets repeat a lot within a service, so lines name them by position.
func (s *service) encode(index map[string]int) []byte {
	var sets []string
	set := func(keys []string) int {
		var ids []int
		for _, k := range keys {
			ids = append(ids, index[strings.ToLower(k)])
		}
		slices.Sort(ids)
		var texts []string
		for _, i := range slices.Compact(ids) {
			texts = append(texts, strconv.Itoa(i))
		}
		text := strings.Join(texts, " ")
		at := slices.Index(sets, text)
		if at < 0 {
			at = len(sets)
			sets = append(sets, text)
		}
		return at
	}
	set(nil) // position 0 is the empty set
	var lines bytes.Buffer
	position := map[string]int{}
	for i, t := range s.types {
		position[t.name] = i
		fmt.Fprintf(&lines, "%s\t%s\t%d\n", t.name, strings.Join(t.arns, " "), set(t.keys))
	}
	for _, a := range s.actions {
		var uses []string
		for _, u := range a.uses {
			text := strconv.Itoa(position[u.name])
			if u.required {
				text += "!"
			}
			if n := set(u.keys); n > 0 {
				text += ":" + strconv.Itoa(n)
			}
			uses = append(uses, text)
		}
		fmt.Fprintf(&lines, "%s\t%s\t%d\t%s\n", a.name, a.access, set(a.keys), strings.Join(uses, " "))
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%d %d %d\n", len(sets), len(s.types), len(s.actions))
	for _, text := range sets {
		out.WriteString(text + "\n")
	}
	out.Write(lines.Bytes())
	return out.Bytes()
}
