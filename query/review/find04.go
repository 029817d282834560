package review

import "accesspath/iam"

// twoKeys is FIND-04.
func twoKeys() Rule {
	return Rule{ID: "FIND-04", Doc: Doc{
		Title:       "User has two active access keys",
		Why:         "The second key is there for the days of a rotation. If it stays, there is twice as much to lose and no room for the next rotation.",
		Severity:    Medium,
		Remediation: "Find out which key is in use, and delete the other.",
		References:  []string{"CIS AWS Foundations Benchmark: Ensure there is only one active access key for any single IAM user"},
		Since:       "0.2",
		Wants:       []Need{NeedAccessKeys},
	}, check: checkTwoKeys}
}

func checkTwoKeys(p *pass) []Finding {
	return p.eachHolder(func(_ *iam.Account, _ *iam.User, c *iam.Credentials) (Finding, bool) {
		keys := activeKeys(c)
		return says("%d access keys are active: %s", len(keys), keyNames(keys)), len(keys) >= 2
	})
}
