package review

import (
	"fmt"
	"slices"

	"accesspath/policy"
	"accesspath/query"
)

// escalatesToAdmin is FIND-37.
func escalatesToAdmin() Rule {
	return Rule{ID: "FIND-37", Doc: Doc{
		Title:       "Can make itself an administrator",
		Why:         "The principal is no administrator by its policies and by the roles that it may assume. It may change policies, make credentials or hand over roles in a way that makes it one.",
		Severity:    High,
		Remediation: "Take one of the actions away that the path needs, limit it to resources that are not more powerful, or set a permissions boundary.",
		References:  []string{"AWS IAM User Guide: Permissions boundaries for IAM entities", "pathfinding.cloud: AWS IAM privilege escalation paths"},
		Since:       "0.2",
		Wants:       []Need{NeedUsers, NeedGroups, NeedRoles, NeedPolicies},
		Fixed:       true,
	}, check: checkEscalatesToAdmin}
}

// checkEscalatesToAdmin makes one finding about each principal whose own
// permissions open a way. Those who get there by assuming it first are counted
// with it: the cause is the same.
func checkEscalatesToAdmin(p *pass) []Finding {
	p.lackEscalation()
	for i := range p.escalated.open {
		if a := &p.escalated.open[i]; a.Account != "" {
			p.lack(undetermined(a.Paths[0]), a.Account)
		}
	}
	behind := map[string][]string{}
	for i := range p.escalated.admins {
		a := &p.escalated.admins[i]
		if who, _ := actor(a.Paths[0]); who != a.Principal {
			behind[who] = append(behind[who], a.Principal)
		}
	}
	var out []Finding
	for i := range p.escalated.admins {
		a := &p.escalated.admins[i]
		if who, step := actor(a.Paths[0]); who == a.Principal {
			out = append(out, escalationFinding(a, step, behind[who]))
		}
	}
	return out
}

func escalationFinding(a *query.Answer, step *query.EscalationStep, behind []string) Finding {
	path := a.Paths[0]
	f := Finding{Subject: a.Principal, Account: a.Account, Paths: []query.Path{path}, Confidence: path.Confidence}
	f.Text = fmt.Sprintf("becomes an administrator by %s: %s", callsText(step), escalationText(step))
	if to := path.Principals[len(path.Principals)-1]; to != a.Principal {
		f.Text += ", and so gets to " + to
	}
	if path.Verdict != query.VerdictAllow {
		f.Text += "; under conditions"
	}
	if len(behind) > 0 {
		f.Text += "; " + count(len(behind), "more principal") + " may assume it: " + some(sortedUnique(behind))
	}
	for _, s := range path.Steps {
		for _, e := range s.Because {
			if !slices.Contains(f.Evidence, e) && !(isGuardrail(e.Layer) && e.Effect == policy.Allow.String()) {
				f.Evidence = append(f.Evidence, e)
			}
		}
	}
	return f
}

// escalationCalls are the actions by which an administrator becomes one.
func escalationCalls(a Admin) string {
	_, step := actor(a.Path)
	return callsText(step)
}

// callsText lists the actions of a step; "" if there is none.
func callsText(s *query.EscalationStep) string {
	var out []string
	if s == nil {
		return ""
	}
	for _, c := range s.Requests {
		if !slices.Contains(out, c.Action) {
			out = append(out, c.Action)
		}
	}
	return some(out)
}

func escalationText(s *query.EscalationStep) string {
	text := s.Title + " (" + s.Rule + ")"
	if len(s.Also) > 0 {
		text += ", and in " + count(len(s.Also), "other way")
	}
	return text
}
