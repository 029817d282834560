package review

import (
	"strings"

	"accesspath/iam"
)

// unusedKey is FIND-03.
func unusedKey() Rule {
	return Rule{ID: "FIND-03", Doc: Doc{
		Title:       "Access key is not used",
		Why:         "Nobody misses a key that is not used, and nobody notices when somebody else uses it.",
		Severity:    Medium,
		Remediation: "Deactivate the key, wait, then delete it.",
		References:  []string{"CIS AWS Foundations Benchmark: Ensure credentials unused for 45 days or more are disabled"},
		Since:       "0.2",
		Wants:       []Need{NeedAccessKeys},
	}, check: checkUnusedKey}
}

// checkUnusedKey takes a key that is new and was never used less seriously:
// somebody may be about to use it.
func checkUnusedKey(p *pass) []Finding {
	return p.eachHolder(func(a *iam.Account, _ *iam.User, c *iam.Credentials) (Finding, bool) {
		if len(keysThat(c, func(k iam.AccessKey) bool { return !k.LastUsedKnown })) > 0 {
			p.lack("when access keys were last used", a.ID)
		}
		f := Finding{cause: accessKeyCause, Severity: Low}
		var parts []string
		for _, k := range activeKeys(c) {
			switch {
			case !k.LastUsedKnown:
			case p.before(k.LastUsed, p.o.IdleAfter):
				f.Severity = Medium
				parts = append(parts, "access key "+k.ID+" was last used "+p.ago(k.LastUsed))
			case k.LastUsed.IsZero() && k.Created.After(p.asOf.Add(-p.o.IdleAfter)):
				parts = append(parts, "access key "+k.ID+" is new and was never used")
			case k.LastUsed.IsZero():
				f.Severity = Medium
				parts = append(parts, "access key "+k.ID+" was never used")
			}
		}
		f.Text = strings.Join(parts, "; ")
		return f, len(parts) > 0
	})
}
