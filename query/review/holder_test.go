package review

import (
	"time"

	"accesspath/iam"
)

// ago is a time some days before the review.
func ago(days int) time.Time { return testTime.Add(-time.Duration(days) * day) }

// withUser sets the credentials of the scene's first user.
func withUser(change func(*iam.User, *iam.Credentials)) func(*iam.Snapshot) {
	return func(s *iam.Snapshot) {
		u := s.Accounts[0].Users[0]
		u.Credentials = &iam.Credentials{Password: iam.KnownEmpty, MFA: iam.KnownEmpty, Keys: iam.KnownEmpty,
			Signing: iam.KnownEmpty, SSH: iam.KnownEmpty, ServiceSpecific: iam.KnownEmpty, Created: ago(400)}
		change(u, u.Credentials)
	}
}

// withKeys gives the first user access keys.
func withKeys(keys ...iam.AccessKey) func(*iam.Snapshot) {
	return withUser(func(_ *iam.User, c *iam.Credentials) { c.Keys, c.AccessKeys = iam.Present, keys })
}

// withPassword gives the first user a console password.
func withPassword(mfa iam.State, keys ...iam.AccessKey) func(*iam.Snapshot) {
	return withUser(func(_ *iam.User, c *iam.Credentials) {
		c.Password, c.PasswordLastUsed, c.MFA = iam.Present, ago(1), mfa
		if len(keys) > 0 {
			c.Keys, c.AccessKeys = iam.Present, keys
		}
	})
}

// key is an active access key of some age that was last used some days ago.
func key(age, used int) iam.AccessKey {
	return iam.AccessKey{ID: "AKIAEXAMPLE", Active: true, Created: ago(age), LastUsed: ago(used), LastUsedKnown: true, LastUsedService: "s3"}
}

// neverUsed is an active access key that nobody used.
func neverUsed(age int) iam.AccessKey {
	return iam.AccessKey{ID: "AKIAEXAMPLE", Active: true, Created: ago(age), LastUsedKnown: true}
}

func inactive(k iam.AccessKey) iam.AccessKey {
	k.Active = false
	return k
}

// withAccount changes the scene's account.
func withAccount(change func(*iam.Account)) func(*iam.Snapshot) {
	return func(s *iam.Snapshot) { change(s.Accounts[0]) }
}

// withRoot sets the credentials of the root user.
func withRoot(c iam.Credentials) func(*iam.Snapshot) {
	return withAccount(func(a *iam.Account) { a.Root = &c })
}

// withSummary sets what get-account-summary says.
func withSummary(members map[string]int) func(*iam.Snapshot) {
	return withAccount(func(a *iam.Account) { a.Summary = members })
}

// cover declares a section of the account known.
func cover(sections ...iam.Section) func(*iam.Snapshot) {
	return withAccount(func(a *iam.Account) {
		for _, s := range sections {
			a.Coverage[s] = iam.Present
		}
	})
}

// edits applies several changes.
func edits(list ...func(*iam.Snapshot)) func(*iam.Snapshot) {
	return func(s *iam.Snapshot) {
		for _, e := range list {
			e(s)
		}
	}
}

// user is a scene with one user.
func user(name string, members ...string) scene {
	return scene{users: []string{entity("user/"+name, members...)}}
}

const (
	lacksKeys     = "the access keys of users"
	lacksPassword = "which users have a console password"
	lacksMFA      = "which users have an MFA device"
	lacksRoot     = "the credentials of the root user"
)
