package review

import (
	"fmt"
	"time"

	"accesspath/iam"
)

// unusedRole is FIND-17.
func unusedRole() Rule {
	return Rule{ID: "FIND-17", Doc: Doc{
		Title:       "Role that nobody uses",
		Why:         "A role that is not used does no work, and its trust and permissions still count for whoever gets at it.",
		Severity:    Low,
		Remediation: "Ask the owner, deny everything for a while by an inline policy, then delete the role.",
		References:  []string{"AWS IAM User Guide: Refine permissions in AWS using last accessed information"},
		Since:       "0.1",
		Needs:       []Need{NeedRoles, NeedLastUsed},
	}, check: checkUnusedRole}
}

func checkUnusedRole(p *pass) []Finding {
	var out []Finding
	for a := range p.accounts() {
		for _, r := range rolesOf(a) {
			if f, ok := p.unused(r); ok {
				f.Subject, f.Account, f.Evidence = r.ARN, a.ID, facts(&r.Entity)
				out = append(out, f)
			}
		}
	}
	return out
}

// unused judges one role. No last use at all means none within AWS's tracking
// period of 400 days, not never (GAAD-16).
func (p *pass) unused(r *iam.Role) (Finding, bool) {
	before := p.asOf.Add(-p.o.UnusedAfter)
	days := int(p.o.UnusedAfter / (24 * time.Hour))
	switch {
	case !r.LastUsedKnown:
		return Finding{}, false
	case !r.LastUsed.IsZero():
		if !r.LastUsed.Before(before) {
			return Finding{}, false
		}
		return Finding{Text: fmt.Sprintf("last used on %s, %s before the review; the limit is %d", r.LastUsed.UTC().Format(time.DateOnly), count(int(p.asOf.Sub(r.LastUsed)/(24*time.Hour)), "day"), days)}, true
	case r.Created.IsZero() || !r.Created.Before(before):
		return Finding{}, false
	}
	return Finding{Confidence: Probable, Text: "no use on record since it was created on " + r.Created.UTC().Format(time.DateOnly) +
		"; AWS keeps 400 days, so it may have been used before (GAAD-16)"}, true
}
