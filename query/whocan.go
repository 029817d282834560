package query

import (
	"context"
	"fmt"
	"slices"

	"accesspath/graph"
	"accesspath/policy"
)

// WhoCan answers who can do an action on a resource, directly or through
// chains (QRY-01). Action and resource may be patterns (QRY-10).
func (e *Engine) WhoCan(ctx context.Context, action, resource string) (*Result, error) {
	q, err := e.parse(action, resource)
	if err != nil {
		return nil, err
	}
	if q.targets, err = e.representatives(ctx, q.targets); err != nil {
		return nil, err
	}
	r := e.newResult("who-can", q)
	r.Question.Action, r.Question.Resource, r.Question.View = action, resource, string(e.o.View)
	w, list, err := e.walkTo(ctx, q)
	if err != nil {
		return nil, err
	}
	newDescriber := func(w *walker) *describer {
		own := *q // what it remembers is of one goroutine
		own.pre, own.decided = nil, nil
		return w.e.describer(w, list, &own)
	}
	if err := e.collect(ctx, w, newDescriber, r); err != nil {
		return nil, err
	}
	r.Answers = mergeAnswers(r.Answers, e.outside(ctx, q), e.o.MaxPaths)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("looking for outsiders: %w", ctx.Err())
	}
	sortAnswers(r.Answers)
	e.noteUnread(r, q)
	r.Missing = e.findMissing(r, q)
	return r, nil
}

// outside are the rows of outsiders who have what the question asks for: with
// every action, and on every resource, if it says so.
func (e *Engine) outside(ctx context.Context, q *question) []Answer {
	if !q.allActions && !(q.several && q.all) {
		return e.outsiders(ctx, q)
	}
	var rows []Answer
	for i, t := range q.targets {
		one := *q
		one.targets = []target{t}
		more := e.outsiders(ctx, &one)
		switch first := i == 0 || t.action != q.targets[i-1].action; {
		case i == 0:
			rows = more
		case first && q.allActions || !first && q.all:
			rows = inBoth(rows, more)
		default:
			rows = mergeAnswers(rows, more, e.o.MaxPaths)
		}
	}
	return rows
}

// inBoth keeps the rows of principals that two lists have, with the weaker
// verdict.
func inBoth(a, b []Answer) []Answer {
	var out []Answer
	for _, x := range a {
		if i := slices.IndexFunc(b, func(y Answer) bool { return y.Principal == x.Principal }); i >= 0 {
			if b[i].Verdict != VerdictAllow {
				x = b[i]
			}
			out = append(out, x)
		}
	}
	return out
}

// quantify records how patterns are meant (QRY-11, QRY-16).
func (e *Engine) quantify(r *Result, q *question) {
	r.Question.AllActions = q.allActions
	if q.several || slices.ContainsFunc(q.targets, func(t target) bool { return t.pattern }) {
		r.Question.Quantify = "some"
		if q.all {
			r.Question.Quantify = "all"
		}
	}
}

// walkTo evaluates the holders and walks to them from all origins.
func (e *Engine) walkTo(ctx context.Context, q *question) (*walker, *accesses, error) {
	list, err := e.accesses(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	w := e.newWalker(list.nodes, list.req)
	w.assumes = e.assumes(q)
	w.again = func(n *graph.Node, session policy.Context, along along) policy.Requirement {
		return e.accessAlong(ctx, n, q, session, along).req
	}
	if err := w.run(ctx, w.origins()); err != nil {
		return nil, nil, err
	}
	return w, list, nil
}

func (e *Engine) describer(w *walker, list *accesses, q *question) *describer {
	d := &describer{w: w, about: func(p *Path) target { return e.asked(q, p) }, final: func(s state) (policy.Decision, access) {
		a := e.accessAs(w, s, list, q).in(w, s)
		if q.allActions {
			a.action = q.targets[0].action
		}
		resource := q.targets[0].resource
		for _, o := range q.targets {
			if o.action == a.action {
				resource = o.resource
			}
		}
		if a.witness != "" {
			resource = a.witness
		}
		decision := e.decide(w.actor(s), a.action, resource, w.tokenTags(s))
		if q.allActions || q.oneAction() {
			a.action = ""
		}
		return decision, a
	}}
	if q.oneAction() {
		d.also = func(s state, a access) []Also {
			resource := a.witness
			if resource == "" {
				resource = q.targets[0].resource
			}
			return w.also(s, q.targets[0].action, resource)
		}
	}
	return d
}

// accessAs is the access of the principal of a state as acceptance looked at it: where
// the session's tags fill in variables, they pick the resource, too.
func (e *Engine) accessAs(w *walker, s state, list *accesses, q *question) access {
	a := list.of(s.node)
	along := w.along(s)
	if s.facts.issuer == tokenOf || along != nil {
		a = e.accessAlong(w.bound.ctx, w.actor(s), q, w.tokenTags(s), along)
	}
	if variable(a.req) {
		tags, ok := w.fixedTags(s)
		if !ok {
			return a
		}
		own := e.accessAlong(w.bound.ctx, e.g.Node(s.node), q, tags, along)
		if others, ok := w.assertedTags(s); ok && own.req.IsFalse() {
			return e.accessAlong(w.bound.ctx, e.g.Node(s.node), q, others, along)
		}
		return own
	}
	return a
}

// origins lists the nodes that rows can be about (QRY-03). Roles take part in
// every view: those that hold the access and that nobody reaches must not be
// lost (QRY-04).
func (e *Engine) origins() []graph.NodeID {
	var out []graph.NodeID
	for i := range e.g.Len() {
		if e.isOrigin(e.g.Node(graph.NodeID(i))) {
			out = append(out, graph.NodeID(i))
		}
	}
	return out
}

// isOrigin reports whether rows can be about a node: groups whose members are
// known and root users without credentials are none (ROOT-04), nor is a session that
// stands for those of any name.
func (e *Engine) isOrigin(n *graph.Node) bool {
	switch {
	case n.Kind == graph.KindGroup, n.Supposed != nil, n.Carrier, n.AnyToken():
		return false
	case n.Kind == graph.KindRoot:
		return !e.g.Model.RootRemoved(n.Account)
	}
	return true
}

// collect makes the rows of a finished walk. Each goroutine that describes some has
// a describer of its own.
func (e *Engine) collect(ctx context.Context, w *walker, newDescriber func(*walker) *describer, r *Result) error {
	s := &search{w: w, dist: w.distances(false), out: w.distances(true), maxHops: e.o.MaxHops}
	rows, cut, orphans := e.rows(s)
	found := make([]*Answer, len(rows))
	err := shareOut(len(rows), fewRows, func() func(from, to int) error {
		own := *w // what it counts and remembers is its own; the rest is only read
		if len(rows) > fewRows {
			own.e = e.Another()
		}
		s, d := &search{w: &own, dist: s.dist, out: s.out, maxHops: s.maxHops}, newDescriber(&own)
		return func(from, to int) error {
			for i := from; i < to; i++ {
				if found[i] = s.describe(&rows[i], d); ctx.Err() != nil {
					return fmt.Errorf("describing paths: %w", ctx.Err())
				}
			}
			return nil
		}
	})
	if err != nil {
		return err
	}
	for _, a := range found {
		if a != nil {
			r.Answers = append(r.Answers, *a)
		}
	}
	if cut > 0 {
		r.cut(fmt.Sprintf("%d origins need more than %d hops", cut, e.o.MaxHops))
	}
	w.limits(&r.Limits)
	if orphans > 0 && e.o.View == ViewOrigins {
		r.note("no-known-origin", fmt.Sprintf("no loaded principal is known to reach %d of the roles that hold this access; --view holders lists them (QRY-04)", orphans))
	}
	return nil
}

// fewRows is up to how many rows are described by one goroutine.
const fewRows = 64

// row is an origin that gets somewhere.
type row struct {
	n      graph.NodeID
	state  uint32
	orphan bool // a role that holds the access, and that no origin is known to reach
}

// rows lists what is shown of a finished walk, in order, and counts the origins that
// are too far away, and those that are orphans.
func (e *Engine) rows(s *search) (rows []row, cut, orphans int) {
	reached := e.reachedRoles(s.w)
	for _, n := range s.w.origins() {
		node := e.g.Node(n)
		id, ok := s.w.number(state{n, facts{issuer: originIssuer(node)}})
		if !ok || s.dist[id] < 0 {
			continue
		}
		if s.tooFar(s.dist[id]) {
			if e.shown(node, s.dist[id]) {
				cut++
			}
			continue
		}
		orphan := node.Role != nil && s.dist[id] == 0 && !reached.Has(n)
		if orphan {
			orphans++
		}
		if e.shown(node, s.dist[id]) {
			rows = append(rows, row{n, id, orphan})
		}
	}
	return rows, cut, orphans
}

// describe makes the answer of a row; nil if there is no path to show.
func (s *search) describe(r *row, d *describer) *Answer {
	traces, more := s.best(r.state, s.w.e.o.MaxPaths)
	if len(traces) == 0 || s.w.called() { // one origin may have hundreds of long ways
		return nil
	}
	var paths []Path
	for _, t := range traces {
		paths = append(paths, d.path(t))
	}
	a := d.answer(r.n, paths, more)
	if r.orphan {
		a.Marks = append(a.Marks, "no-known-origin")
	}
	return &a
}

// reachedRoles marks the roles that some origin other than a role reaches.
func (e *Engine) reachedRoles(w *walker) graph.NodeSet {
	reached := graph.NewNodeSet(e.g.Len())
	seen := make([]bool, len(w.states))
	var queue []uint32
	for i, st := range w.states {
		if st.facts.issuer == longTerm || st.facts.issuer == outsider {
			seen[i] = true
			queue = append(queue, uint32(i))
		}
	}
	for at := 0; at < len(queue); at++ {
		reached.Add(w.states[queue[at]].node)
		for m := range w.from(queue[at]) {
			if !seen[m.to] {
				seen[m.to] = true
				queue = append(queue, m.to)
			}
		}
	}
	return reached
}

// shown applies the view.
func (e *Engine) shown(n *graph.Node, hops int32) bool {
	switch e.o.View {
	case ViewAll:
		return true
	case ViewHolders:
		return hops == 0
	}
	return n.Kind != graph.KindRole && n.Kind != graph.KindRootSession
}
