package graph

import (
	"context"
	"sync"

	"accesspath/iam"
)

// Building a graph numbers its nodes and then finds its edges, which takes much
// longer. What is made of the nodes alone need not wait for that.

// A Numbering is a graph of which the nodes are known and the edges are not. It is
// built once.
type Numbering struct{ b *builder }

// Number numbers the nodes of a snapshot. It returns ctx's error if it is cut short.
func Number(ctx context.Context, s *iam.Snapshot, o Options) (*Numbering, error) {
	switch {
	case s.Outlined():
		return nil, ErrOutline
	case ctx.Err() != nil:
		return nil, stopped(ctx)
	}
	b := newBuilder(s, o)
	if err := b.number(ctx); err != nil {
		return nil, err
	}
	return &Numbering{b}, nil
}

// Nodes are those of the graph. They can be used while it is built.
func (n *Numbering) Nodes() *Nodes { return n.b.g.Nodes() }

// Build finds the edges, as the function Build does.
func (n *Numbering) Build(ctx context.Context) (*Graph, error) { return n.construct(ctx, nil) }

// BuildLike finds the edges, as the function BuildLike does.
func (n *Numbering) BuildLike(ctx context.Context, other func() (*Graph, Common)) (*Graph, error) {
	return n.construct(ctx, func(b *builder) *likeness {
		if g, common := other(); g != nil {
			return newLikeness(b, g, common)
		}
		return nil
	})
}

// construct finds the edges; like finds out what can be taken over from another
// graph, and may be nil.
func (n *Numbering) construct(ctx context.Context, like func(*builder) *likeness) (*Graph, error) {
	b := n.b
	var tokens, roots []built // which hang on no class
	var others sync.WaitGroup
	defer others.Wait()
	others.Go(func() { tokens, roots = b.federationTokens(), b.rootEdges(b.roots) })
	if err := b.classify(ctx); err != nil {
		return nil, err
	}
	if like != nil {
		b.like = like(b)
	}
	slots := make([][]built, len(b.roles))
	if err := b.eachRole(ctx, func(i int, r *listReader) { slots[i] = b.edgesInto(i, r) }); err != nil {
		return nil, err
	}
	others.Wait()
	b.assemble(append(slots, tokens, roots))
	return b.g, nil
}

// Nodes are the nodes of a graph that is not extended, with their policies.
type Nodes struct{ g *Graph }

// Nodes are those of the graph.
func (g *Graph) Nodes() *Nodes { return &Nodes{g} }

// Len returns the number of nodes.
func (n *Nodes) Len() int { return n.g.Len() }

// Node returns a node. The pointer is into the graph: do not change it.
func (n *Nodes) Node(id NodeID) *Node { return n.g.Node(id) }

// Index is the index of what the policies of the nodes grant; nil if ctx is done
// before.
func (n *Nodes) Index(ctx context.Context) *IndexTable {
	b := newIndexing(ctx, n.g)
	if ctx.Err() != nil {
		return nil
	}
	return b.table()
}
