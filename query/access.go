package query

import (
	"context"
	"fmt"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// access is what one principal, by itself, may do of what is asked: a formula
// open in what its session carries.
type access struct {
	req     policy.Requirement
	action  string // the one that decided
	witness string // the resource that decided, where the question is a pattern
}

// decide evaluates one request. Assuming a role takes more than one permission
// where the trust asks for tags (STS-06).
func (e *Engine) decide(n *graph.Node, action, resource string, session policy.Context) policy.Decision {
	if strings.EqualFold(action, "sts:AssumeRole") {
		if id, ok := e.g.Find(resource); ok && e.g.Node(id).Role != nil {
			return e.g.Model.Assume(n, e.g.Node(id).Role, session, "").Decision
		}
	}
	return e.g.Model.Decide(graph.Ask{Node: n, Action: action, Resource: resource, Session: session})
}

// accesses evaluates the question for every principal that could act.
func (e *Engine) accesses(ctx context.Context, q *question) ([]access, error) {
	out := make([]access, e.g.Len())
	pre := newPrefilter(e.g.Model, q)
	for i := range out {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("evaluating principals: %w", ctx.Err())
		}
		n := e.g.Node(graph.NodeID(i))
		if !acts(n) {
			continue
		}
		for _, t := range q.targets {
			if !pre.possible(n, t) {
				continue
			}
			a := e.accessTo(n, t, nil)
			if a.req.IsFalse() {
				continue
			}
			if out[i].req = policy.Or(out[i].req, a.req); out[i].witness == "" {
				out[i].action, out[i].witness = a.action, a.witness
			}
			if a.req.IsTrue() {
				out[i] = a
				break
			}
		}
	}
	return out, nil
}

// acts reports whether a node signs requests of its own.
func acts(n *graph.Node) bool {
	return n.Kind == graph.KindUser || n.Kind == graph.KindRole || n.Kind == graph.KindRoot || n.Kind == graph.KindFederatedUser
}

// accessTo evaluates one action for one principal.
func (e *Engine) accessTo(n *graph.Node, t target, session policy.Context) access {
	if !t.pattern {
		return access{req: e.decide(n, t.action, t.resource, session).Requires, action: t.action}
	}
	best := access{action: t.action}
	worst := policy.True()
	witnesses, _ := e.g.Model.Witnesses(n, t.action, t.resource, e.o.All)
	for _, w := range witnesses {
		req := e.decide(n, t.action, w, session).Requires
		if e.o.All {
			if worst = policy.And(worst, req).Simplify(); worst.IsFalse() {
				return access{action: t.action, witness: w}
			}
			continue
		}
		if req.IsTrue() {
			return access{req: req, action: t.action, witness: w}
		}
		if !req.IsFalse() {
			if best.req.IsFalse() {
				best.witness = w
			}
			best.req = policy.Or(best.req, req)
		}
	}
	if e.o.All {
		if len(witnesses) == 0 {
			worst = policy.False()
		}
		best.req = worst
	}
	return best
}

// prefilter rules principals out that no statement can favour, so that the
// evaluator runs for few. It never rules out what Decide would allow.
type prefilter struct {
	model  *graph.Model
	allows map[string]map[*policy.Document]bool // by action
}

func newPrefilter(m *graph.Model, q *question) *prefilter {
	p := &prefilter{model: m, allows: map[string]map[*policy.Document]bool{}}
	for _, t := range q.targets {
		p.allows[t.action] = map[*policy.Document]bool{}
	}
	return p
}

func (p *prefilter) possible(n *graph.Node, t target) bool {
	if n.Kind == graph.KindRoot || n.Kind == graph.KindFederatedUser || strings.HasPrefix(strings.ToLower(t.action), "sts:get") {
		return true
	}
	seen := p.allows[t.action]
	for _, a := range p.model.IdentityPolicies(n) {
		if a.Document == nil {
			return true
		}
		allows, ok := seen[a.Document]
		if !ok {
			allows = a.Document.UsesAction(policy.Allow, t.action)
			seen[a.Document] = allows
		}
		if allows {
			return true
		}
	}
	// Without an identity policy only the resource's own account can get in.
	return p.model.ResourceGrants(n, t.action, t.resource)
}
