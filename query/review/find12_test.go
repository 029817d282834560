package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND12RootUsed(t *testing.T) {
	testRule(t, "FIND-12", []ruleCase{
		{name: "password", edit: withRoot(iam.Credentials{PasswordLastUsed: ago(10)}), want: []string{"high root"}},
		{name: "key", edit: withRoot(iam.Credentials{AccessKeys: []iam.AccessKey{key(400, 10)}}), want: []string{"high root"}},
		{name: "long ago", edit: withRoot(iam.Credentials{PasswordLastUsed: ago(91)})},
		{name: "never", edit: withRoot(iam.Credentials{MFA: iam.Present})},
		{name: "summary does not tell", edit: withSummary(map[string]int{"AccountMFAEnabled": 1}), missing: []string{"when the root user was last used"}},
	})
}
