package query

import (
	"context"
	"fmt"
	"slices"

	"accesspath/graph"
	"accesspath/policy"
)

// The levels of admin-equivalence (ESC-02).
const (
	AdminDirect     = "admin-direct"     // by own policies
	AdminChain      = "admin-chain"      // by assuming roles
	AdminEscalation = "admin-escalation" // by escalation, in whatever combination
)

// An Administrator is a principal whose own policies allow everything.
type Administrator struct {
	Requires policy.Requirement // what is left open
	Because  []Evidence
}

// Admins lists who is an administrator of some account, by level, with the path.
func (e *Engine) Admins(ctx context.Context) (*Result, error) {
	direct, err := e.Administrators(ctx)
	if err != nil {
		return nil, err
	}
	targets := make(map[graph.NodeID]policy.Requirement, len(direct))
	for n, a := range direct {
		targets[n] = a.Requires
	}
	r, err := e.Reaching(ctx, targets)
	if err != nil {
		return nil, err
	}
	r.Question.Kind = "admins"
	r.Missing = e.withUnread(r.Missing, direct)
	because := map[string][]Evidence{}
	for i := range e.g.Len() {
		n := graph.NodeID(i)
		if a, ok := direct[n]; ok && (e.g.Node(n).Supposed == nil || because[e.g.Node(n).ID] == nil) {
			because[e.g.Node(n).ID] = a.Because
		}
	}
	for i := range r.Answers {
		grade(&r.Answers[i], because)
	}
	sortByLevel(r.Answers)
	return r, nil
}

// withUnread adds to what is missing the policies that no input has, of those who are no
// administrators without them.
func (e *Engine) withUnread(missing []Missing, direct map[graph.NodeID]Administrator) []Missing {
	l := &lacking{e: e, list: missing}
	for i := range e.g.Len() {
		n := e.g.Node(graph.NodeID(i))
		if _, ok := direct[graph.NodeID(i)]; !ok && (n.User != nil || n.Role != nil) {
			l.unreadOf(n)
		}
	}
	return l.done()
}

// grade sets an answer's level and the evidence at the end of its paths.
func grade(a *Answer, because map[string][]Evidence) {
	for i := range a.Paths {
		p := &a.Paths[i]
		if own := because[p.Principals[len(p.Principals)-1]]; len(p.Because) == 0 && own != nil {
			p.Because = own
		}
	}
	switch {
	case len(a.Paths) > 0 && a.Paths[0].Escalates():
		a.Level = AdminEscalation
	case a.Direct:
		a.Level = AdminDirect
	default:
		a.Level = AdminChain
	}
}

func sortByLevel(list []Answer) {
	order := []string{AdminDirect, AdminChain, AdminEscalation}
	slices.SortStableFunc(list, func(a, b Answer) int { return slices.Index(order, a.Level) - slices.Index(order, b.Level) })
}

// Administrators finds, among all principals of the graph, those whose own
// policies allow everything (ESC-02). Root users are not among them: that they
// are is no news.
func (e *Engine) Administrators(ctx context.Context) (map[graph.NodeID]Administrator, error) {
	out := map[graph.NodeID]Administrator{}
	full := map[*policy.Document]bool{}
	for i := range e.g.Len() {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("looking for administrators: %w", ctx.Err())
		}
		if a, ok := e.administrator(e.g.Node(graph.NodeID(i)), full); ok {
			out[graph.NodeID(i)] = a
		}
	}
	return out, nil
}

// administrator decides on one principal. It has to be able to do everything in
// spite of its boundary, and to write IAM policies in spite of guardrails; a
// guardrail against some service does not take the title away (ESC-02).
func (e *Engine) administrator(n *graph.Node, full map[*policy.Document]bool) (Administrator, bool) {
	if n.User == nil && n.Role == nil {
		return Administrator{}, false
	}
	because := everythingIn(e.g.Model.IdentityPolicies(n), "identity", full)
	if because == nil {
		return Administrator{}, false
	}
	if boundary, ok := e.g.Model.Boundary(n); ok && everythingIn(boundary, "boundary", full) == nil {
		return Administrator{}, false
	}
	a, ok := policy.ParseARN(n.ID)
	if !ok {
		return Administrator{}, false
	}
	req := e.administers(n, a.Partition, nil)
	if variable(req) && n.Role != nil && !graph.Taggable(n.Role) {
		req = e.administers(n, a.Partition, sessionTags(n, nil)) // nobody may pass others (SYM-22)
	}
	return Administrator{Requires: req, Because: because}, !req.IsFalse()
}

// administers is what an administrator's requests that are tried ask for.
func (e *Engine) administers(n *graph.Node, partition string, session policy.Context) policy.Requirement {
	part := "arn:" + partition + ":"
	account := part + "iam::" + n.Account + ":"
	write := e.easiest(n, session,
		Call{"iam:CreatePolicyVersion", account + "policy/accesspath-probe"}, Call{"iam:AttachRolePolicy", account + "role/accesspath-probe"},
		Call{"iam:PutRolePolicy", account + "role/accesspath-probe"}, Call{"iam:AttachUserPolicy", account + "user/accesspath-probe"},
		Call{"iam:PutUserPolicy", account + "user/accesspath-probe"})
	other := e.easiest(n, session,
		Call{"s3:GetObject", part + "s3:::accesspath-probe/object"},
		Call{"ec2:RunInstances", part + "ec2:us-east-1:" + n.Account + ":instance/*"})
	return policy.And(write, other).Simplify()
}

// easiest returns the lightest requirement among the probes; False if all are
// denied, or hold for some resources or services only.
func (e *Engine) easiest(n *graph.Node, session policy.Context, probes ...Call) policy.Requirement {
	best := policy.False()
	for _, q := range probes {
		r := e.g.Model.Decide(graph.Ask{Node: n, Action: q.Action, Resource: q.Resource, Session: session}).Requires
		w := r.Weight()
		if r.IsFalse() || w == policy.ClassService || w == policy.ClassResource {
			continue
		}
		if best.IsFalse() || w < best.Weight() {
			best = r
		}
		if r.IsTrue() {
			break
		}
	}
	return best
}

// everythingIn lists the statements that allow all actions on all resources,
// conditions aside; nil if there is none.
func everythingIn(policies []policy.Attached, layer string, full map[*policy.Document]bool) []Evidence {
	var out []Evidence
	for i := range policies {
		d := policies[i].Document
		if d == nil {
			continue
		}
		any, known := full[d]
		if !known {
			any = slices.ContainsFunc(d.Statements, func(s policy.Statement) bool { return s.Everything() })
			full[d] = any
		}
		for k := range d.Statements {
			if s := &d.Statements[k]; any && s.Everything() {
				if ev := EvidenceOf(policy.Evidence{Layer: layer, Policy: &policies[i], Statement: s}); !slices.Contains(out, ev) {
					out = append(out, ev)
				}
			}
		}
	}
	return out
}
