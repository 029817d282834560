package query

import (
	"context"
	"fmt"
	"slices"

	"accesspath/graph"
	"accesspath/policy"
)

// inquiry is what one principal is asked.
type inquiry struct {
	e       *Engine
	n       *graph.Node
	q       *question
	session policy.Context
	many    *graph.Inquiry // where several targets are asked about; else nil
	along   along          // what assuming a role asks for besides; nil if nothing
}

// accessToAny is the access to some, or all, resources with one action: the
// targets from from up to to.
func (in *inquiry) accessToAny(ctx context.Context, from, to int, may func(target int) bool) (access, error) {
	q := in.q
	out := joining{access: access{req: policy.Bool(q.all), action: q.targets[from].action}, all: q.all}
	for i := from; i < to; i++ {
		if (i-from)%64 == 63 && ctx.Err() != nil {
			return access{}, fmt.Errorf("evaluating principals: %w", ctx.Err())
		}
		t := q.targets[i]
		a := access{action: t.action}
		if may(i) {
			a = in.accessTo(t)
		}
		if a.witness == "" && q.several {
			a.witness = t.resource
		}
		if done := out.add(a); done {
			break
		}
	}
	return out.result(), nil
}

// accessTo is the access of one principal to what one target is about.
func (e *Engine) accessTo(n *graph.Node, t target, session policy.Context) access {
	in := inquiry{e: e, n: n, session: session}
	return in.accessTo(t)
}

// accessTo evaluates one action.
func (in *inquiry) accessTo(t target) access {
	if in.many != nil && in.many.Forbidden(t.action) {
		return access{action: t.action}
	}
	if !t.pattern {
		req := in.verdict(t.action, t.resource, in.q)
		if !t.stands {
			req = fitted(req, t.resource)
		}
		return access{req: req, action: t.action}
	}
	all, best := in.e.o.All, access{action: t.action}
	worst := policy.True()
	witnesses, complete := in.witnesses(t)
	for _, w := range witnesses {
		req := in.verdict(t.action, w, nil)
		if all {
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
			best.addWays(way{t.action, w, req})
			best.req = either(best.req, req, t.action+" "+w)
		}
	}
	if all {
		if len(witnesses) == 0 {
			worst = policy.False()
		}
		best.req = worst
	}
	if !complete {
		best.undecided(t, all)
	}
	return best
}

// fitted is a requirement on a request about a resource that is spelled out: what patterns
// with variables ask for are values of what the session carries.
func fitted(r policy.Requirement, resource string) policy.Requirement {
	if !r.IsOpen() || !variable(r) || graph.IsAccessPoint(resource) {
		return r
	}
	return r.Map(func(a *policy.Atom) policy.Requirement {
		if b, ok := a.Fitting(resource); ok {
			return b
		}
		return policy.Keep(a)
	}).Simplify()
}

// undecided takes into account that of the resources that a pattern matches more
// might have to be tried: one of them may be allowed, or denied (QRY-12, QRY-13).
func (a *access) undecided(t target, all bool) {
	open := policy.DataAtom("DATA:witness", t.resource)
	if all {
		a.req = policy.And(a.req, open).Simplify()
		return
	}
	a.addWays(way{action: t.action, req: open})
	a.req = policy.Or(a.req, open)
}

// verdict is what one request requires; q may be nil, see decideOnce.
func (in *inquiry) verdict(action, resource string, q *question) policy.Requirement {
	if in.many != nil && !getsSession(in.n, action) {
		return in.e.signed(in.n, action, in.many.Verdict(action, resource))
	}
	return in.along.to(in.e, action, resource, in.e.signed(in.n, action, in.e.verdict(in.n, action, resource, q, in.session)))
}

// witnesses are the resources that decide about a pattern, as graph.Model.Witnesses
// lists them.
func (in *inquiry) witnesses(t target) (resources []string, complete bool) {
	if in.many != nil {
		return in.many.Witnesses(t.action, t.resource, in.e.o.All)
	}
	resources, complete = in.e.g.Model.Witnesses(in.n, t.action, t.resource, in.e.o.All)
	if in.session == nil {
		return resources, complete
	}
	more, known := in.e.g.Model.WitnessesIn(in.n, in.session, t.action, t.resource, in.e.o.All)
	for _, r := range resources { // which decide of tests that the session leaves open
		if !slices.Contains(more, r) {
			more = append(more, r)
		}
	}
	return more, complete && known
}
