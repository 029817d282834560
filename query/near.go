package query

import (
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
func (e *Engine) nearHop(routes []route, targets []graph.NodeID) nearMiss {
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
			if reached[b] {
				continue
			}
			s := hopStrength(e.g.Model.IdentityPolicies(from), from, e.g.Node(b))
			if s == 0 || s < best.strength || s == best.strength && best.path != nil && (s == 1 || len(r.path) <= best.depth+1) {
				continue // clear hints: the deeper the better; faint ones: the nearer
			}
			d := e.g.Model.Assume(from, e.g.Node(b).Role, nil, "")
			best = nearMiss{s, len(r.path) - 1, append(slices.Clone(r.path), b), d.Decision}
		}
	}
	return best
}

// fewestMissing is for a denial that statements hint at faintly or not at all:
// the request, of a session or into a role that has the access, for which the
// fewest layers would have to change. A role of the resource's account is nearer
// than a user of another one, who needs a grant on both sides (EVAL-20). Among
// equals the nearest counts, but for a role that is reached and can do nothing:
// a chain that ends there was meant to go on.
func (e *Engine) fewestMissing(routes []route, targets []graph.NodeID, q *question) nearMiss {
	var best nearMiss
	looked := 0
	try := func(m nearMiss) {
		n, least := len(m.decision.Causes), len(best.decision.Causes)
		if n > 0 && (best.path == nil || n < least || n == least && m.strength > best.strength) {
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
			if node := e.g.Node(b); b != r.node && node.Role != nil && node.Account == from.Account {
				try(nearMiss{1, depth, append(slices.Clone(r.path), b), e.g.Model.Assume(from, node.Role, nil, "").Decision})
			}
		}
	}
	return best
}

// deadEnd reports whether a node can do nothing and become nobody.
func (e *Engine) deadEnd(n graph.NodeID) bool {
	for range e.g.Out(n) {
		return false
	}
	return len(e.g.Model.IdentityPolicies(e.g.Node(n))) == 0
}

// targetRoles are the roles from which the access can be reached, in order. If
// some holders have a statement about the very resource, only they count:
// administrators hold everything and say nothing of what was meant.
func (e *Engine) targetRoles(ctx context.Context, q *question) []graph.NodeID {
	list, err := e.accesses(ctx, q)
	if err != nil {
		return nil
	}
	holders, specific := list.nodes, []graph.NodeID(nil)
	for _, n := range holders {
		if actionStrength(e.g.Model.IdentityPolicies(e.g.Node(n)), q.targets[0]) >= 3 {
			specific = append(specific, n)
		}
	}
	if len(specific) > 0 {
		holders = specific
	}
	var out []graph.NodeID
	for n, in := range e.g.Reverse(holders) {
		if node := e.g.Node(graph.NodeID(n)); in && node.Role != nil && node.Limit == nil {
			out = append(out, graph.NodeID(n))
		}
	}
	return out
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
