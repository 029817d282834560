package review

import (
	"iter"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// An ability is something that hurts, which a principal may do to whatever
// there is of a kind, not only to a thing of its own.
type ability struct {
	what     string
	requires policy.Requirement // lightest way
}

// changesIAM is the ability of whom may change permissions: the way to all
// others.
const changesIAM = "change permissions of users and roles"

// abilities asks the evaluator what a user or role may do that is sensitive.
// Things that need not exist stand for "any", so that permission on one bucket
// is not taken for permission on all.
func (p *pass) abilities(n *graph.Node) []ability {
	if held, ok := p.powers[n.ID]; ok && n.Supposed == nil {
		return held
	}
	var held []ability
	for _, s := range sensitive(n) {
		if !p.mayAllow(n, s.probes) {
			continue
		}
		if r, ok := p.easiest(n, s.probes...); ok && r.Weight() < policy.ClassData {
			held = append(held, ability{s.what, r})
		}
	}
	if n.Supposed == nil { // others go by the same id
		p.powers[n.ID] = held
	}
	return held
}

// mayAllow is a cheap look: some identity policy allows one of the actions.
func (p *pass) mayAllow(n *graph.Node, probes []probe) bool {
	return slices.ContainsFunc(p.m.IdentityPolicies(n), func(a policy.Attached) bool {
		return a.Document != nil && slices.ContainsFunc(probes, func(q probe) bool { return a.Document.UsesAction(policy.Allow, q.action) })
	})
}

type sensitiveThing struct {
	what   string
	probes []probe
}

// sensitive lists what is asked about.
func sensitive(n *graph.Node) []sensitiveThing {
	part := "arn:" + partition(n.ID) + ":"
	at := func(service, resource string) string {
		return part + service + ":us-east-1:" + n.Account + ":" + resource
	}
	iamARN := func(resource string) string { return part + "iam::" + n.Account + ":" + resource }
	return []sensitiveThing{
		{changesIAM, append(iamWrites(n), probe{"iam:PutGroupPolicy", iamARN("group/accesspath-probe")}, probe{"iam:AttachGroupPolicy", iamARN("group/accesspath-probe")},
			probe{"iam:UpdateAssumeRolePolicy", iamARN("role/accesspath-probe")}, probe{"iam:CreateAccessKey", iamARN("user/accesspath-probe")}, probe{"iam:CreateLoginProfile", iamARN("user/accesspath-probe")})},
		{"read every secret", []probe{{"secretsmanager:GetSecretValue", at("secretsmanager", "secret:accesspath-probe-AbCdEf")}}},
		{"read every bucket", []probe{{"s3:GetObject", part + "s3:::accesspath-probe/object"}}},
		{"delete every bucket's contents", []probe{{"s3:DeleteObject", part + "s3:::accesspath-probe/object"}}},
		{"terminate every instance", []probe{{"ec2:TerminateInstances", at("ec2", "instance/i-0123456789abcdef0")}}},
		{"delete every database", []probe{{"rds:DeleteDBInstance", at("rds", "db:accesspath-probe")}, {"dynamodb:DeleteTable", at("dynamodb", "table/accesspath-probe")}}},
		{"stop the audit trail", []probe{{"cloudtrail:StopLogging", at("cloudtrail", "trail/accesspath-probe")}, {"cloudtrail:DeleteTrail", at("cloudtrail", "trail/accesspath-probe")}}},
	}
}

// reached is what a principal may do itself, or by roles that it may assume.
func (p *pass) reached(n *graph.Node) []ability {
	start, ok := p.g.Find(n.ID)
	if !ok || n.Supposed != nil {
		return slices.Clone(p.abilities(n))
	}
	list, ok := p.reaches[n.ID]
	if !ok {
		list = p.findReached(start)
		p.reaches[n.ID] = list
	}
	return slices.Clone(list)
}

// maxReached bounds the roles that are looked at for one principal: what it may do is said
// with examples.
const maxReached = 1000

func (p *pass) findReached(start graph.NodeID) []ability {
	held := slices.Clone(p.abilities(p.g.Node(start)))
	seen := map[graph.NodeID]bool{start: true}
	for next := []graph.NodeID{start}; len(next) > 0; next = next[1:] {
		for e := range p.g.Out(next[0]) {
			if seen[e.To] || len(seen) > maxReached || !p.settled(p.g.Node(next[0]), e.Requires) {
				continue
			}
			seen[e.To] = true
			next = append(next, e.To)
			for _, a := range p.abilities(p.g.Node(e.To)) {
				if !slices.ContainsFunc(held, func(b ability) bool { return b.what == a.what }) {
					held = append(held, a)
				}
			}
		}
	}
	return held
}

// whats joins the names of abilities.
func whats(list []ability) string {
	var out []string
	for _, a := range list {
		out = append(out, a.what)
	}
	return strings.Join(out, ", ")
}

// strong reports whether a principal is an administrator, may change permissions, or
// those that it may change are enough to become an administrator.
func (p *pass) strong(n *graph.Node) (string, bool) {
	switch {
	case p.isAdmin(n.ID):
		return "is an administrator", true
	case p.escalated.outright[n.ID] && !slices.ContainsFunc(p.abilities(n), func(a ability) bool { return a.what == changesIAM }):
		return "can make itself an administrator", true
	}
	i := slices.IndexFunc(p.abilities(n), func(a ability) bool { return a.what == changesIAM })
	return "may " + changesIAM, i >= 0
}

// powerless reports whether a role may do nothing that was read, and becomes only
// roles of which that is true as well.
func (p *pass) powerless(id string) bool {
	n, ok := p.g.Find(id)
	if !ok {
		return false
	}
	seen := map[graph.NodeID]bool{n: true}
	for next := []graph.NodeID{n}; len(next) > 0; {
		n, next = next[0], next[1:]
		if !p.idle(n) {
			return false
		}
		for e := range p.g.Out(n) {
			if !seen[e.To] {
				seen[e.To] = true
				next = append(next, e.To)
			}
		}
	}
	return true
}

// idle reports whether none of a role's own policies allows anything that its
// boundary leaves, and no resource policy names it; or everything is denied to it.
// A policy that was not read could allow everything.
func (p *pass) idle(n graph.NodeID) bool {
	if p.g.Node(n).Role == nil {
		return false
	}
	own := p.m.IdentityPolicies(p.g.Node(n))
	boundary, bounded := p.m.Boundary(p.g.Node(n))
	if slices.ContainsFunc(slices.Concat(own, boundary), deniesAll) {
		return true
	}
	if slices.ContainsFunc(own, mayAllowSomething) && !(bounded && !slices.ContainsFunc(boundary, mayAllowSomething)) {
		return false
	}
	return !slices.ContainsFunc(p.s.Resources, func(r *iam.Resource) bool {
		return r.Policy != nil && r.Policy.Document != nil && slices.ContainsFunc(r.Policy.Document.Statements, func(s policy.Statement) bool {
			return s.Effect == policy.Allow && slices.ContainsFunc(s.Principal, func(x policy.PrincipalElement) bool {
				return x.Text == "*" || strings.Contains(x.Text, p.g.Node(n).Name)
			})
		})
	})
}

// mayAllowSomething: a policy that was not read may.
func mayAllowSomething(a policy.Attached) bool {
	return a.Document == nil || slices.ContainsFunc(a.Document.Statements, func(s policy.Statement) bool { return s.Effect == policy.Allow })
}

// deniesAll reports whether a policy denies every action on every resource, under
// no condition.
func deniesAll(a policy.Attached) bool {
	return a.Document != nil && slices.ContainsFunc(a.Document.Statements, func(s policy.Statement) bool {
		return s.Effect == policy.Deny && len(s.Conditions) == 0 && allResources(&s) && slices.ContainsFunc(s.Action, allActions)
	})
}

// node finds the node of a user or role.
func (p *pass) node(id string) (*graph.Node, bool) {
	n, ok := p.g.Find(id)
	if !ok {
		return nil, false
	}
	return p.g.Node(n), true
}

// allowed yields the Allow statements of policies, each with its policy.
func allowed(policies []policy.Attached) iter.Seq2[*policy.Attached, *policy.Statement] {
	return func(yield func(*policy.Attached, *policy.Statement) bool) {
		for a, s := range policy.Statements(policies) {
			if s.Effect == policy.Allow && !yield(a, s) {
				return
			}
		}
	}
}
