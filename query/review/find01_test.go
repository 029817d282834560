package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND01ActiveKey(t *testing.T) {
	testRule(t, "FIND-01", []ruleCase{
		{name: "active", scene: user("u"), edit: withKeys(key(10, 1)), want: []string{"medium user/u"}},
		{name: "FIND-00 administrator", scene: user("u", inlinePolicy(allowAll)), edit: withKeys(key(10, 1)), want: []string{"high user/u"}},
		{name: "none", scene: user("u"), edit: withUser(func(*iam.User, *iam.Credentials) {})},
		{name: "inactive", scene: user("u"), edit: withKeys(inactive(key(10, 1)))},
		{name: "FIND-00 unknown", scene: user("u"), missing: []string{lacksKeys}},
	})
}
