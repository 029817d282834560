package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND08PasswordWithoutMFA(t *testing.T) {
	testRule(t, "FIND-08", []ruleCase{
		{name: "no device", scene: user("u"), edit: withPassword(iam.KnownEmpty), want: []string{"high user/u"}},
		{name: "FIND-00 administrator", scene: user("u", inlinePolicy(allowAll)), edit: withPassword(iam.KnownEmpty), want: []string{"critical user/u"}},
		{name: "device", scene: user("u"), edit: withPassword(iam.Present)},
		{name: "no password", scene: user("u"), edit: withKeys(key(1, 1))},
		{name: "devices unknown", scene: user("u"), edit: withPassword(iam.Unknown), missing: []string{lacksMFA}},
	})
}
