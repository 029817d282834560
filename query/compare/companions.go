package compare

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// companionActions are the permissions that sts:AssumeRole takes besides itself, for
// passing tags and a source identity (STS-06, STS-08).
var companionActions = []string{"sts:TagSession", "sts:SetSourceIdentity"}

// companions notes the hops that are the same but for what may be passed on them: that
// opens and closes paths, where a later hop asks for it. A hop is looked at if its caller
// or its role has other policies about that.
func (c *comparison) companions(ctx context.Context) error {
	before, after := c.old.principals(), c.new.principals()
	p := &passing{comparison: c, seen: map[ends]bool{}, about: map[*policy.Document]bool{}}
	for i := 0; len(before) > 0 && len(after) > 0; i++ {
		if i%256 == 0 && ctx.Err() != nil {
			return fmt.Errorf("comparing trusts: %w", ctx.Err())
		}
		switch order := compareHeads(before, after); {
		case order < 0:
			before = before[1:]
		case order > 0:
			after = after[1:]
		default:
			x, y := before[0].value.node, after[0].value.node
			before, after = before[1:], after[1:]
			if p.ofCaller(c.old.g, x) != p.ofCaller(c.new.g, y) {
				for e := range c.new.g.Out(y) {
					p.hop(e)
				}
			}
			if p.ofRole(c.old.g, x) != p.ofRole(c.new.g, y) {
				for e := range c.new.g.In(y) {
					p.hop(e)
				}
			}
		}
	}
	return nil
}

// maxHops bounds the hops that are looked at: a guardrail may concern all there are.
const maxHops = 1 << 17

// passing compares what may be passed on hops.
type passing struct {
	*comparison
	seen  map[ends]bool             // hops that were looked at
	about map[*policy.Document]bool // see isAbout
	cut   bool
}

// hop notes a hop of the new graph if what may be passed on it was another.
func (p *passing) hop(e graph.Edge) {
	hop := ends{p.new.g.IDOf(e.From), p.new.g.IDOf(e.To)}
	if e.Kind != graph.CanAssume || p.seen[hop] {
		return
	}
	if len(p.seen) >= maxHops {
		if !p.cut {
			p.cut = true
			p.diff.Limits.Reasons = append(p.diff.Limits.Reasons, fmt.Sprintf("of the hops that may pass other tags and source identities than before, %d were looked at", maxHops))
		}
		return
	}
	p.seen[hop] = true
	if takes(p.old.g, hop) != takes(p.new.g, hop) {
		p.changed = append(p.changed, hop)
	}
}

// takes is what it takes to pass something on a hop.
func takes(g *graph.Graph, hop ends) string {
	from, ok := g.Find(hop.from)
	if !ok {
		return ""
	}
	var out []string
	for _, action := range companionActions {
		out = append(out, g.Model.Decide(graph.Ask{Node: g.Node(from), Action: action, Resource: hop.to}).Requires.Key())
	}
	return strings.Join(out, "\n")
}

// ofCaller tells apart what a node's own policies and guardrails say of passing something.
func (p *passing) ofCaller(g *graph.Graph, id graph.NodeID) string {
	n := g.Node(id)
	if n.User == nil && n.Role == nil {
		return ""
	}
	_, bounded := g.Model.Boundary(n)
	return fmt.Sprint(bounded) + p.digests(g.Model.CallerPolicies(n))
}

// ofRole tells apart what a role's trust and its account's guardrails say of it.
func (p *passing) ofRole(g *graph.Graph, id graph.NodeID) string {
	n := g.Node(id)
	if n.Role == nil {
		return ""
	}
	list := []policy.Attached{{Document: n.Role.Trust.Document}}
	for _, l := range g.Model.RCPs(n.Account) {
		list = append(list, l.Policies...)
	}
	return p.digests(list)
}

// digests are those of the policies that are about passing something.
func (p *passing) digests(list []policy.Attached) string {
	var out []byte
	for _, a := range list {
		if a.Document == nil {
			out = append(out, a.Unresolved+";"...)
		} else if p.isAbout(a.Document) {
			out = append(out, a.Document.Digest[:]...)
		}
	}
	return string(out)
}

// isAbout reports whether a policy is about passing something.
func (p *passing) isAbout(d *policy.Document) bool {
	is, ok := p.about[d]
	if !ok {
		is = slices.ContainsFunc(companionActions, func(action string) bool {
			lower := strings.ToLower(action)
			return d.UsesLower(policy.Allow, lower) || d.UsesLower(policy.Deny, lower)
		})
		p.about[d] = is
	}
	return is
}
