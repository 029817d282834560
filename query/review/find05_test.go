package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND05KeyWithConsole(t *testing.T) {
	testRule(t, "FIND-05", []ruleCase{
		{name: "same moment", scene: user("u"), edit: withPassword(iam.Present, key(400, 1)), want: []string{"medium user/u"}},
		{name: "rotated since", scene: user("u"), edit: withPassword(iam.Present, key(399, 1))},
		{name: "no password", scene: user("u"), edit: withKeys(key(400, 1))},
	})
}
