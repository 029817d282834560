package escalate

import (
	"iter"

	"accesspath/graph"
	"accesspath/policy"
)

// What each member of a class gains by itself is the same for all most of the time: an
// administrator of an account may write itself into every trust there, as all the
// others may. Such edges are kept once for the class; see graph.Extension.

// foundKey is what may be gained, but for who gains it.
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
		for _, m := range p.members {
			s.noted.list[m] = int32(p.peers - 1)
		}
	}
	return graph.NodeID(p.peers - 1)
}

// noted are the edges from those who may gain by changing others (see alter), by their
// places in the lists of the search.
type noted struct {
	onward map[graph.NodeID][]int32        // from a principal by itself
	inward map[graph.NodeID][]graph.NodeID // the same, by the principals of the snapshot that they lead to

	list        map[graph.NodeID]int32 // of each principal that has peers: their number
	alikeOnward map[int32][]int32
	alikeInward map[graph.NodeID][]int32 // numbers of peers
}

func newNoted() noted {
	return noted{onward: map[graph.NodeID][]int32{}, inward: map[graph.NodeID][]graph.NodeID{}, list: map[graph.NodeID]int32{},
		alikeOnward: map[int32][]int32{}, alikeInward: map[graph.NodeID][]int32{}}
}

func (l *noted) own(e *graph.Escalation, at int, first graph.NodeID) {
	l.onward[e.From] = append(l.onward[e.From], int32(at))
	if e.To < first {
		l.inward[e.To] = append(l.inward[e.To], e.From)
	}
}

func (l *noted) alike(e *graph.Escalation, at int, first graph.NodeID) {
	list := int32(e.From)
	l.alikeOnward[list] = append(l.alikeOnward[list], int32(at))
	if e.To < first {
		l.alikeInward[e.To] = append(l.alikeInward[e.To], list)
	}
}

// onward yields the noted edges from a principal, in the order in which they were found.
func (s *search) onward(from graph.NodeID) iter.Seq[*graph.Escalation] {
	own := s.noted.onward[from]
	var alike []int32
	if list, ok := s.noted.list[from]; ok {
		alike = s.noted.alikeOnward[list]
	}
	return func(yield func(*graph.Escalation) bool) {
		for own, alike := own, alike; len(own)+len(alike) > 0; {
			if len(alike) == 0 || len(own) > 0 && s.edges[own[0]].Order < s.alike[alike[0]].Order {
				if !yield(&s.edges[own[0]]) {
					return
				}
				own = own[1:]
				continue
			}
			e := &s.alike[alike[0]]
			if alike = alike[1:]; s.base(from) != s.base(e.To) && !yield(e) {
				return
			}
		}
	}
}

// inward appends those from whom a noted edge leads to a principal of the snapshot.
func (s *search) inward(out []graph.NodeID, n graph.NodeID) []graph.NodeID {
	out = append(out, s.noted.inward[n]...)
	for _, list := range s.noted.alikeInward[n] {
		for _, m := range s.peers.Of(int(list)) {
			if s.base(m) != n {
				out = append(out, m)
			}
		}
	}
	return out
}
