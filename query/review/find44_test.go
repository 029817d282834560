package review

import "testing"

func TestFIND44MixedRole(t *testing.T) {
	both := func(principal, condition string) string {
		return assumable(`{"Service": "lambda.amazonaws.com"}`, "") + "}, {" + assumable(principal, condition)
	}
	u := []string{entity("user/u"), entity("user/root2", inlinePolicy(allowAll))}
	testRule(t, "FIND-44", []ruleCase{
		{name: "function and user", scene: scene{users: u, roles: []string{role("r", both(`{"AWS": "arn:aws:iam::A:user/u"}`, ""))}}, want: []string{"medium role/r"}},
		{name: "function and SAML", scene: scene{roles: []string{role("r", assumable(`{"Service": "lambda.amazonaws.com"}`, "")+`}, {"Effect": "Allow", "Action": "sts:AssumeRoleWithSAML", "Principal": {"Federated": "arn:aws:iam::A:saml-provider/okta"}`)}}, want: []string{"medium role/r"}},
		{name: "function and role", scene: scene{roles: []string{role("q", toEC2), role("r", both(`{"AWS": "arn:aws:iam::A:role/q"}`, ""))}}},
		{name: "user alone", scene: scene{users: u, roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::A:user/u"}`, ""))}}},
		{name: "administrators of the account", scene: scene{users: u[1:], roles: []string{role("r", both(`{"AWS": "arn:aws:iam::A:root"}`, ""))}}},
		{name: "no compute service", scene: scene{users: u, roles: []string{role("r", assumable(`{"Service": "config.amazonaws.com"}`, "")+"}, {"+assumable(`{"AWS": "arn:aws:iam::A:user/u"}`, ""))}}},
	})
}
