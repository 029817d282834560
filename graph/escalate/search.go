package escalate

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// Options say what to look for.
type Options struct {
	// Resource is what a question is about: only its policy and its type count for
	// ESC-25. "" none.
	Resource string
	// Tries is how many changes to others are tried in all accounts together, of which each
	// gets its share; 0 stands for 8,000,000, and for 500 in each account at least.
	Tries int
}

// share is how many of so many accounts' tries are one's.
func (o *Options) share(accounts int) int {
	if o.Tries > 0 {
		return o.Tries / accounts
	}
	return max(leastTries, allTries/accounts)
}

// Found is a graph with escalation edges.
type Found struct {
	Graph *graph.Graph
	Edges int // those of principals that gain the same counted once
	// Unread are policies without a document, sorted: what they allow was not
	// looked for.
	Unread []string
	Cut    bool // there were too many edges or principals to keep
	// Untried is in how many accounts not all was tried that principals may change in
	// others: it would be too much.
	Untried int
}

// maxEdges bounds the escalation edges of a graph, as they are kept.
const maxEdges = 24_000_000

// search is the state of one Find. What actors read while they try on several processors
// is filled before, or locks itself.
type search struct {
	g       *graph.Graph
	o       Options
	entries []*numbered

	// The catalogue's actions, by number; see number.
	actions []string  // that entries ask about
	lower   []string  // the same in lower case
	every   actionSet // all of them
	helpful []int     // numbers of helpful actions

	// What the snapshot says.
	accounts  map[string]*account
	policies  map[string]*iam.ManagedPolicy
	holding   []*iam.Resource // in which somebody's credentials lie
	relevant  sync.Map        // *relevance by *policy.Document
	types     sync.Map        // see newTypes
	mfaNeeded sync.Map        // bool by *iam.User; see needsMFA
	apart     map[string]*guards
	unread    map[string]bool
	asked     func() asking // found when somebody may tag itself

	// Principals that are supposed.
	nodes     []graph.Node
	supposed  map[string]graph.NodeID       // by supposedKey
	changes   map[graph.NodeID][]string     // labels of those that made each, sorted
	unchanged map[graph.NodeID]graph.NodeID // what each was before all changes
	taggings  map[graph.NodeID]int          // see maxTaggings

	// Edges that were found.
	edges    []graph.Escalation
	alike    []graph.Escalation // of peers
	peers    graph.ListsOf[graph.NodeID]
	noted    noted // those that may go on
	interned interned
	cut      atomic.Bool

	// Changes to others; see alter.
	isUnrestricted map[graph.NodeID]bool   // see unrestricted
	changers       map[graph.NodeID]*actor // that alter found
	known          map[changing][]outcome  // see changesOf
	combined       *Entry                  // see changeAndBecome
}

// Find adds escalation edges to a graph: from every principal, for every entry
// of the catalogue that its policies could allow, to what the snapshot has of
// targets; and again from the principals that those changes suppose. The result
// does not depend on map order. It returns ctx's error if it is cut short.
func Find(ctx context.Context, g *graph.Graph, o Options) (*Found, error) {
	if g.Model.Snapshot.Outlined() {
		return nil, graph.ErrOutline
	}
	entries, err := catalogue()
	if err != nil {
		return nil, err
	}
	s := newSearch(g, o, entries)
	if err := s.rounds(ctx); err != nil {
		return nil, err
	}
	extended, err := g.Extend(ctx, &graph.Extension{Nodes: s.nodes, Edges: s.edges, Peers: s.peers, Alike: s.alike})
	if err != nil {
		return nil, err
	}
	return &Found{Graph: extended, Edges: s.kept(), Unread: slices.Sorted(maps.Keys(s.unread)), Cut: s.cut.Load(), Untried: s.untried()}, nil
}

func newSearch(g *graph.Graph, o Options, entries []Entry) *search {
	s := &search{
		g:         g,
		o:         o,
		accounts:  map[string]*account{},
		policies:  map[string]*iam.ManagedPolicy{},
		apart:     map[string]*guards{},
		unread:    map[string]bool{},
		supposed:  map[string]graph.NodeID{},
		changes:   map[graph.NodeID][]string{},
		taggings:  map[graph.NodeID]int{},
		unchanged: map[graph.NodeID]graph.NodeID{},
		noted:     newNoted(),
		changers:  map[graph.NodeID]*actor{},
		known:     map[changing][]outcome{},
		interned:  newInterned(),
	}
	s.asked = sync.OnceValue(s.readAsking)
	s.number(entries)
	s.combined = &entries[slices.IndexFunc(entries, func(e Entry) bool { return e.ID == changeAndBecome })]
	s.readSnapshot()
	return s
}

// readSnapshot notes what entries look up: accounts, managed policies, and resources in
// which credentials lie.
func (s *search) readSnapshot() {
	snapshot := s.g.Model.Snapshot
	for _, a := range snapshot.Accounts {
		for _, m := range a.Policies {
			s.policies[m.ARN] = m
		}
		if a.Loaded() {
			s.accounts[a.ID] = s.newAccount(a)
		}
	}
	for _, a := range s.accounts {
		a.tries = s.o.share(len(s.accounts))
	}
	for _, r := range snapshot.Resources {
		if len(r.Holds) > 0 {
			s.holding = append(s.holding, r)
		}
	}
}

// untried is in how many accounts the tries ran out.
func (s *search) untried() (n int) {
	for _, a := range s.accounts {
		if a.untried {
			n++
		}
	}
	return n
}

// rounds looks at the principals of the snapshot, then at those that were
// supposed, until no more are.
func (s *search) rounds(ctx context.Context) error {
	for from, to := graph.NodeID(0), s.first(); from < to; from, to = to, s.first()+graph.NodeID(len(s.nodes)) {
		actors := s.classes(from, to)
		classes, supposed := s.changing(actors), s.maySuppose(actors)
		for len(actors) > 0 {
			some := actors[:min(len(actors), atOnce)]
			found, err := s.tryAll(ctx, some)
			if err != nil {
				return err
			}
			for i, list := range found {
				for _, o := range s.together(some[i], list) {
					s.record(&o)
				}
				found[i], some[i] = nil, nil // with all that it was answered
			}
			if s.kept() >= maxEdges {
				s.cut.Store(true)
				return nil
			}
			actors = actors[len(some):]
		}
		if s.alter(ctx, classes, supposed); ctx.Err() != nil {
			return fmt.Errorf("looking for escalation: %w", ctx.Err())
		}
	}
	return nil
}

// atOnce is how many actors try before what they gain is put into the graph.
const atOnce = 64

// tryAll lets actors try on all processors, which takes most of the time: what one finds
// does not hang on what another gains. It changes nothing but what is remembered.
func (s *search) tryAll(ctx context.Context, actors []*actor) ([][]outcome, error) {
	found := make([][]outcome, len(actors))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(actors)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(actors) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				t := trial{search: s, ctx: ctx}
				t.try(actors[i])
				found[i] = t.found
			}
		})
	}
	if workers.Wait(); ctx.Err() != nil {
		return nil, fmt.Errorf("looking for escalation: %w", ctx.Err())
	}
	return found, nil
}

// trial is what one actor tries.
type trial struct {
	*search
	ctx   context.Context
	found []outcome
}

// first is the number of the first supposed node.
func (s *search) first() graph.NodeID { return graph.NodeID(s.g.Len()) }

func (s *search) node(n graph.NodeID) *graph.Node {
	if n < s.first() {
		return s.g.Node(n)
	}
	return &s.nodes[n-s.first()]
}

// base is the principal of the snapshot that a node is about.
func (s *search) base(n graph.NodeID) graph.NodeID {
	if p := s.node(n).Supposed; p != nil {
		return p.Base
	}
	return n
}

// classes groups the nodes of a range by what their policies say about the
// catalogue's actions. Every actor keeps a copy of its node: the list of nodes
// grows while they act.
func (s *search) classes(from, to graph.NodeID) []*actor {
	byKey := map[string]*actor{}
	var out []*actor
	for n := from; n < to; n++ {
		a, key := s.actorOf(n)
		if a == nil {
			continue
		}
		if first := byKey[key]; first != nil {
			first.members = append(first.members, n)
			continue
		}
		node := *a.node
		a.node = &node
		byKey[key] = a
		out = append(out, a)
	}
	return out
}

// alone is a member of a class as an actor by itself.
func (s *search) alone(p *actor, member graph.NodeID) *actor {
	if len(p.members) == 1 {
		return p
	}
	node := *s.node(member)
	a := newActor(member, &node, p.account)
	a.allows, a.full, a.idle = p.allows, p.full, p.idle
	return a
}

// try works through the catalogue for one class.
func (s *trial) try(p *actor) {
	done := map[graph.NodeID]bool{}
	for _, e := range s.entries {
		switch {
		case s.ctx.Err() != nil:
			return
		case len(s.found) > maxEdges/atOnce:
			s.cut.Store(true)
			return
		case !p.mayTry(e) || p.pointless(e.Entry):
		case e.aboutSelf() || e.usesFact("assumable"):
			for _, m := range p.members {
				s.tryEntry(s.alone(p, m), e.Entry, map[graph.NodeID]bool{})
			}
		default:
			s.tryEntry(p, e.Entry, done)
		}
	}
	s.lend(p)
}

// pointless entries gain nothing for those who may do everything: more of the
// same for themselves, or for others. A boundary or a Deny still has to go, which what
// they write may take the place of.
func (p *actor) pointless(e *Entry) bool {
	if !p.full {
		return false
	}
	switch e.Gain {
	case "everything", "version":
		return !e.aboutSelf()
	case "attached", "member":
		return true
	case "new":
		return p.idle && p.node.Kind != graph.KindRoot && e.Target != "member-account"
	}
	return false
}

// tryEntry tries an entry on all of its targets. Of new principals one is enough;
// and so is one way to each target for those who may do everything.
func (s *trial) tryEntry(p *actor, e *Entry, done map[graph.NodeID]bool) {
	for _, t := range s.targetsOf(p, e) {
		if len(p.members) > 1 && s.tellsApart(t) {
			for _, m := range p.members {
				s.tryTarget(s.alone(p, m), e, t, map[graph.NodeID]bool{})
			}
			continue
		}
		if s.tryTarget(p, e, t, done) && e.Gain == "new" && e.Target != "member-account" && e.Target != "new-member" {
			break
		}
	}
}

// tryTarget tries an entry on one target. It reports whether something may be gained.
func (s *trial) tryTarget(p *actor, e *Entry, t *target, done map[graph.NodeID]bool) bool {
	self := e.aboutSelf()
	if !self && (len(p.members) == 1 && t.arn == p.node.ID || p.full && done[t.node] && e.Gain != "new") {
		return false
	}
	a := &attempt{s: s.search, e: e, by: p, t: t, given: t.given, first: t.first}
	if p.full && self && !a.frees() {
		return false
	}
	found := a.outcomes()
	for _, o := range found {
		done[t.node] = done[t.node] || e.Gain != "attached" && e.Gain != "new" && o.v.requires.IsTrue()
	}
	s.found = append(s.found, found...)
	return len(found) > 0
}

// outcomes are what may come of the attempt, with the target as it is, else, or if that
// hangs on something, with a tag that it is given first.
func (a *attempt) outcomes() []outcome {
	out := a.plain()
	if slices.ContainsFunc(out, certain) {
		return out
	}
	for _, b := range append(a.tagged(), a.taggedCarrier()...) {
		if more := b.plain(); len(out) == 0 && len(more) > 0 || slices.ContainsFunc(more, certain) {
			return append(out, more...)
		}
	}
	return out
}

func certain(o outcome) bool { return o.v.requires.IsTrue() }

func (a *attempt) plain() []outcome {
	if a.e.Gain == "attached" {
		return a.attached()
	}
	v := a.decide()
	if v.requires.IsFalse() {
		return nil
	}
	return []outcome{a.outcome(v, gains[a.e.Gain](a))}
}

// tellsApart reports whether the target is, or lies in, something whose own policy may
// treat the members of a class differently.
func (s *search) tellsApart(t *target) bool {
	arn := t.resource
	if t.compute != nil {
		arn = t.compute.ARN
	}
	r := s.g.Model.Snapshot.Resource(arn)
	return r != nil && r.Policy != nil && r.Policy.Document != nil && slices.ContainsFunc(r.Policy.Document.Statements, func(st policy.Statement) bool {
		return st.DependsOnCaller() || slices.ContainsFunc(st.Principal, func(p policy.PrincipalElement) bool { return p.Type == "AWS" && !p.Any() })
	})
}
