package review

import "accesspath/iam"

// humanUser is FIND-07.
func humanUser() Rule {
	return Rule{ID: "FIND-07", Doc: Doc{
		Title:       "Person signs in as an IAM user",
		Why:         "An IAM user has a password of its own in every account, and stays when the person leaves. Federation and Identity Center take people from one directory and give them sessions that end.",
		Severity:    Medium,
		Remediation: "Move the person to Identity Center or another identity provider, and keep IAM users for emergencies only.",
		References:  []string{"AWS IAM User Guide: Security best practices in IAM: Require human users to use federation with an identity provider"},
		Since:       "0.2",
		Wants:       []Need{NeedPasswords},
	}, check: checkHumanUser}
}

func checkHumanUser(p *pass) []Finding {
	return p.eachHolder(func(a *iam.Account, u *iam.User, c *iam.Credentials) (Finding, bool) {
		if c.Password != iam.Present || u.Emergency {
			return Finding{}, false
		}
		f := says("the user has a console password")
		if where := p.federation(a); where != "" {
			f.Text += " though " + where
		} else {
			f.Confidence = Probable
		}
		if emergencyName(u.Name) {
			f.Confidence = Unsure
			f.Text += "; by its name it may be for emergencies, which a native snapshot can declare"
		}
		return f, true
	})
}

// federation says how people could sign in instead; "" if nothing is known.
func (p *pass) federation(a *iam.Account) string {
	if p.s.IdentityCenter != nil {
		return "the organization uses Identity Center"
	}
	for _, r := range a.Roles {
		if _, ok := r.PermissionSet(); ok {
			return "Identity Center has roles in the account"
		}
	}
	if len(a.SAML) > 0 {
		return "the account has the identity provider " + a.SAML[0].ARN
	}
	return ""
}
