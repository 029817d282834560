package query

import (
	"context"
	"fmt"
	"slices"
	"time"

	"accesspath/graph"
)

// maxGraphEdges bounds what the whole graph is written out to; an organization
// has millions of edges.
const maxGraphEdges = 500_000

// NewTrustGraph lists the whole graph as data, with every edge folded as far as
// its tail alone decides.
func NewTrustGraph(ctx context.Context, g *graph.Graph) (*TrustGraph, error) {
	e := New(g, Options{})
	base := e.newResult("graph", nil)
	out := &TrustGraph{Schema: GraphSchema, AsOf: e.asOf().UTC().Truncate(time.Second), Assumes: base.Assumes, Coverage: base.Coverage, Nodes: []GraphNode{}, Edges: []GraphEdge{}, Limits: Limits{Reasons: []string{}}, Diagnostics: base.Diagnostics}
	for i := range g.Len() {
		n := g.Node(graph.NodeID(i))
		name := n.Name
		if n.Kind == graph.KindRoot {
			name = "root"
		}
		out.Nodes = append(out.Nodes, GraphNode{ID: n.ID, Kind: kindOf(n), Account: n.Account, Name: name})
	}
	members := map[graph.NodeID][]graph.NodeID{}
	for u, group := range g.Memberships() {
		members[u] = append(members[u], group)
	}
	for i := range g.Len() {
		if ctx.Err() != nil { // a node may have thousands of edges
			return nil, fmt.Errorf("listing the graph: %w", ctx.Err())
		}
		from := graph.NodeID(i)
		for _, group := range members[from] {
			out.Edges = append(out.Edges, GraphEdge{From: g.Node(from).ID, To: g.Node(group).ID, Kind: graph.MemberOf.String(), Verdict: VerdictAllow, Requires: []Requirement{}})
		}
		for edge := range g.Out(from) {
			if len(out.Edges) >= maxGraphEdges {
				out.Limits.Truncated = true
				out.Limits.Reasons = []string{fmt.Sprintf("only the first %d edges are listed", maxGraphEdges)}
				return out, nil
			}
			if ge, ok := e.graphEdge(edge); ok {
				out.Edges = appendEdge(out.Edges, ge)
			}
		}
	}
	return out, nil
}

func (e *Engine) graphEdge(edge graph.Edge) (GraphEdge, bool) {
	req := e.foldEdge(edge)
	if req.IsFalse() {
		return GraphEdge{}, false
	}
	ge := GraphEdge{From: e.g.Node(edge.From).ID, To: e.g.Node(edge.To).ID, Kind: edge.Kind.String(), Verdict: VerdictAllowIf}
	if e.outright(req) {
		ge.Verdict, ge.Requires = VerdictAllow, outrightRequirements(req, 1)
	} else {
		ge.Requires = Requirements(req, 1)
	}
	ge.Codes = sortedUnique(codesIn(ge.Requires, nil))
	return ge, true
}

// appendEdge keeps one edge for each pair and kind: the better of two ways.
func appendEdge(list []GraphEdge, e GraphEdge) []GraphEdge {
	if n := len(list) - 1; n >= 0 && list[n].From == e.From && list[n].To == e.To && list[n].Kind == e.Kind {
		if e.Verdict == VerdictAllow {
			list[n] = e
		}
		return list
	}
	return append(list, e)
}

// DescribeEdges describes parallel edges of one kind as the trust graph shows
// them, as one; false if what is fixed for their tail rules them out.
func (e *Engine) DescribeEdges(edges []graph.Edge) (GraphEdge, bool) {
	var list []GraphEdge
	for _, edge := range edges {
		if ge, ok := e.graphEdge(edge); ok {
			list = appendEdge(list, ge)
		}
	}
	if len(list) == 0 {
		return GraphEdge{}, false
	}
	return list[0], true
}

// SameTail reports whether two nodes of one ID, of the graphs of two engines, settle
// the same of edges with the same requirements: then DescribeEdges says the same of
// these. Of users that is whether they have MFA (CHAIN-05), of roles their tags and
// who may issue their sessions (SYM-20, SYM-22).
func SameTail(a *Engine, x *graph.Node, b *Engine, y *graph.Node) bool {
	if originIssuer(x) != originIssuer(y) {
		return false
	}
	switch originIssuer(x) {
	case longTerm:
		return a.mfaOf(x).Key() == b.mfaOf(y).Key()
	case subject:
		return x.Role == y.Role || slices.Equal(x.Role.Tags, y.Role.Tags) && *issuersOf(x.Role) == *issuersOf(y.Role)
	}
	return true
}
