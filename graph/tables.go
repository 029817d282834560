package graph

import (
	"context"
	"iter"
	"sync/atomic"

	"accesspath/iam"
	"accesspath/internal/packed"
	"accesspath/policy"
)

// Tables are what a graph consists of besides its nodes and its model, as flat
// lists: what is written to keep a graph, and read to have it again without
// evaluating any policy.
type Tables struct {
	Class    []ClassID // of each node
	Classes  ListsOf[NodeID]
	Circle   []CircleID // of each class
	Circles  ListsOf[ClassID]
	Edges    [3]EdgeTable // from nodes, classes and circles
	Requires packed.Texts // requirements, as they write themselves
	Sessions Lists        // a role or root user, and the nodes of its sessions under limits
	Members  Lists        // a user, and the group
	Index    *IndexTable
}

// A Source has the nodes of a graph, and makes each when it is asked for: a
// graph of a hundred thousand principals answers from a few of them. Nodes are
// numbered in the order of their IDs. Safe for concurrent use.
type Source interface {
	Node(NodeID) Node
	AccountOf(NodeID) string
	IDOf(NodeID) string
	NameOf(NodeID) string
	Plain(NodeID) (NodeKind, bool) // the kind of a node that has no service and no limit; false if only the node tells
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
func (g *Graph) Tables() *Tables { return g.TablesWith(g.Nodes().Index(context.Background())) }

// TablesWith is Tables where the index of the nodes is known already.
func (g *Graph) TablesWith(index *IndexTable) *Tables {
	t := &Tables{Index: index, Class: g.class, Classes: g.classes, Circle: g.circle, Circles: g.circles}
	requires := make([]string, len(g.reqs))
	for i, r := range g.reqs {
		text, _ := r.AppendBinary(nil) // never fails
		requires[i] = string(text)
	}
	t.Requires = packed.PackTexts(requires)
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
	classes, circles := t.Classes.Len(), t.Circles.Len()
	if len(t.Class) != nodes || !belowOrNone(t.Class, classes) || !t.Classes.check(1, nodes) ||
		len(t.Circle) != classes || !belowOrNone(t.Circle, circles) || !t.Circles.check(1, classes) || !t.Index.fits() {
		return false
	}
	for i, tails := range [3]int{nodes, classes, circles} {
		if !t.Edges[i].check(tails, nodes, t.Requires.Len()) {
			return false
		}
	}
	return t.Sessions.check(1, nodes) && t.Members.check(2, nodes)
}

// below reports whether all numbers are.
func below[N ~uint8 | ~uint32](list []N, end int) bool {
	var a, b, c, d N // the most of every fourth: none waits for the one before
	rest := list
	for ; len(rest) >= 4; rest = rest[4:] {
		a, b, c, d = max(a, rest[0]), max(b, rest[1]), max(c, rest[2]), max(d, rest[3])
	}
	for _, n := range rest {
		a = max(a, n)
	}
	return len(list) == 0 || uint64(max(a, b, c, d)) < uint64(end)
}

// belowOrNone is below for a list some of whose numbers say that there is none: all
// of their bits are set.
func belowOrNone[N ~uint32](list []N, end int) bool {
	var most N // plus one
	for _, n := range list {
		most = max(most, n+1)
	}
	return uint64(most) <= uint64(end)
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
	g.class, g.classes, g.circle, g.circles = t.Class, t.Classes, t.Circle, t.Circles
	g.own, g.shared, g.broad = t.Edges[0].adjacency(), t.Edges[1].adjacency(), t.Edges[2].adjacency()
}
