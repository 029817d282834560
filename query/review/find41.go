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

// checkHidden reports those who have no shorter way, people first, then roles
// from the farthest on. A role on the way of somebody who is reported is not
// reported once more: it is the same chain.
func checkHidden(p *pass) []Finding {
	var rows []Admin
	for i := range p.admins.reach {
		a := &p.admins.reach[i]
		if len(a.Paths) == 0 || slices.Contains(notPeople, a.Kind) {
			continue
		}
		if row := p.adminRow(a); row.Hops >= 2 {
			rows = append(rows, row)
		}
	}
	isRole := func(a Admin) bool {
		n, ok := p.g.Find(a.Principal)
		return ok && p.g.Node(n).Kind == graph.KindRole
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
	var out []Finding
	covered := map[string]bool{}
	for _, row := range rows {
		if isRole(row) && covered[row.Principal] {
			continue
		}
		for _, id := range row.Path.Principals {
			covered[id] = true
		}
		out = append(out, p.hidden(row))
	}
	return out
}

func (p *pass) hidden(row Admin) Finding {
	account := ""
	if target, ok := p.g.Find(row.Target); ok {
		account = p.g.Node(target).Account
	}
	f := Finding{Subject: row.Principal, Account: row.Account, Paths: []query.Path{row.Path}, Confidence: row.Confidence, Evidence: row.Path.Because}
	if p.s.Account(f.Account) == nil {
		f.Account = account // of a stranger: it is the other account's problem
	}
	f.Text = fmt.Sprintf("an administrator of account %s over %s: %s", p.accountName(account), count(row.Hops, "hop"), strings.Join(row.Path.Principals, " → "))
	if row.Verdict != query.VerdictAllow {
		f.Text += "; under conditions"
	}
	return f
}
