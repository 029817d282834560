package query

import (
	"cmp"
	"context"
	"slices"
	"strings"

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
// one side only; and for the one that is named for the action itself.
func (e *Engine) nearest(ctx context.Context, a *Answer, n graph.NodeID, q *question) {
	routes := e.routes(n)
	best := e.nearAction(routes, q)
	targets := e.targetRoles(ctx, q)
	if m := e.nearHop(routes, targets); m.strength > best.strength {
		best = m
	}
	if best.strength < 2 {
		if m := e.fewestMissing(routes, targets, q); m.strength >= best.strength {
			best = m
		}
	}
	if best.path == nil {
		a.BrokenAt, a.NearPath = 1, []string{e.g.Node(n).ID}
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
		if e.clash(best.path, best.decision.Requires) {
			d.Causes = []policy.Cause{{Layer: "contradiction", Rule: "SYM-30", Text: "what an earlier hop settles excludes what is asked for here"}}
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

// route is how an origin gets to a session it does obtain.
type route struct {
	node graph.NodeID
	path []graph.NodeID
}

// routes lists the shortest routes to whatever the origin obtains, nearest
// first.
func (e *Engine) routes(n graph.NodeID) []route {
	out := []route{{n, []graph.NodeID{n}}}
	seen := map[graph.NodeID]bool{n: true}
	for at := 0; at < len(out); at++ {
		for edge := range e.g.Out(out[at].node) {
			if !seen[edge.To] && !e.foldEdge(edge).IsFalse() {
				seen[edge.To] = true
				out = append(out, route{edge.To, append(slices.Clone(out[at].path), edge.To)})
			}
		}
	}
	return out
}

// nearAction looks for a session with a statement about the action or the
// resource that just misses.
func (e *Engine) nearAction(routes []route, q *question) nearMiss {
	var best nearMiss
	t := q.targets[0]
	for _, r := range routes {
		n := e.g.Node(r.node)
		if !n.Acts() || n.Kind == graph.KindRoot {
			continue
		}
		s := max(actionStrength(e.g.Model.IdentityPolicies(n), t), e.resourceStrength(n, t))
		d := e.direct(n, q)
		if explicitly(d) {
			s = max(s, 2)
		}
		if s > best.strength || s == best.strength && s > 2 && len(r.path)-1 > best.depth {
			best = nearMiss{s, len(r.path) - 1, r.path, d}
		}
	}
	return best
}

// resourceStrength: 2 if the resource's policy allows the action to the
// principal's account or to it by name.
func (e *Engine) resourceStrength(n *graph.Node, t target) int {
	for _, p := range e.g.Model.ResourcePolicies(t.action, t.resource) {
		if p.Document == nil {
			continue
		}
		for i := range p.Document.Statements {
			s := &p.Document.Statements[i]
			if s.Effect == policy.Allow && s.MatchesAction(t.action) && trustStrength(s, n) > 0 {
				return 2
			}
		}
	}
	return 0
}

func explicitly(d policy.Decision) bool {
	return slices.ContainsFunc(d.Causes, func(c policy.Cause) bool { return c.Explicit })
}

// actionStrength: 3 for a statement that names the action and a related
// resource or the resource and other actions, 1 for any that allows the action.
func actionStrength(policies []policy.Attached, t target) int {
	best := 0
	for _, p := range policies {
		if p.Document == nil {
			continue
		}
		for i := range p.Document.Statements {
			s := &p.Document.Statements[i]
			if s.Effect != policy.Allow {
				continue
			}
			action, resource := s.MatchesAction(t.action), namesResource(s, t.resource)
			switch {
			case action && relatedResource(s, t.resource), resource:
				best = max(best, 3)
			case action:
				best = max(best, 1)
			}
		}
	}
	return best
}

// namesResource reports whether the statement names the very resource: by a
// pattern with some letters of its last part, not by stars alone.
func namesResource(s *policy.Statement, resource string) bool {
	if !s.MayMatchResource(resource) {
		return false
	}
	return slices.ContainsFunc(s.Resource, func(r policy.ResourcePattern) bool {
		if glob, fixed := r.Glob(); fixed && !glob.Match(resource) {
			return false // another pattern beside it matches
		}
		text := r.String()
		last := text[strings.LastIndexAny(text, ":")+1:]
		for _, kind := range []string{"role/", "user/"} {
			last = strings.TrimPrefix(last, kind)
		}
		return len(strings.Trim(last, "*?/")) >= 3
	})
}

// relatedResource reports whether a resource in the statement begins like the
// one asked about, as far as its first twenty characters behind the account.
func relatedResource(s *policy.Statement, resource string) bool {
	a, ok := policy.ParseARN(resource)
	if !ok {
		return false
	}
	head := a.Resource[:min(len(a.Resource), 12)]
	return slices.ContainsFunc(s.Resource, func(r policy.ResourcePattern) bool {
		b, ok := policy.ParseARN(r.String())
		return ok && b.Service == a.Service && len(b.Resource) >= len(head) && b.Resource[:len(head)] == head
	})
}

// nearHop looks for a hop that one side grants and the other does not, into a
// role that has the access or leads to it.
func (e *Engine) nearHop(routes []route, targets []aim) nearMiss {
	reached := map[graph.NodeID]bool{}
	for _, r := range routes {
		reached[r.node] = true
	}
	var best nearMiss
	looked := 0
	for _, r := range routes {
		from := e.g.Node(r.node)
		if !from.Acts() || from.Kind == graph.KindRoot {
			continue
		}
		for _, b := range targets {
			if looked++; looked > maxNearMisses {
				return best
			}
			if reached[b.node] {
				continue
			}
			s := hopStrength(e.g.Model.IdentityPolicies(from), from, e.g.Node(b.node))
			if s == 0 || s < best.strength || s == best.strength && best.path != nil && (s == 1 || len(r.path) <= best.depth+1) {
				continue // clear hints: the deeper the better; faint ones: the nearer
			}
			d := e.g.Model.Assume(from, e.g.Node(b.node).Role, nil, "")
			best = nearMiss{s, len(r.path) - 1, append(slices.Clone(r.path), b.node), d.Decision}
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
func (e *Engine) fewestMissing(routes []route, targets []aim, q *question) nearMiss {
	var best nearMiss
	looked := 0
	try := func(m nearMiss) {
		n, least := len(m.decision.Causes), len(best.decision.Causes)
		if n > 0 && (best.path == nil || cmp.Or(cmp.Compare(m.strength/2, best.strength/2), cmp.Compare(least, n), cmp.Compare(m.strength, best.strength)) > 0) {
			best = m
		}
	}
	for _, r := range routes {
		from, depth := e.g.Node(r.node), len(r.path)-1
		if !from.Acts() || from.Kind == graph.KindRoot {
			continue
		}
		try(nearMiss{0, depth, r.path, e.direct(from, q)})
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
			try(nearMiss{strength, depth, append(slices.Clone(r.path), b.node), e.g.Model.Assume(from, to.Role, nil, "").Decision})
		}
	}
	return best
}

// deadEnd reports whether a node can do nothing, and become nobody but those who
// trust all the world around it.
func (e *Engine) deadEnd(n graph.NodeID) bool {
	from := e.g.Node(n)
	if len(e.g.Model.IdentityPolicies(from)) > 0 {
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
	hops  int
	meant bool // who holds the access there has a statement about the very resource
}

// targetRoles are the roles from which the access can be reached, those with the
// fewest hops to go first. If some holders have a statement about the very
// resource, only they count: administrators hold everything and say nothing of
// what was meant.
func (e *Engine) targetRoles(ctx context.Context, q *question) []aim {
	list, err := e.accessesOf(ctx, q, e.specific(q.targets[0]))
	meant := err == nil && len(list.nodes) > 0
	if err == nil && !meant {
		list, err = e.accesses(ctx, q)
	}
	if err != nil {
		return nil
	}
	var out []aim
	nodes, hops := e.g.Leading(list.nodes)
	for i, n := range nodes {
		if node := e.g.Node(n); node.Role != nil && node.Limit == nil {
			out = append(out, aim{n, hops[i], meant})
		}
	}
	slices.SortFunc(out, func(a, b aim) int { return cmp.Or(cmp.Compare(a.hops, b.hops), cmp.Compare(a.node, b.node)) })
	return out
}

// specific is a test of whether a principal has a statement about the very
// resource. Documents are read once.
func (e *Engine) specific(t target) func(*graph.Node) bool {
	known := map[*policy.Document]bool{}
	return func(n *graph.Node) bool {
		return slices.ContainsFunc(e.g.Model.IdentityPolicies(n), func(p policy.Attached) bool {
			names, ok := known[p.Document]
			if !ok {
				names = actionStrength([]policy.Attached{p}, t) >= 3
				known[p.Document] = names
			}
			return names
		})
	}
}

// hopStrength: 4 if both sides name each other, 3 if one names the other, 1 if
// the trust opens to the caller's account, 0 if nothing points there.
func hopStrength(policies []policy.Attached, from, to *graph.Node) int {
	identity := 0
	for _, p := range policies {
		if p.Document == nil {
			continue
		}
		for i := range p.Document.Statements {
			s := &p.Document.Statements[i]
			if s.MatchesAction(callOf(to)) && namesResource(s, to.ID) {
				identity = 2
			}
		}
	}
	trust := 0
	if to.Role == nil {
		return identity // the session of a root user (ROOT-05)
	}
	if d := to.Role.Trust.Document; d != nil {
		for i := range d.Statements {
			trust = max(trust, trustStrength(&d.Statements[i], from))
		}
	}
	if identity == 0 && trust < 2 {
		return trust
	}
	return identity + trust
}

func trustStrength(s *policy.Statement, from *graph.Node) int {
	best := 0
	for _, c := range s.Conditions {
		if slices.ContainsFunc(c.Values, func(v string) bool {
			return strings.HasPrefix(v, "arn:") && policy.CompilePattern(v).Match(from.ID)
		}) {
			best = 2
		}
	}
	for i := range s.Principal {
		switch p := &s.Principal[i]; {
		case p.Text == from.ID:
			return 2
		case p.Any(), p.AccountID() != "" && p.AccountID() == from.Account:
			best = max(best, 1)
		}
	}
	return best
}

// callOf is the action by which a node's sessions are got.
func callOf(to *graph.Node) string {
	if to.Role == nil {
		return "sts:AssumeRoot"
	}
	return "sts:AssumeRole"
}
