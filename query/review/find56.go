package review

import (
	"fmt"
	"slices"
	"strings"

	"accesspath/iam"
)

// weakPasswordPolicy is FIND-56.
func weakPasswordPolicy() Rule {
	return Rule{ID: "FIND-56", Doc: Doc{
		Title:       "Weak password policy",
		Why:         "Short passwords are guessed, and passwords that may be used again come back after they leaked.",
		Severity:    Medium,
		Remediation: "Require at least 14 characters, and that none of the last 24 passwords is used again.",
		References:  []string{"CIS AWS Foundations Benchmark: Ensure IAM password policy requires minimum length of 14 or greater", "CIS AWS Foundations Benchmark: Ensure IAM password policy prevents password reuse"},
		Since:       "0.2",
		Needs:       []Need{NeedPasswordPolicy},
	}, check: checkPasswordPolicy}
}

const (
	passwordLength  = 14
	passwordHistory = 24
)

func checkPasswordPolicy(p *pass) []Finding {
	var out []Finding
	for a := range p.accounts() {
		if weak := weaknesses(a.PasswordPolicy); weak != "" {
			f := says("%s", weak)
			f.Subject, f.Account, f.Evidence = a.ID, a.ID, accountFact("password policy", iam.Origin{})
			if a.PasswordPolicy != nil {
				f.Evidence = accountFact("password policy", a.PasswordPolicy.Origin)
			}
			if noPasswords(a) {
				f.Severity = Low
				f.Text += "; no user has a password at present"
			}
			out = append(out, f)
		}
	}
	return out
}

// weaknesses says what a policy lacks. Without one AWS asks for eight
// characters and remembers nothing.
func weaknesses(policy *iam.PasswordPolicy) string {
	if policy == nil {
		return "the account has no password policy"
	}
	var parts []string
	if policy.MinimumLength < passwordLength {
		parts = append(parts, fmt.Sprintf("passwords may have %d characters, fewer than %d", policy.MinimumLength, passwordLength))
	}
	switch n := policy.ReusePrevention; {
	case n == 0:
		parts = append(parts, "old passwords may be used again")
	case n < passwordHistory:
		parts = append(parts, fmt.Sprintf("only the last %s may not be used again, fewer than %d", count(n, "password"), passwordHistory))
	}
	return strings.Join(parts, "; ")
}

// noPasswords reports whether no user can sign in with a password.
func noPasswords(a *iam.Account) bool {
	return a.Coverage[iam.SectionUsers] != iam.Unknown && !slices.ContainsFunc(a.Users, func(u *iam.User) bool {
		return u.Credentials == nil || u.Credentials.Password != iam.KnownEmpty
	})
}
