package escalate

import (
	"cmp"
	"context"
	"slices"

	"accesspath/graph"
	"accesspath/policy"
)

// What somebody changes in another principal stays, whichever of its sessions made the
// change (CHAIN-03): one changes it, or has it changed by somebody that it can become, and
// becomes it afterwards over whatever steps lead there (ESC-10, ESC-16). Who changes itself,
// and whom a role changes that it assumes, is not of this: see ownTargets and lend.

// changeAndBecome is the entry of what is found here.
const changeAndBecome = "change-and-become"

// Bounds: the principals that one becomes on the way to one that was changed, and the steps
// to it.
const (
	maxHeld     = 128
	maxHeldHops = 4
)

// What is tried in an account is bounded, too: there may be as many combinations as
// principals cubed. An account on its own gets all tries; of many, each its share.
const (
	allTries   = 8_000_000
	leastTries = 500
	// newcomer is how many tries a principal costs that a change makes up: it goes on to
	// try the whole catalogue.
	newcomer = 200
)

// spend takes tries from those of an account. It is false if none are left.
func (s *search) spend(a *account, tries int) bool {
	if a == nil { // which nobody read
		return true
	}
	if a.tries -= tries; a.tries < 0 {
		a.untried = true
	}
	return !a.untried
}

// held is a principal that somebody can become, and how it does in the end.
type held struct {
	node graph.NodeID
	kind graph.EdgeKind
	v    verdict
	hops int

	assumed bool // as the graph has it, which lend looks at
}

// holder is who would hold a changed principal in the end.
type holder struct {
	id    graph.NodeID
	reach []held // whom it can become
	// controlled are the accounts in which it becomes somebody whom nothing limits, and
	// whether it does so whatever holds: nothing more is gained there by the same or less.
	controlled map[string]bool
}

// alteration is what one principal does to others as another one, itself or one that it
// becomes for that.
type alteration struct {
	*search
	who        *actor                    // who holds the changed principal in the end
	as         held                      // who makes the changes
	by         *actor                    // the same
	controlled map[string]bool           // of the first; see holder
	had        map[graph.NodeID][]string // what it takes to become a changed one, in all ways found
}

// alter looks for what those do to others who were looked at last, and those who become
// one of them.
func (s *search) alter(ctx context.Context, changing []*actor, supposed []graph.NodeID) {
	s.isUnrestricted = map[graph.NodeID]bool{}
	whose, last := supposed, map[graph.NodeID]bool{}
	for _, a := range s.changersOf(changing) {
		s.changers[a.id], last[a.id] = a, true
		whose = append(whose, a.id)
	}
	theirs := map[graph.NodeID]map[graph.NodeID]bool{} // whom one who makes changes becomes itself
	for _, from := range s.behind(whose) {
		if ctx.Err() != nil {
			return
		}
		if s.unrestricted(from) || !s.spend(s.accounts[s.node(from).Account], 1) {
			continue
		}
		who := holder{id: from, reach: s.reach(from)}
		who.controlled = s.controlledAccounts(who.reach)
		if last[from] {
			s.alterations(ctx, &who, held{node: from, v: verdict{requires: policy.True()}}, s.changers[from], who.reach)
		}
		for _, h := range who.reach {
			by := s.changers[h.node]
			if by == nil {
				continue
			}
			if theirs[by.id] == nil {
				theirs[by.id] = nodesOf(by.id, s.reach(by.id))
			}
			s.alterAs(ctx, &who, h, by, theirs[by.id])
		}
	}
}

// controlledAccounts are the accounts of those among some whom nothing limits, and whether
// one of them is become whatever holds.
func (s *search) controlledAccounts(reach []held) map[string]bool {
	out := map[string]bool{}
	for _, h := range reach {
		if s.unrestricted(h.node) {
			account := s.node(h.node).Account
			out[account] = out[account] || h.v.requires.IsTrue()
		}
	}
	return out
}

func nodesOf(n graph.NodeID, reach []held) map[graph.NodeID]bool {
	out := map[graph.NodeID]bool{n: true}
	for _, h := range reach {
		out[h.node] = true
	}
	return out
}

// alterAs lets somebody become another one for changes to itself, and to those whom it
// becomes and the other does not: what that one does to whom it becomes is found for it.
func (s *search) alterAs(ctx context.Context, who *holder, as held, by *actor, theirs map[graph.NodeID]bool) {
	var whom []held
	for _, h := range who.reach {
		if !theirs[h.node] && s.node(h.node).Account == by.account.ID {
			whom = append(whom, h)
		}
	}
	if n := s.node(who.id); n.Account == by.account.ID && !(as.assumed && as.hops == 1) && !theirs[who.id] {
		whom = append(whom, held{node: who.id, kind: graph.EscalatesInPlace, v: verdict{requires: policy.True()}})
	}
	if len(whom) > 0 {
		s.alterations(ctx, who, as, by, whom)
	}
}

// behind lists some principals, and those of the snapshot who become one of them over a few
// steps, in order.
func (s *search) behind(list []graph.NodeID) []graph.NodeID {
	seen := map[graph.NodeID]bool{}
	var out []graph.NodeID
	for range maxHeldHops {
		var next []graph.NodeID
		for _, n := range list {
			if seen[n] {
				continue
			}
			seen[n] = true
			if out = append(out, n); n < s.first() && !s.unrestricted(n) { // others have no edges yet to who was changed
				next = append(next, s.into(n)...)
			}
		}
		list = next
	}
	slices.Sort(out)
	return out
}

// changing are the classes that may make changes like those that one makes to oneself,
// without what they have been answered.
func (s *search) changing(actors []*actor) []*actor {
	var out []*actor
	for _, a := range actors {
		if !a.idle && entityOf(a.node) != nil && slices.ContainsFunc(s.entries, func(e *numbered) bool { return lent(e) && a.mayTry(e) }) {
			c := newActor(a.id, a.node, a.account)
			c.allows, c.full, c.members = a.allows, a.full, a.members
			out = append(out, c)
		}
	}
	return out
}

// maySuppose lists the supposed principals among some actors: they become others than they
// did before.
func (s *search) maySuppose(actors []*actor) []graph.NodeID {
	var out []graph.NodeID
	for _, a := range actors {
		if a.id >= s.first() && !a.idle {
			out = append(out, a.members...)
		}
	}
	return out
}

// changersOf are the members of such classes who gain by changing others.
func (s *search) changersOf(classes []*actor) []*actor {
	var out []*actor
	for _, a := range classes {
		for _, m := range a.members {
			if !s.unrestricted(m) {
				out = append(out, s.alone(a, m))
			}
		}
	}
	slices.SortFunc(out, func(x, y *actor) int { return cmp.Compare(x.id, y.id) })
	return out
}

// unrestricted reports whether somebody may do everything in its account, with nothing that
// limits it, or becomes one who may whatever holds: changes to others gain it nothing.
func (s *search) unrestricted(id graph.NodeID) bool {
	known, ok := s.isUnrestricted[id]
	if ok {
		return known
	}
	s.isUnrestricted[id] = false // and not again on the way round
	s.isUnrestricted[id] = s.findUnrestricted(id)
	return s.isUnrestricted[id]
}

func (s *search) findUnrestricted(id graph.NodeID) bool {
	n := s.node(id)
	if entityOf(n) == nil || s.accounts[n.Account] == nil {
		return n.Kind == graph.KindRoot
	}
	if s.almighty(n) {
		return true
	}
	for e := range s.onward(id) {
		if to := s.node(e.To); e.Requires.IsTrue() && to.Account == n.Account && entityOf(to) != nil && s.almighty(to) {
			return true
		}
	}
	if id >= s.first() {
		return false
	}
	for e := range s.g.Out(id) {
		if e.Kind == graph.CanAssume && e.Requires.IsTrue() && s.g.AccountOf(e.To) == n.Account && s.unrestricted(e.To) {
			return true
		}
	}
	return false
}

// almighty reports whether the policies of a principal allow everything, and nothing
// stands against it.
func (s *search) almighty(n *graph.Node) bool {
	return !s.limited(n) && slices.ContainsFunc(s.g.Model.IdentityPolicies(n), func(p policy.Attached) bool { return s.relevanceOf(p.Document).full })
}

// limited reports whether a boundary or a Deny of its policies stands against a principal.
// Guardrails that spare others do not count: who may do everything else may hand everything
// to those in one step, and whole organizations have such guardrails.
func (s *search) limited(n *graph.Node) bool {
	if _, bounded := s.g.Model.Boundary(n); bounded {
		return true
	}
	return slices.ContainsFunc(s.g.Model.IdentityPolicies(n), func(p policy.Attached) bool { return p.Document == nil || s.relevanceOf(p.Document).denies })
}

// into lists who becomes a principal of the snapshot in a step, in order.
func (s *search) into(n graph.NodeID) []graph.NodeID {
	var out []graph.NodeID
	for e := range s.g.In(n) {
		if e.Kind == graph.CanAssume && e.From != n && entityOf(s.g.Node(e.From)) != nil {
			out = append(out, e.From)
		}
	}
	out = s.inward(out, n)
	slices.Sort(out)
	return slices.Compact(out)
}

// steps are those that somebody becomes in one step more: roles that it assumes, and
// principals of the snapshot that it escalates to.
func (s *search) steps(from graph.NodeID, h held) []held {
	var out []held
	add := func(to graph.NodeID, kind graph.EdgeKind, r policy.Requirement, requests []graph.Request, assumed bool) {
		if entityOf(s.node(to)) == nil || to == from || h.hops > 0 && r.Mentions(ofSession) {
			return // the walk would read it in the session of the first
		}
		v := h.v.and(verdict{r, requests})
		if v.requires = v.requires.Simplify(); !v.requires.IsFalse() {
			out = append(out, held{to, kind, v, h.hops + 1, assumed})
		}
	}
	if base := s.base(from); base < s.first() {
		for e := range s.g.Out(base) {
			role := s.node(e.To).Role
			if e.Kind != graph.CanAssume || role == nil {
				continue
			}
			r := e.Requires
			if from != base {
				r = s.g.Model.Assume(s.node(from), role, nil, "").Requires
			}
			add(e.To, graph.EscalatesByCall, r, []graph.Request{{Action: "sts:AssumeRole", Resource: role.ARN}}, true)
		}
	}
	for e := range s.onward(from) {
		if e.To < s.first() {
			add(e.To, e.Kind, e.Requires, e.Requests, false)
		}
	}
	return out
}

// reach lists whom somebody can become, nearest first; those who are limited by nothing
// are not left again, since nothing is gained behind them.
func (s *search) reach(from graph.NodeID) []held {
	var out []held
	best := map[graph.NodeID]bool{from: true} // true: unconditionally
	next := []held{{node: from, v: verdict{requires: policy.True()}}}
	for len(next) > 0 && len(out) < maxHeld {
		at := next[0]
		next = next[1:]
		steps := s.steps(at.node, at)
		if !s.spend(s.accounts[s.node(from).Account], 1+len(steps)/16) {
			return out
		}
		for _, h := range steps {
			if outright, met := best[h.node]; outright || met && !h.v.requires.IsTrue() {
				continue
			}
			best[h.node] = h.v.requires.IsTrue()
			out = append(out, h)
			if h.hops < maxHeldHops && !s.unrestricted(h.node) {
				next = append(next, h)
			}
		}
	}
	return out
}

// alterations tries what somebody does to others as it is, or as another one that it
// becomes for that.
func (s *search) alterations(ctx context.Context, who *holder, as held, by *actor, whom []held) {
	node := *s.node(who.id)
	a := &alteration{search: s, who: newActor(who.id, &node, s.accounts[node.Account]), as: as, by: by, controlled: who.controlled, had: map[graph.NodeID][]string{}}
	for e := range s.onward(who.id) {
		a.newly(e.To, e.Requires)
	}
	if who.controlled[by.account.ID] {
		return
	}
	for _, h := range whom {
		n := s.node(h.node)
		if h.node == by.id || n.Account != by.account.ID {
			continue
		}
		if ctx.Err() != nil || !s.spend(by.account, 1) {
			return
		}
		if all, ok := s.supposed[s.keyOf(h.node, everythingLabel)]; !ok || !slices.Contains(a.had[all], always) || s.limited(n) {
			a.change(h.node, h, verdict{requires: policy.True()}, false)
		}
	}
}

// change makes all changes to a principal as it is by now. Of those that grant something
// one is enough.
func (a *alteration) change(at graph.NodeID, h held, before verdict, granted bool) {
	for _, c := range a.changesOf(a.by, at) {
		grants := !slices.Contains(freeing, c.e.Gain)
		if granted && grants || a.who.id != a.by.id && c.v.requires.Mentions(ofSession) {
			continue
		}
		a.record(&c, h, before.and(c.v), granted || grants)
	}
}

// changing names who changes whom.
type changing struct{ by, whom graph.NodeID }

// changesOf are the changes that somebody makes to a principal as it is by now, whoever
// becomes that in the end.
func (s *search) changesOf(by *actor, at graph.NodeID) []outcome {
	k := changing{by.id, at}
	if list, ok := s.known[k]; ok {
		return list
	}
	node := *s.node(at)
	target := newActor(at, &node, by.account)
	s.readAllows(target)
	var out []outcome
	for _, e := range s.entries {
		if !lent(e) || !by.mayTry(e) || target.pointless(e.Entry) {
			continue
		}
		for _, t := range s.targetsOf(target, e.Entry) {
			if !s.spend(by.account, 1) {
				return out // and what is left is not tried
			}
			try := &attempt{s: s, e: e.Entry, by: by, t: t, given: t.given, first: t.first}
			if !target.full || try.frees() {
				out = append(out, try.outcomes()...)
			}
		}
	}
	s.known[k] = out
	return out
}

// freeing are gains that open the way for others.
var freeing = []string{"unbound", "rid", "rid-group", "tag"}

// record puts a change into the graph, for who made it and becomes whom it changed.
func (a *alteration) record(o *outcome, h held, changes verdict, granted bool) {
	v := a.as.v.and(changes).and(h.v)
	if v.requires = v.requires.Simplify(); v.requires.IsFalse() {
		return
	}
	if _, ok := a.controlled[a.by.account.ID]; ok && !v.requires.IsTrue() {
		return
	}
	before := len(a.nodes)
	to, ok := a.suppose(o.node, *o.change)
	if !ok || !a.newly(to, v.requires) || !a.spend(a.by.account, newcomer*(len(a.nodes)-before)) {
		return
	}
	entry := a.combined
	if h.kind == graph.EscalatesInPlace {
		entry = o.e
	}
	a.addEdge(&outcome{by: a.who, e: entry, v: v, gained: gained{kind: h.kind}}, to)
	if len(a.changes[to]) < maxChanges {
		a.change(to, h, changes, granted)
	}
}

// maxWays bounds the ways to one changed principal that require different things.
const maxWays = 4

var always = policy.True().Key()

// newly reports whether a way to a changed principal requires something that no way before
// does.
func (a *alteration) newly(to graph.NodeID, r policy.Requirement) bool {
	have, key := a.had[to], r.Key()
	if len(have) == maxWays || slices.Contains(have, key) || slices.Contains(have, always) {
		return false
	}
	a.had[to] = append(have, key)
	return true
}
