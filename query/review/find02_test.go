package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND02OldKey(t *testing.T) {
	testRule(t, "FIND-02", []ruleCase{
		{name: "old", scene: user("u"), edit: withKeys(key(91, 1)), want: []string{"high user/u"}},
		{name: "young", scene: user("u"), edit: withKeys(key(10, 1))},
		{name: "at the limit", scene: user("u"), edit: withKeys(key(90, 1))},
		{name: "old and inactive", scene: user("u"), edit: withKeys(inactive(key(500, 1)))},
		{name: "age unknown", scene: user("u"), edit: withKeys(iam.AccessKey{ID: "AKIAEXAMPLE", Active: true}), missing: []string{"the age of access keys"}},
	})
}
