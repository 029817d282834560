package review

import (
	"strings"
	"testing"

	"accesspath/iam"
)

func TestFIND07HumanUser(t *testing.T) {
	testRule(t, "FIND-07", []ruleCase{
		{name: "password", scene: user("ann"), edit: withPassword(iam.Present), want: []string{"medium user/ann"}},
		{name: "keys only", scene: user("ann"), edit: withKeys(key(1, 1))},
		{name: "declared for emergencies", scene: user("ann"), edit: edits(withPassword(iam.Present), withUserFlag)},
		{name: "unknown", scene: user("ann"), missing: []string{lacksPassword}},
	})
	t.Run("FIND-07 confidence", func(t *testing.T) {
		s := read(t, source("s.json", user("ann").snapshot()))
		edits(withPassword(iam.Present), withAccount(func(a *iam.Account) {
			a.SAML = []*iam.SAMLProvider{{ARN: "arn:aws:iam::111111111111:saml-provider/okta"}}
		}))(s)
		f := run(t, s, Options{Only: []string{"FIND-07"}}).Findings
		if len(f) != 1 || f[0].Confidence != Certain || !strings.Contains(f[0].Text, "saml-provider/okta") {
			t.Errorf("%+v", f)
		}
	})
}

// withUserFlag declares the first user as emergency access.
func withUserFlag(s *iam.Snapshot) { s.Accounts[0].Users[0].Emergency = true }
