package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND10RootKeys(t *testing.T) {
	testRule(t, "FIND-10", []ruleCase{
		{name: "report", edit: withRoot(iam.Credentials{Keys: iam.Present, AccessKeys: []iam.AccessKey{key(10, 1)}}), want: []string{"critical root"}},
		{name: "summary", edit: withSummary(map[string]int{"AccountAccessKeysPresent": 1}), want: []string{"critical root"}},
		{name: "none", edit: withRoot(iam.Credentials{Keys: iam.KnownEmpty})},
		{name: "inactive", edit: withRoot(iam.Credentials{Keys: iam.Present, AccessKeys: []iam.AccessKey{inactive(key(10, 1))}})},
		{name: "unknown", missing: []string{lacksRoot}},
	})
}
