package query

import (
	"accesspath/graph"
	"accesspath/iam"
)

// stateNumbers is the index from states to their numbers. A walk comes upon most states
// thousands of times, nearly always with the facts that it came upon their node with
// last; what was found then is looked at before the map.
type stateNumbers struct {
	of    map[state]uint32
	nodes int      // of the graph
	last  []uint32 // by node, without MFA and with: the number found last, plus one; nil in small walks
}

// smallWalk is up to how many states the map alone will do.
const smallWalk = 2048

// find returns the number of a state.
func (n *stateNumbers) find(s state, states []state) (uint32, bool) {
	if n.last != nil {
		if id := n.last[s.slot()]; id != 0 && states[id-1] == s {
			return id - 1, true
		}
	}
	id, ok := n.of[s]
	if ok && n.last != nil {
		n.last[s.slot()] = id + 1
	}
	return id, ok
}

// add records the number of a new state.
func (n *stateNumbers) add(s state, id uint32) {
	n.of[s] = id
	if n.last == nil && len(n.of) > smallWalk {
		n.last = make([]uint32, 2*n.nodes)
	}
	if n.last != nil {
		n.last[s.slot()] = id + 1
	}
}

// slot is where the number of a state is looked for first: users sign each request both
// with MFA and without, so states of the two kinds come by turns.
func (s state) slot() int { return 2*int(s.node) + int(s.facts.mfa) }

// number returns the number of a state of a finished walk. It changes nothing:
// several goroutines look at one walk.
func (w *walker) number(s state) (uint32, bool) {
	id, ok := w.numbers.of[s]
	return id, ok
}

// placed says which move of the state at hand leads to a state: one of assuming and
// one of escalating, by the state that they lead to.
type placed struct {
	turn uint32 // of the state at hand
	at   []placing
}

type placing struct {
	turn uint32
	move int32 // index among the moves
}

// begin forgets the moves of the state before.
func (p *placed) begin() { p.turn++ }

func (p *placed) find(m move) (int, bool) {
	i := landing(m)
	if i >= len(p.at) || p.at[i].turn != p.turn {
		return 0, false
	}
	return int(p.at[i].move), true
}

func (p *placed) put(m move, index int) {
	i := landing(m)
	if i >= len(p.at) {
		p.at = append(p.at, make([]placing, i+1-len(p.at))...)
	}
	p.at[i] = placing{p.turn, int32(index)}
}

// landing is where a move leads, and how.
func landing(m move) int {
	if m.kind.Escalates() {
		return 2*int(m.to) + 1
	}
	return 2 * int(m.to)
}

// remembered is a property of roles that is asked for on each of thousands of edges.
type remembered struct {
	of    func(*iam.Role) bool
	nodes int     // of the graph
	known []uint8 // by node: 0 if not known yet, 1 no, 2 yes
}

func (r *remembered) is(n graph.NodeID, role *iam.Role) bool {
	if r.known == nil {
		r.known = make([]uint8, r.nodes)
	}
	if r.known[n] == 0 {
		r.known[n] = 1
		if r.of(role) {
			r.known[n] = 2
		}
	}
	return r.known[n] == 2
}
