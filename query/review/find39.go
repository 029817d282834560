package review

import (
	"slices"

	"accesspath/query"
)

// adminList is FIND-39.
func adminList() Rule {
	return Rule{ID: "FIND-39", Doc: Doc{
		Title:       "Administrators of the account",
		Why:         "Everybody who can do everything should be known by name. The root user is one as well and is not counted here.",
		Severity:    Info,
		Remediation: "Go through the list and remove who does not need it.",
		References:  []string{"AWS IAM User Guide: Security best practices in IAM"},
		Since:       "0.1",
		Wants:       []Need{NeedUsers, NeedGroups, NeedRoles, NeedPolicies},
		Fixed:       true,
	}, check: checkAdminList}
}

// checkAdminList counts by the account whose administrators they are: that of
// the principal at the end of the path.
func checkAdminList(p *pass) []Finding {
	type tally struct{ direct, chain, outside []string }
	byAccount := map[string]*tally{}
	evidence := map[string][]query.Evidence{}
	for i := range p.admins.reach {
		a := &p.admins.reach[i]
		if len(a.Paths) == 0 || slices.Contains(notPeople, a.Kind) {
			continue
		}
		row := p.adminRow(a)
		n, _ := p.g.Find(row.Target)
		account := p.g.Node(n).Account
		t := byAccount[account]
		if t == nil {
			t = &tally{}
			byAccount[account] = t
		}
		switch {
		case row.Hops == 0:
			t.direct = append(t.direct, row.Principal)
			for _, e := range row.Path.Because {
				if len(evidence[account]) < 20 && !slices.Contains(evidence[account], e) {
					evidence[account] = append(evidence[account], e)
				}
			}
		case row.Account != account:
			t.outside = append(t.outside, row.Principal)
		default:
			t.chain = append(t.chain, row.Principal)
		}
	}
	var out []Finding
	for a := range p.accounts() {
		t := byAccount[a.ID]
		if t == nil {
			continue
		}
		f := Finding{Subject: a.ID, Account: a.ID, Evidence: evidence[a.ID]}
		f.Text = count(len(t.direct), "administrator") + " by own policies: " + some(t.direct)
		if len(t.chain) > 0 {
			f.Text += "; " + thousands(len(t.chain)) + " more" + " of the account by assuming a role: " + some(t.chain)
		}
		if len(t.outside) > 0 {
			f.Text += "; " + thousands(len(t.outside)) + " more" + " from outside of the account by assuming a role: " + some(t.outside)
		}
		out = append(out, f)
	}
	return out
}
