package review

import "testing"

func TestFIND29AnyPool(t *testing.T) {
	testRule(t, "FIND-29", []ruleCase{
		{name: "no aud", scene: cognitoRole("", allowS3), want: []string{"critical role/r (trust policy)"}},
		{name: "may do nothing", scene: cognitoRole("", `"Effect": "Deny", "Action": "*", "Resource": "*"`), want: []string{"medium role/r (trust policy)"}},
		{name: "amr alone", scene: cognitoRole(`, "Condition": {"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}`, allowS3), want: []string{"critical role/r (trust policy)"}},
		{name: "aud", scene: cognitoRole(poolCondition(""), allowS3)},
		{name: "IfExists", scene: cognitoRole(`, "Condition": {"StringEqualsIfExists": {"cognito-identity.amazonaws.com:aud": "`+somePool+`"}}`, allowS3)},
		{name: "another provider", scene: oidcRole("idp.example.com", `"StringEquals": {"idp.example.com:sub": "x"}`)},
	})
}
