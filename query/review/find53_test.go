package review

import "testing"

func TestFIND53BoundaryEscape(t *testing.T) {
	const (
		create    = `"Effect": "Allow", "Action": ["iam:CreateRole", "iam:AttachRolePolicy"], "Resource": "*"`
		condition = `, "Condition": {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::A:policy/b"}}`
		everyIAM  = `"Effect": "Allow", "Action": "iam:*", "Resource": "*"`
		keep      = `"Effect": "Deny", "Action": ["iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:CreateUser"], "Resource": "*"`
	)
	bounded := func(statements ...string) scene {
		return scene{users: []string{entity("user/u", inlinePolicy(statements...), `"boundary": {"arn": "arn:aws:iam::A:policy/b"}`)}, policies: []string{customerPolicy("b", everyIAM)}}
	}
	testRule(t, "FIND-53", []ruleCase{
		{name: "roles without a boundary", scene: bounded(create), want: []string{"medium user/u"}},
		{name: "with the boundary only", scene: bounded(create + condition)},
		{name: "removes its own", scene: bounded(`"Effect": "Allow", "Action": "iam:DeleteUserPermissionsBoundary", "Resource": "*"`), want: []string{"medium user/u"}},
		{name: "changes the boundary policy", scene: bounded(`"Effect": "Allow", "Action": "iam:CreatePolicyVersion", "Resource": "*"`), want: []string{"medium user/u"}},
		{name: "create and nothing to attach", scene: bounded(`"Effect": "Allow", "Action": "iam:CreateRole", "Resource": "*"`)},
		{name: "all but what would free it", scene: bounded(create+condition, keep)},
		{name: "no boundary", scene: user("u", inlinePolicy(everyIAM))},
	})
}
