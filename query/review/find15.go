package review

import "accesspath/iam"

// emptyGroups is FIND-15.
func emptyGroups() Rule {
	return Rule{ID: "FIND-15", Doc: Doc{
		Title:       "Group or user without purpose",
		Why:         "A group without members or policies is left over from something, and grants again as soon as somebody joins it. A user outside of every group gets its permissions in ways that reviews of groups do not see.",
		Severity:    Low,
		Remediation: "Delete groups that are not needed; put users into the groups of their job, or delete them.",
		References:  []string{"AWS IAM User Guide: IAM user groups"},
		Since:       "0.1",
		Needs:       []Need{NeedUsers, NeedGroups, NeedComplete},
	}, check: checkEmptyGroups}
}

func checkEmptyGroups(p *pass) []Finding {
	var out []Finding
	for a := range p.accounts() {
		members := map[*iam.Group]int{}
		for _, u := range a.Users {
			for _, g := range u.Groups {
				members[g]++
			}
			if len(u.GroupNames) == 0 {
				out = append(out, Finding{Subject: u.ARN, Account: a.ID, Title: "User without a group", Text: "the user is in no group", Evidence: facts(&u.Entity)})
			}
		}
		for _, g := range a.Groups {
			none := len(g.Attached)+len(g.Inline) == 0
			f := Finding{Subject: g.ARN, Account: a.ID, Evidence: facts(&g.Entity)}
			switch {
			case members[g] == 0 && none:
				f.Title, f.Text = "Group without members and policies", "the group has neither members nor policies"
			case members[g] == 0:
				f.Title, f.Text = "Group without members", "nobody is in the group, which has "+count(len(g.Attached)+len(g.Inline), "policy")
			case none:
				f.Title, f.Text = "Group without policies", "the group has "+count(members[g], "member")+" and no policy"
			default:
				continue
			}
			out = append(out, f)
		}
	}
	return out
}
