package query

import (
	"context"
	"fmt"
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
	r := e.newResult("paths", nil)
	r.Question.Principal, r.Question.Target = e.g.Node(f).ID, e.g.Node(t).ID
	w := e.newWalker([]graph.NodeID{t}, func(n graph.NodeID) policy.Requirement { return policy.Bool(n == t) })
	if err := w.run(ctx, []graph.NodeID{f}); err != nil {
		return nil, err
	}
	d := &describer{w: w}
	s := &search{w: w, dist: w.distances(false), out: w.distances(true), maxHops: e.o.MaxHops}
	if id, ok := w.index[state{f, facts{issuer: originIssuer(e.g.Node(f))}}]; ok {
		traces, more := s.best(id, e.o.MaxPaths)
		var paths []Path
		for _, tr := range traces {
			paths = append(paths, d.path(tr))
		}
		if len(paths) > 0 {
			r.Answers = []Answer{d.answer(f, paths, more)}
			return r, nil
		}
		if s.dist[id] >= 0 {
			r.cut(fmt.Sprintf("the shortest way needs %d hops, more than the %d asked for", s.dist[id], e.o.MaxHops))
			n := e.g.Node(f)
			r.Answers = []Answer{{Principal: n.ID, Kind: kindOf(n), Account: n.Account, Verdict: VerdictDeny, Codes: []string{}, Paths: []Path{}, Confidence: "high",
				Causes: []Cause{{Layer: "limit", Text: fmt.Sprintf("it takes %d hops, and at most %d were asked for", s.dist[id], e.o.MaxHops)}}}}
			return r, nil
		}
	}
	r.Answers = []Answer{e.noPath(f, t)}
	return r, nil
}

// noPath explains why there is none: the hop that comes closest.
func (e *Engine) noPath(f, t graph.NodeID) Answer {
	from, to := e.g.Node(f), e.g.Node(t)
	a := Answer{Principal: from.ID, Kind: kindOf(from), Account: from.Account, Verdict: VerdictDeny, Codes: []string{}, Paths: []Path{}, Causes: []Cause{}, Confidence: "high"}
	if to.Role == nil {
		a.Causes = append(a.Causes, Cause{Layer: "service-rule", Text: "only roles can be assumed", Rule: "TRUST-01"})
		return a
	}
	routes := e.routes(f)
	last := routes[0]
	best := -1
	for _, r := range routes {
		n := e.g.Node(r.node)
		if !acts(n) || n.Kind == graph.KindRoot {
			continue
		}
		if s := hopStrength(e.g.Model.IdentityPolicies(n), n, to); s > best || s == best && len(r.path) > len(last.path) {
			best, last = s, r
		}
	}
	d := e.g.Model.Assume(e.g.Node(last.node), to.Role, e.plainSession(e.g.Node(last.node), len(last.path) > 1), "")
	a.BrokenAt = len(last.path)
	a.Causes = causesOf(&d.Decision, a.BrokenAt)
	if len(a.Causes) == 0 || e.clash(last.path, e.g.Model.Assume(e.g.Node(last.node), to.Role, nil, "").Requires) {
		a.Causes = a.Causes[:0]
		a.Causes = append(a.Causes, Cause{Layer: "contradiction", Hop: a.BrokenAt, Text: "the session cannot carry what the trust asks for", Rule: "SYM-30"})
	}
	for _, n := range append(slices.Clone(last.path), t) {
		a.NearPath = append(a.NearPath, e.g.Node(n).ID)
	}
	return a
}

// clash reports whether a session could have carried what is asked for, had the
// call that issued it not settled something else: the earlier hop lets callers
// choose, and yet no choice serves both (CHAIN-35, SYM-30).
func (e *Engine) clash(path []graph.NodeID, req policy.Requirement) bool {
	if len(path) < 2 || !req.IsOpen() {
		return false
	}
	d := domains{tags: map[string][]string{}, passed: map[string][]string{}, names: map[graph.NodeID][]string{}}
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

// plainSession is what a session carries to which nothing was added: for a user
// long-term keys, for a role the role's own tags and no MFA.
func (e *Engine) plainSession(n *graph.Node, issued bool) policy.Context {
	r := &resolver{node: n, asOf: e.asOf(), facts: facts{issuer: assumed}, choice: &choice{}}
	switch {
	case n.Role == nil:
		return policy.ContextFunc(func(key string) policy.Value {
			switch key {
			case "aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime", "aws:sourceidentity":
				return policy.NotThere()
			}
			return policy.Value{}
		})
	case !issued:
		r.trust, r.facts.issuer = issuersOf(n.Role), subject
	}
	own := ownTags(n)
	return policy.ContextFunc(func(key string) policy.Value {
		if v := own.Lookup(key); v.Knowledge != policy.Unknown {
			return v
		}
		probe := &policy.Atom{Key: key, Operator: "Null"}
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

// foldEdge decides an edge as far as its tail alone allows.
func (e *Engine) foldEdge(edge graph.Edge) policy.Requirement {
	n := e.g.Node(edge.From)
	switch originIssuer(n) {
	case longTerm:
		plain, _ := e.byModes(n, edge.Requires, true)
		return plain.Simplify()
	case subject:
		w := &walker{e: e, choices: []choice{{}}}
		return w.fold(state{edge.From, facts{issuer: subject}}, edge.Requires)
	}
	return edge.Requires
}
