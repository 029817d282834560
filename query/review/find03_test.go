package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND03UnusedKey(t *testing.T) {
	testRule(t, "FIND-03", []ruleCase{
		{name: "never used", scene: user("u"), edit: withKeys(neverUsed(100)), want: []string{"medium user/u"}},
		{name: "unused for long", scene: user("u"), edit: withKeys(key(100, 46)), want: []string{"medium user/u"}},
		{name: "new", scene: user("u"), edit: withKeys(neverUsed(1)), want: []string{"low user/u"}},
		{name: "used", scene: user("u"), edit: withKeys(key(100, 2))},
		{name: "at the limit", scene: user("u"), edit: withKeys(key(100, 45))},
		{name: "never used and inactive", scene: user("u"), edit: withKeys(inactive(neverUsed(100)))},
		{name: "use unknown", scene: user("u"), edit: withKeys(iam.AccessKey{Active: true, Created: ago(100)}), missing: []string{"when access keys were last used"}},
	})
}

// TestFIND03KeyNumbers: a credential report tells only which key it is.
func TestFIND03KeyNumbers(t *testing.T) {
	s := read(t, source("s.json", user("u").snapshot()))
	first, second := key(100, 1), neverUsed(100)
	first.ID, second.ID = "", ""
	withKeys(first, second)(s)
	f := run(t, s, Options{Only: []string{"FIND-03"}}).Findings
	if len(f) != 1 || f[0].Text != "access key number 2 was never used" {
		t.Errorf("%+v", f)
	}
}
