package review

import "testing"

func TestFIND04TwoKeys(t *testing.T) {
	testRule(t, "FIND-04", []ruleCase{
		{name: "two", scene: user("u"), edit: withKeys(key(10, 1), key(20, 1)), want: []string{"medium user/u"}},
		{name: "one", scene: user("u"), edit: withKeys(key(10, 1))},
		{name: "one of two inactive", scene: user("u"), edit: withKeys(key(10, 1), inactive(key(20, 1)))},
	})
}
