package review

import "accesspath/iam"

// activeKey is FIND-01.
func activeKey() Rule {
	return Rule{ID: "FIND-01", Doc: Doc{
		Title:       "User has an access key",
		Why:         "An access key is valid until somebody deletes it, works from everywhere, and ends up in files, histories and logs. Sessions of roles expire by themselves.",
		Severity:    Medium,
		Remediation: "Let people sign in through federation and give workloads a role, then delete the key.",
		References:  []string{"AWS IAM User Guide: Security best practices in IAM", "AWS IAM User Guide: Manage access keys for IAM users"},
		Since:       "0.2",
		Wants:       []Need{NeedAccessKeys},
	}, check: checkActiveKey}
}

func checkActiveKey(p *pass) []Finding {
	return p.eachHolder(func(_ *iam.Account, _ *iam.User, c *iam.Credentials) (Finding, bool) {
		keys := activeKeys(c)
		f := says("the user has %s: %s", count(len(keys), "active access key"), keyNames(keys))
		f.cause = accessKeyCause
		return f, len(keys) > 0
	})
}
