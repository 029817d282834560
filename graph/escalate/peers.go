package escalate

import (
	"accesspath/graph"
	"accesspath/policy"
)

// What each member of a class gains by itself is the same for all most of the time: an
// administrator of an account may write itself into every trust there, as all the
// others may. Such edges are kept once for the class; see graph.Extension.

// found is what may be gained, but for who gains it.
type foundKey struct {
	node     graph.NodeID
	kind     graph.EdgeKind
	requires policy.Requirement
	way      *graph.Way
}

// times is how often something was found.
type times struct {
	n     int
	last  graph.NodeID // who found it last
	again bool         // somebody found it twice
}

// together puts outcomes that each member of a class has by itself in the place of the
// first, as one of the class.
func (s *search) together(p *actor, found []outcome) []outcome {
	if len(p.members) == 1 {
		return found
	}
	keys, seen := make([]foundKey, len(found)), map[foundKey]*times{}
	for i := range found {
		o := &found[i]
		if len(o.by.members) > 1 || o.change != nil || o.made != nil || o.kind == graph.EscalatesInPlace {
			continue
		}
		keys[i] = foundKey{o.node, o.kind, s.interned.requirement(o.v.requires), s.interned.way(o.e, o.v.requests)}
		t := seen[keys[i]]
		if t == nil {
			t = &times{}
			seen[keys[i]] = t
		}
		t.again = t.again || t.n > 0 && t.last == o.by.id
		t.n, t.last = t.n+1, o.by.id
	}
	out := found[:0]
	for i, o := range found {
		t := seen[keys[i]]
		switch {
		case t == nil || t.again || t.n > 0 && t.n != s.others(p, o.node):
		case t.n == 0:
			continue // with the first
		default:
			o.by, t.n = p, 0
		}
		out = append(out, o)
	}
	return out
}

// others are how many members of a class are not the principal that a node is.
func (s *search) others(p *actor, node graph.NodeID) (n int) {
	for _, m := range p.members {
		if s.base(m) != s.base(node) {
			n++
		}
	}
	return n
}

// peersOf is the number of a class in the graph.
func (s *search) peersOf(p *actor) graph.NodeID {
	if p.peers == 0 {
		s.peers.Add(p.members)
		p.peers = s.peers.Len()
	}
	return graph.NodeID(p.peers - 1)
}
