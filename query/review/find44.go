package review

import "accesspath/iam"

// mixedRole is FIND-44.
func mixedRole() Rule {
	return Rule{ID: "FIND-44", Doc: Doc{
		Title:       "Role used by a workload and by people",
		Why:         "People and programs need different permissions. In a shared role each has the other's, and the trail does not tell them apart.",
		Severity:    Medium,
		Remediation: "Make a role for the people, and leave the workload its own.",
		References:  []string{"AWS IAM User Guide: Security best practices in IAM"},
		Since:       "0.2",
		Needs:       []Need{NeedRoles},
		Wants:       []Need{NeedUsers},
	}, check: checkMixedRole}
}

// checkMixedRole counts those whom the trust policy means: administrators, who
// may assume whatever trusts the account, make no role a shared one.
func checkMixedRole(p *pass) []Finding {
	return p.eachRole(func(_ *iam.Account, r *iam.Role) (Finding, bool) {
		workloads := p.workloads(r)
		if len(workloads) == 0 {
			return Finding{}, false
		}
		var people []string
		for _, id := range p.people(r) {
			if !p.isAdmin(id) {
				people = append(people, id)
			}
		}
		return says("the role is held by %s, and assumed by %s", some(workloads), some(people)), len(people) > 0
	})
}
