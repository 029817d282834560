package review

import "accesspath/iam"

// rootCredentials is FIND-64.
func rootCredentials() Rule {
	return Rule{ID: "FIND-64", Doc: Doc{
		Title:       "Member account still has root credentials",
		Why:         "The organization manages root access centrally, so that member accounts need no password and no keys of the root user. What is left can still be stolen.",
		Severity:    Medium,
		Remediation: "Delete the root credentials of the member account from the management account.",
		References:  []string{"AWS IAM User Guide: Centrally manage root access for member accounts"},
		Since:       "0.2",
		Needs:       []Need{NeedRootFeatures, NeedRootUser},
	}, check: checkRootCredentials}
}

func checkRootCredentials(p *pass) []Finding {
	return p.eachRoot(func(a *iam.Account) (Finding, bool) {
		o := p.s.Organization
		if o.RootCredentials != iam.Present || a.ID == o.ManagementAccount || !o.Member(a.ID) {
			return Finding{}, false
		}
		password, keys := rootPassword(a), rootKeysState(a)
		has := password == iam.Present || keys == iam.Present || rootMFA(a) == iam.Present
		if password == iam.Unknown && !has { // the rest does not tell
			p.lack("whether the root user has a password", a.ID)
		}
		f := rootFinding(a, "the root user of member account %s has credentials of its own", p.accountName(a.ID))
		if keys == iam.Present {
			f.cause = "root credentials"
		}
		return f, has
	})
}
