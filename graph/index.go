package graph

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"accesspath/policy"
)

// An index finds the nodes that some statement could favour in a question, so
// that the evaluator runs for few of them. It rules out only what Decide denies:
// callers without an identity policy that could allow, of whom the resource's
// own policies know nothing, and callers from other accounts than the resource's
// that its policies name neither by ARN nor by account (EVAL-10, EVAL-20).
type index struct {
	*IndexTable
	supposed []uint32 // not in the snapshot; some rewrite the resource's policy (ESC-25)
	services map[string][]uint32
	accounts map[string][]uint32 // who acts, by account

	mu        sync.Mutex
	actions   map[string][]uint32             // grants that match an action
	patterns  map[uint32]policy.ActionPattern // compiled, by number
	resources map[uint32]policy.ResourcePattern
	asked     int       // see holdingsFor
	held      *holdings // see holdingsFor
}

// An IndexTable is what an index is made of, as flat lists. Grants are the Allow
// statements of all identity policies, as far as they decide whether somebody
// could be allowed something; their patterns are numbers.
type IndexTable struct {
	Holders   Lists    // the users and roles that have a document
	Actions   Texts    // distinct patterns
	Resources Texts    // distinct patterns
	Documents []uint32 // of each grant; never falling
	Flags     []byte   // of each grant
	ActionsOf Lists    // of each grant
	About     Lists    // of each grant: its resources, unless they are open
	Services  Texts    // sorted
	ByService Lists    // grants with an action of each service
	Any       []uint32 // grants whose service is open
	Unread    []uint32 // nodes of whose policies some could not be read: they may have anything
	Accounts  Texts    // sorted
	Acting    Lists    // nodes of each account that sign requests
}

// The flags of a grant.
const (
	grantNot  = 1 << iota // its actions are those of NotAction
	grantOpen             // its resources do not say what it is about
)

// maxRemembered bounds what an index remembers of the actions asked about.
const maxRemembered = 4096

// lookup is a graph's index, made when it is first needed.
type lookup struct {
	once  sync.Once
	index *index
}

func (g *Graph) index() *index {
	g.lookup.once.Do(func() {
		if g.stored != nil {
			g.lookup.index = openIndex(g.stored.index)
			return
		}
		b := newIndexing(g)
		g.lookup.index = openIndex(b.table())
		g.lookup.index.supposed = b.supposed
	})
	return g.lookup.index
}

func openIndex(t *IndexTable) *index {
	x := &index{IndexTable: t, services: map[string][]uint32{}, accounts: map[string][]uint32{},
		actions: map[string][]uint32{}, patterns: map[uint32]policy.ActionPattern{}, resources: map[uint32]policy.ResourcePattern{}}
	for i := range t.Services.Len() {
		x.services[t.Services.Of(i)] = t.ByService.Of(i)
	}
	for i := range t.Accounts.Len() {
		x.accounts[t.Accounts.Of(i)] = t.Acting.Of(i)
	}
	return x
}

// indexing is the making of an index.
type indexing struct {
	IndexTable
	documents map[*policy.Document]int
	holders   [][]uint32
	supposed  []uint32
	services  map[string][]uint32
	accounts  map[string][]uint32
	actions   map[string]uint32
	resources map[string]uint32
}

func newIndexing(g *Graph) *indexing {
	b := &indexing{documents: map[*policy.Document]int{}, services: map[string][]uint32{}, accounts: map[string][]uint32{},
		actions: map[string]uint32{}, resources: map[string]uint32{}}
	for i := range g.Len() {
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
	for _, p := range g.Model.IdentityPolicies(n) {
		if p.Document == nil {
			open = true
			continue
		}
		k, ok := b.documents[p.Document]
		if !ok {
			k = len(b.holders)
			b.documents[p.Document] = k
			b.holders = append(b.holders, nil)
			b.addStatements(p.Document, uint32(k))
		}
		if h := b.holders[k]; len(h) == 0 || h[len(h)-1] != id {
			b.holders[k] = append(h, id)
		}
	}
	if open {
		b.Unread = append(b.Unread, id)
	}
}

func (b *indexing) addStatements(d *policy.Document, number uint32) {
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Effect != policy.Allow {
			continue
		}
		at := uint32(len(b.Documents))
		b.addGrant(s, number)
		services, any := s.ActionServices()
		if any {
			b.Any = append(b.Any, at)
			continue
		}
		for _, service := range services {
			b.services[service] = append(b.services[service], at)
		}
	}
}

func (b *indexing) addGrant(s *policy.Statement, document uint32) {
	flags := byte(0)
	actions := s.Action
	if s.NotAction != nil {
		flags |= grantNot
		actions = slices.DeleteFunc(slices.Clone(s.NotAction), func(a policy.ActionPattern) bool { return !a.Certain() })
	}
	var numbers []uint32
	for _, a := range actions {
		numbers = append(numbers, intern(b.actions, &b.Actions, a.String()))
	}
	b.ActionsOf.Add(numbers)
	numbers = nil
	if s.Resource == nil || s.HasPrincipal || slices.ContainsFunc(s.Resource, func(r policy.ResourcePattern) bool { return strings.Contains(r.String(), "${") }) {
		flags |= grantOpen
	} else {
		for _, r := range s.Resource {
			numbers = append(numbers, intern(b.resources, &b.Resources, r.String()))
		}
	}
	b.About.Add(numbers)
	b.Documents, b.Flags = append(b.Documents, document), append(b.Flags, flags)
}

// intern numbers texts, each once.
func intern(known map[string]uint32, list *Texts, text string) uint32 {
	n, ok := known[text]
	if !ok {
		n = uint32(list.Len())
		known[text] = n
		list.Add(text)
	}
	return n
}

func (b *indexing) table() *IndexTable {
	for _, h := range b.holders {
		b.Holders.Add(h)
	}
	for _, name := range slices.Sorted(maps.Keys(b.services)) {
		b.Services.Add(name)
		b.ByService.Add(b.services[name])
	}
	for _, account := range slices.Sorted(maps.Keys(b.accounts)) {
		b.Accounts.Add(account)
		b.Acting.Add(b.accounts[account])
	}
	return &b.IndexTable
}

// allowing lists the grants that match an action, in order.
func (x *index) allowing(action string) []uint32 {
	action = strings.ToLower(action)
	x.mu.Lock()
	defer x.mu.Unlock()
	if list, ok := x.actions[action]; ok {
		return list
	}
	if len(x.actions) >= maxRemembered {
		clear(x.actions)
	}
	service, _, _ := strings.Cut(action, ":")
	known := map[uint32]bool{}
	var out []uint32
	for _, list := range [2][]uint32{x.Any, x.services[service]} {
		for _, i := range list {
			if x.matches(i, action, known) {
				out = append(out, i)
			}
		}
	}
	slices.Sort(out)
	x.actions[action] = out
	return out
}

// matches reports whether a grant is about an action; known are the patterns
// that were looked at for it.
func (x *index) matches(grant uint32, action string, known map[uint32]bool) bool {
	not := x.Flags[grant]&grantNot != 0
	for _, a := range x.ActionsOf.Of(int(grant)) {
		matches, ok := known[a]
		if !ok {
			matches = x.pattern(a).Match(action)
			known[a] = matches
		}
		if matches {
			return !not
		}
	}
	return not
}

func (x *index) pattern(n uint32) policy.ActionPattern {
	p, ok := x.patterns[n]
	if !ok {
		p = policy.CompileAction(x.Actions.Of(int(n)))
		x.patterns[n] = p
	}
	return p
}

// resourceTest returns a test of whether a grant could be about a resource;
// with any, all could.
func (x *index) resourceTest(resource string, any bool) func(grant uint32) bool {
	const yes, no = 1, 2
	known := make([]byte, x.Resources.Len())
	return func(i uint32) bool {
		if any || x.Flags[i]&grantOpen != 0 {
			return true
		}
		return slices.ContainsFunc(x.About.Of(int(i)), func(n uint32) bool {
			if known[n] == 0 {
				if known[n] = no; x.resource(n).May(resource) {
					known[n] = yes
				}
			}
			return known[n] == yes
		})
	}
}

// about reports whether a grant could be about a resource: resourceTest for one.
func (x *index) about(grant uint32, resource string) bool {
	return x.Flags[grant]&grantOpen != 0 ||
		slices.ContainsFunc(x.About.Of(int(grant)), func(n uint32) bool { return x.resource(n).May(resource) })
}

func (x *index) resource(n uint32) policy.ResourcePattern {
	x.mu.Lock()
	defer x.mu.Unlock()
	p, ok := x.resources[n]
	if !ok {
		p = policy.CompileResource(x.Resources.Of(int(n)), false)
		x.resources[n] = p
	}
	return p
}
