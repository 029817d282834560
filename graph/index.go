package graph

import (
	"context"
	"slices"
	"strings"
	"sync"

	"accesspath/internal/packed"
	"accesspath/policy"
)

// An index finds the nodes that some statement could favour in a question, so
// that the evaluator runs for few of them. It rules out only what Decide denies:
// callers without an identity policy that could allow, of whom the resource's
// own policies know nothing, and callers from other accounts than the resource's
// that its policies name neither by ARN nor by account (EVAL-10, EVAL-20).
type index struct {
	*IndexTable
	nodes    uint32   // the number of nodes: others that the table may have do not count
	unread   []uint32 // IndexTable.Unread
	supposed []uint32 // not in the snapshot; some rewrite the resource's policy (ESC-25)
	services map[string]int
	accounts []string       // those of which somebody acts, sorted
	account  map[string]int // their numbers
	held     []holdings     // of each; see holdingsOf

	mu        sync.Mutex
	actions   map[string]*favour              // what favours an action
	patterns  map[uint32]policy.ActionPattern // compiled, by number
	resources map[uint32]policy.ResourcePattern
}

// An IndexTable is what an index is made of, as packed lists. Grants are the Allow
// statements of all identity policies, as far as they decide whether somebody
// could be allowed something; their patterns are numbers. What a grant allows is a
// set of actions, and many grants have the same.
type IndexTable struct {
	Holders   packed.Lists   // the users and roles that have a document
	Held      packed.Lists   // documents that somebody of each account has
	Actions   packed.Texts   // distinct patterns
	Resources packed.Texts   // distinct patterns, sorted
	Sets      packed.Lists   // of each set: 1 if its actions are those of NotAction, else 0; and the actions
	Documents packed.Numbers // of each grant; never falling
	Set       packed.Numbers // of each grant
	Open      packed.Numbers // of each grant: 1 if its resources do not say what it is about, else 0
	About     packed.Lists   // of each grant: its resources, unless they are open
	Services  packed.Texts   // sorted
	ByService packed.Lists   // sets with an action of each service
	Any       packed.Numbers // sets whose service is open
	Unread    packed.Numbers // nodes of whose policies some could not be read: they may have anything
	Accounts  packed.Texts   // sorted
	Acting    packed.Lists   // nodes of each account that sign requests
}

// fits reports whether the lists are as long as each other. Numbers that do not fit
// are passed over when they are used.
func (t *IndexTable) fits() bool {
	grants := t.Documents.Len()
	return t.Set.Len() == grants && t.Open.Len() == grants && t.About.Len() == grants &&
		t.ByService.Len() == t.Services.Len() && t.Acting.Len() == t.Accounts.Len() && t.Held.Len() == t.Accounts.Len()
}

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
			g.lookup.index = openIndex(g.stored.index, g.Len())
			return
		}
		b := newIndexing(context.Background(), g)
		g.lookup.index = openIndex(b.table(), g.Len())
		g.lookup.index.supposed = b.supposed
	})
	return g.lookup.index
}

func openIndex(t *IndexTable, nodes int) *index {
	x := &index{IndexTable: t, nodes: uint32(nodes), services: map[string]int{}, account: map[string]int{},
		actions: map[string]*favour{}, patterns: map[uint32]policy.ActionPattern{}, resources: map[uint32]policy.ResourcePattern{}}
	x.unread = x.known(t.Unread.All())
	for i, service := range t.Services.All {
		x.services[string(service)] = i
	}
	for i, account := range t.Accounts.All {
		x.accounts = append(x.accounts, string(account))
		x.account[x.accounts[i]] = i
	}
	x.held = make([]holdings, len(x.accounts))
	return x
}

// known drops numbers of nodes that there are not.
func (x *index) known(list []uint32) []uint32 {
	return slices.DeleteFunc(list, func(n uint32) bool { return n >= x.nodes })
}

// acting lists the nodes of an account that sign requests.
func (x *index) acting(account string) []uint32 {
	if i, ok := x.account[account]; ok {
		return x.known(x.Acting.Append(nil, i))
	}
	return nil
}

// holders lists the users and roles that have a document, in place of others.
func (x *index) holders(document uint32, instead []uint32) []uint32 {
	if int(document) >= x.Holders.Len() {
		return nil
	}
	return x.known(x.Holders.Append(instead[:0], int(document)))
}

// favour is what favours an action.
type favour struct {
	sets   []bool          // of each set of actions: it has the action
	grants func() []uint32 // those that match the action, in order
}

// favouring returns what favours an action.
func (x *index) favouring(action string) *favour {
	action = strings.ToLower(action)
	x.mu.Lock()
	defer x.mu.Unlock()
	if f, ok := x.actions[action]; ok {
		return f
	}
	if len(x.actions) >= maxRemembered {
		clear(x.actions)
	}
	f := &favour{sets: x.matching(action)}
	f.grants = sync.OnceValue(func() []uint32 { return x.allowing(f.sets) })
	x.actions[action] = f
	return f
}

// allowing lists the grants of some sets, in order.
func (x *index) allowing(sets []bool) []uint32 {
	if !slices.Contains(sets, true) {
		return nil
	}
	var out []uint32
	for from, list := range x.Set.Blocks {
		for i, set := range list {
			if int(set) < len(sets) && sets[set] {
				out = append(out, uint32(from+i))
			}
		}
	}
	return out
}

// matching says of each set of actions whether an action is in it.
func (x *index) matching(action string) []bool {
	out := make([]bool, x.Sets.Len())
	known := make([]byte, x.Actions.Len())
	list := x.Any.All()
	service, _, _ := strings.Cut(action, ":")
	if i, ok := x.services[service]; ok {
		list = x.ByService.Append(list, i)
	}
	for _, set := range list {
		if int(set) < len(out) {
			out[set] = x.matches(set, action, known)
		}
	}
	return out
}

// What is known of a pattern while a question is looked at.
const (
	knownMatch = 1 + iota
	knownNoMatch
)

// matches reports whether a set of actions has one; known is of the patterns that
// were looked at for it.
func (x *index) matches(set uint32, action string, known []byte) bool {
	first, not := true, false
	for a := range x.Sets.Of(int(set)) {
		if first {
			first, not = false, a != 0
			continue
		}
		if int(a) >= len(known) {
			continue
		}
		if known[a] == 0 {
			if known[a] = knownNoMatch; x.pattern(a).Match(action) {
				known[a] = knownMatch
			}
		}
		if known[a] == knownMatch {
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

// resourceTest returns a test of whether a grant could be about the resources of a
// question, given one of a pattern that grants have.
func (x *index) resourceTest(may func(policy.ResourcePattern) bool) func(grant uint32) bool {
	known := make([]byte, x.Resources.Len())
	return func(i uint32) bool {
		if x.Open.At(int(i)) != 0 {
			return true
		}
		for n := range x.About.Of(int(i)) {
			if int(n) >= len(known) {
				continue
			}
			if known[n] == 0 {
				if known[n] = knownNoMatch; may(x.resource(n)) {
					known[n] = knownMatch
				}
			}
			if known[n] == knownMatch {
				return true
			}
		}
		return false
	}
}

// about reports whether a grant could be about a resource, given a test of a pattern
// that grants have.
func (x *index) about(grant uint32, may func(policy.ResourcePattern) bool) bool {
	if x.Open.At(int(grant)) != 0 {
		return true
	}
	for n := range x.About.Of(int(grant)) {
		if int(n) < x.Resources.Len() && may(x.resource(n)) {
			return true
		}
	}
	return false
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
