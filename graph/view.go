package graph

import (
	"errors"

	dgraph "github.com/dominikbraun/graph"
)

// ErrReadOnly is returned by every attempt to change a View.
var ErrReadOnly = errors.New("the graph is read-only")

// View shows g through the graph library's interface without copying it.
// Parallel edges are one edge there, their requirements in the edge's Data as a
// []Edge; memberships in groups are left out. The library's algorithms copy the
// whole adjacency that they are given: use them on small graphs and in tests.
func (g *Graph) View() dgraph.Graph[NodeID, Node] {
	return dgraph.NewWithStore(func(n Node) NodeID { id, _ := g.Find(n.ID); return id }, &viewStore{g}, dgraph.Directed())
}

// viewStore is a read-only dgraph.Store over the arrays.
type viewStore struct{ g *Graph }

func (v *viewStore) AddVertex(NodeID, Node, dgraph.VertexProperties) error { return ErrReadOnly }
func (v *viewStore) RemoveVertex(NodeID) error                             { return ErrReadOnly }
func (v *viewStore) AddEdge(NodeID, NodeID, dgraph.Edge[NodeID]) error     { return ErrReadOnly }
func (v *viewStore) UpdateEdge(NodeID, NodeID, dgraph.Edge[NodeID]) error  { return ErrReadOnly }
func (v *viewStore) RemoveEdge(NodeID, NodeID) error                       { return ErrReadOnly }

func (v *viewStore) Vertex(n NodeID) (Node, dgraph.VertexProperties, error) {
	if int(n) >= v.g.Len() {
		return Node{}, dgraph.VertexProperties{}, dgraph.ErrVertexNotFound
	}
	return *v.g.Node(n), dgraph.VertexProperties{Attributes: map[string]string{}}, nil
}

func (v *viewStore) ListVertices() ([]NodeID, error) {
	out := make([]NodeID, v.g.Len())
	for i := range out {
		out[i] = NodeID(i)
	}
	return out, nil
}

func (v *viewStore) VertexCount() (int, error) { return v.g.Len(), nil }

func (v *viewStore) Edge(from, to NodeID) (dgraph.Edge[NodeID], error) {
	if int(from) < v.g.Len() {
		for _, e := range v.edgesOf(from) {
			if e.Target == to {
				return e, nil
			}
		}
	}
	return dgraph.Edge[NodeID]{}, dgraph.ErrEdgeNotFound
}

// edgesOf joins parallel edges, in the order of their heads.
func (v *viewStore) edgesOf(from NodeID) []dgraph.Edge[NodeID] {
	var out []dgraph.Edge[NodeID]
	for e := range v.g.Out(from) {
		if n := len(out) - 1; n >= 0 && out[n].Target == e.To {
			out[n].Properties.Data = append(out[n].Properties.Data.([]Edge), e)
			continue
		}
		out = append(out, dgraph.Edge[NodeID]{Source: from, Target: e.To,
			Properties: dgraph.EdgeProperties{Attributes: map[string]string{}, Weight: 1, Data: []Edge{e}}})
	}
	return out
}

func (v *viewStore) ListEdges() ([]dgraph.Edge[NodeID], error) {
	var out []dgraph.Edge[NodeID]
	for i := range v.g.Len() {
		out = append(out, v.edgesOf(NodeID(i))...)
	}
	return out, nil
}

// EdgeCount counts edges as ListEdges lists them.
func (v *viewStore) EdgeCount() (int, error) {
	n := 0
	for i := range v.g.Len() {
		n += len(v.edgesOf(NodeID(i)))
	}
	return n, nil
}
