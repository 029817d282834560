package review

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
	"accesspath/query"
)

// laundering is FIND-45.
func laundering() Rule {
	return Rule{ID: "FIND-45", Doc: Doc{
		Title:       "Outsider reaches what is for the organization only",
		Why:         "A condition on aws:PrincipalOrgID looks at the caller of that moment. Somebody from outside who was let into one role of the organization is inside from then on.",
		Severity:    High,
		Remediation: "Narrow what the entry role may do, or let what is behind it name its callers instead of the whole organization.",
		References:  []string{"AWS IAM User Guide: AWS global condition context keys: aws:PrincipalOrgID"},
		Since:       "0.2",
		Needs:       []Need{NeedOrganization},
		Wants:       []Need{NeedRoles},
		Fixed:       true,
	}, check: checkLaundering}
}

// checkLaundering walks from outsiders to the roles that are for the
// organization only (CHAIN-38), and asks their entry roles for resources that
// are.
func checkLaundering(p *pass) []Finding {
	entries := p.entryRoles()
	if len(entries) == 0 {
		return nil
	}
	out := p.launderedRoles(entries)
	for g := range p.orgOnlyGrants() {
		probes := p.readProbes(g)
		uses := map[graph.NodeID]use{} // whoever comes in
		for _, e := range entries {
			u, asked := uses[e.role]
			if !asked {
				u = p.useOf(e.reach, g, probes)
				uses[e.role] = u
			}
			if u.by != nil {
				out = append(out, p.launderedResource(e, g, u))
			}
		}
	}
	return out
}

// entry is a role that somebody outside of the organization assumes directly, and
// the roles that the role reaches, itself first.
type entry struct {
	from  *graph.Node
	role  graph.NodeID
	reach []graph.NodeID
}

func (p *pass) entryRoles() []entry {
	type pair struct {
		from string
		role graph.NodeID
	}
	var out []entry
	seen, reach := map[pair]bool{}, map[graph.NodeID][]graph.NodeID{}
	for a := range p.accounts() {
		for t := range p.trusts(a) {
			role, ok := p.g.Find(t.subject)
			if !ok || !t.statement.MatchesAction("sts:AssumeRole") {
				continue
			}
			for _, from := range p.outsiders(t) {
				if seen[pair{from.ID, role}] {
					continue
				}
				seen[pair{from.ID, role}] = true
				if reach[role] == nil {
					reach[role] = p.reachOf(role)
				}
				out = append(out, entry{from, role, reach[role]})
			}
		}
	}
	return out
}

// outsiders are those outside of the organization whom a trust statement lets in:
// accounts, their users and roles, and anyone at all.
func (p *pass) outsiders(t trust) []*graph.Node {
	var out []*graph.Node
	if n := strangerNode(); t.everyone() && strangerOpenness(p.assume(n, t.role).Requires) != closed {
		out = append(out, n)
	}
	for _, n := range p.meantBy(t) {
		if n.Account != t.role.Account && !p.s.Organization.Member(n.Account) && possible(ownNames(n, p.assume(n, t.role).Requires)) {
			out = append(out, n)
		}
	}
	return out
}

// reachOf lists a role and what it reaches, from the nearest on.
func (p *pass) reachOf(role graph.NodeID) []graph.NodeID {
	seen := map[graph.NodeID]bool{role: true}
	out := []graph.NodeID{role}
	for i := 0; i < len(out) && len(out) < maxReached; i++ {
		for e := range p.g.Out(out[i]) {
			if !seen[e.To] && e.Kind == graph.CanAssume && possible(e.Requires) {
				seen[e.To] = true
				out = append(out, e.To)
			}
		}
	}
	return out
}

// orgOnly reports whether a statement lets everyone of the organization in, and
// nobody else.
func orgOnly(s *policy.Statement) bool {
	return namesEveryone(s) && slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
		key, op := strings.ToLower(c.Key), strings.ToLower(c.Operator)
		return (key == "aws:principalorgid" || key == "aws:principalorgpaths") && !strings.Contains(op, "not") && !strings.HasSuffix(op, "ifexists")
	})
}

// launderedRoles follows the edges from entry roles into roles that are for the
// organization only. Each is a second request, made as the entry role, or as a
// role that it reaches.
func (p *pass) launderedRoles(entries []entry) []Finding {
	only := map[string]bool{}
	for a := range p.accounts() {
		for t := range p.trusts(a) {
			if orgOnly(t.statement) {
				only[t.subject] = true
			}
		}
	}
	var out []Finding
	seen := map[[2]string]bool{}
	for _, e := range entries {
		for _, path := range p.pathsFrom(e.role, only) {
			target := path[len(path)-1]
			if k := [2]string{e.from.ID, target.ID}; seen[k] || possible(p.assume(e.from, target.Role).Requires) {
				continue // nothing is gained, or it was said
			}
			seen[[2]string{e.from.ID, target.ID}] = true
			f := says("%s, outside of the organization, gets to the role, which is for the organization only, over %s", p.outsider(e.from), pathText(path[:len(path)-1]))
			f.Subject, f.About, f.Account = target.ID, e.from.ID, target.Account
			f.Evidence = grounds(p.assume(path[len(path)-2], target.Role).Because)
			out = append(out, f)
		}
	}
	return out
}

func (p *pass) outsider(n *graph.Node) string {
	if n.Kind == graph.KindPublic {
		return "anyone with an AWS account"
	}
	return "account " + p.accountName(n.Account)
}

func pathText(path []*graph.Node) string {
	var ids []string
	for _, n := range path {
		ids = append(ids, n.ID)
	}
	return strings.Join(ids, " → ")
}

// pathsFrom lists the shortest path from a role to each other role of a set.
func (p *pass) pathsFrom(from graph.NodeID, targets map[string]bool) [][]*graph.Node {
	came := map[graph.NodeID]graph.NodeID{from: from}
	queue := []graph.NodeID{from}
	var out [][]*graph.Node
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if n := p.g.Node(at); at != from && targets[n.ID] {
			out = append(out, p.trace(came, at))
		}
		for e := range p.g.Out(at) {
			if _, ok := came[e.To]; !ok && e.Kind == graph.CanAssume && possible(e.Requires) {
				came[e.To] = at
				queue = append(queue, e.To)
			}
		}
	}
	return out
}

func (p *pass) trace(came map[graph.NodeID]graph.NodeID, at graph.NodeID) []*graph.Node {
	path := []*graph.Node{p.g.Node(at)}
	for came[at] != at {
		at = came[at]
		path = append(path, p.g.Node(at))
	}
	slices.Reverse(path)
	return path
}

// orgOnlyGrants yields the statements of resource policies that are for the
// organization only.
func (p *pass) orgOnlyGrants() func(func(resourceGrant) bool) {
	return func(yield func(resourceGrant) bool) {
		for _, keys := range []bool{false, true} {
			for g := range p.resourceGrants(keys) {
				if orgOnly(g.statement) && !yield(g) {
					return
				}
			}
		}
	}
}

// readProbe is a probe, and what rules most callers out without a decision; nil if
// nothing does.
type readProbe struct {
	probe
	reading *graph.Reading
}

// readProbes are the probes of a statement.
func (p *pass) readProbes(g resourceGrant) []readProbe {
	var out []readProbe
	for _, q := range g.probes() {
		out = append(out, readProbe{q, p.g.Reading(q.action, q.resource)})
	}
	return out
}

// maxUnread bounds the roles that are asked where nothing rules any out beforehand.
const maxUnread = 100

// use is what somebody may do with a resource; by is nil if nobody may.
type use struct {
	by     *graph.Node
	action string
}

// useOf asks whether the first of some roles, or the nearest role that it reaches,
// may use a resource from another account; in its own a role's permissions are what
// counts, and the condition is not.
func (p *pass) useOf(reach []graph.NodeID, g resourceGrant, probes []readProbe) use {
	for i, id := range reach {
		role := p.g.Node(id)
		if role.Account == g.account {
			continue
		}
		for _, q := range probes {
			if q.reading == nil && i >= maxUnread || q.reading != nil && !q.reading.MayAllow(id) {
				continue
			}
			if possible(p.m.Verdict(graph.Ask{Node: role, Action: q.action, Resource: q.resource})) {
				return use{role, q.action}
			}
		}
	}
	return use{}
}

func (p *pass) launderedResource(e entry, g resourceGrant, u use) Finding {
	f := says("%s, outside of the organization, may call %s as %s, though the policy is for the organization only", p.outsider(e.from), u.action, u.by.ID)
	f.Subject, f.About, f.Account = g.subject, e.from.ID+" as "+p.g.Node(e.role).ID, g.account
	f.Evidence = []query.Evidence{g.evidence(g.statement)}
	return f
}
