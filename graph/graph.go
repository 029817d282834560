package graph

import (
	"iter"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// Graph is an immutable directed multigraph over the nodes of a snapshot. It is
// safe for concurrent use.
type Graph struct {
	Model *Model

	nodes   []Node
	ids     map[string]NodeID
	byName  map[string][]NodeID // lower-case short name
	members []memberOf
	class   []classID // of each node
	classes [][]NodeID
	own     adjacency // edges from single nodes
	shared  adjacency // edges from classes; tails are class numbers
	reqs    []policy.Requirement
	// sessions are the nodes of sessions under limits, by their role or root user.
	sessions map[NodeID][]NodeID

	ways        map[wayKey][]Escalation // behind escalation edges; see Extend
	escalations []Escalation            // the same in one list
}

type classID int32

const noClass classID = -1

type memberOf struct{ user, group NodeID }

// adjacency holds edges as flat arrays: those of tail t are [out[t], out[t+1]),
// sorted by head; those into h are back[in[h]:in[h+1]].
type adjacency struct {
	out  []uint32
	tail []uint32
	head []NodeID
	kind []EdgeKind
	req  []uint32 // into Graph.reqs
	in   []uint32
	back []uint32
}

// Len returns the number of nodes.
func (g *Graph) Len() int { return len(g.nodes) }

// Node returns a node. The pointer is into the graph: do not change it.
func (g *Graph) Node(n NodeID) *Node { return &g.nodes[n] }

// Find returns the node with that ID.
func (g *Graph) Find(id string) (NodeID, bool) {
	n, ok := g.ids[id]
	return n, ok
}

// Resolve finds a node by ID or, if it is unique, by short name, ignoring case.
// Otherwise it returns the candidates in order; none if nothing fits.
func (g *Graph) Resolve(name string) (n NodeID, ok bool, candidates []NodeID) {
	if n, ok := g.ids[name]; ok {
		return n, true, nil
	}
	list := g.byName[strings.ToLower(name)]
	if exact := slices.DeleteFunc(slices.Clone(list), func(n NodeID) bool { return g.nodes[n].Name != name }); len(exact) == 1 {
		return exact[0], true, nil
	}
	if len(list) == 1 {
		return list[0], true, nil
	}
	return 0, false, list
}

// Out yields the edges from a node in the order of their heads. Two edges with
// the same head may follow each other: both are ways.
func (g *Graph) Out(n NodeID) iter.Seq[Edge] {
	return func(yield func(Edge) bool) {
		a, aEnd := g.own.span(uint32(n))
		var b, bEnd uint32
		if c := g.class[n]; c != noClass {
			b, bEnd = g.shared.span(uint32(c))
		}
		for a < aEnd || b < bEnd {
			var e Edge
			if b >= bEnd || a < aEnd && g.own.head[a] <= g.shared.head[b] {
				e = g.edge(&g.own, a, n)
				a++
			} else {
				e = g.edge(&g.shared, b, n)
				b++
			}
			if !yield(e) {
				return
			}
		}
	}
}

func (a *adjacency) span(t uint32) (uint32, uint32) { return a.out[t], a.out[t+1] }

func (g *Graph) edge(a *adjacency, i uint32, from NodeID) Edge {
	return Edge{From: from, To: a.head[i], Kind: a.kind[i], Requires: g.reqs[a.req[i]]}
}

// In yields the edges into a node: those of single tails, then those of
// classes, member by member.
func (g *Graph) In(n NodeID) iter.Seq[Edge] {
	return func(yield func(Edge) bool) {
		for _, i := range g.own.back[g.own.in[n]:g.own.in[n+1]] {
			if !yield(g.edge(&g.own, i, NodeID(g.own.tail[i]))) {
				return
			}
		}
		for _, i := range g.shared.back[g.shared.in[n]:g.shared.in[n+1]] {
			for _, m := range g.classes[g.shared.tail[i]] {
				if !yield(g.edge(&g.shared, i, m)) {
					return
				}
			}
		}
	}
}

// Reverse marks every node from which some node of the set can be reached,
// requirements ignored: a superset of what any walk can use. It takes time
// linear in nodes, members and edges.
func (g *Graph) Reverse(targets []NodeID) []bool {
	seen := make([]bool, len(g.nodes))
	classSeen := make([]bool, len(g.classes))
	var queue []NodeID
	push := func(n NodeID) {
		if !seen[n] {
			seen[n] = true
			queue = append(queue, n)
		}
	}
	for _, t := range targets {
		push(t)
	}
	for len(queue) > 0 {
		n := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, i := range g.own.back[g.own.in[n]:g.own.in[n+1]] {
			push(NodeID(g.own.tail[i]))
		}
		for _, i := range g.shared.back[g.shared.in[n]:g.shared.in[n+1]] {
			c := g.shared.tail[i]
			if classSeen[c] {
				continue
			}
			classSeen[c] = true
			for _, m := range g.classes[c] {
				push(m)
			}
		}
	}
	return seen
}

// Edges returns the number of edges as answers show them, class edges counted
// once for each member, and the number stored.
func (g *Graph) Edges() (shown, stored int) {
	shown = len(g.own.head)
	for i := range g.shared.head {
		shown += len(g.classes[g.shared.tail[i]])
	}
	return shown, len(g.own.head) + len(g.shared.head)
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
