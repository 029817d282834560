package query

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// The most that is worked out about the side effects of cuts.
const (
	maxCutsTried   = 32
	maxCutExamples = 5
	maxHopsTried   = 2000 // of one role or principal, to see what they rest on
)

// describe says for each hop what to change, and what else that breaks.
func (c *cutter) describe(ctx context.Context, r *Chokepoints, cut []hop) error {
	d := &describer{w: c.w}
	asked := map[graph.NodeID]bool{}
	for _, s := range c.starts {
		asked[c.w.states[s].node] = true
	}
	for _, id := range r.Already {
		asked[c.w.e.find(id)] = true
	}
	for i, h := range cut {
		step, _ := d.step(h.from, h.to, c.moves[h], 1)
		g := c.w.e.g
		p := Chokepoint{From: step.From, FromKind: kindOf(g.Node(h.from)), To: step.To, ToKind: kindOf(g.Node(h.to)), Kind: step.Kind, Verdict: step.Verdict, Requires: step.Requires, Change: []CutStatement{}, Origins: len(c.serving(&h)), Examples: []string{}}
		for _, ev := range step.Because {
			if ev.Grants() {
				p.Change = append(p.Change, CutStatement{Evidence: ev, Examples: []Ends{}})
			}
		}
		if i < maxCutsTried {
			if err := c.effects(ctx, d, &p, h, asked); err != nil {
				return err
			}
		}
		r.Cut = append(r.Cut, p)
	}
	if len(cut) > maxCutsTried {
		r.Limits.add(fmt.Sprintf("what else is broken was worked out for the first %d hops only", maxCutsTried))
	}
	c.w.limits(&r.Limits)
	return nil
}

// effects says who else loses by a cut, and what else rests on its statements.
func (c *cutter) effects(ctx context.Context, d *describer, p *Chokepoint, h hop, asked map[graph.NodeID]bool) error {
	losers, err := c.w.e.losers(ctx, h, asked)
	if err != nil {
		return err
	}
	p.Breaks, p.Examples = len(losers), losers[:min(len(losers), maxCutExamples)]
	others := d.otherHops(h)
	for i := range p.Change {
		s := &p.Change[i]
		for _, o := range others {
			if !slices.ContainsFunc(d.evidenceOf(o.from, o.to).because, s.same) {
				continue
			}
			if s.OtherHops++; len(s.Examples) < maxCutExamples {
				s.Examples = append(s.Examples, Ends{c.w.e.g.Node(o.from).ID, c.w.e.g.Node(o.to).ID})
			}
		}
		s.OtherHolders = max(holders(c.w.e.g.Model.Snapshot, s.Policy)-1, 0)
	}
	slices.SortStableFunc(p.Change, func(a, b CutStatement) int {
		return cmp.Or(cmp.Compare(a.OtherHolders, b.OtherHolders), cmp.Compare(a.OtherHops, b.OtherHops))
	})
	return nil
}

// same reports whether evidence is of the same statement, whoever has it.
func (s *CutStatement) same(e Evidence) bool {
	if e.Policy != s.Policy || e.Statement != s.Statement || e.Layer != s.Layer || e.Effect != s.Effect {
		return false
	}
	return e.Owner == s.Owner && e.Via == s.Via || iamPolicyARN(e.Policy)
}

// otherHops lists the hops into the head of a hop and out of its tail, but for
// the hop itself.
func (d *describer) otherHops(h hop) []hop {
	g := d.w.e.g
	seen := map[hop]bool{h: true}
	var out []hop
	add := func(e graph.Edge) {
		if x := (hop{e.From, e.To}); !seen[x] && !e.Kind.Escalates() && g.Node(e.From).Supposed == nil && g.Node(e.To).Supposed == nil {
			seen[x] = true
			out = append(out, x)
		}
	}
	for e := range g.In(h.to) {
		if add(e); len(out) >= maxHopsTried {
			break
		}
	}
	into := len(out)
	for e := range g.Out(h.from) {
		if add(e); len(out) >= into+maxHopsTried {
			break
		}
	}
	return out
}

// holders counts who has a managed policy, 0 for other policies.
func holders(s *iam.Snapshot, arn string) int {
	if !iamPolicyARN(arn) {
		return 0
	}
	n := 0
	for _, a := range s.Accounts {
		for e := range a.Entities() {
			if slices.ContainsFunc(e.Attached, func(at *iam.Attachment) bool { return at.ARN == arn }) {
				n++
			}
		}
	}
	return n
}

// iamPolicyARN tells managed policies from names of inline ones.
func iamPolicyARN(name string) bool {
	a, ok := policy.ParseARN(name)
	return ok && a.Service == "iam"
}
