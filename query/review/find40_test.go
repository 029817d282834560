package review

import (
	"fmt"
	"testing"

	"accesspath/iam"
)

// admins is n users who may do everything.
func admins(n int) scene {
	var s scene
	for i := range n {
		s.users = append(s.users, entity(fmt.Sprintf("user/u%d", i), inlinePolicy(allowAll)))
	}
	return s
}

// escalators is n administrators and some who may make themselves one.
func escalators(n, more int) scene {
	s := admins(n)
	for i := range more {
		s.users = append(s.users, entity(fmt.Sprintf("user/e%d", i), inlinePolicy(fmt.Sprintf(`"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "arn:aws:iam::A:user/e%d"`, i))))
	}
	return s
}

// passwords gives every user a console password, or none.
func passwords(state iam.State) func(*iam.Snapshot) {
	return withAccount(func(a *iam.Account) {
		for _, u := range a.Users {
			u.Credentials = &iam.Credentials{Password: state, MFA: iam.Present, Keys: iam.KnownEmpty}
		}
	})
}

func TestFIND40AdminCount(t *testing.T) {
	testRule(t, "FIND-40", []ruleCase{
		{name: "four", scene: admins(4), edit: passwords(iam.Present), want: []string{"medium A"}},
		{name: "ESC-02 one, and three who escalate", scene: escalators(1, 3), edit: passwords(iam.Present), want: []string{"medium A"}},
		{name: "ESC-02 one, and two who escalate", scene: escalators(1, 2), edit: passwords(iam.Present)},
		{name: "ESC-02 three who escalate without a password", scene: escalators(1, 3), edit: passwords(iam.KnownEmpty)},
		{name: "three", scene: admins(3), edit: passwords(iam.Present)},
		{name: "four without a password", scene: admins(4), edit: passwords(iam.KnownEmpty)},
		{name: "four roles", scene: scene{roles: []string{role("a", toEC2, inlinePolicy(allowAll)), role("b", toEC2, inlinePolicy(allowAll)), role("c", toEC2, inlinePolicy(allowAll)), role("d", toEC2, inlinePolicy(allowAll))}}},
		{name: "ROOT-03 none", scene: scene{roles: []string{role("r", toEC2, inlinePolicy(allowS3))}}, want: []string{"info A"}},
		{name: "none, and a policy is missing", scene: scene{roles: []string{role("r", toEC2, attached("gone"))}}},
		{name: "passwords unknown", scene: admins(4), want: []string{"medium A"}, missing: []string{lacksPassword}},
	})
}
