package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND16UnusedUser(t *testing.T) {
	idlePassword := withUser(func(_ *iam.User, c *iam.Credentials) { c.Password, c.PasswordLastUsed = iam.Present, ago(46) })
	testRule(t, "FIND-16", []ruleCase{
		{name: "password", scene: user("u"), edit: idlePassword, want: []string{"medium user/u"}},
		{name: "key", scene: user("u"), edit: withKeys(key(400, 46)), want: []string{"medium user/u"}},
		{name: "never", scene: user("u"), edit: withKeys(neverUsed(400)), want: []string{"medium user/u"}},
		{name: "nothing to sign in with", scene: user("u"), edit: withUser(func(*iam.User, *iam.Credentials) {}), want: []string{"low user/u"}},
		{name: "in use", scene: user("u"), edit: withPassword(iam.Present)},
		{name: "password idle, key in use", scene: user("u"), edit: edits(withPassword(iam.Present, key(400, 1)), func(s *iam.Snapshot) { s.Accounts[0].Users[0].Credentials.PasswordLastUsed = ago(300) })},
		{name: "for emergencies", scene: user("u"), edit: edits(idlePassword, withUserFlag)},
		{name: "SSH key", scene: user("u"), edit: withUser(func(_ *iam.User, c *iam.Credentials) { c.SSH = iam.Present })},
		{name: "unknown", scene: user("u"), missing: []string{lacksKeys, lacksPassword}},
	})
}
