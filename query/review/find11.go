package review

import "accesspath/iam"

// rootWithoutMFA is FIND-11.
func rootWithoutMFA() Rule {
	return Rule{ID: "FIND-11", Doc: Doc{
		Title:       "Root user without MFA",
		Why:         "The root user's password, or the mailbox that resets it, is all that stands before the whole account.",
		Severity:    Critical,
		Remediation: "Register an MFA device for the root user, preferably a hardware key, or remove the root credentials of member accounts altogether.",
		References:  []string{"CIS AWS Foundations Benchmark: Ensure MFA is enabled for the root user account", "AWS IAM User Guide: Root user best practices"},
		Since:       "0.2",
		Needs:       []Need{NeedRootUser},
	}, check: checkRootWithoutMFA}
}

// checkRootWithoutMFA leaves out root users whose credentials were removed
// (ROOT-04): there is nothing to sign in with.
func checkRootWithoutMFA(p *pass) []Finding {
	return p.eachRoot(func(a *iam.Account) (Finding, bool) {
		state := rootMFA(a)
		if state == iam.Unknown {
			p.lack("whether the root user has an MFA device", a.ID)
		}
		removed := rootPassword(a) == iam.KnownEmpty && rootKeysState(a) != iam.Present
		return rootFinding(a, "the root user of account %s has no MFA device", p.accountName(a.ID)), state == iam.KnownEmpty && !removed
	})
}
