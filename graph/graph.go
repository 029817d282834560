package graph

import (
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"accesspath/iam"
	"accesspath/policy"
)

// Graph is an immutable directed multigraph over the nodes of a snapshot. It is
// safe for concurrent use.
type Graph struct {
	Model *Model

	nodes   []Node
	ids     map[string]NodeID
	byName  *nameIndex
	stored  *stored // of restored graphs, which have no nodes, ids and names; else nil
	members []memberOf
	class   []ClassID // of each node
	classes ListsOf[NodeID]
	own     adjacency // edges from single nodes
	shared  adjacency // edges from classes; tails are class numbers
	// broad are edges from circles, which are classes of many accounts; each stands
	// for one from every member that is not of the head's own account.
	broad   adjacency
	circle  []CircleID       // of each class
	circles ListsOf[ClassID] // the classes of each circle
	reqs    []policy.Requirement
	// sessions are the nodes of sessions under limits, by their role or root user.
	sessions map[NodeID][]NodeID

	lookup *lookup // see index
	// layers are the identity sides of nodes, as far as they were asked for: there
	// are none for the nodes of Extend.
	layers []atomic.Pointer[identity]

	escalations []Escalation // behind escalation edges, edge by edge; see Extend
	peers       peers        // whose escalations are kept together
}

// A ClassID numbers classes of callers, a CircleID circles of classes.
type (
	ClassID  uint32
	CircleID uint32
)

// What nodes and classes have that are in none.
const (
	NoClass  = ^ClassID(0)
	NoCircle = ^CircleID(0)
)

type memberOf struct{ user, group NodeID }

// Len returns the number of nodes.
func (g *Graph) Len() int { return len(g.class) }

// Node returns a node. The pointer is into the graph: do not change it.
func (g *Graph) Node(n NodeID) *Node {
	if g.stored != nil {
		return g.stored.node(n)
	}
	return &g.nodes[n]
}

// Find returns the node with that ID.
func (g *Graph) Find(id string) (NodeID, bool) {
	if g.stored != nil {
		return g.stored.Find(id)
	}
	n, ok := g.ids[id]
	return n, ok
}

// AccountOf is the account of a node, "" if it belongs to none.
func (g *Graph) AccountOf(n NodeID) string {
	if g.stored != nil {
		return g.stored.AccountOf(n)
	}
	return g.nodes[n].Account
}

// IDOf is the ID of a node. Of many nodes of a graph that is restored this, their
// accounts and their names are known without making them.
func (g *Graph) IDOf(n NodeID) string {
	if g.stored != nil {
		return g.stored.IDOf(n)
	}
	return g.nodes[n].ID
}

// NameOf is the name of a node, "" if it has none.
func (g *Graph) NameOf(n NodeID) string {
	if g.stored != nil {
		return g.stored.NameOf(n)
	}
	return g.nodes[n].Name
}

// plain is the kind of a node that has no service and no limit, as far as that is
// known without making it.
func (g *Graph) plain(n NodeID) (NodeKind, bool) {
	if g.stored != nil {
		return g.stored.Plain(n)
	}
	return 0, false
}

// called lists the nodes of that short name, case ignored, in order.
func (g *Graph) called(name string) []NodeID {
	if g.stored != nil {
		return g.stored.Called(strings.ToLower(name))
	}
	return g.byName.find(strings.ToLower(name))
}

// A nameIndex has nodes by short name, in lower case: nobody asks for them where a graph
// is built to be kept.
type nameIndex struct {
	nodes []Node
	once  sync.Once
	by    map[string][]NodeID
}

func (n *nameIndex) find(lower string) []NodeID {
	n.once.Do(func() {
		n.by = make(map[string][]NodeID, len(n.nodes))
		for i := range n.nodes {
			if node := &n.nodes[i]; node.Name != "" && node.Limit == nil {
				name := strings.ToLower(node.Name)
				n.by[name] = append(n.by[name], NodeID(i))
			}
		}
	})
	return n.by[lower]
}

// Resolve finds a node by ID or, if it is unique, by short name, ignoring case.
// Otherwise it returns the candidates in order; none if nothing fits.
func (g *Graph) Resolve(name string) (n NodeID, ok bool, candidates []NodeID) {
	if n, ok := g.Find(name); ok {
		return n, true, nil
	}
	list := g.called(name)
	if exact := slices.DeleteFunc(slices.Clone(list), func(n NodeID) bool { return g.Node(n).Name != name }); len(exact) == 1 {
		return exact[0], true, nil
	}
	if len(list) == 1 {
		return list[0], true, nil
	}
	return 0, false, list
}

// Compute yields the nodes that run code, in order.
func (g *Graph) Compute() iter.Seq[NodeID] {
	return func(yield func(NodeID) bool) {
		for i := range g.Len() {
			n := NodeID(i)
			if _, plain := g.plain(n); !plain && g.Node(n).Compute != nil && !yield(n) {
				return
			}
		}
	}
}

// Out yields the edges from a node in the order of their heads. Several edges
// with the same head may follow each other: all are ways.
func (g *Graph) Out(n NodeID) iter.Seq[Edge] {
	return func(yield func(Edge) bool) {
		runs := g.runs(n)
		for {
			next := earliest(&runs)
			if next == nil {
				return
			}
			e := g.edge(next.a, next.at, n)
			next.at++
			if next.a == &g.broad && g.sameAccount(e.To, n) || next.a == &g.peers.edges && g.samePrincipal(e.To, n) {
				continue
			}
			if !yield(e) {
				return
			}
		}
	}
}

// A run is what is left of the edges from one tail.
type run struct {
	a       *adjacency
	at, end uint32
}

// runs are the edges from a node: its own, its peers', its class's and its circle's.
func (g *Graph) runs(n NodeID) [4]run {
	var out [4]run
	out[0], out[1] = g.own.run(uint32(n)), g.peers.run(n)
	if c := g.class[n]; c != NoClass {
		out[2] = g.shared.run(uint32(c))
		if k := g.circle[c]; k != NoCircle {
			out[3] = g.broad.run(uint32(k))
		}
	}
	return out
}

func (a *adjacency) run(tail uint32) run {
	at, end := a.span(tail)
	return run{a, at, end}
}

// earliest is the run whose next head comes first; nil if all are done.
func earliest(runs *[4]run) *run {
	var next *run
	for i := range runs {
		r := &runs[i]
		if r.at < r.end && (next == nil || r.a.head[r.at] < next.a.head[next.at]) {
			next = r
		}
	}
	return next
}

// accountOf is the account of a class.
func (g *Graph) accountOf(c ClassID) string { return g.AccountOf(g.classes.Of(int(c))[0]) }

func (g *Graph) sameAccount(a, b NodeID) bool { return g.AccountOf(a) == g.AccountOf(b) }

func (g *Graph) edge(a *adjacency, i uint32, from NodeID) Edge {
	return Edge{From: from, To: a.head[i], Kind: a.kind[i], Requires: g.requirement(a.req[i])}
}

func (g *Graph) requirement(n uint32) policy.Requirement {
	if g.stored != nil {
		return g.stored.requirement(n)
	}
	return g.reqs[n]
}

// In yields the edges into a node: those of single tails, then those of
// classes, of circles and of peers, member by member.
func (g *Graph) In(n NodeID) iter.Seq[Edge] {
	return func(yield func(Edge) bool) {
		for i, t := range g.own.into(n) {
			if !yield(g.edge(&g.own, i, NodeID(t))) {
				return
			}
		}
		for i, c := range g.shared.into(n) {
			for _, m := range g.classes.Of(int(c)) {
				if !yield(g.edge(&g.shared, i, m)) {
					return
				}
			}
		}
		for i, k := range g.broad.into(n) {
			for m := range g.circleMembers(CircleID(k), n) {
				if !yield(g.edge(&g.broad, i, m)) {
					return
				}
			}
		}
		g.fromPeers(n)(yield)
	}
}

// circleMembers yields the members of a circle that are not of a node's account.
func (g *Graph) circleMembers(k CircleID, head NodeID) iter.Seq[NodeID] {
	return func(yield func(NodeID) bool) {
		account := g.AccountOf(head)
		for _, c := range g.circles.Of(int(k)) {
			if g.accountOf(c) == account {
				continue
			}
			for _, m := range g.classes.Of(int(c)) {
				if !yield(m) {
					return
				}
			}
		}
	}
}

// Reverse marks every node from which some node of the set can be reached,
// requirements ignored: a superset of what any walk can use. It takes time
// linear in nodes, members and edges.
func (g *Graph) Reverse(targets []NodeID) NodeSet {
	r := g.reversal(targets)
	for len(r.queue) > 0 {
		n := r.queue[len(r.queue)-1]
		r.queue = r.queue[:len(r.queue)-1]
		r.into(n)
	}
	return r.seen
}

// Leading lists the nodes that Reverse marks, those with the fewest edges to go
// first, and how many that are.
func (g *Graph) Leading(targets []NodeID) (nodes []NodeID, edges []int) {
	r := g.reversal(targets)
	end, far := len(r.queue), 0 // of those that are as far as the one at hand
	for i := 0; i < len(r.queue); i++ {
		if i == end {
			end, far = len(r.queue), far+1
		}
		edges = append(edges, far)
		r.into(r.queue[i])
	}
	return r.queue, edges
}

func (g *Graph) reversal(targets []NodeID) *reversal {
	r := &reversal{g: g, seen: NewNodeSet(g.Len()), classes: make([]bool, g.classes.Len()), circles: map[CircleID]string{}, peers: make([]bool, g.peers.members.Len())}
	for _, t := range targets {
		r.push(t)
	}
	return r
}

// reversal is one walk against the edges.
type reversal struct {
	g       *Graph
	seen    NodeSet
	classes []bool
	circles map[CircleID]string // those met, and the account that was left out; "*" none
	peers   []bool              // lists met
	queue   []NodeID

	tails []uint32   // of edges into the node at hand
	sets  [4]NodeSet // see adjacency.tailsInto
}

func (r *reversal) push(n NodeID) {
	if !r.seen.Has(n) {
		r.seen.Add(n)
		r.queue = append(r.queue, n)
	}
}

func (r *reversal) class(c ClassID) {
	if r.classes[c] {
		return
	}
	r.classes[c] = true
	for _, m := range r.g.classes.Of(int(c)) {
		r.push(m)
	}
}

func (r *reversal) into(n NodeID) {
	r.tails = r.g.own.tailsInto(n, r.tails[:0], &r.sets[0])
	for _, t := range r.tails {
		r.push(NodeID(t))
	}
	r.tails = r.g.shared.tailsInto(n, r.tails[:0], &r.sets[1])
	for _, c := range r.tails {
		r.class(ClassID(c))
	}
	r.tails = r.g.broad.tailsInto(n, r.tails[:0], &r.sets[2])
	for _, k := range r.tails {
		r.circle(CircleID(k), r.g.AccountOf(n))
	}
	if r.g.peers.of == nil {
		return
	}
	r.tails = r.g.peers.edges.tailsInto(n, r.tails[:0], &r.sets[3])
	for _, list := range r.tails {
		if !r.peers[list] {
			r.peers[list] = true
			for _, m := range r.g.peers.members.Of(int(list)) {
				r.push(m)
			}
		}
	}
}

// circle meets a circle from a head of some account. The second time, only what
// the first left out can be new.
func (r *reversal) circle(k CircleID, account string) {
	left, met := r.circles[k]
	switch {
	case !met:
		r.circles[k] = account
	case left == "*" || left == account:
		return
	default:
		r.circles[k] = "*"
	}
	for _, c := range r.g.circles.Of(int(k)) {
		if met && r.g.accountOf(c) == left || !met && r.g.accountOf(c) != account {
			r.class(c)
		}
	}
}

// Edges returns the number of edges as answers show them, those of classes and
// circles counted once for each member, and the number stored.
func (g *Graph) Edges() (shown, stored int) {
	shown = g.own.edges()
	for c := range g.classes.Len() {
		from, to := g.shared.span(uint32(c))
		shown += len(g.classes.Of(c)) * int(to-from)
	}
	for k := range g.circles.Len() {
		size, classes := 0, g.circles.Of(k)
		for _, c := range classes {
			size += len(g.classes.Of(int(c)))
		}
		from, to := g.broad.span(uint32(k))
		for _, head := range g.broad.head[from:to] {
			shown += size
			for _, c := range classes {
				if g.accountOf(c) == g.AccountOf(head) {
					shown -= len(g.classes.Of(int(c)))
				}
			}
		}
	}
	return shown + g.shownOfPeers(), g.own.edges() + g.shared.edges() + g.broad.edges() + len(g.peers.edges.head)
}

// Memberships yields user and group of every membership, in order.
func (g *Graph) Memberships() iter.Seq2[NodeID, NodeID] {
	return func(yield func(NodeID, NodeID) bool) {
		for _, m := range g.members {
			if !yield(m.user, m.group) {
				return
			}
		}
	}
}

// RoleNode returns the node of a role.
func (g *Graph) RoleNode(r *iam.Role) (NodeID, bool) { return g.Find(r.ARN) }
