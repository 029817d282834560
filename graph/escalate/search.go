package escalate

import (
	"context"
	"fmt"
	"slices"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// Options say what to look for.
type Options struct {
	// Resource is what a question is about: only its policy and its type count for
	// ESC-25. "" none.
	Resource string
}

// Found is a graph with escalation edges.
type Found struct {
	Graph *graph.Graph
	Edges int
	// Unread are policies without a document, sorted: what they allow was not
	// looked for.
	Unread []string
	Cut    bool // there were too many edges or principals to keep
}

// maxEdges bounds the escalation edges of a graph.
const maxEdges = 4_000_000

// search is the state of one Find.
type search struct {
	g       *graph.Graph
	o       Options
	entries []*numbered
	actions []string

	accounts   map[string]*account
	policies   map[string]*iam.ManagedPolicy
	attachable map[string][]*iam.Attachment
	relevant   map[*policy.Document]*relevance
	apart      map[string]*guards
	unread     map[string]bool

	nodes    []graph.Node // supposed
	supposed map[string]graph.NodeID
	changes  map[graph.NodeID][]string
	edges    []graph.Escalation
	interned interned
	cut      bool
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
	s := &search{g: g, o: o, accounts: map[string]*account{}, policies: map[string]*iam.ManagedPolicy{}, attachable: map[string][]*iam.Attachment{},
		relevant: map[*policy.Document]*relevance{}, apart: map[string]*guards{}, unread: map[string]bool{},
		supposed: map[string]graph.NodeID{}, changes: map[graph.NodeID][]string{}}
	s.interned = newInterned()
	s.number(entries)
	for _, a := range g.Model.Snapshot.Accounts {
		for _, m := range a.Policies {
			s.policies[m.ARN] = m
		}
		if a.Loaded() {
			s.accounts[a.ID] = s.newAccount(a)
		}
	}
	if err := s.rounds(ctx); err != nil {
		return nil, err
	}
	f := &Found{Graph: g.Extend(s.nodes, s.edges), Edges: len(s.edges), Cut: s.cut, Unread: sortedKeys(s.unread)}
	return f, nil
}

// rounds looks at the principals of the snapshot, then at those that were
// supposed, until no more are.
func (s *search) rounds(ctx context.Context) error {
	for from, to := graph.NodeID(0), s.first(); from < to; from, to = to, s.first()+graph.NodeID(len(s.nodes)) {
		actors := s.classes(from, to)
		for i, a := range actors {
			if i%16 == 0 && ctx.Err() != nil {
				return fmt.Errorf("looking for escalation: %w", ctx.Err())
			}
			s.try(a)
			actors[i] = nil // with all that it was answered
		}
	}
	return nil
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
		a, key := s.look(n)
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
	a.allows, a.full = p.allows, p.full
	return a
}

// try works through the catalogue for one class.
func (s *search) try(p *actor) {
	done := map[graph.NodeID]bool{}
	for _, e := range s.entries {
		switch {
		case !p.mayTry(e) || p.pointless(e.Entry):
		case slices.Contains(own, e.Target) || e.usesFact("assumable"):
			for _, m := range p.members {
				s.each(s.alone(p, m), e.Entry, map[graph.NodeID]bool{})
			}
		default:
			s.each(p, e.Entry, done)
		}
	}
}

// pointless entries gain nothing for those who may do everything: more of the
// same for themselves, or for others. A boundary or a Deny still has to go.
func (p *actor) pointless(e *Entry) bool {
	if !p.full {
		return false
	}
	switch e.Gain {
	case "everything", "attached", "version", "member":
		return true
	case "new":
		return p.node.Kind != graph.KindRoot && e.Target != "member-account"
	}
	return false
}

// each tries an entry on all of its targets. Of new principals one is enough;
// and so is one way to each target for those who may do everything.
func (s *search) each(p *actor, e *Entry, done map[graph.NodeID]bool) {
	for _, t := range targets[e.Target](s, p, e) {
		self := slices.Contains(own, e.Target)
		if !self && (len(p.members) == 1 && t.arn == p.node.ID || p.full && done[t.node] && e.Gain != "new") {
			continue
		}
		a := &attempt{s: s, e: e, by: p, t: t, given: t.given}
		if e.Gain == "attached" {
			a.attached()
			continue
		}
		v := a.decide()
		if v.requires.IsFalse() && !self {
			v = a.tagged()
		}
		if v.requires.IsFalse() {
			continue
		}
		gains[e.Gain](a, v)
		done[t.node] = done[t.node] || v.requires.IsTrue()
		if e.Gain == "new" && e.Target != "member-account" && e.Target != "new-member" {
			break
		}
	}
}
