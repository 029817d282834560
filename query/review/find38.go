package review

import (
	"cmp"
	"fmt"
	"slices"

	"accesspath/graph"
	"accesspath/policy"
	"accesspath/query"
)

// escalatesFurther is FIND-38.
func escalatesFurther() Rule {
	return Rule{ID: "FIND-38", Doc: Doc{
		Title:       "Can get the rights of another principal",
		Why:         "The principal may take over another one, or change what it may do itself, and then do sensitive things that its own policies do not allow.",
		Severity:    Medium,
		Remediation: "Take one of the actions away that the path needs, or limit it to principals that may not do more.",
		References:  []string{"pathfinding.cloud: AWS IAM privilege escalation paths", "AWS IAM User Guide: Grant a user permissions to pass a role to an AWS service"},
		Since:       "0.2",
		Wants:       []Need{NeedUsers, NeedGroups, NeedRoles, NeedPolicies},
		Fixed:       true,
	}, check: checkEscalatesFurther}
}

// checkEscalatesFurther looks at single steps: a longer way to somebody else's
// rights begins with one of them.
func checkEscalatesFurther(p *pass) []Finding {
	if p.lackEscalation(); p.escalated.g == nil {
		return nil
	}
	above := map[string]bool{} // may become an administrator
	for _, a := range slices.Concat(p.escalated.admins, p.escalated.open) {
		above[a.Principal] = true
	}
	var out []Finding
	for i := range p.g.Len() {
		from := p.g.Node(graph.NodeID(i))
		if above[from.ID] || p.reachesAdmin(from.ID) || !p.ownPrincipal(from.ID) {
			continue
		}
		if f, ok := p.gains(graph.NodeID(i)); ok {
			out = append(out, f)
		}
	}
	return out
}

// gains lists whose rights a principal can get in one step, with what is new.
func (p *pass) gains(from graph.NodeID) (Finding, bool) {
	n := p.g.Node(from)
	own := p.reached(n)
	var targets []string
	var f Finding
	for e := range p.escalated.g.Out(from) {
		to := p.escalated.g.Node(e.To)
		if !e.Kind.Escalates() || !p.settled(n, e.Requires) || to.User == nil && to.Role == nil || to.Role != nil && to.Supposed == nil && possible(p.assume(n, to.Role).Requires) {
			continue
		}
		more := slices.DeleteFunc(p.reached(to), func(a ability) bool {
			return slices.ContainsFunc(own, func(b ability) bool { return b.what == a.what })
		})
		if len(more) == 0 || slices.Contains(targets, to.ID) {
			continue
		}
		targets = append(targets, to.ID)
		if len(targets) == 1 {
			f = p.gain(from, e, to, whats(more))
		}
	}
	if rest := len(targets) - 1; rest > 0 {
		f.Text += "; " + count(rest, "other principal") + " likewise: " + some(targets[1:])
	}
	return f, len(targets) > 0
}

func (p *pass) gain(from graph.NodeID, e graph.Edge, to *graph.Node, more string) Finding {
	n := p.g.Node(from)
	f := Finding{Subject: n.ID, Account: n.Account}
	ways := p.escalated.g.Escalations(from, e.To, e.Kind)
	if len(ways) == 0 {
		return f
	}
	way := slices.MinFunc(ways, func(a, b graph.Escalation) int { return cmp.Compare(a.Requires.Weight(), b.Requires.Weight()) })
	step := &query.EscalationStep{Rule: way.Rule, Title: way.Title}
	var because []policy.Evidence
	for _, r := range way.Requests {
		step.Requests = append(step.Requests, query.Call{Action: r.Action, Resource: r.Resource})
		if d := p.m.Decide(graph.Ask{Node: n, Action: r.Action, Resource: r.Resource}); !d.Requires.IsFalse() { // others it makes as whom it becomes
			because = append(because, d.Because...)
		}
	}
	f.Evidence = grounds(because)
	whom := "gets the rights of " + to.ID
	if to.ID == n.ID {
		whom = "gives itself more rights"
	}
	f.Text = fmt.Sprintf("%s by %s: %s; may then %s", whom, callsText(step), escalationText(step), more)
	return f
}
