package review

import (
	"slices"

	"accesspath/graph"
	"accesspath/iam"
)

// sensitiveWithoutMFA is FIND-09.
func sensitiveWithoutMFA() Rule {
	return Rule{ID: "FIND-09", Doc: Doc{
		Title:       "User has sensitive permissions without MFA",
		Why:         "One secret, a password or an access key, is all that somebody needs to do the damage that the permissions allow.",
		Severity:    High,
		Remediation: "Require MFA in the policies that allow it, or move the permissions to a role whose trust policy requires MFA.",
		References:  []string{"AWS IAM User Guide: Secure API access with MFA"},
		Since:       "0.2",
		Wants:       []Need{NeedAccessKeys, NeedPasswords, NeedUserMFA},
		Fixed:       true,
	}, check: checkSensitiveWithoutMFA}
}

// checkSensitiveWithoutMFA asks what of a user's abilities is left to a key, or
// to a password of somebody who has no device.
func checkSensitiveWithoutMFA(p *pass) []Finding {
	return p.eachHolder(func(_ *iam.Account, u *iam.User, c *iam.Credentials) (Finding, bool) {
		by, cause := singleFactor(c)
		n, ok := p.node(u.ARN)
		if by == "" || !ok {
			return Finding{}, false
		}
		what := p.withoutSecondFactor(n)
		f := says("%s is enough to %s", by, what)
		f.cause = cause
		return f, what != ""
	})
}

// singleFactor names a credential that works alone, and what other findings on
// it share.
func singleFactor(c *iam.Credentials) (by, cause string) {
	switch {
	case len(activeKeys(c)) > 0:
		return "an access key", ""
	case c.Password == iam.Present && c.MFA == iam.KnownEmpty:
		return "the console password", passwordCause
	}
	return "", ""
}

func (p *pass) withoutSecondFactor(n *graph.Node) string {
	id, _ := p.g.Find(n.ID)
	if d := p.admins.direct[id]; d != nil && withoutMFA(d.requires) {
		return "do everything in the account"
	}
	switch {
	case p.admins.chain[n.ID]:
		return "become an administrator by assuming roles"
	case p.escalated.outright[n.ID]:
		return "make the user an administrator"
	}
	return whats(slices.DeleteFunc(slices.Clone(p.abilities(n)), func(a ability) bool { return !withoutMFA(a.requires) }))
}
