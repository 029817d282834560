package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND60SelfTrust(t *testing.T) {
	r := func(principal string) scene { return scene{roles: []string{role("r", assumable(principal, ""))}} }
	testRule(t, "FIND-60", []ruleCase{
		{name: "itself", scene: r(`{"AWS": "arn:aws:iam::A:role/r"}`), want: []string{"low role/r (trust policy)"}},
		{name: "its session", scene: r(`{"AWS": "arn:aws:sts::A:assumed-role/r/job"}`), want: []string{"low role/r (trust policy)"}},
		{name: "STS-05 implicit", scene: r(`{"Service": "ec2.amazonaws.com"}`), edit: withAccount(func(a *iam.Account) { a.Roles[0].LegacySelfTrust = true }), want: []string{"low role/r (implicit)"}},
		{name: "another role", scene: r(`{"AWS": "arn:aws:iam::A:role/q"}`)},
		{name: "same name in another account", scene: r(`{"AWS": "arn:aws:iam::B:role/r"}`)},
	})
}
