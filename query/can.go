package query

import (
	"context"
	"fmt"

	"accesspath/graph"
	"accesspath/policy"
)

// Can explains one question about one principal (QRY-01): by itself or through
// chains, with every layer's part, or why not.
func (e *Engine) Can(ctx context.Context, principal, action, resource string) (*Result, error) {
	q, err := parseQuestion(action, resource)
	if err != nil {
		return nil, err
	}
	n, err := e.resolve(principal)
	if err != nil {
		return nil, err
	}
	if node := e.g.Node(n); node.Kind == graph.KindGroup {
		return nil, &QuestionError{Message: fmt.Sprintf("%q is a group, which is never a principal (QRY-05)", principal), Hint: "ask about one of its members"}
	}
	q.targets = e.representatives(q.targets)
	r := e.newResult("can", q)
	r.Question.Principal, r.Question.Action, r.Question.Resource = e.g.Node(n).ID, action, resource
	e.quantify(r, q)
	w, list, err := e.walkFrom(ctx, q, n)
	if err != nil {
		return nil, err
	}
	d := e.describer(w, list, q)
	r.Answers = []Answer{e.explain(ctx, w, d, n, q, r)}
	e.noteUnread(r, q)
	return r, nil
}

// walkFrom walks from one origin, evaluating only whom it can become.
func (e *Engine) walkFrom(ctx context.Context, q *question, n graph.NodeID) (*walker, []access, error) {
	list := make([]access, e.g.Len())
	var holders []graph.NodeID
	for i, m := range e.forward(n) {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, nil, fmt.Errorf("evaluating principals: %w", ctx.Err())
		}
		if list[m] = e.accessAny(e.g.Node(m), q); !list[m].req.IsFalse() {
			holders = append(holders, m)
		}
	}
	w := e.newWalker(holders, func(n graph.NodeID) policy.Requirement { return list[n].req })
	w.again = func(n *graph.Node, session policy.Context) policy.Requirement { return e.accessIn(n, q, session) }
	return w, list, w.run(ctx, []graph.NodeID{n})
}

// accessAny is the access to any of the question's targets.
func (e *Engine) accessAny(n *graph.Node, q *question) access {
	return e.accessWith(n, q, nil)
}

func (e *Engine) accessIn(n *graph.Node, q *question, session policy.Context) policy.Requirement {
	return e.accessWith(n, q, session).req
}

func (e *Engine) accessWith(n *graph.Node, q *question, session policy.Context) access {
	var out access
	if !acts(n) {
		return out
	}
	if q.pre == nil {
		q.pre = newPrefilter(e.g.Model, q)
	}
	for _, t := range q.targets {
		if !q.pre.possible(n, t) {
			continue
		}
		a := e.accessTo(n, t, session)
		switch {
		case a.req.IsFalse():
			continue
		case a.req.IsTrue():
			return a
		case out.req.IsFalse():
			out = a
		default:
			out.req = policy.Or(out.req, a.req)
		}
	}
	return out
}

// forward lists the nodes that a node can become, requirements ignored, itself
// first.
func (e *Engine) forward(n graph.NodeID) []graph.NodeID {
	seen := map[graph.NodeID]bool{n: true}
	out := []graph.NodeID{n}
	for at := 0; at < len(out); at++ {
		for edge := range e.g.Out(out[at]) {
			if !seen[edge.To] {
				seen[edge.To] = true
				out = append(out, edge.To)
			}
		}
	}
	return out
}

// explain makes the one row of a can answer.
func (e *Engine) explain(ctx context.Context, w *walker, d *describer, n graph.NodeID, q *question, r *Result) Answer {
	node := e.g.Node(n)
	direct := e.direct(node, q)
	s := &search{w: w, dist: w.distances(false), out: w.distances(true), maxHops: e.o.MaxHops}
	id, ok := w.index[state{n, facts{issuer: originIssuer(node)}}]
	if ok {
		if traces, more := s.best(id, e.o.MaxPaths); len(traces) > 0 {
			var paths []Path
			for _, t := range traces {
				paths = append(paths, d.path(t))
			}
			a := d.answer(n, paths, more)
			a.Layers = layersOf(&direct, node.ID)
			return a
		}
		if s.dist[id] >= 0 {
			r.cut(fmt.Sprintf("the shortest way needs %d hops, more than the %d asked for", s.dist[id], e.o.MaxHops))
		}
	}
	a := Answer{Principal: node.ID, Kind: kindOf(node), Account: node.Account, Verdict: VerdictDeny, Codes: sortedUnique(direct.Codes), Paths: []Path{}, Causes: causesOf(&direct, 1)}
	if ok && s.dist[id] >= 0 {
		a.Causes = []Cause{{Layer: "limit", Text: fmt.Sprintf("it takes %d hops, and at most %d were asked for", s.dist[id], e.o.MaxHops)}}
		a.Layers, a.Marks, a.Confidence = layersOf(&direct, node.ID), d.marks(node), confidence(a.Codes)
		return a
	}
	if acts(node) && direct.Requires.IsOpen() {
		// Open by the policies alone, denied by what the session carries.
		if direct = e.directAs(node, q, e.plainSession(node, false)); direct.Requires.IsFalse() {
			a.Causes = causesOf(&direct, 1)
		} else {
			a.Causes = []Cause{{Layer: "contradiction", Hop: 1, Text: "the session cannot carry what the conditions ask for", Rule: "SYM-30"}}
		}
	}
	a.Layers, a.Marks = layersOf(&direct, node.ID), d.marks(node)
	e.nearest(ctx, &a, n, q)
	a.Confidence = confidence(a.Codes)
	return a
}

// direct is the decision on the question by the principal itself; for patterns
// that of the resource that comes closest.
func (e *Engine) direct(n *graph.Node, q *question) policy.Decision {
	return e.directAs(n, q, nil)
}

func (e *Engine) directAs(n *graph.Node, q *question, session policy.Context) policy.Decision {
	t := q.targets[0]
	resource := t.resource
	if t.pattern {
		if w, _ := e.g.Model.Witnesses(n, t.action, t.resource, e.o.All); len(w) > 0 {
			resource = w[0]
		}
	}
	if !acts(n) {
		return policy.Decision{Causes: []policy.Cause{{Layer: "no-principal", Text: "it signs no requests of its own; only through a role", Rule: "PRINC-24"}}}
	}
	return e.decide(n, t.action, resource, session)
}
