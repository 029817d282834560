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
	q, err := e.parse(action, resource)
	if err != nil {
		return nil, err
	}
	n, err := e.resolve(principal)
	if err != nil {
		return nil, err
	}
	if e.g.Node(n).Kind == graph.KindGroup {
		return e.forMembers(ctx, n, func(e *Engine, id string) (*Result, error) { return e.Can(ctx, id, action, resource) })
	}
	if q.targets, err = e.representatives(ctx, q.targets); err != nil {
		return nil, err
	}
	if len(q.targets) == 1 {
		q.decided, q.topic = map[decided]policy.Decision{}, e.topicOf(q)
	}
	r := e.newResult("can", q)
	r.Question.Principal, r.Question.Action, r.Question.Resource = e.g.Node(n).ID, action, resource
	w, list, err := e.walkFrom(ctx, q, n)
	if err != nil {
		return nil, err
	}
	d := e.describer(w, list, q)
	r.Answers = []Answer{e.explain(ctx, w, d, n, q, r)}
	if err := w.err(); err != nil {
		return nil, err
	}
	w.limits(&r.Limits)
	e.noteUnread(r, q)
	r.Missing = e.findMissing(r, q)
	return r, nil
}

// walkFrom walks from one origin, evaluating only whom it can become.
func (e *Engine) walkFrom(ctx context.Context, q *question, n graph.NodeID) (*walker, *accesses, error) {
	list := newAccesses()
	reached, err := e.outward(ctx, false, n)
	if err != nil {
		return nil, nil, err
	}
	for i, m := range reached.nodes {
		if i%16 == 0 && ctx.Err() != nil {
			return nil, nil, fmt.Errorf("evaluating principals: %w", ctx.Err())
		}
		list.put(m, e.accessOnce(ctx, m, q))
	}
	coarse := e.nobody()
	if len(list.nodes) > 0 {
		if reached, err = e.outward(ctx, true, n); err != nil { // whence edges lead there matters only now
			return nil, nil, err
		}
		coarse = reached.leading(list.nodes)
	}
	w := e.newWalkerWithin(coarse, list.req)
	w.assumes = e.assumes(q)
	w.again = func(n *graph.Node, session policy.Context, along along) policy.Requirement {
		return e.accessAlong(ctx, n, q, session, along).req
	}
	return w, list, w.run(ctx, []graph.NodeID{n})
}

// accessIn is what a session may do of what is asked.
func (e *Engine) accessIn(ctx context.Context, n *graph.Node, q *question, session policy.Context) access {
	return e.accessAlong(ctx, n, q, session, nil)
}

// accessOnce is accessIn without a session. What questions about one target find they
// remember for each other.
func (e *Engine) accessOnce(ctx context.Context, n graph.NodeID, q *question) access {
	if q.topic == nil {
		return e.accessIn(ctx, e.g.Node(n), q, nil)
	}
	if !q.topic.mayAllow(n) {
		return access{}
	}
	return q.topic.access(ctx, n, func() access {
		alone := *q
		alone.decided = nil // the outcome is enough for most
		return e.accessIn(ctx, e.g.Node(n), &alone, nil)
	})
}

// accessAlong is accessIn of a session from which something goes along to the roles
// that it assumes.
func (e *Engine) accessAlong(ctx context.Context, n *graph.Node, q *question, session policy.Context, along along) access {
	switch n.Kind {
	case graph.KindService, graph.KindFederated, graph.KindAnchor, graph.KindGuests, graph.KindIdentityCenter, graph.KindIDCUser, graph.KindIDCGroup,
		graph.KindPublic, graph.KindAccount, graph.KindExternal:
		a := e.letInAs(ctx, n, q)
		if n.Kind == graph.KindPublic && !e.outright(a.req) { // or who signs nothing (EVAL-31)
			anonymous := *n
			anonymous.Name = graph.AnonymousName
			if b := e.letInAs(ctx, &anonymous, q); a.req.IsFalse() || e.outright(b.req) {
				return b
			}
		}
		return a
	}
	if !n.Acts() {
		return access{}
	}
	if q.pre == nil {
		q.pre = newPrefilter(e.g.Model, q)
	}
	may := func(i int) bool { return q.pre.possible(n, q.targets[i]) }
	var a access
	var err error
	if q.oneByOne() {
		var list []match
		if list, err = e.matching(ctx, q); err == nil {
			a, err = e.among(ctx, n, a, list, numbers(len(q.targets), may), ceilings{}, session)
		}
	} else {
		in := inquiry{e: e, n: n, q: q, session: session, along: along}
		if a, err = in.over(ctx, may); err == nil {
			a, err = in.matching(ctx, a)
		}
	}
	if err != nil {
		return access{} // the walk ends with the same error
	}
	return a
}

// explain makes the one row of a can answer.
func (e *Engine) explain(ctx context.Context, w *walker, d *describer, n graph.NodeID, q *question, r *Result) Answer {
	node := e.g.Node(n)
	switch {
	case !e.isOrigin(node) && node.Kind == graph.KindRoot:
		return e.noRoot(node)
	case node.AnyToken():
		return e.nobodyAs(node, "STS-10", "it stands for the sessions that users get by sts:GetFederationToken under a name that no policy has; ask about the users")
	}
	s := &search{w: w, dist: w.distances(false), out: w.distances(true), maxHops: e.o.MaxHops}
	id, ok := w.number(state{n, facts{issuer: originIssuer(node)}})
	if ok {
		if traces, more := s.best(id, e.o.MaxPaths); len(traces) > 0 {
			var paths []Path
			for _, t := range traces {
				paths = append(paths, d.path(t))
			}
			a := d.answer(n, paths, more)
			a.Layers = e.layersAlong(paths[0].Principals, e.asked(q, &paths[0]), q)
			return a
		}
	}
	a := e.denied(n, q)
	if ok && s.dist[id] >= 0 {
		a.Causes = s.cutOff(id, r)
		a.Confidence = confidence(a.Codes)
		return a
	}
	e.nearest(ctx, w, &a, n, q)
	a.Layers = e.layersOfDenial(&a, q.targets[0], q)
	a.Confidence = confidence(a.Codes)
	ask := func(ctx context.Context, e *Engine) (*Result, error) {
		return e.Can(ctx, node.ID, r.Question.Action, r.Question.Resource)
	}
	ways := e.ways(n, &a)
	if code := e.opens(ctx, r, ways, q.targets[0].resource, ask); code != "" {
		a.Codes = sortedUnique(append(a.Codes, code))
	}
	a.WhyNot = e.remedies(ctx, ways, q.targets[0], ask)
	return a
}

// asked is what a path is about, where the question leaves a choice.
func (e *Engine) asked(q *question, p *Path) target {
	t := q.targets[0]
	for _, o := range q.targets {
		if o.action == p.Action {
			t = o
		}
	}
	if p.Witness != "" {
		t.resource, t.pattern = p.Witness, false
	}
	return t
}

// denied is the row of a principal that has no way: why it cannot do it by
// itself.
func (e *Engine) denied(n graph.NodeID, q *question) Answer {
	node := e.g.Node(n)
	direct := e.direct(node, q)
	a := Answer{Principal: node.ID, Kind: kindOf(node), Account: node.Account, Verdict: VerdictDeny, Codes: sortedUnique(direct.Codes), Paths: []Path{}, Causes: causesOf(&direct, 1), Marks: e.marks(node)}
	if node.Acts() && direct.Requires.IsOpen() {
		// Open by the policies alone, denied by what the session carries.
		if direct = e.directAs(node, q, e.plainSession([]graph.NodeID{n})); direct.Requires.IsFalse() {
			a.Causes = causesOf(&direct, 1)
		} else {
			a.Causes = []Cause{{Layer: "contradiction", Hop: 1, Text: "the session cannot carry what the conditions ask for", Rule: "SYM-30"}}
		}
	}
	return a
}

// cutOff says why a way that there is was not shown: it is too long, takes two networks
// or two values of one tag (CHAIN-06, CHAIN-32, SYM-09).
func (s *search) cutOff(id uint32, r *Result) []Cause {
	switch {
	case s.tooFar(s.dist[id]):
	case s.w.beyond.Load():
		return []Cause{{Layer: "limit", Text: fmt.Sprintf("the ways of at most %d hops ask for what does not go together, and longer ones were not asked for", s.maxHops)}}
	case !s.w.e.o.OneNetwork:
		return []Cause{{Layer: "contradiction", Rule: "SYM-09", Text: s.contradiction(id)}}
	default:
		return []Cause{{Layer: "contradiction", Rule: "CHAIN-32", Text: "no single network address is allowed on every hop"}}
	}
	r.cut(fmt.Sprintf("the shortest way needs %d hops, more than the %d asked for", s.dist[id], s.maxHops))
	return []Cause{{Layer: "limit", Text: fmt.Sprintf("it takes %d hops, and at most %d were asked for", s.dist[id], s.maxHops)}}
}

// contradiction says what no way from a state goes together in.
func (s *search) contradiction(id uint32) string {
	for _, t := range s.shortest(id, s.dist, false) {
		if s.w.assertable(t) {
			return "no one value that a caller can choose meets all that the hops ask for"
		}
	}
	return "no provider can assert all that the hops ask for"
}

// ways are the paths that a remedy may mend: the one that came nearest, and the
// principal by itself.
func (e *Engine) ways(n graph.NodeID, a *Answer) [][]graph.NodeID {
	direct := []graph.NodeID{n}
	var near []graph.NodeID
	for _, id := range a.NearPath {
		near = append(near, e.find(id))
	}
	if len(near) > 1 {
		return [][]graph.NodeID{near, direct}
	}
	return [][]graph.NodeID{direct}
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
	if !n.Acts() {
		return policy.Decision{Causes: []policy.Cause{{Layer: "no-principal", Text: "it signs no requests of its own; only through a role", Rule: "PRINC-24"}}}
	}
	return e.decideOnce(n, t.action, resource, q, session)
}
