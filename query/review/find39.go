package review

import (
	"slices"
	"strings"

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

// tally is an account's administrators by how they are.
type tally struct {
	direct, chain, outside, escalation []string
	evidence                           []query.Evidence // of direct ones
}

func (t *tally) text() string {
	var parts []string
	for _, l := range []struct {
		list []string
		how  string
	}{
		{t.direct, "by own policies"}, {t.chain, "of the account by assuming a role"},
		{t.outside, "from outside of the account by assuming a role"}, {t.escalation, "by escalation"},
	} {
		switch {
		case len(l.list) == 0:
		case len(parts) == 0:
			parts = append(parts, count(len(l.list), "administrator")+" "+l.how+": "+some(l.list))
		default:
			parts = append(parts, thousands(len(l.list))+" more "+l.how+": "+some(l.list))
		}
	}
	return strings.Join(parts, "; ")
}

// checkAdminList counts by the account whose administrators they are: that of
// the principal at the end of the path.
func checkAdminList(p *pass) []Finding {
	p.lackEscalation()
	byAccount := map[string]*tally{}
	of := func(account string) *tally {
		if byAccount[account] == nil {
			byAccount[account] = &tally{}
		}
		return byAccount[account]
	}
	for i := range p.admins.reach {
		if a := &p.admins.reach[i]; len(a.Paths) > 0 && !slices.Contains(notPeople, a.Kind) {
			row := p.adminRow(a)
			n, _ := p.g.Find(row.Target)
			of(p.g.Node(n).Account).add(row, p.g.Node(n).Account)
		}
	}
	for i := range p.escalated.admins {
		a := &p.escalated.admins[i]
		of(a.Account).escalation = append(of(a.Account).escalation, a.Principal)
	}
	var out []Finding
	for a := range p.accounts() {
		if t := byAccount[a.ID]; t != nil {
			out = append(out, Finding{Subject: a.ID, Account: a.ID, Text: t.text(), Evidence: t.evidence})
		}
	}
	return out
}

// add counts one administrator of an account.
func (t *tally) add(row Admin, account string) {
	switch {
	case row.Hops == 0:
		t.direct = append(t.direct, row.Principal)
		for _, e := range row.Path.Because {
			if len(t.evidence) < 20 && !slices.Contains(t.evidence, e) {
				t.evidence = append(t.evidence, e)
			}
		}
	case row.Account != account:
		t.outside = append(t.outside, row.Principal)
	default:
		t.chain = append(t.chain, row.Principal)
	}
}
