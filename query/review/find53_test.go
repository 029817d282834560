package review

import (
	"strings"
	"testing"

	"accesspath/iam"
)

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
	const replace = `"Effect": "Allow", "Action": "iam:PutUserPermissionsBoundary", "Resource": "*"`
	on := func(kind, resource string) string {
		made := strings.ToUpper(kind[:1]) + kind[1:]
		return `"Effect": "Allow", "Action": ["iam:Create` + made + `", "iam:Put` + made + `Policy"], "Resource": "arn:aws:iam::A:` + resource + `"`
	}
	either := func(other string) string {
		return `, "Condition": {"StringEquals": {"iam:PermissionsBoundary": ["arn:aws:iam::A:policy/b", "arn:aws:iam::A:policy/` + other + `"]}}`
	}
	like := func(name string) string {
		return `, "Condition": {"ArnLike": {"iam:PermissionsBoundary": "arn:aws:iam::A:policy/` + name + `"}}`
	}
	more := func(s scene) scene {
		s.policies = append(s.policies, customerPolicy("full", allowAll), customerPolicy("narrow", allowS3))
		return s
	}
	testRule(t, "FIND-53", []ruleCase{
		{name: "roles without a boundary", scene: bounded(create), want: []string{"medium user/u"}},
		{name: "with the boundary only", scene: bounded(create + condition)},
		{name: "removes its own", scene: bounded(`"Effect": "Allow", "Action": "iam:DeleteUserPermissionsBoundary", "Resource": "*"`), want: []string{"medium user/u"}},
		{name: "changes the boundary policy", scene: bounded(`"Effect": "Allow", "Action": "iam:CreatePolicyVersion", "Resource": "*"`), want: []string{"medium user/u"}},
		{name: "create and nothing to attach", scene: bounded(`"Effect": "Allow", "Action": "iam:CreateRole", "Resource": "*"`)},
		{name: "all but what would free it", scene: bounded(create+condition, keep)},
		{name: "ESC-31 users of some names", scene: bounded(on("user", "user/dev-*")), want: []string{"medium user/u"}},
		{name: "ESC-31 roles of some names", scene: bounded(on("role", "role/app-*")), want: []string{"medium user/u"}},
		{name: "ESC-31 roles of a path", scene: bounded(on("role", "role/app/*")), want: []string{"medium user/u"}},
		{name: "ESC-31 made under one name and empowered under another", scene: bounded(`"Effect": "Allow", "Action": "iam:CreateRole", "Resource": "arn:aws:iam::A:role/a-*"`, `"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "arn:aws:iam::A:role/b-*"`)},
		{name: "ESC-31 a name that is taken", scene: bounded(on("user", "user/u"))},
		{name: "ESC-31 some names with the boundary only", scene: bounded(on("role", "role/app-*") + condition)},
		{name: "ESC-31 any boundary", scene: bounded(create + `, "Condition": {"Null": {"iam:PermissionsBoundary": "false"}}`), want: []string{"medium user/u"}},
		{name: "ESC-31 a boundary that bounds nothing", scene: more(bounded(create + either("full"))), want: []string{"medium user/u"}},
		{name: "ESC-31 another boundary that bounds", scene: more(bounded(create + either("narrow")))},
		{name: "ESC-22 a boundary that bounds nothing", scene: more(bounded(replace + either("full"))), want: []string{"medium user/u"}},
		{name: "ESC-22 another boundary that bounds", scene: more(bounded(replace + either("narrow")))},
		{name: "ESC-31 boundaries of some names, one of which it writes", scene: bounded(create+like("team-*"), `"Effect": "Allow", "Action": "iam:CreatePolicy", "Resource": "arn:aws:iam::A:policy/team-*"`), want: []string{"medium user/u"}},
		{name: "ESC-31 boundaries of some names, and it writes others", scene: bounded(create+like("team-*"), `"Effect": "Allow", "Action": "iam:CreatePolicy", "Resource": "arn:aws:iam::A:policy/app-*"`)},
		{name: "ESC-31 boundaries of any name, and it writes none", scene: bounded(create + like("*"))},
		{name: "ESC-31 boundaries of any name, one of which bounds nothing", scene: more(bounded(create + like("*"))), want: []string{"medium user/u"}},
		{name: "ESC-22 policies of AWS", scene: bounded(replace + `, "Condition": {"ArnLike": {"iam:PermissionsBoundary": "arn:aws:iam::aws:policy/*"}}`), want: []string{"medium user/u"}},
		{name: "ESC-22 the only version of the boundary", scene: bounded(`"Effect": "Allow", "Action": "iam:SetDefaultPolicyVersion", "Resource": "*"`)},
		{name: "ESC-22 another version of the boundary", scene: bounded(`"Effect": "Allow", "Action": "iam:SetDefaultPolicyVersion", "Resource": "*"`), edit: func(s *iam.Snapshot) {
			m := s.Account("111111111111").Policies[0]
			m.Versions = append(m.Versions, &iam.PolicyVersion{VersionID: "v0"})
		}, want: []string{"medium user/u"}},
		{name: "no boundary", scene: user("u", inlinePolicy(everyIAM))},
	})
}
