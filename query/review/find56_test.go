package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND56PasswordPolicy(t *testing.T) {
	with := func(p *iam.PasswordPolicy) func(*iam.Snapshot) {
		return withAccount(func(a *iam.Account) {
			a.PasswordPolicy = p
			a.Coverage[iam.SectionPasswordPolicy] = iam.Present
			if p == nil {
				a.Coverage[iam.SectionPasswordPolicy] = iam.KnownEmpty
			}
		})
	}
	testRule(t, "FIND-56", []ruleCase{
		{name: "none", scene: user("u"), edit: with(nil), want: []string{"medium A"}},
		{name: "short", scene: user("u"), edit: with(&iam.PasswordPolicy{MinimumLength: 13, ReusePrevention: 24}), want: []string{"medium A"}},
		{name: "short memory", scene: user("u"), edit: with(&iam.PasswordPolicy{MinimumLength: 14, ReusePrevention: 23}), want: []string{"medium A"}},
		{name: "at the limits", scene: user("u"), edit: with(&iam.PasswordPolicy{MinimumLength: 14, ReusePrevention: 24})},
		{name: "nobody has a password", scene: user("u"), edit: edits(with(nil), passwords(iam.KnownEmpty)), want: []string{"low A"}},
		{name: "unknown", scene: user("u"), missing: []string{"the password policy of the account"}},
	})
}
