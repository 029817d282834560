package graph

import (
	"context"
	"iter"
	"sync/atomic"
	"unsafe"

	"accesspath/iam"
	"accesspath/policy"
)

// Tables are what a graph consists of besides its nodes and its model, as flat
// lists: what is written to keep a graph, and read to have it again without
// evaluating any policy. The zero class and circle numbers mean "none".
type Tables struct {
	Class    []uint32 // of each node, plus one
	Classes  Lists    // the nodes of each class
	Accounts Texts    // of each class
	Circle   []uint32 // of each class, plus one
	Circles  Lists    // the classes of each circle
	Edges    [3]EdgeTable
	Requires Texts // requirements, as they write themselves
	Sessions Lists // a role or root user, and the nodes of its sessions under limits
	Members  Lists // a user, and the group
	Index    *IndexTable

	connected *[3]adjacency // see Connect
}

// An EdgeTable holds edges whose tails are nodes, classes or circles, in the
// order of their tails and heads.
type EdgeTable struct {
	Tails    int
	Tail     []uint32
	Head     []uint32
	Kind     []byte
	Requires []uint32 // numbers in Tables.Requires
}

// A Source has the nodes of a graph, and makes each when it is asked for: a
// graph of a hundred thousand principals answers from a few of them. Nodes are
// numbered in the order of their IDs. Safe for concurrent use.
type Source interface {
	Node(NodeID) Node
	AccountOf(NodeID) string
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
	requires *Texts
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
	r, _, err := policy.ReadRequirement(s.requires.bytes(int(n)))
	if err != nil {
		s.Fail(err)
	}
	s.read[n].Store(&r)
	return r
}

// Tables lays the graph open. It is of no use for graphs that Extend made.
func (g *Graph) Tables() *Tables {
	t := &Tables{}
	for _, r := range g.reqs {
		text, _ := r.AppendBinary(nil) // never fails
		t.Requires.Add(string(text))
	}
	for _, c := range g.class {
		t.Class = append(t.Class, uint32(c+1))
	}
	for _, members := range g.classes {
		t.Classes.Add(numbersOf(members))
	}
	for c, account := range g.accounts {
		t.Accounts.Add(account)
		t.Circle = append(t.Circle, uint32(g.circle[c]+1))
	}
	for _, classes := range g.circles {
		t.Circles.Add(numbersOf(classes))
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

func (a *adjacency) table() EdgeTable {
	t := EdgeTable{Tails: len(a.out) - 1, Tail: a.tail, Head: numbersOf(a.head), Requires: a.req}
	for _, k := range a.kind {
		t.Kind = append(t.Kind, byte(k))
	}
	return t
}

// Restore makes a graph of what Tables gave, of the same nodes, and of a snapshot
// whose accounts may be outlines, and of whose resources only those need be there
// that have access points. It evaluates nothing. t is not copied, and not
// checked: its numbers have to be those that Tables wrote.
func Restore(t *Tables, nodes Source, s *iam.Snapshot, inventory Inventory, o Options) *Graph {
	m := NewModel(s, o)
	g := &Graph{Model: m, lookup: &lookup{}, sessions: map[NodeID][]NodeID{}}
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
	b := newBuilder(s, o)
	if b.number(ctx) != nil {
		return nil, false
	}
	g := b.g
	if len(g.nodes) != len(t.Class) {
		return nil, false
	}
	for i := range t.Requires.Len() {
		r, _, err := policy.ReadRequirement(t.Requires.bytes(i))
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
	g.accounts = t.accounts()
	g.classes, g.circles = unfold[NodeID](&t.Classes), unfold[classID](&t.Circles)
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

// accounts are those of the classes. Most classes are of the account of the one
// before, and share its text.
func (t *Tables) accounts() []string {
	out := make([]string, t.Accounts.Len())
	for i := range out {
		if i > 0 && t.Accounts.Compare(i, out[i-1]) == 0 {
			out[i] = out[i-1]
		} else {
			out[i] = t.Accounts.Of(i)
		}
	}
	return out
}

// as sees a list as one of another type of the same size, without a copy.
func as[N ~uint32 | ~uint8, M uint32 | uint8](list []M) []N {
	return unsafe.Slice((*N)(unsafe.Pointer(unsafe.SliceData(list))), len(list))
}

func unfold[N ~int32 | ~uint32](l *Lists) [][]N {
	values := ofNumbers[N](l.Values)
	out := make([][]N, l.Len())
	for i, end := range l.Ends {
		out[i] = values[before(l.Ends, i):end:end]
	}
	return out
}

func (t *EdgeTable) adjacency(heads int) adjacency {
	a := adjacency{tail: t.Tail, head: as[NodeID](t.Head), kind: as[EdgeKind](t.Kind), req: t.Requires}
	a.connect(t.Tails, heads)
	return a
}
