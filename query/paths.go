package query

import (
	"context"
	"slices"
	"time"

	"accesspath/graph"
	"accesspath/policy"
)

// Paths answers how one principal becomes another (QRY-01).
func (e *Engine) Paths(ctx context.Context, from, to string) (*Result, error) {
	f, err := e.resolve(from)
	if err != nil {
		return nil, err
	}
	t, err := e.resolve(to)
	if err != nil {
		return nil, err
	}
	if e.g.Node(f).Kind == graph.KindGroup {
		return e.forMembers(ctx, f, func(e *Engine, id string) (*Result, error) { return e.Paths(ctx, id, to) })
	}
	r := e.newResult("paths", nil)
	r.Question.Principal, r.Question.Target = e.g.Node(f).ID, e.g.Node(t).ID
	targets := e.g.Sessions(t)
	coarse, err := e.between(ctx, f, targets)
	if err != nil {
		return nil, err
	}
	w := e.newWalkerWithin(coarse, func(n graph.NodeID) policy.Requirement { return policy.Bool(slices.Contains(targets, n)) })
	if err := w.run(ctx, []graph.NodeID{f}); err != nil {
		return nil, err
	}
	d := &describer{w: w}
	s := &search{w: w, dist: w.distances(false), out: w.distances(true), maxHops: e.o.MaxHops}
	defer w.limits(&r.Limits)
	if id, ok := w.number(state{f, facts{issuer: originIssuer(e.g.Node(f))}}); ok {
		traces, more := s.best(id, e.o.MaxPaths)
		if err := w.err(); err != nil {
			return nil, err
		}
		var paths []Path
		for _, tr := range traces {
			paths = append(paths, d.path(tr))
		}
		if len(paths) > 0 {
			r.Answers = []Answer{d.answer(f, paths, more)}
			r.Missing = e.findMissing(r, nil)
			return r, nil
		}
		if s.dist[id] >= 0 {
			n := e.g.Node(f)
			r.Answers = []Answer{{Principal: n.ID, Kind: kindOf(n), Account: n.Account, Verdict: VerdictDeny, Codes: []string{}, Paths: []Path{}, Confidence: "high", Causes: s.cutOff(id, r)}}
			return r, nil
		}
	}
	a := e.noPath(w, f, t)
	ask := func(ctx context.Context, e *Engine) (*Result, error) {
		return e.Paths(ctx, r.Question.Principal, r.Question.Target)
	}
	ways := e.ways(f, &a)
	if code := e.opens(ctx, r, ways, "", ask); code != "" {
		a.Codes = append(a.Codes, code)
	}
	a.WhyNot = e.remedies(ctx, ways[:1], target{}, ask)
	r.Answers = []Answer{a}
	r.Missing = e.findMissing(r, nil)
	return r, nil
}

// noPath explains why there is none: the hop that comes closest. w is the walk that did not
// get there.
func (e *Engine) noPath(w *walker, f, t graph.NodeID) Answer {
	from, to := e.g.Node(f), e.g.Node(t)
	a := Answer{Principal: from.ID, Kind: kindOf(from), Account: from.Account, Verdict: VerdictDeny, Codes: []string{}, Paths: []Path{}, Causes: []Cause{}, Confidence: "high"}
	if to.Role == nil && to.Kind != graph.KindRoot {
		a.Causes = append(a.Causes, Cause{Layer: "service-rule", Text: "only roles can be assumed", Rule: "TRUST-01"})
		return a
	}
	routes := e.routes(f)
	if i := slices.IndexFunc(routes, func(r route) bool { return r.node == t }); i > 0 {
		if way := routes.path(i); e.breaks(w, way, &a) {
			return a
		}
	}
	last, best := 0, -1
	if !from.Acts() && refusedAtOrigin(e.g.Model.Obtain(from, e.nearestSession(from, t), nil).Causes) {
		routes, best = routes[:1], 0
	}
	for i, r := range routes {
		n := e.g.Node(r.node)
		if !n.Acts() || r.endsAt(n) {
			continue
		}
		if s := hopStrength(e.g.Model.IdentityPolicies(n), n, to); s > best || s == best && r.depth > routes[last].depth {
			best, last = s, i
		}
	}
	path, caller := routes.path(last), e.g.Node(routes[last].node)
	head := e.nearestSession(caller, t)
	d := e.g.Model.Obtain(caller, head, e.plainSession(path))
	a.BrokenAt = len(path)
	a.Causes = causesOf(&d.Decision, a.BrokenAt)
	switch {
	case e.lacksSource(path, to):
		a.Causes = append(a.Causes, Cause{Layer: "service-rule", Hop: a.BrokenAt, Text: "sessions of IAM Roles Anywhere have a source identity, which goes along with further calls, and sts:SetSourceIdentity on this role is not allowed", Rule: "STS-08"})
	case len(a.Causes) == 0 || e.clash(path, e.g.Model.Obtain(caller, head, nil).Requires):
		open := e.g.Model.Obtain(caller, head, nil).Requires
		a.Causes = causesOf(&policy.Decision{Causes: []policy.Cause{e.excluded(path, open, "the session cannot carry what the trust asks for", "SYM-30")}}, a.BrokenAt)
	}
	for _, n := range append(path, t) {
		a.NearPath = append(a.NearPath, e.g.Node(n).ID)
	}
	return a
}

// lacksSource reports whether the last hop of a path fails because the source identity
// of a certificate does not get through (STS-08).
func (e *Engine) lacksSource(path []graph.NodeID, to *graph.Node) bool {
	return len(path) > 1 && e.g.Node(path[0]).Kind == graph.KindAnchor && to.Role != nil &&
		e.g.Model.Decide(graph.Ask{Node: e.g.Node(path[len(path)-1]), Action: "sts:SetSourceIdentity", Resource: to.Role.ARN}).Requires.IsFalse()
}

// refusedAtOrigin reports whether what delivers sessions is denied one for a
// reason of its own: then that explains more than what the sessions that it does
// deliver lack.
func refusedAtOrigin(causes []policy.Cause) bool {
	return slices.ContainsFunc(causes, func(c policy.Cause) bool { return c.Layer != "resource" && c.Layer != "identity" })
}

// nearestSession is the session by which a denial is explained: that of the role
// itself, or the one that only the caller's kind gets.
func (e *Engine) nearestSession(from *graph.Node, t graph.NodeID) *graph.Node {
	to := e.g.Node(t)
	if to.Kind == graph.KindRoot {
		return e.g.Model.RootSession(to)
	}
	if from.Kind == graph.KindGuests {
		if sessions := e.g.Sessions(t); len(sessions) > 1 {
			return e.g.Node(sessions[1])
		}
	}
	return to
}

// clash reports whether a session could have carried what is asked for, had the
// call that issued it not settled something else: the earlier hop lets callers
// choose, and yet no choice serves both (CHAIN-35, SYM-30).
func (e *Engine) clash(path []graph.NodeID, req policy.Requirement) bool {
	if len(path) < 2 || !req.IsOpen() {
		return false
	}
	d := newDomains()
	last := path[len(path)-1]
	d.read(e.g.Node(last), last, req)
	for i := 1; i < len(path); i++ {
		role, n := e.g.Node(path[i]).Role, e.g.Node(path[i-1])
		for _, action := range []string{"sts:TagSession", "sts:SetSourceIdentity"} {
			reads := action == "sts:TagSession" && len(d.tags) > 0 || action != "sts:TagSession" && d.carried
			if reads && role != nil && !e.g.Model.Decide(graph.Ask{Node: n, Action: action, Resource: role.ARN}).Requires.IsFalse() {
				return true
			}
		}
	}
	return false
}

// plainSession is what the session at the end of a path carries to which nothing
// was added: for a user long-term keys, for a role the role's own tags and no
// MFA.
func (e *Engine) plainSession(path []graph.NodeID) policy.Context {
	n := e.g.Node(path[len(path)-1])
	r := &resolver{node: n, asOf: e.asOf(), facts: facts{issuer: subject}, choice: &choice{}}
	switch {
	case n.Role == nil:
		return policy.ContextFunc(func(key string) policy.Value {
			switch key {
			case "aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime", "aws:sourceidentity":
				return policy.NotThere()
			}
			return policy.Value{}
		})
	case len(path) > 1:
		r.facts.issuer = e.issuerBetween(path[len(path)-2], path[len(path)-1])
	default:
		r.trust = issuersOf(n.Role)
	}
	own := sessionTags(n, nil)
	return policy.ContextFunc(func(key string) policy.Value {
		if v := own.Lookup(key); v.Knowledge != policy.Unknown {
			return v
		}
		probe := &policy.Atom{Key: key, Operator: "Null", Class: policy.KeyInfoOf(key).Class}
		switch r.atom(probe) {
		case policy.True():
			return policy.NotThere()
		}
		if key == "aws:multifactorauthpresent" {
			return policy.Is("false")
		}
		if key == "aws:tokenissuetime" {
			return policy.Is(e.asOf().UTC().Format(time.RFC3339))
		}
		return policy.Value{}
	})
}

// issuerBetween says how the session of a hop came about.
func (e *Engine) issuerBetween(from, to graph.NodeID) issuer {
	for edge := range e.g.Out(from) {
		if edge.To == to {
			return sessionIssuer(e.g.Node(from), edge.Kind)
		}
	}
	return assumed
}

// foldEdge decides an edge as far as its tail alone allows.
func (e *Engine) foldEdge(edge graph.Edge) policy.Requirement {
	n := e.g.Node(edge.From)
	switch originIssuer(n) {
	case longTerm:
		plain, _ := e.byModes(n, edge.Requires, assumeCall)
		return plain.Simplify()
	case subject:
		w := &walker{e: e, choices: []choice{{}}}
		return w.fold(state{edge.From, facts{issuer: subject}}, edge.Requires)
	}
	return edge.Requires
}
