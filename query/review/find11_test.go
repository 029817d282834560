package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND11RootWithoutMFA(t *testing.T) {
	testRule(t, "FIND-11", []ruleCase{
		{name: "report", edit: withRoot(iam.Credentials{MFA: iam.KnownEmpty}), want: []string{"critical root"}},
		{name: "summary", edit: withSummary(map[string]int{"AccountMFAEnabled": 0}), want: []string{"critical root"}},
		{name: "device", edit: withRoot(iam.Credentials{MFA: iam.Present})},
		{name: "ROOT-04 credentials removed", edit: withSummary(map[string]int{"AccountMFAEnabled": 0, "AccountPasswordPresent": 0, "AccountAccessKeysPresent": 0})},
		{name: "no password but keys", edit: withSummary(map[string]int{"AccountMFAEnabled": 0, "AccountPasswordPresent": 0, "AccountAccessKeysPresent": 1}), want: []string{"critical root"}},
		{name: "unknown", missing: []string{lacksRoot}},
	})
}
