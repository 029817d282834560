package graph

import (
	"iter"
	"math/bits"
)

// A NodeSet is a set of nodes of one graph, a bit for each.
type NodeSet []uint64

// NewNodeSet makes an empty set for a graph of that many nodes.
func NewNodeSet(nodes int) NodeSet { return make(NodeSet, (nodes+63)/64) }

// Add puts a node into the set.
func (s NodeSet) Add(n NodeID) { s[n/64] |= 1 << (n % 64) }

// Has reports whether a node is in the set.
func (s NodeSet) Has(n NodeID) bool { return s[n/64]&(1<<(n%64)) != 0 }

// Remove takes a node out of the set.
func (s NodeSet) Remove(n NodeID) { s[n/64] &^= 1 << (n % 64) }

func (s NodeSet) addAll(list []uint32) {
	for _, n := range list {
		s.Add(NodeID(n))
	}
}

// All yields the nodes of the set in order. None may be put into it meanwhile.
func (s NodeSet) All() iter.Seq[NodeID] {
	return func(yield func(NodeID) bool) {
		for i, word := range s {
			for ; word != 0; word &= word - 1 {
				if !yield(NodeID(i*64 + bits.TrailingZeros64(word))) {
					return
				}
			}
		}
	}
}
