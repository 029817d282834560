package review

import (
	"time"

	"accesspath/iam"
)

// unusedUser is FIND-16.
func unusedUser() Rule {
	return Rule{ID: "FIND-16", Doc: Doc{
		Title:       "User that nobody uses",
		Why:         "A user that is not used belongs to somebody who left or to a program that is gone. Its credentials still work.",
		Severity:    Medium,
		Remediation: "Disable password and keys, wait, then delete the user.",
		References:  []string{"CIS AWS Foundations Benchmark: Ensure credentials unused for 45 days or more are disabled"},
		Since:       "0.2",
		Wants:       []Need{NeedPasswords, NeedAccessKeys},
	}, check: checkUnusedUser}
}

func checkUnusedUser(p *pass) []Finding {
	return p.eachHolder(func(_ *iam.Account, u *iam.User, c *iam.Credentials) (Finding, bool) {
		if c.Password == iam.Unknown || c.Keys == iam.Unknown || u.Emergency {
			return Finding{}, false // one for emergencies lies idle on purpose
		}
		last, known := lastUse(c)
		created := latest(u.Created, c.Created)
		switch {
		case c.Password == iam.KnownEmpty && len(activeKeys(c)) == 0:
			f := says("the user has neither a console password nor an active access key")
			f.Severity = Low
			return f, furtherState(c) == iam.KnownEmpty && p.before(created, p.o.IdleAfter)
		case !known:
			return Finding{}, false
		case last.IsZero():
			return says("the user's credentials were never used since it was created %s", p.ago(created)), p.before(created, p.o.IdleAfter)
		}
		return says("the user's credentials were last used %s; the limit is %s", p.ago(last), count(days(p.o.IdleAfter), "day")), p.before(last, p.o.IdleAfter)
	})
}

// lastUse is when password or keys were last used; known is false if that
// cannot be said of one of them.
func lastUse(c *iam.Credentials) (last time.Time, known bool) {
	known = c.Password == iam.KnownEmpty || reported(c)
	last = c.PasswordLastUsed
	for _, k := range activeKeys(c) {
		known = known && k.LastUsedKnown
		last = latest(last, k.LastUsed)
	}
	return last, known
}
