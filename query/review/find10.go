package review

import "accesspath/iam"

// rootKeys is FIND-10.
func rootKeys() Rule {
	return Rule{ID: "FIND-10", Doc: Doc{
		Title:       "Root user has access keys",
		Why:         "A key of the root user may do everything in the account, and no policy of the account can limit it.",
		Severity:    Critical,
		Remediation: "Delete the keys. Nothing needs them; where a program uses one, give it a role.",
		References:  []string{"CIS AWS Foundations Benchmark: Ensure no root user account access key exists", "AWS IAM User Guide: Root user best practices"},
		Since:       "0.2",
		Needs:       []Need{NeedRootUser},
	}, check: checkRootKeys}
}

func checkRootKeys(p *pass) []Finding {
	return p.eachRoot(func(a *iam.Account) (Finding, bool) {
		state := rootKeysState(a)
		if state == iam.Unknown {
			p.lack("the access keys of the root user", a.ID)
		}
		f := rootFinding(a, "the root user of account %s has active access keys", p.accountName(a.ID))
		f.cause = "root credentials"
		return f, state == iam.Present
	})
}
