package review

import "testing"

func TestFIND47UselessMFA(t *testing.T) {
	cond := func(effect, operator, value string) string {
		return `"Effect": "` + effect + `", "Action": "*", "Resource": "*", "Condition": {"` + operator + `": {"aws:MultiFactorAuthPresent": "` + value + `"}}`
	}
	p := func(statements ...string) scene { return scene{policies: []string{customerPolicy("p", statements...)}} }
	testRule(t, "FIND-47", []ruleCase{
		{name: "COND-23 Deny Bool", scene: p(cond("Deny", "Bool", "false")), want: []string{"low policy/p"}},
		{name: "Deny BoolIfExists", scene: p(cond("Deny", "BoolIfExists", "false"))},
		{name: "Deny Bool and Null", scene: p(cond("Deny", "Bool", "false"), cond("Deny", "Null", "true"))},
		{name: "Allow BoolIfExists", scene: p(cond("Allow", "BoolIfExists", "true")), want: []string{"low policy/p"}},
		{name: "Allow Bool", scene: p(cond("Allow", "Bool", "true"))},
		{name: "TRUST-22 federated", scene: scene{roles: []string{role("r", `"Effect": "Allow", "Action": "sts:AssumeRoleWithSAML", "Principal": {"Federated": "arn:aws:iam::A:saml-provider/x"}, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}`)}},
			want: []string{"low role/r (trust policy)"}},
		{name: "users", scene: scene{roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::A:root"}`, `, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}`))}}},
	})
}
