package review

import (
	"fmt"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/query"
)

// hiddenAdmin is FIND-41.
func hiddenAdmin() Rule {
	return Rule{ID: "FIND-41", Doc: Doc{
		Title:       "Hidden administrator",
		Why:         "The principal has no permission that looks like an administrator's and none to assume an administrator's role. It gets there over other roles, which no list of attached policies shows.",
		Severity:    High,
		Remediation: "Cut the chain: narrow the trust of the last role to those who need it, or the permission to assume the first.",
		References:  []string{"AWS IAM User Guide: Methods to assume a role (role chaining)"},
		Since:       "0.1",
		Wants:       []Need{NeedUsers, NeedGroups, NeedRoles, NeedPolicies},
		Fixed:       true,
	}, check: checkHidden}
}

func checkHidden(p *pass) []Finding {
	var out []Finding
	for _, row := range p.farAdmins(2) {
		out = append(out, p.hidden(row))
	}
	return out
}

// farAdmins lists those who have no shorter way than some hops, people first,
// then roles from the farthest on. A role on the way of somebody who is listed
// is not listed once more: it is the same chain.
func (p *pass) farAdmins(hops int) []Admin {
	var rows []Admin
	for i := range p.admins.reach {
		a := &p.admins.reach[i]
		if len(a.Paths) == 0 || slices.Contains(notPeople, a.Kind) {
			continue
		}
		if row := p.adminRow(a); row.Hops >= hops {
			rows = append(rows, row)
		}
	}
	isRole := func(a Admin) bool {
		n, ok := p.node(a.Principal)
		return ok && n.Kind == graph.KindRole
	}
	slices.SortStableFunc(rows, func(a, b Admin) int {
		switch ra, rb := isRole(a), isRole(b); {
		case ra != rb && rb:
			return -1
		case ra != rb:
			return 1
		}
		return b.Hops - a.Hops
	})
	covered := map[string]bool{}
	return slices.DeleteFunc(rows, func(row Admin) bool {
		if isRole(row) && covered[row.Principal] {
			return true
		}
		for _, id := range row.Path.Principals {
			covered[id] = true
		}
		return false
	})
}

func (p *pass) hidden(row Admin) Finding {
	account := ""
	if target, ok := p.g.Find(row.Target); ok {
		account = p.g.Node(target).Account
	}
	f := Finding{Subject: row.Principal, Account: row.Account, Paths: []query.Path{row.Path}, Confidence: row.Confidence, Evidence: row.Path.Because, cause: chainCause}
	if p.s.Account(f.Account) == nil {
		f.Account = account // of a stranger: it is the other account's problem
	}
	f.Text = fmt.Sprintf("an administrator of account %s over %s: %s", p.accountName(account), count(row.Hops, "hop"), strings.Join(row.Path.Principals, " → "))
	if row.Verdict != query.VerdictAllow {
		f.Text += "; under conditions"
	}
	return f
}
