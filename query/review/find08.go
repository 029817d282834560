package review

import "accesspath/iam"

// passwordWithoutMFA is FIND-08.
func passwordWithoutMFA() Rule {
	return Rule{ID: "FIND-08", Doc: Doc{
		Title:       "Console password without MFA",
		Why:         "Whoever guesses, buys or phishes the password is in.",
		Severity:    High,
		Remediation: "Let the user register an MFA device, and deny everything else to users without one.",
		References:  []string{"CIS AWS Foundations Benchmark: Ensure multi-factor authentication (MFA) is enabled for all IAM users that have a console password"},
		Since:       "0.2",
		Wants:       []Need{NeedPasswords, NeedUserMFA},
	}, check: checkPasswordWithoutMFA}
}

func checkPasswordWithoutMFA(p *pass) []Finding {
	return p.eachHolder(func(_ *iam.Account, _ *iam.User, c *iam.Credentials) (Finding, bool) {
		f := says("the user has a console password and no MFA device")
		f.cause = passwordCause
		return f, c.Password == iam.Present && c.MFA == iam.KnownEmpty
	})
}
