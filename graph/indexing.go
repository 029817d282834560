package graph

import (
	"cmp"
	"context"
	"encoding/binary"
	"maps"
	"slices"
	"strings"

	"accesspath/internal/packed"
	"accesspath/policy"
)

// indexing is the making of an index.
type indexing struct {
	documents map[*policy.Document]uint32
	last      []uint32 // of each document: its last holder
	document  []uint32 // of each pair of document and holder, in the order of holders
	holder    []uint32
	unread    []uint32
	supposed  []uint32
	accounts  map[string][]uint32 // who acts, by account
	has       map[string][]uint32 // documents of those, as often as one has them

	actions   numbered
	resources numbered
	setNumber map[string]uint32 // by what a set is, as bytes
	sets      Lists
	services  map[string][]uint32 // sets, by service
	anything  []uint32            // sets whose service is open
	key       []byte

	grantDocument, grantSet, grantOpen []uint32
	about                              Lists
}

// numbered are texts with numbers, in the order in which they were met.
type numbered struct {
	number map[string]uint32
	texts  []string
}

func newNumbered(size int) numbered { return numbered{number: make(map[string]uint32, size)} }

func (n *numbered) of(text string) uint32 {
	i, ok := n.number[text]
	if !ok {
		i = uint32(len(n.texts))
		n.number[text] = i
		n.texts = append(n.texts, text)
	}
	return i
}

// newIndexing goes through the nodes of a graph, not to the end if ctx is done.
func newIndexing(ctx context.Context, g *Graph) *indexing {
	b := &indexing{documents: make(map[*policy.Document]uint32, g.Len()), accounts: map[string][]uint32{}, has: map[string][]uint32{}, services: map[string][]uint32{}, setNumber: map[string]uint32{},
		actions: newNumbered(0), resources: newNumbered(g.Len())}
	for i := range g.Len() {
		if i%1000 == 0 && ctx.Err() != nil {
			break
		}
		n, id := g.Node(NodeID(i)), uint32(i)
		if !n.Acts() {
			continue
		}
		b.accounts[n.Account] = append(b.accounts[n.Account], id)
		if n.Supposed != nil {
			b.supposed = append(b.supposed, id)
			continue
		}
		b.addHolder(g, n, id)
	}
	return b
}

func (b *indexing) addHolder(g *Graph, n *Node, id uint32) {
	open := n.User == nil && n.Role == nil // root users and sessions: not bound by identity policies
	has := b.has[n.Account]
	for _, p := range g.Model.IdentityPolicies(n) {
		if p.Document == nil {
			open = true
			continue
		}
		k, ok := b.documents[p.Document]
		if !ok {
			k = uint32(len(b.last))
			b.documents[p.Document] = k
			b.last = append(b.last, 0)
			b.addStatements(p.Document, k)
		}
		if b.last[k] != id+1 {
			b.last[k] = id + 1
			b.document, b.holder = append(b.document, k), append(b.holder, id)
			has = append(has, k)
		}
	}
	b.has[n.Account] = has
	if open {
		b.unread = append(b.unread, id)
	}
}

func (b *indexing) addStatements(d *policy.Document, number uint32) {
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Effect != policy.Allow {
			continue
		}
		b.grantDocument, b.grantSet = append(b.grantDocument, number), append(b.grantSet, b.setOf(s))
		b.addAbout(s)
	}
}

// setOf is the number of the set of actions that a statement allows.
func (b *indexing) setOf(s *policy.Statement) uint32 {
	not := uint32(0)
	actions := s.Action
	if s.NotAction != nil {
		not = 1
		actions = slices.DeleteFunc(slices.Clone(s.NotAction), func(a policy.ActionPattern) bool { return !a.Certain() })
	}
	b.key = binary.LittleEndian.AppendUint32(b.key[:0], not)
	for _, a := range actions {
		b.key = binary.LittleEndian.AppendUint32(b.key, b.actions.of(a.String()))
	}
	n, ok := b.setNumber[string(b.key)]
	if ok {
		return n
	}
	n = uint32(b.sets.Len())
	b.setNumber[string(b.key)] = n
	for at := 0; at < len(b.key); at += 4 {
		b.sets.Values = append(b.sets.Values, binary.LittleEndian.Uint32(b.key[at:]))
	}
	b.sets.Ends = append(b.sets.Ends, uint32(len(b.sets.Values)))
	services, any := s.ActionServices()
	if any {
		b.anything = append(b.anything, n)
		return n
	}
	for _, service := range services {
		b.services[service] = append(b.services[service], n)
	}
	return n
}

func (b *indexing) addAbout(s *policy.Statement) {
	open := uint32(0)
	if s.Resource == nil || s.HasPrincipal || slices.ContainsFunc(s.Resource, func(r policy.ResourcePattern) bool { return strings.Contains(r.String(), "${") }) {
		open = 1
	} else {
		for _, r := range s.Resource {
			b.about.Values = append(b.about.Values, b.resources.of(r.String()))
		}
	}
	b.about.Ends = append(b.about.Ends, uint32(len(b.about.Values)))
	b.grantOpen = append(b.grantOpen, open)
}

func (b *indexing) table() *IndexTable {
	b.sortResources()
	t := &IndexTable{Holders: b.holders(), Held: b.held(), Actions: packed.PackTexts(b.actions.texts), Resources: packed.PackTexts(b.resources.texts),
		Sets: pack(&b.sets), Documents: packed.Pack(b.grantDocument), Set: packed.Pack(b.grantSet), Open: packed.Pack(b.grantOpen), About: pack(&b.about),
		Any: packed.Pack(b.anything), Unread: packed.Pack(b.unread)}
	t.Services, t.ByService = packNamed(b.services)
	t.Accounts, t.Acting = packNamed(b.accounts)
	return t
}

// sortResources numbers resources anew, in their own order, in which they take
// less.
func (b *indexing) sortResources() {
	texts := b.resources.texts
	order := make([]uint32, len(texts))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(x, y uint32) int { return cmp.Compare(texts[x], texts[y]) })
	sorted, number := make([]string, len(texts)), make([]uint32, len(texts))
	for i, n := range order {
		sorted[i], number[n] = texts[n], uint32(i)
	}
	b.resources.texts = sorted
	for i, n := range b.about.Values {
		b.about.Values[i] = number[n]
	}
}

// holders are those of each document, in order.
func (b *indexing) holders() packed.Lists {
	ends, at := make([]uint32, len(b.last)), make([]uint32, len(b.last)+1)
	for _, d := range b.document {
		at[d+1]++
	}
	for d := range ends {
		at[d+1] += at[d]
		ends[d] = at[d+1]
	}
	values := make([]uint32, len(b.holder))
	for i, d := range b.document {
		values[at[d]] = b.holder[i]
		at[d]++
	}
	return packed.PackLists(ends, values)
}

// held are the documents of each account, in order.
func (b *indexing) held() packed.Lists {
	var all Lists
	for _, account := range slices.Sorted(maps.Keys(b.accounts)) {
		all.Add(inOrder(b.has[account]))
	}
	return pack(&all)
}

// packNamed packs lists that have names, sorted by these.
func packNamed(lists map[string][]uint32) (packed.Texts, packed.Lists) {
	names := slices.Sorted(maps.Keys(lists))
	var all Lists
	for _, name := range names {
		all.Add(lists[name])
	}
	return packed.PackTexts(names), pack(&all)
}
