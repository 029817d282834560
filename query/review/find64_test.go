package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND64RootCredentials(t *testing.T) {
	central := func(state iam.State) func(*iam.Snapshot) {
		return func(s *iam.Snapshot) { s.Organization.RootCredentials = state }
	}
	s := scene{top: organization}
	withPassword := withSummary(map[string]int{"AccountPasswordPresent": 1, "AccountAccessKeysPresent": 0})
	const lacksFeatures = "which features of central root access the organization uses"
	testRule(t, "FIND-64", []ruleCase{
		{name: "password", scene: s, edit: edits(central(iam.Present), withPassword), want: []string{"medium root"}},
		{name: "key", scene: s, edit: edits(central(iam.Present), withRoot(iam.Credentials{Keys: iam.Present, AccessKeys: []iam.AccessKey{key(1, 1)}})), want: []string{"medium root"}},
		{name: "removed", scene: s, edit: edits(central(iam.Present), withSummary(map[string]int{"AccountPasswordPresent": 0, "AccountAccessKeysPresent": 0, "AccountMFAEnabled": 0}))},
		{name: "not central", scene: s, edit: edits(central(iam.KnownEmpty), withPassword)},
		{name: "FIND-00 no word of the password", scene: s, edit: edits(central(iam.Present), withSummary(map[string]int{"AccountAccessKeysPresent": 0, "AccountMFAEnabled": 0})), missing: []string{"whether the root user has a password"}},
		{name: "MFA device", scene: s, edit: edits(central(iam.Present), withSummary(map[string]int{"AccountAccessKeysPresent": 0, "AccountMFAEnabled": 1})), want: []string{"medium root"}},
		{name: "unknown", scene: s, edit: withPassword, missing: []string{lacksFeatures}},
	})
}
