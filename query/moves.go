package query

import (
	"cmp"
	"iter"
	"math"
	"slices"

	"accesspath/graph"
	"accesspath/policy"
)

// move is one hop between two states. Its requirement has no hop label yet.
type move struct {
	to   uint32
	req  policy.Requirement
	kind graph.EdgeKind
}

// moves are the moves out of one state: its own, and those that it has in common with
// others. In an organization thousands of principals may assume each of thousands of
// roles that let everybody in: what they have in common is found and kept once, or
// both would grow with the square of the accounts.
type moves struct {
	own     []move
	ordered int             // how many of own are in the order of the nodes that they lead to; the others pass tags on
	common  [2]*commonMoves // along the runs of the node's class and circle; nil if it has none
	account int32           // number of the node's account, if it has any in common
}

// commonMoves are the moves along one run of edges of all states with the same facts:
// on those edges that ask for nothing, and on which nothing can be chosen that a later
// test reads, so that it does not matter whose session it is.
type commonMoves struct {
	list []commonMove // in the order of the nodes that they lead to
	rest []uint32     // numbers of the edges of the run that each state has to look at by itself
	// No edge of a circle leads from a node to roles of its own account (graph.Run). So
	// those of the first state's account wait for a state of another one: nobody else
	// may get there.
	circle  bool
	account int32
	waiting []graph.Edge
}

type commonMove struct {
	move
	head    graph.NodeID
	account int32 // number of the head's account
}

// sharing is what states share that have moves in common.
type sharing struct {
	run   graph.Run
	facts facts
	mfa   policy.Requirement // of users and root users: what MFA takes them; true of others
}

// commons are the moves that states have in common.
type commons struct {
	of       map[sharing]*commonMoves
	accounts map[string]int32
	mfa      map[string]policy.Requirement // by key
}

// from yields the moves out of a state in the order of the nodes that they lead to,
// and then those that pass tags on.
func (w *walker) from(id uint32) iter.Seq[move] {
	m := &w.moves[id]
	return func(yield func(move) bool) {
		own := m.own[:m.ordered]
		class, circle := m.common[0].moves(), m.common[1].moves()
		for len(class)+len(circle) > 0 {
			switch {
			case len(own) > 0 && w.headOf(own[0]) <= min(headOf(class), headOf(circle)):
				if !yield(own[0]) {
					return
				}
				own = own[1:]
			case len(circle) == 0 || headOf(class) <= circle[0].head:
				if !yield(class[0].move) {
					return
				}
				for len(circle) > 0 && circle[0].head == class[0].head {
					circle = circle[1:] // it is the same
				}
				class = class[1:]
			default:
				if circle[0].account != m.account && !yield(circle[0].move) {
					return
				}
				circle = circle[1:]
			}
		}
		for _, v := range m.own[m.ordered-len(own):] {
			if !yield(v) {
				return
			}
		}
	}
}

func (w *walker) headOf(m move) graph.NodeID { return w.states[m.to].node }

// headOf is the node that the first move of a list leads to.
func headOf(list []commonMove) graph.NodeID {
	if len(list) == 0 {
		return math.MaxUint32
	}
	return list[0].head
}

// setMoves gives a state moves of its own, and none besides.
func (w *walker) setMoves(id uint32, list []move) {
	w.moves[id] = moves{own: list, ordered: len(list)}
}

// shares reports whether a state has moves in common with others.
func (m *moves) shares() bool { return m.common != [2]*commonMoves{} }

// apart are the edges of the run that a state has to look at by itself.
func (c *commonMoves) apart() []uint32 {
	if c == nil {
		return nil
	}
	return c.rest
}

func (c *commonMoves) moves() []commonMove {
	if c == nil {
		return nil
	}
	return c.list
}

// leads reports whether the moves of a state in an account lead to a node.
func (c *commonMoves) leads(account int32, to graph.NodeID) bool {
	i, ok := slices.BinarySearchFunc(c.moves(), to, func(m commonMove, to graph.NodeID) int { return cmp.Compare(m.head, to) })
	return ok && !(c.circle && c.list[i].account == account)
}

// share finds the moves that a state has in common with others.
func (w *walker) share(id uint32) {
	s := w.states[id]
	if s.facts.choice != 0 || s.facts.issuer == tokenOf {
		return // few have the same, and bounds count what is chosen
	}
	key := sharing{facts: s.facts, mfa: policy.True()}
	key.facts.by = 0 // it is read where something is asked for
	if s.facts.issuer == longTerm && w.domains.mfa {
		key.mfa = w.common.sameMFA(w.e.mfaOf(w.e.g.Node(s.node)))
	}
	account := w.common.accountNumber(w.e.g.AccountOf(s.node))
	w.moves[id].account = account
	for i, run := range w.within.Runs(s.node) {
		if run == (graph.Run{}) {
			continue
		}
		key.run = run
		c, ok := w.common.of[key]
		if !ok {
			c = w.commonAlong(s, run, account)
			w.common.of[key] = c
		}
		if len(c.waiting) > 0 && c.account != account {
			edges := c.waiting
			c.waiting = nil
			c.add(w, s, edges)
		}
		w.moves[id].common[i] = c
	}
}

// commonAlong sorts the edges of a run out, by the first state that has them.
func (w *walker) commonAlong(s state, run graph.Run, account int32) *commonMoves {
	c := &commonMoves{circle: run.Circle(), account: account}
	var edges []graph.Edge
	for number, e := range w.within.Along(run, s.node) {
		switch {
		case w.bound.interrupted():
			return c // the walk ends with an error
		case !w.indifferent(s, e):
			c.rest = append(c.rest, number)
		case c.circle && w.common.accountNumber(w.e.g.AccountOf(e.To)) == account:
			c.waiting = append(c.waiting, e)
		default:
			edges = append(edges, e)
		}
	}
	c.add(w, s, edges)
	return c
}

// indifferent reports whether an edge is the same for all states with some facts.
func (w *walker) indifferent(s state, e graph.Edge) bool {
	role := w.e.g.Node(e.To).Role
	if role == nil || e.Kind != graph.CanAssume || !e.Requires.IsTrue() || len(w.domains.names[e.To]) > 0 || len(w.domains.sources) > 0 {
		return false
	}
	return !w.readsTags(s) || !w.taggable.is(e.To, role)
}

// add adds the moves of a state along some edges.
func (c *commonMoves) add(w *walker, s state, edges []graph.Edge) {
	w.begin(nil, false)
	for _, e := range edges {
		e.From = s.node
		w.step(s, e)
	}
	for _, m := range w.out {
		head := w.headOf(m)
		c.list = append(c.list, commonMove{m, head, w.common.accountNumber(w.e.g.AccountOf(head))})
	}
	slices.SortStableFunc(c.list, func(a, b commonMove) int { return cmp.Compare(a.head, b.head) })
}

// accountNumber numbers accounts.
func (c *commons) accountNumber(account string) int32 {
	n, ok := c.accounts[account]
	if !ok {
		n = int32(len(c.accounts))
		c.accounts[account] = n
	}
	return n
}

// sameMFA is the first requirement that says the same.
func (c *commons) sameMFA(r policy.Requirement) policy.Requirement {
	key := r.Key()
	first, ok := c.mfa[key]
	if !ok {
		first = r
		c.mfa[key] = r
	}
	return first
}
