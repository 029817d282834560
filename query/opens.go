package query

import (
	"context"
	"fmt"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// opens is the code that says when a denial is none any more by time alone (SYM-31): a
// window of time opens, or a deny ends. It looks at the policies that take part in the ways
// that come closest, and asks the question again at each of their moments; "" if no moment
// makes a difference. r is the answer that it is for.
func (e *Engine) opens(ctx context.Context, r *Result, ways [][]graph.NodeID, resource string, ask func(context.Context, *Engine) (*Result, error)) string {
	if e.silent || len(ways) == 0 {
		return ""
	}
	found := e.bearingMoments(ctx, ways, resource)
	moments := found.within(e.asOf(), time.Time{})
	if len(moments) == 0 {
		return ""
	}
	base := e.reduced(ctx, ways, resource)
	if e.grants(ctx, base, e.asOf(), ask) {
		return "" // less was read than decides it
	}
	if n := len(moments); n > maxMoments {
		r.note("opens-cut", fmt.Sprintf("whether the denial ends by time alone was asked for the first %d of %d moments", maxMoments, n))
		moments = moments[:maxMoments]
	}
	for _, at := range moments {
		if e.grants(ctx, base, at.Add(time.Second), ask) {
			return "opens " + at.Format(time.RFC3339)
		}
	}
	return ""
}

// bearingMoments are the moments of the policies that bear on some ways and on a resource.
func (e *Engine) bearingMoments(ctx context.Context, ways [][]graph.NodeID, resource string) *momentsFound {
	var found momentsFound
	arn, _ := policy.ParseARN(resource)
	accounts := map[string]bool{arn.Account: true}
	for _, id := range e.takingPart(ctx, ways) {
		n := e.g.Node(id)
		e.policiesOf(n, found.read)
		accounts[n.Account] = true
	}
	for _, r := range e.bearing(resource) {
		policiesOn(r, found.read)
		accounts[r.Account] = true
	}
	for account := range accounts {
		e.guardrailsOf(account, found.read)
	}
	return &found
}

// grants asks a question of a part of the snapshot at some time.
func (e *Engine) grants(ctx context.Context, s *iam.Snapshot, at time.Time, ask func(context.Context, *Engine) (*Result, error)) bool {
	o := e.g.Model.Options
	o.AsOf, o.Workers = at, 1
	g, err := graph.Build(ctx, s, o)
	if err != nil {
		return false // called off
	}
	then := New(g, e.o)
	then.silent = true
	r, err := ask(ctx, then)
	return err == nil && len(r.Answers) > 0 && r.Answers[0].Verdict != VerdictDeny
}
