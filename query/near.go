package query

import (
	"cmp"
	"context"
	"slices"

	"accesspath/graph"
	"accesspath/policy"
)

// nearMiss is a hop, or the action itself, that fails for a named reason.
type nearMiss struct {
	strength int // how clearly somebody meant it to work
	depth    int // hops that do work before it
	path     []graph.NodeID
	decision policy.Decision
}

// maxNearMisses bounds the pairs that are looked at to explain a denial.
const maxNearMisses = 20000

// nearest explains a denial by the path that comes closest: the hop that fails
// and why (CHAIN-45). It looks among the sessions the principal does reach for
// the one from which a role that has the access, or leads to it, is named by
// one side only; and for the one that is named for the action itself. w is the walk
// that did not get there.
func (e *Engine) nearest(ctx context.Context, w *walker, a *Answer, n graph.NodeID, q *question) {
	routes, t := e.routes(n), q.topic
	if t == nil {
		t = e.topicOf(q)
	}
	best := e.nearAction(routes, t, q)
	targets := e.targetRoles(ctx, t, q)
	if m := e.nearHop(routes, targets); m.strength > best.strength {
		best = m
	}
	if best.strength < 2 {
		if m := e.fewestMissing(routes, targets, t, q); m.strength >= best.strength {
			best = m
		}
	}
	if best.path == nil {
		a.BrokenAt, a.NearPath = 1, []string{e.g.Node(n).ID}
		return
	}
	if e.breaks(w, best.path, a) {
		return
	}
	a.BrokenAt = best.depth + 1
	for _, id := range best.path {
		a.NearPath = append(a.NearPath, e.g.Node(id).ID)
	}
	if node := e.g.Node(best.path[len(best.path)-1]); best.decision.Requires.IsOpen() {
		// Open by the policies alone: what the session carries decides.
		d := best.decision
		if len(best.path) == best.depth+1 {
			d = e.directAs(node, q, e.plainSession(best.path))
		}
		if !d.Requires.IsFalse() || e.clash(best.path, best.decision.Requires) {
			d.Causes = []policy.Cause{e.excluded(best.path[:best.depth+1], best.decision.Requires, excludedBefore, "SYM-30")}
		}
		best.decision = d
	}
	if best.depth > 0 || len(best.path) > 1 {
		for i := range a.Causes {
			a.Causes[i].Hop = 0 // of the principal by itself
		}
		a.Causes = append(causesOf(&best.decision, a.BrokenAt), a.Causes...)
	}
}

// A route is how an origin gets to a session that it does obtain.
type route struct {
	node  graph.NodeID
	depth int
	from  int // index of the route that it continues
}

// routes are the shortest routes to whatever an origin obtains, nearest first.
type routes []route

// endsAt reports whether a route goes no further than its node: nobody assumes a role as
// the root user or in a session of sts:GetFederationToken, which can do what its user can,
// and why it cannot says nothing of the user (STS-10, STS-13).
func (r *route) endsAt(n *graph.Node) bool {
	return n.Kind == graph.KindRoot || n.Kind == graph.KindFederatedUser && r.depth > 0
}

// path lists the nodes of a route.
func (l routes) path(i int) []graph.NodeID {
	out := make([]graph.NodeID, l[i].depth+1, l[i].depth+2)
	for k := l[i].depth; k >= 0; k-- {
		out[k], i = l[i].node, l[i].from
	}
	return out
}

func (e *Engine) routes(n graph.NodeID) routes {
	out := routes{{node: n}}
	seen := e.takeSet()
	defer e.giveBack(seen)
	seen.Add(n)
	for at := 0; at < len(out); at++ {
		var folded, asked policy.Requirement // of the edge before: a circle has one requirement for hundreds
		for edge := range e.g.Out(out[at].node) {
			if seen.Has(edge.To) {
				continue
			}
			if edge.Requires != asked {
				folded, asked = e.foldEdge(edge), edge.Requires
			}
			if !folded.IsFalse() {
				seen.Add(edge.To)
				out = append(out, route{edge.To, out[at].depth + 1, at})
			}
		}
	}
	return out
}

// nearAction looks for a session with a statement about the action or the
// resource that just misses. An explicit deny is a hint, too: it makes a
// difference only as long as nothing clearer was found, and few callers can meet
// one.
func (e *Engine) nearAction(routes routes, t *topic, q *question) nearMiss {
	var best nearMiss
	found := -1
	for i, r := range routes {
		n := e.g.Node(r.node)
		if !n.Acts() || r.endsAt(n) && !t.named(n) {
			continue
		}
		s := max(t.actionStrength(e.g.IdentityPolicies(r.node)), t.resourceStrength(n))
		if s < 2 && best.strength < 2 && t.mayForbid(r.node) && explicitly(e.direct(n, q)) {
			s = 2
		}
		if s > best.strength || s == best.strength && s > 2 && r.depth > best.depth {
			best, found = nearMiss{strength: s, depth: r.depth}, i
		}
	}
	if found >= 0 {
		best.path = routes.path(found)
		best.decision = e.direct(e.g.Node(routes[found].node), q)
	}
	return best
}

func explicitly(d policy.Decision) bool {
	return slices.ContainsFunc(d.Causes, func(c policy.Cause) bool { return c.Explicit })
}

// nearHop looks for a hop that one side grants and the other does not, into a
// role that has the access or leads to it.
func (e *Engine) nearHop(routes routes, targets []aim) nearMiss {
	reached := e.takeSet()
	defer e.giveBack(reached)
	for _, r := range routes {
		reached.Add(r.node)
	}
	var best nearMiss
	looked := 0
	for i, r := range routes {
		from := e.g.Node(r.node)
		if !from.Acts() || r.endsAt(from) {
			continue
		}
		own := e.callsOf(r.node)
		for _, b := range targets {
			if looked++; looked > maxNearMisses {
				return best
			}
			to := e.g.Node(b.node)
			s := own.strength(from, to, b.trust)
			if s == 0 || reached.Has(b.node) || s < best.strength || s == best.strength && best.path != nil && (s == 1 || r.depth <= best.depth) {
				continue // clear hints: the deeper the better; faint ones: the nearer
			}
			d := e.g.Model.Assume(from, to.Role, nil, "")
			best = nearMiss{s, r.depth, append(routes.path(i), b.node), d.Decision}
		}
	}
	return best
}

// fewestMissing is for a denial that statements hint at faintly or not at all:
// the request, of a session or into a role that has the access, for which the
// fewest layers would have to change. A role of the resource's account is nearer
// than a user of another one, who needs a grant on both sides (EVAL-20). Among
// equals the nearest counts.
//
// A role that is reached and can do nothing is another matter: a chain that ends
// there was meant to go on, above all where a role has a statement about the very
// resource.
func (e *Engine) fewestMissing(routes routes, targets []aim, t *topic, q *question) nearMiss {
	var best nearMiss
	looked := 0
	try := func(m nearMiss) {
		n, least := len(m.decision.Causes), len(best.decision.Causes)
		if n > 0 && (best.path == nil || cmp.Or(cmp.Compare(m.strength/2, best.strength/2), cmp.Compare(least, n), cmp.Compare(m.strength, best.strength)) > 0) {
			best = m
		}
	}
	for i, r := range routes {
		from, depth := e.g.Node(r.node), r.depth
		if !from.Acts() || r.endsAt(from) {
			continue
		}
		if best.path == nil || best.strength < 2 && len(best.decision.Causes) > 1 && (len(best.decision.Causes) > 2 || t.mayLackOne(r.node)) {
			try(nearMiss{0, depth, routes.path(i), e.direct(from, q)}) // else it takes two changes or more, and is no better
		}
		if depth == 0 || !e.deadEnd(r.node) {
			continue
		}
		for _, b := range targets {
			if looked++; looked > maxNearMisses {
				return best
			}
			to := e.g.Node(b.node)
			if b.node == r.node || to.Role == nil || !b.meant && to.Account != from.Account {
				continue
			}
			strength := 1
			if b.meant {
				strength = 2
			}
			try(nearMiss{strength, depth, append(routes.path(i), b.node), e.g.Model.Assume(from, to.Role, nil, "").Decision})
		}
	}
	return best
}

// deadEnd reports whether a node can do nothing, and become nobody but those who
// trust all the world around it.
func (e *Engine) deadEnd(n graph.NodeID) bool {
	from := e.g.Node(n)
	if len(e.g.IdentityPolicies(n)) > 0 {
		return false
	}
	for edge := range e.g.Out(n) {
		if hopStrength(nil, from, e.g.Node(edge.To)) >= 2 {
			return false
		}
	}
	return true
}

// aim is a role from which the access can be reached, and by how many hops.
type aim struct {
	node  graph.NodeID
	hops  int32
	meant bool // who holds the access there has a statement about the very resource
	trust *trusting
}

// targetRoles are the roles from which the access can be reached, those with the
// fewest hops to go first. If some holders have a statement about the very
// resource, only they count: administrators hold everything and say nothing of
// what was meant.
func (e *Engine) targetRoles(ctx context.Context, t *topic, q *question) []aim {
	return t.roles(func() ([]aim, bool) {
		q := q.withoutMatches() // what came nearest is a hint
		list, err := e.accessesOf(ctx, q, e.specific(t))
		meant := err == nil && len(list.nodes) > 0
		if err == nil && !meant {
			list, err = e.accesses(ctx, q)
		}
		if err != nil {
			return nil, false
		}
		var out []aim
		nodes, hops := e.g.Leading(list.nodes)
		for i, n := range nodes {
			if node := e.g.Node(n); node.Role != nil && node.Limit == nil {
				out = append(out, aim{n, int32(hops[i]), meant, e.common.trustOf(node.Role)})
			}
		}
		slices.SortFunc(out, func(a, b aim) int { return cmp.Or(cmp.Compare(a.hops, b.hops), cmp.Compare(a.node, b.node)) })
		return out, true
	})
}

// specific is a test of whether a principal has a statement about the very
// resource. Documents are read once.
func (e *Engine) specific(t *topic) func(*graph.Node) bool {
	known := map[*policy.Document]bool{}
	return func(n *graph.Node) bool {
		return slices.ContainsFunc(e.g.Model.IdentityPolicies(n), func(p policy.Attached) bool {
			names, ok := known[p.Document]
			if !ok {
				names = t.actionStrength([]policy.Attached{p}) >= 3
				known[p.Document] = names
			}
			return names
		})
	}
}
