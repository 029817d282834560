package review

import (
	"cmp"
	"time"

	"accesspath/iam"
)

// keyWithConsole is FIND-05.
func keyWithConsole() Rule {
	return Rule{ID: "FIND-05", Doc: Doc{
		Title:       "Access key was made together with a console user",
		Why:         "A key made in the same breath as the user was offered by a wizard and not asked for. Most of them are never needed.",
		Severity:    Medium,
		Remediation: "Ask the user; delete the key if nothing uses it.",
		References:  []string{"CIS AWS Foundations Benchmark: Do not create access keys during initial setup for IAM users with a console password"},
		Since:       "0.2",
		Wants:       []Need{NeedAccessKeys, NeedPasswords},
	}, check: checkKeyWithConsole}
}

// sameMoment is how far apart user and key may be and still be of one action.
const sameMoment = 2 * time.Minute

func checkKeyWithConsole(p *pass) []Finding {
	return p.eachHolder(func(_ *iam.Account, u *iam.User, c *iam.Credentials) (Finding, bool) {
		if c.Password != iam.Present {
			return Finding{}, false
		}
		created := cmp.Or(c.Created, u.Created)
		keys := keysThat(c, func(k iam.AccessKey) bool {
			return !created.IsZero() && !k.Created.IsZero() && k.Created.Sub(created).Abs() <= sameMoment
		})
		f := says("access key %s dates from the moment the user was created, on %s, and the user has a console password", keyNames(keys), date(created))
		f.cause = accessKeyCause
		return f, len(keys) > 0
	})
}
