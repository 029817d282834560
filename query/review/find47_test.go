package review

import (
	"strings"
	"testing"
)

func TestFIND47UselessMFA(t *testing.T) {
	cond := func(effect, operator, value string) string {
		return `"Effect": "` + effect + `", "Action": "*", "Resource": "*", "Condition": {"` + operator + `": {"aws:MultiFactorAuthPresent": "` + value + `"}}`
	}
	age := func(effect, operator string) string {
		return `"Effect": "` + effect + `", "Action": "*", "Resource": "*", "Condition": {"` + operator + `": {"aws:MultiFactorAuthAge": "3600"}}`
	}
	about := func(action, operator, value string) string {
		return strings.Replace(cond("Deny", operator, value), `"*"`, `"`+action+`"`, 1)
	}
	but := func(actions, operator, value string) string {
		if !strings.HasPrefix(actions, "[") {
			actions = `"` + actions + `"`
		}
		return strings.Replace(cond("Deny", operator, value), `"Action": "*"`, `"NotAction": `+actions, 1)
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
		{name: "COND-23 Deny, compared as text", scene: p(cond("Deny", "StringEquals", "false")), want: []string{"low policy/p"}},
		{name: "COND-23 Deny of some value", scene: p(cond("Deny", "ForAnyValue:Bool", "false")), want: []string{"low policy/p"}},
		{name: "COND-23 Deny by age", scene: p(age("Deny", "NumericGreaterThan")), want: []string{"low policy/p"}},
		{name: "Deny by age if there is one", scene: p(age("Deny", "NumericGreaterThanIfExists"))},
		{name: "Deny by age and without MFA", scene: p(age("Deny", "NumericGreaterThan"), cond("Deny", "BoolIfExists", "false"))},
		{name: "Deny Null of another service", scene: p(about("s3:*", "Bool", "false"), about("ec2:*", "Null", "true")), want: []string{"low policy/p"}},
		{name: "Deny Null of all services", scene: p(about("s3:*", "Bool", "false"), cond("Deny", "Null", "true"))},
		{name: "Deny all but some actions", scene: p(but("iam:*", "Bool", "false"), but("iam:*", "Null", "true"))},
		{name: "Deny Null of all but more actions", scene: p(but("iam:*", "Bool", "false"), but(`["iam:*", "s3:*"]`, "Null", "true")), want: []string{"low policy/p"}},
		{name: "COND-23 Allow of all values", scene: p(cond("Allow", "ForAllValues:Bool", "true")), want: []string{"low policy/p"}},
		{name: "COND-23 Allow of temporary credentials", scene: p(cond("Allow", "Null", "false")), want: []string{"low policy/p"}},
		{name: "COND-23 Allow by age if there is one", scene: p(age("Allow", "NumericLessThanIfExists")), want: []string{"low policy/p"}},
		{name: "Allow by age", scene: p(age("Allow", "NumericLessThan"))},
		{name: "Allow without MFA on purpose", scene: p(cond("Allow", "BoolIfExists", "false"))},
		{name: "Allow if exists, and absence is denied", scene: p(cond("Allow", "BoolIfExists", "true"), cond("Deny", "Null", "true"))},
		{name: "TRUST-22 federated and Null", scene: scene{roles: []string{role("r", `"Effect": "Allow", "Action": "sts:AssumeRoleWithSAML", "Principal": {"Federated": "arn:aws:iam::A:saml-provider/x"}, "Condition": {"Null": {"aws:MultiFactorAuthPresent": "false"}}`)}},
			want: []string{"low role/r (trust policy)"}},
		{name: "users", scene: scene{roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::A:root"}`, `, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}`))}}},
	})
}
