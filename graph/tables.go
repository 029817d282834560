package graph

import (
	"context"
	"iter"
	"slices"
	"sync/atomic"

	"accesspath/iam"
	"accesspath/internal/packed"
	"accesspath/policy"
)

// Tables are what a graph consists of besides its nodes and its model, as flat
// lists: what is written to keep a graph, and read to have it again without
// evaluating any policy. The zero class and circle numbers mean "none".
type Tables struct {
	Class    []uint32     // of each node, plus one
	Circle   []uint32     // of each class, plus one
	Edges    [3]EdgeTable // from nodes, classes and circles
	Requires packed.Texts // requirements, as they write themselves
	Sessions Lists        // a role or root user, and the nodes of its sessions under limits
	Members  Lists        // a user, and the group
	Index    *IndexTable

	connected *[3]adjacency // see Connect
}

// A Source has the nodes of a graph, and makes each when it is asked for: a
// graph of a hundred thousand principals answers from a few of them. Nodes are
// numbered in the order of their IDs. Safe for concurrent use.
type Source interface {
	Node(NodeID) Node
	AccountOf(NodeID) string
	IDOf(NodeID) string
	NameOf(NodeID) string
	Find(id string) (NodeID, bool)
	Called(name string) []NodeID        // by short name in lower case, in order
	HasUniqueID(id string) bool         // of a user or role
	Resource(arn string) *iam.Resource  // nil if there is none
	Resources() iter.Seq[*iam.Resource] // all, in order
	Fail(error)                         // something could not be read
}

// stored is where a restored graph has its nodes from.
type stored struct {
	Source
	made     []atomic.Pointer[Node]
	requires *packed.Texts
	read     []atomic.Pointer[policy.Requirement]
	index    *IndexTable
}

// node returns a node, always the same: callers compare what it points to.
func (s *stored) node(n NodeID) *Node {
	if p := s.made[n].Load(); p != nil {
		return p
	}
	made := s.Source.Node(n)
	if !s.made[n].CompareAndSwap(nil, &made) {
		return s.made[n].Load()
	}
	return &made
}

func (s *stored) requirement(n uint32) policy.Requirement {
	if p := s.read[n].Load(); p != nil {
		return *p
	}
	r, _, err := policy.ReadRequirement([]byte(s.requires.Of(int(n))))
	if err != nil {
		s.Fail(err)
	}
	s.read[n].Store(&r)
	return r
}

// Tables lays the graph open. It is of no use for graphs that Extend made.
func (g *Graph) Tables() *Tables {
	t := &Tables{Class: make([]uint32, len(g.class)), Circle: make([]uint32, len(g.circle))}
	requires := make([]string, len(g.reqs))
	for i, r := range g.reqs {
		text, _ := r.AppendBinary(nil) // never fails
		requires[i] = string(text)
	}
	t.Requires = packed.PackTexts(requires)
	for i, c := range g.class {
		t.Class[i] = uint32(c + 1)
	}
	for c, k := range g.circle {
		t.Circle[c] = uint32(k + 1)
	}
	for i, a := range []*adjacency{&g.own, &g.shared, &g.broad} {
		t.Edges[i] = a.table()
	}
	for n := range g.Len() {
		if list := g.sessions[NodeID(n)]; len(list) > 0 {
			t.Sessions.Add(append([]uint32{uint32(n)}, numbersOf(list)...))
		}
	}
	for _, m := range g.members {
		t.Members.Add([]uint32{uint32(m.user), uint32(m.group)})
	}
	t.Index = newIndexing(g).table()
	return t
}

func numbersOf[N ~int32 | ~uint32](list []N) []uint32 {
	out := make([]uint32, len(list))
	for i, n := range list {
		out[i] = uint32(n)
	}
	return out
}

func ofNumbers[N ~int32 | ~uint32](list []uint32) []N {
	out := make([]N, len(list))
	for i, n := range list {
		out[i] = N(n)
	}
	return out
}

// Check reports whether the numbers of the tables can be those of a graph of so
// many nodes.
func (t *Tables) Check(nodes int) bool {
	circles := len(t.Edges[2].Run)
	if len(t.Class) != nodes || !below(t.Class, len(t.Circle)+1) || !below(t.Circle, circles+1) || !t.Index.fits() {
		return false
	}
	for i, tails := range [3]int{nodes, len(t.Circle), circles} {
		if e := &t.Edges[i]; len(e.Run) != tails || !e.check(nodes, t.Requires.Len()) {
			return false
		}
	}
	return t.Sessions.check(1, nodes) && t.Members.check(2, nodes)
}

// below reports whether all numbers are.
func below(list []uint32, end int) bool {
	return !slices.ContainsFunc(list, func(n uint32) bool { return uint64(n) >= uint64(end) })
}

// Restore makes a graph of what Tables gave, of the same nodes, and of a snapshot
// whose accounts may be outlines, and of whose resources only those need be there
// that have access points. It evaluates nothing. t is not copied, and has to have
// passed its Check.
func Restore(t *Tables, nodes Source, s *iam.Snapshot, inventory Inventory, o Options) *Graph {
	m := NewModel(s, o)
	g := &Graph{Model: m, lookup: &lookup{}, sessions: map[NodeID][]NodeID{}, layers: make([]atomic.Pointer[identity], len(t.Class))}
	g.stored = &stored{Source: nodes, made: make([]atomic.Pointer[Node], len(t.Class)), index: t.Index,
		requires: &t.Requires, read: make([]atomic.Pointer[policy.Requirement], t.Requires.Len())}
	m.stored, m.inventory = g.stored, &inventory
	g.edgesOf(t)
	for i := range t.Sessions.Len() {
		list := t.Sessions.Of(i)
		g.sessions[NodeID(list[0])] = ofNumbers[NodeID](list[1:])
	}
	for i := range t.Members.Len() {
		m := t.Members.Of(i)
		g.members = append(g.members, memberOf{NodeID(m[0]), NodeID(m[1])})
	}
	return g
}

// Resume makes the graph of a whole snapshot of which Tables are kept: it numbers
// the nodes, and evaluates no trust policy. The options are those of the graph
// that the tables are of. It is false if they cannot be of this snapshot, or ctx is
// done.
func Resume(ctx context.Context, s *iam.Snapshot, o Options, t *Tables) (*Graph, bool) {
	if ctx.Err() != nil {
		return nil, false
	}
	b := newBuilder(s, o)
	if b.number(ctx) != nil {
		return nil, false
	}
	g := b.g
	if len(g.nodes) != len(t.Class) {
		return nil, false
	}
	for _, text := range t.Requires.All {
		r, _, err := policy.ReadRequirement(text)
		if err != nil {
			return nil, false
		}
		g.reqs = append(g.reqs, r)
	}
	g.edgesOf(t)
	return g, true
}

// edgesOf fills in classes, circles and edges.
func (g *Graph) edgesOf(t *Tables) {
	g.class = make([]classID, len(t.Class))
	for i, c := range t.Class {
		g.class[i] = classID(c) - 1
	}
	g.circle = make([]circleID, len(t.Circle))
	for i, k := range t.Circle {
		g.circle[i] = circleID(k) - 1
	}
	g.classes, g.circles = membersOf[NodeID](t.Class, len(t.Circle)), membersOf[classID](t.Circle, len(t.Edges[2].Run))
	g.accounts = make([]string, len(g.classes))
	for c, members := range g.classes {
		if len(members) > 0 {
			g.accounts[c] = g.AccountOf(members[0])
		}
	}
	if t.connected == nil {
		t.Connect()
	}
	g.own, g.shared, g.broad = t.connected[0], t.connected[1], t.connected[2]
}

// Connect prepares what Restore and Resume need first, and what takes longest:
// whoever has something else to read meanwhile calls it beside that.
func (t *Tables) Connect() {
	var connected [3]adjacency
	for i := range t.Edges {
		connected[i] = t.Edges[i].adjacency(len(t.Class))
	}
	t.connected = &connected
}

// membersOf lists, for each of n groups, who is in it, in order. The group of each
// is given plus one.
func membersOf[N ~int32 | ~uint32](group []uint32, n int) [][]N {
	ends := make([]uint32, n+1)
	for _, k := range group {
		if k > 0 {
			ends[k]++
		}
	}
	for k := range n {
		ends[k+1] += ends[k]
	}
	all, out, at := make([]N, ends[n]), make([][]N, n), slices.Clone(ends)
	for i, k := range group {
		if k > 0 {
			all[at[k-1]] = N(i)
			at[k-1]++
		}
	}
	for k := range out {
		out[k] = all[ends[k]:ends[k+1]:ends[k+1]]
	}
	return out
}
