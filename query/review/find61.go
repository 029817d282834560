package review

import (
	"strings"

	"accesspath/iam"
)

// emergencyUser is FIND-61.
func emergencyUser() Rule {
	return Rule{ID: "FIND-61", Doc: Doc{
		Title:       "Emergency user without tight control",
		Why:         "A user for the day when the identity provider is down has wide permissions and no owner who would notice its use.",
		Severity:    Medium,
		Remediation: "Give the user an MFA device that is kept apart from the password, delete its access keys, and raise an alarm whenever it signs in.",
		References:  []string{"AWS Well-Architected Framework: SEC03-BP03 Establish emergency access process"},
		Since:       "0.2",
		Wants:       []Need{NeedUserMFA, NeedAccessKeys},
	}, check: checkEmergencyUser}
}

// checkEmergencyUser looks at users that a native snapshot declares as
// emergency access. Whether an alarm is set is in no input.
func checkEmergencyUser(p *pass) []Finding {
	return p.eachHolder(func(_ *iam.Account, u *iam.User, c *iam.Credentials) (Finding, bool) {
		var parts []string
		f := Finding{}
		if u.Emergency && c.MFA == iam.KnownEmpty {
			parts = append(parts, "no MFA device")
			f.cause = passwordCause
		}
		if n := len(activeKeys(c)); u.Emergency && n > 0 {
			parts = append(parts, count(n, "active access key"))
		}
		f.Text = "the user is declared as emergency access and has " + strings.Join(parts, " and ") + "; whether an alarm is set is not known"
		return f, len(parts) > 0
	})
}
