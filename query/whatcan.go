package query

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"accesspath/graph"
	"accesspath/policy"
)

// WhatCan lists what a principal can do by itself and in every session that it
// can obtain, session by session: permissions are replaced, never added up
// (CHAIN-02, CHAIN-03). Resources of the snapshot that let it in without an identity
// policy count (QRY-02); those of other accounts need one.
func (e *Engine) WhatCan(ctx context.Context, principal string) (*Result, error) {
	n, err := e.resolve(principal)
	if err != nil {
		return nil, err
	}
	if e.g.Node(n).Kind == graph.KindGroup {
		return e.forMembers(ctx, n, func(e *Engine, id string) (*Result, error) { return e.WhatCan(ctx, id) })
	}
	r := e.newResult("what-can", nil)
	r.Question.Principal = e.g.Node(n).ID
	all, err := e.forward(ctx, n)
	if err != nil {
		return nil, err
	}
	w := e.newWalkerWithin(e.setOf(all), func(graph.NodeID) policy.Requirement { return policy.True() })
	if err := w.run(ctx, []graph.NodeID{n}); err != nil {
		return nil, err
	}
	d := &describer{w: w}
	a := Answer{Principal: e.g.Node(n).ID, Kind: kindOf(e.g.Node(n)), Account: e.g.Node(n).Account, Verdict: VerdictAllow, Direct: true,
		Confidence: "high", Codes: []string{}, Paths: []Path{}, Marks: e.marks(e.g.Node(n))}
	traces, cut := w.sessions()
	favours := e.favours()
	for _, t := range traces {
		if err := w.err(); err != nil { // a long way is long to describe
			return nil, err
		}
		node := e.g.Node(w.states[t.last()].node)
		if !node.Acts() {
			continue
		}
		actor := w.actor(w.states[t.last()])
		a.Sessions = append(a.Sessions, Session{Principal: node.ID, Path: d.path(t), Permissions: append(e.permissions(actor), favours.of(e.g.Model, actor)...), Unread: e.unreadPolicies(actor)})
	}
	if err := w.err(); err != nil {
		return nil, err
	}
	if cut > 0 {
		r.cut(fmt.Sprintf("%d sessions need more than %d hops", cut, e.o.MaxHops))
	}
	w.limits(&r.Limits)
	r.Limits.MaxPaths = 0 // a session has one path: none is left out
	r.Answers = []Answer{a}
	r.Missing = e.findMissing(r, nil)
	return r, nil
}

// sessions lists one trace to each node that the walk met, shortest first: one that
// works outright where there is one, else a shortest. cut counts the nodes that are
// too far away.
func (w *walker) sessions() (traces []trace, cut int) {
	tooFar := func(t trace) bool { return w.e.o.MaxHops > 0 && len(t.moves) > w.e.o.MaxHops }
	sure := map[graph.NodeID]trace{}
	for _, t := range w.shortestTo(true) {
		sure[w.states[t.last()].node] = t
	}
	for _, t := range w.shortestTo(false) {
		if tooFar(t) {
			cut++
			continue
		}
		if u, ok := sure[w.states[t.last()].node]; ok && !tooFar(u) {
			t = u
		} else if ok {
			w.beyond.Store(true)
		}
		traces = append(traces, t)
	}
	slices.SortStableFunc(traces, func(a, b trace) int { return cmp.Compare(len(a.moves), len(b.moves)) })
	return traces, cut
}

// shortestTo lists one shortest trace that goes together to each node that the walk met;
// with outright over moves alone that the caller can always make. Every state is followed:
// what a later session allows may hang on how an earlier one was made.
func (w *walker) shortestTo(outright bool) []trace {
	if len(w.states) == 0 {
		return nil
	}
	queue := []trace{{origin: 0}}
	visited := map[uint32]bool{0: true}
	seen := map[graph.NodeID]bool{}
	var out []trace
	var clashed []graph.NodeID
	for at := 0; at < len(queue); at++ {
		t := queue[at]
		if n := w.states[t.last()].node; !seen[n] {
			if seen[n] = w.consistent(t); seen[n] {
				out = append(out, t)
			} else {
				clashed = append(clashed, n)
			}
		}
		for m := range w.from(t.last()) {
			if !visited[m.to] && (!outright || w.e.outright(m.req)) {
				visited[m.to] = true
				queue = append(queue, trace{t.origin, append(slices.Clone(t.moves), m)})
			}
		}
	}
	if outright {
		return out
	}
	slices.Sort(clashed)
	for _, n := range slices.Compact(clashed) {
		if seen[n] {
			continue
		}
		if t, ok := w.wayTo(0, n); ok {
			out = append(out, t)
		}
	}
	return out
}

// wayTo is a shortest trace to a node that goes together, where those that were met first
// do not.
func (w *walker) wayTo(origin uint32, n graph.NodeID) (trace, bool) {
	own := *w
	own.accept = make([]policy.Requirement, len(w.states))
	for i := range own.accept {
		own.accept[i] = policy.Bool(w.states[i].node == n)
	}
	s := &search{w: &own, dist: own.distances(false), maxHops: w.e.o.MaxHops}
	if s.dist[origin] < 0 {
		return trace{}, false
	}
	list := s.longer(origin)
	if len(list) == 0 {
		return trace{}, false
	}
	return list[0], true
}

// permissions lists the statements that count in a session: what identity
// policies allow and deny, and what the boundary leaves of it.
func (e *Engine) permissions(n *graph.Node) []Permission {
	out := []Permission{}
	if n.Kind == graph.KindRoot || n.RootToken() || n.Kind == graph.KindRootSession && len(n.SessionPolicies()) == 0 {
		return []Permission{{Effect: "Allow", Actions: []string{"*"}, Resources: []string{"*"}, Evidence: Evidence{Policy: "root user (EVAL-18)", Layer: "identity", Effect: "Allow"}}}
	}
	add := func(list []policy.Attached, layer string) {
		for i := range list {
			if list[i].Document == nil {
				continue
			}
			for k := range list[i].Document.Statements {
				s := &list[i].Document.Statements[k]
				if !s.HasResource {
					continue
				}
				ev := EvidenceOf(policy.Evidence{Layer: layer, Policy: &list[i], Statement: s})
				out = append(out, permission(s, ev))
			}
		}
	}
	add(e.g.Model.IdentityPolicies(n), "identity")
	if b, ok := e.g.Model.Boundary(n); ok {
		add(b, "boundary")
	}
	add(n.SessionPolicies(), "session")
	return out
}

// unreadPolicies names the policies that count in a session without a document.
func (e *Engine) unreadPolicies(n *graph.Node) []string {
	var out []string
	boundary, _ := e.g.Model.Boundary(n)
	for _, list := range [][]policy.Attached{e.g.Model.IdentityPolicies(n), boundary, n.SessionPolicies()} {
		for i := range list {
			if name := cmp.Or(list[i].Unresolved, list[i].Name); list[i].Document == nil && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

func permission(s *policy.Statement, ev Evidence) Permission {
	p := Permission{Effect: s.Effect.String(), Evidence: ev, Actions: texts(s.Action), NotActions: texts(s.NotAction), Resources: texts(s.Resource), NotResource: texts(s.NotResource)}
	for _, c := range s.Conditions {
		p.Requires = append(p.Requires, Requirement{Key: c.Key, Operator: c.Operator, Values: c.Values, Class: policy.KeyInfoOf(c.Key).Class.String()})
	}
	return p
}

func texts[T fmt.Stringer](list []T) []string {
	var out []string
	for _, v := range list {
		out = append(out, v.String())
	}
	return out
}
