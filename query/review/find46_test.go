package review

import "testing"

func TestFIND46WithoutMFA(t *testing.T) {
	s := func(condition string, permissions string) scene {
		return scene{users: []string{entity("user/u")}, roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::A:user/u"}`, condition), inlinePolicy(permissions))}}
	}
	testRule(t, "FIND-46", []ruleCase{
		{name: "no condition", scene: s("", allowAll), want: []string{"medium role/r"}},
		{name: "MFA", scene: s(`, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}`, allowAll)},
		{name: "COND-23 IfExists", scene: s(`, "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}`, allowAll), want: []string{"medium role/r"}},
		{name: "age", scene: s(`, "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}`, allowAll)},
		{name: "changes permissions", scene: s("", `"Effect": "Allow", "Action": "iam:*", "Resource": "*"`), want: []string{"medium role/r"}},
		{name: "changes permissions, with MFA", scene: s(`, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}`, `"Effect": "Allow", "Action": "iam:*", "Resource": "*"`)},
		{name: "ESC-10 changes its own", scene: s("", `"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "arn:aws:iam::A:role/r"`), want: []string{"medium role/r"}},
		{name: "no administrator", scene: s("", allowS3)},
		{name: "a role, not a user", scene: scene{roles: []string{role("q", toEC2), role("r", assumable(`{"AWS": "arn:aws:iam::A:role/q"}`, ""), inlinePolicy(allowAll))}}},
	})
}
