package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND61EmergencyUser(t *testing.T) {
	testRule(t, "FIND-61", []ruleCase{
		{name: "no MFA", scene: user("glass"), edit: edits(withPassword(iam.KnownEmpty), withUserFlag), want: []string{"medium user/glass"}},
		{name: "access key", scene: user("glass"), edit: edits(withPassword(iam.Present, key(1, 1)), withUserFlag), want: []string{"medium user/glass"}},
		{name: "controlled", scene: user("glass"), edit: edits(withPassword(iam.Present), withUserFlag)},
		{name: "not declared", scene: user("breakglass"), edit: withPassword(iam.KnownEmpty)},
	})
}
