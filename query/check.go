package query

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// Check evaluates a path again from the snapshot, hop by hop, without looking
// at any edge of the graph (its nodes only name the principals). It returns an
// error that says which hop does not hold. Every path that a Result shows must
// pass.
func Check(g *graph.Graph, q Question, p Path) error {
	e := New(g, Options{All: q.Quantify == "all", AccessLevel: q.AccessLevel, AllActions: q.AllActions, Existing: q.Existing, ResourceTags: q.ResourceTags, ExternalIDs: q.ExternalIDs})
	nodes := make([]*graph.Node, len(p.Principals))
	for i, id := range p.Principals {
		n, ok := g.Find(id)
		if !ok {
			if i == 0 && len(p.Principals) == 1 {
				return nil // an outsider that only the resource's policy knows
			}
			return fmt.Errorf("hop %d: no principal %q", i, id)
		}
		nodes[i] = g.Node(n)
	}
	if len(nodes) == 0 || len(p.Steps) != len(nodes)-1 {
		return fmt.Errorf("%d principals and %d steps", len(nodes), len(p.Steps))
	}
	e.began = choice{tags: serviceTags(nodes[0], func(string) bool { return true })}
	before := 0 // requirements of earlier hops
	for i, s := range p.Steps {
		if s.From != nodes[i].ID || s.To != nodes[i+1].ID {
			return fmt.Errorf("hop %d: step goes from %s to %s", i+1, s.From, s.To)
		}
		e.arrived = nodes[max(i-1, 0)] // a role may stand there twice (CHAIN-07)
		if err := e.checkStep(nodes[i], nodes[i+1], s, i, before, passedTags(p.Steps[:i])); err != nil {
			return fmt.Errorf("hop %d: %w", i+1, err)
		}
		before += len(s.Requires)
	}
	e.arrived = nodes[max(len(nodes)-2, 0)]
	if q.Kind != "who-can" && q.Kind != "can" {
		return nil
	}
	if last := nodes[len(nodes)-1]; last.Kind == graph.KindPublic && len(nodes) == 1 {
		anonymous := *last
		anonymous.Name = graph.AnonymousName
		if e.checkAction(&anonymous, q, p, 0) == nil {
			return nil
		}
	}
	last := nodes[len(nodes)-1]
	if last.Kind == graph.KindFederatedUser && len(nodes) > 1 {
		last = graph.FederatedUser(last, nodes[len(nodes)-2])
	}
	return e.checkAction(last, q, p, len(nodes)-1)
}

// passedTags are the tags that steps say to pass, those of later steps last.
func passedTags(steps []Step) []policy.Tag {
	var out []policy.Tag
	for _, s := range steps {
		for _, r := range s.Requires {
			if tag, ok := strings.CutPrefix(strings.ToLower(r.Key), "aws:requesttag/"); ok && r.Operator == "StringEquals" && len(r.Values) == 1 {
				out = append(out, policy.Tag{Key: tag, Value: r.Values[0]})
			}
		}
	}
	return out
}

func (e *Engine) checkStep(from, to *graph.Node, s Step, hop, before int, passed []policy.Tag) error {
	if to.Kind == graph.KindFederatedUser {
		return e.checkToken(from, to, s)
	}
	if to.Role == nil && to.Kind != graph.KindRootSession {
		return fmt.Errorf("%s is not a role", to.ID)
	}
	d := e.g.Model.Obtain(from, to, nil)
	if from.Kind == graph.KindPublic && s.Kind == graph.Federates.String() {
		d = e.g.Model.AssumeByAnyProvider(to.Role)
	}
	if s.Verdict == VerdictAllow && variable(d.Requires) && from.Role != nil && to.Role != nil {
		d = e.g.Model.Assume(from, to.Role, sessionTags(from, nil), "")
		if len(passed) > 0 && !d.Requires.Satisfiable() {
			d = e.g.Model.Assume(from, to.Role, sessionTags(from, passed), "")
		}
	}
	return e.checkVerdict(from, d.Requires, s.Verdict, len(s.Requires)+before, hop, true)
}

// sessionTags is a session with the role's own tags and some that were passed, of
// which the last of a key counts.
func sessionTags(n *graph.Node, passed []policy.Tag) policy.Context {
	own := iam.PolicyTags(n.Role.Tags)
	return principalTags(func(tag string) policy.Value {
		for _, t := range slices.Backward(passed) {
			if strings.EqualFold(t.Key, tag) {
				return policy.Is(t.Value)
			}
		}
		return policy.TagValue(own, tag)
	})
}

func (e *Engine) checkAction(n *graph.Node, q Question, p Path, hops int) error {
	parsed, err := e.parse(q.Action, q.Resource)
	if err != nil {
		return err
	}
	plain := n.Role != nil && len(p.Requires) == 0 && p.Verdict == VerdictAllow // its session carries nothing
	if parsed.allActions || parsed.several && parsed.all {
		return e.checkAll(n, parsed, p, hops, plain)
	}
	for _, t := range parsed.targets {
		if p.Action != "" && p.Action != t.action {
			continue
		}
		if p.Witness != "" && q.Quantify != "all" {
			t.resource, t.pattern, t.stands = p.Witness, false, true
		}
		a := e.accessTo(n, t, checkedTags(n, p.Steps))
		if plain && variable(a.req) {
			a = e.accessTo(n, t, sessionTags(n, nil))
		}
		verdict := VerdictAllow
		if len(p.Requires) > 0 || chosen(p) {
			verdict = VerdictAllowIf // what was chosen on the way may be what the action asks for
		}
		if err = e.checkVerdict(n, a.req, verdict, len(p.Requires), hops, false); err == nil {
			return nil
		}
	}
	return fmt.Errorf("the action: %w", err)
}

// checkAll is checkAction where all of several requests have to be allowed.
func (e *Engine) checkAll(n *graph.Node, q *question, p Path, hops int, plain bool) error {
	ctx := context.Background()
	a := e.accessIn(ctx, n, q, checkedTags(n, p.Steps))
	if plain && variable(a.req) {
		a = e.accessIn(ctx, n, q, sessionTags(n, nil))
	}
	return e.checkVerdict(n, a.req, p.Verdict, len(p.Requires), hops, false)
}

// chosen reports whether a step asks the caller to choose something that later
// requests carry.
func chosen(p Path) bool {
	for _, s := range p.Steps {
		if len(s.Requires) > 0 {
			return true
		}
	}
	return false
}

// checkVerdict holds a shown verdict against the open formula: possible at all,
// and where it is outright, outright for a plain session.
func (e *Engine) checkVerdict(n *graph.Node, req policy.Requirement, verdict string, shown, hop int, assume bool) error {
	if !req.Satisfiable() {
		return fmt.Errorf("the policies deny it to %s", n.ID)
	}
	if verdict != VerdictAllow || shown > 0 {
		return nil
	}
	plain := req
	switch {
	case originIssuer(n) == longTerm:
		call := anyCall
		if assume {
			call = assumeCall
		}
		plain, _ = e.byModes(n, req, call)
	case n.Role != nil && hop > 0:
		plain = e.inSession(n, req)
	default:
		if id, ok := e.g.Find(n.ID); ok {
			w := &walker{e: e, choices: []choice{{}}}
			by := originIssuer(n)
			if n.Issuer != "" {
				by = tokenOf
			}
			plain = w.fold(state{id, facts{issuer: by}}, req)
		}
	}
	if !plain.Simplify().IsTrue() && !e.outright(plain) {
		return fmt.Errorf("shown as unconditional for %s, but it depends on conditions", n.ID)
	}
	return nil
}

// inSession folds a requirement of a role with a plain session that whoever
// stands before it on the path issues.
func (e *Engine) inSession(n *graph.Node, req policy.Requirement) policy.Requirement {
	w := &walker{e: e, choices: []choice{e.began}}
	id, _ := e.g.Find(n.ID)
	s := state{id, facts{issuer: assumed}}
	if by := e.arrived; by != nil {
		if kind := deliveryOf(by); kind != 0 {
			from, _ := e.g.Find(by.ID)
			w.domains.carrier = true
			s.facts = facts{issuer: sessionIssuer(by, kind), by: from}
			if by.Kind == graph.KindAnchor {
				w.choices[0].source = anyValue // the certificate's subject (FED-17)
			}
		}
	}
	return w.fold(s, req)
}

// deliveryOf is the kind of the edges by which a node delivers sessions; 0 for
// nodes that call sts:AssumeRole themselves.
func deliveryOf(n *graph.Node) graph.EdgeKind {
	switch n.Kind {
	case graph.KindCompute, graph.KindService, graph.KindInstanceProfile, graph.KindAnchor:
		return graph.ServiceCarries
	case graph.KindIdentityCenter, graph.KindIDCUser, graph.KindIDCGroup, graph.KindFederated, graph.KindGuests:
		return graph.Federates
	}
	return 0
}
