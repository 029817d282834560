package query

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// A topic is an action on a resource, and what questions about it share, whoever
// they are about. It is of one engine, or of several over one graph with the same
// options. Safe for concurrent use.
type topic struct {
	target
	action  string // in lower case
	arn     policy.ARN
	isARN   bool
	grants  []trusting     // of each statement of the resource's policies that allows the action
	reading *graph.Reading // nil where only decisions tell

	mu    sync.Mutex
	known bool // aims are
	aims  []aim
	found map[graph.NodeID]*access // of those that were asked about; nil: none at all
	count func(int)                // is told how many aims and accesses are remembered
}

// common is what engines over one graph with the same options remember for each
// other. It hangs on nothing that a question can change.
type common struct {
	mu     sync.Mutex
	topics map[target]*topic
	held   int // aims and accesses of all topics

	trusts sync.Map // *trusting by *policy.Document

	owners sync.Once // see Engine.callsOf
	own    []atomic.Pointer[calls]

	gaps  sync.Once // see Engine.gaps
	lacks *gaps

	inventory sync.Once // see Engine.resources
	described []*iam.Resource

	empty  sync.Once // see Engine.nobody
	nobody graph.NodeSet
}

// Bounds of what is remembered.
const (
	maxTopics = 4096
	maxHeld   = 1 << 20
)

func newCommon() *common { return &common{topics: map[target]*topic{}} }

// topicOf is the topic of a question's first target.
func (e *Engine) topicOf(q *question) *topic {
	t := q.targets[0]
	if len(q.targets) > 1 {
		return e.newTopic(t) // its roles hang on the other targets, too
	}
	s := e.common
	s.mu.Lock()
	known := s.topics[t]
	s.mu.Unlock()
	if known != nil {
		return known
	}
	made := e.newTopic(t)
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.topics[t]; known != nil {
		return known
	}
	if len(s.topics) >= maxTopics || s.held > maxHeld {
		clear(s.topics)
		s.held = 0
	}
	made.count = s.count
	s.topics[t] = made
	return made
}

func (s *common) count(more int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held += more
}

func (e *Engine) newTopic(of target) *topic {
	t := &topic{target: of, action: strings.ToLower(of.action), found: map[graph.NodeID]*access{}, count: func(int) {}}
	t.arn, t.isARN = policy.ParseARN(of.resource)
	for _, p := range e.g.Model.ResourcePolicies(of.action, of.resource) {
		if p.Document == nil {
			continue
		}
		for i := range p.Document.Statements {
			if s := &p.Document.Statements[i]; s.Effect == policy.Allow && s.MatchesLower(t.action) {
				var g trusting
				g.add(s)
				t.grants = append(t.grants, g)
			}
		}
	}
	if !of.pattern {
		t.reading = e.g.Reading(of.action, of.resource)
	}
	return t
}

// roles are the roles that lead to what the topic is about, see targetRoles; find
// looks for them, and says whether it got to the end.
func (t *topic) roles(find func() ([]aim, bool)) []aim {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.known {
		if t.aims, t.known = find(); t.known {
			t.count(len(t.aims))
		}
	}
	return t.aims
}

// access is what a node may do of what the topic is about; find evaluates it, unless
// an earlier question did. What is found once ctx is done may lack something, and is
// not remembered.
func (t *topic) access(ctx context.Context, n graph.NodeID, find func() access) access {
	t.mu.Lock()
	a, ok := t.found[n]
	t.mu.Unlock()
	if !ok {
		if found := find(); !found.req.IsFalse() {
			found.ways = slices.Clip(found.ways) // whoever adds to them makes a copy
			a = &found
		}
		if ctx.Err() == nil {
			t.remember(n, a)
		}
	}
	if a == nil {
		return access{}
	}
	return *a
}

func (t *topic) remember(n graph.NodeID, a *access) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.found[n]; !ok {
		t.found[n] = a
		t.count(1)
	}
}

// mayAllow reports whether a request of a node may be allowed.
func (t *topic) mayAllow(n graph.NodeID) bool { return t.reading == nil || t.reading.MayAllow(n) }

// mayForbid reports whether an explicit deny may meet a request of a node.
func (t *topic) mayForbid(n graph.NodeID) bool { return t.reading == nil || t.reading.MayForbid(n) }

// mayLackOne reports whether a denial of a node may have less than two reasons.
func (t *topic) mayLackOne(n graph.NodeID) bool { return t.reading == nil || t.reading.MayLackOne(n) }

// resources are those of the snapshot, in order. A restored graph reads each of them
// from a record: that is done once.
func (e *Engine) resources() []*iam.Resource {
	e.common.inventory.Do(func() { e.common.described = slices.Collect(e.g.Model.Resources()) })
	return e.common.described
}

// nobody is the empty set. Nothing is put into it.
func (e *Engine) nobody() graph.NodeSet {
	e.common.empty.Do(func() { e.common.nobody = graph.NewNodeSet(e.g.Len()) })
	return e.common.nobody
}

// callsOf is what a node's own statements say about getting sessions.
func (e *Engine) callsOf(n graph.NodeID) *calls {
	s := e.common
	s.owners.Do(func() { s.own = make([]atomic.Pointer[calls], e.g.Len()) })
	known := s.own[n].Load()
	if known == nil {
		found := callsOf(e.g.IdentityPolicies(n))
		known = &found
		s.own[n].Store(known)
	}
	return known
}

// trustOf is whom a role's trust means.
func (s *common) trustOf(r *iam.Role) *trusting {
	d := r.Trust.Document
	if known, ok := s.trusts.Load(d); ok {
		return known.(*trusting)
	}
	known, _ := s.trusts.LoadOrStore(d, trustOf(r))
	return known.(*trusting)
}
