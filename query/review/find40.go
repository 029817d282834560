package review

import (
	"slices"

	"accesspath/graph"
	"accesspath/iam"
)

// adminCount is FIND-40.
func adminCount() Rule {
	return Rule{ID: "FIND-40", Doc: Doc{
		Title:       "Too many people, or nobody, are administrators",
		Why:         "Each administrator is one more person to phish, and so is who can make themselves one (ESC-02). An account with none besides the root user makes somebody use the root user.",
		Severity:    Medium,
		Remediation: "Leave a few administrators, and give the others what their job needs; where there is none, make an administrator's role.",
		References:  []string{"AWS IAM User Guide: Security best practices in IAM"},
		Since:       "0.2",
		Needs:       []Need{NeedUsers, NeedRoles, NeedComplete},
		Wants:       []Need{NeedPasswords},
		Fixed:       true,
	}, check: checkAdminCount}
}

func checkAdminCount(p *pass) []Finding {
	p.lackEscalation()
	people, any := p.adminPeople()
	var out []Finding
	for a := range p.accounts() {
		f := Finding{Subject: a.ID, Account: a.ID, Evidence: accountFact(a.ID, iam.Origin{})}
		switch list := sortedUnique(people[a.ID]); {
		case len(list) > p.o.AdminPeople:
			f.Text = count(len(list), "person") + " may do everything in the account, or get there by escalation, more than " + thousands(p.o.AdminPeople) + ": " + some(list)
		case !any[a.ID] && isReal(a) && len(unresolved(a)) == 0 && len(missingGroups(a)) == 0:
			f.Severity, f.Title = Info, "No administrator besides the root user"
			f.Text = "no user and no role of the account may do everything (ROOT-03)"
		default:
			continue
		}
		out = append(out, f)
	}
	return out
}

// adminPeople lists the people who are administrators or become one by escalation
// (ESC-02), and whether an account has any administrator, by account. A person is an IAM
// user who is not known to be without a console password, or one of Identity Center.
func (p *pass) adminPeople() (people map[string][]string, any map[string]bool) {
	people, any = map[string][]string{}, map[string]bool{}
	for i := range p.admins.reach {
		a := &p.admins.reach[i]
		if len(a.Paths) == 0 {
			continue
		}
		path := a.Paths[0]
		target, ok := p.node(path.Principals[len(path.Principals)-1])
		from, known := p.node(a.Principal)
		if !ok || !known {
			continue
		}
		any[target.Account] = true
		if isPerson(from) {
			people[target.Account] = append(people[target.Account], a.Principal)
		}
	}
	for i := range p.escalated.admins {
		a := &p.escalated.admins[i]
		if from, ok := p.node(a.Principal); ok && isPerson(from) {
			people[a.Account] = append(people[a.Account], a.Principal)
		}
	}
	return people, any
}

func isPerson(n *graph.Node) bool {
	if n.Kind == graph.KindUser {
		c := n.User.Credentials
		return c != nil && c.Password == iam.Present || (c == nil || c.Password == iam.Unknown) && !workloadName(n.Name)
	}
	return slices.Contains([]string{"idc-user", "idc-permission-set"}, n.Kind.String())
}
