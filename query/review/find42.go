package review

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// longChain is FIND-42.
func longChain() Rule {
	return Rule{ID: "FIND-42", Doc: Doc{
		Title:       "Long or circular chain of roles",
		Why:         "Nobody keeps a chain of many roles in mind, and each hop makes the trail harder to follow. Roles that assume each other in a circle let a session be renewed for ever.",
		Severity:    Low,
		Remediation: "Let those who need the last role assume it directly, and drop the trusts in between.",
		References:  []string{"AWS IAM User Guide: Methods to assume a role (role chaining)"},
		Since:       "0.2",
		Needs:       []Need{NeedRoles},
		Fixed:       true,
	}, check: checkLongChain}
}

// longHops is how many hops are too many on the way to an administrator.
const longHops = 4

const chainCause = "chain"

func checkLongChain(p *pass) []Finding {
	var out []Finding
	for _, row := range p.farAdmins(longHops) {
		f := p.hidden(row)
		f.Title = "Long chain to an administrator"
		out = append(out, f)
	}
	for _, circle := range p.circles() {
		f := says("%s assume each other in a circle: %s", count(len(circle), "role"), strings.Join(circle, " → ")+" → "+circle[0])
		f.Title = "Roles that assume each other in a circle"
		f.Subject, f.About = circle[0], "circle"
		for i, id := range circle {
			to, _ := p.node(circle[(i+1)%len(circle)])
			from, _ := p.node(id)
			if i == 0 {
				f.Account = from.Account
			}
			f.Evidence = append(f.Evidence, grounds(p.assume(from, to.Role).Because)...)
		}
		out = append(out, f)
	}
	return out
}

// circles lists the shortest circle through each group of roles that reach each
// other by trusts that name them. Trusts in whole accounts do not count: they
// join all roles that may assume anything.
func (p *pass) circles() [][]string {
	next := map[string][]string{}
	var ids []string
	for _, a := range p.s.Accounts {
		for t := range p.trusts(a) {
			for i := range t.statement.Principal {
				from, ok := p.namedRole(&t.statement.Principal[i])
				if ok && from.ID != t.subject && !slices.Contains(next[from.ID], t.subject) && possible(p.assume(from, t.role).Requires) {
					next[from.ID] = append(next[from.ID], t.subject)
					ids = append(ids, from.ID)
				}
			}
		}
	}
	var out [][]string
	seen := map[string]bool{}
	for _, id := range sortedUnique(ids) {
		if seen[id] {
			continue
		}
		if circle := shortestCircle(id, next); circle != nil {
			for _, c := range circle {
				seen[c] = true
			}
			out = append(out, circle)
		}
	}
	return out
}

// namedRole finds the role that an element names itself or by a session.
func (p *pass) namedRole(e *policy.PrincipalElement) (*graph.Node, bool) {
	if n, ok := p.node(e.Text); ok && n.Kind == graph.KindRole {
		return n, true
	}
	name, _, ok := e.RoleSession()
	if !ok {
		return nil, false
	}
	r := p.roleNamed(accountOf(e), name)
	if r == nil {
		return nil, false
	}
	return p.node(r.ARN)
}

// roleNamed finds a role by account and name without path.
func (p *pass) roleNamed(account, name string) *iam.Role {
	a := p.s.Account(account)
	if a == nil {
		return nil
	}
	i := slices.IndexFunc(a.Roles, func(r *iam.Role) bool { return r.Name == name })
	if i < 0 {
		return nil
	}
	return a.Roles[i]
}

// shortestCircle walks breadth first from a role back to it; nil if there is no
// way.
func shortestCircle(start string, next map[string][]string) []string {
	came := map[string]string{}
	queue := []string{start}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, to := range next[at] {
			if to == start {
				circle := []string{at}
				for at != start {
					at = came[at]
					circle = append(circle, at)
				}
				slices.Reverse(circle)
				return circle
			}
			if _, ok := came[to]; !ok {
				came[to] = at
				queue = append(queue, to)
			}
		}
	}
	return nil
}
