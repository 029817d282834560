package review

import "testing"

func TestFIND29AnyPool(t *testing.T) {
	aud := func(operator, value string) string {
		return `, "Condition": {"` + operator + `": {"cognito-identity.amazonaws.com:aud": "` + value + `"}}`
	}
	testRule(t, "FIND-29", []ruleCase{
		{name: "no aud", scene: cognitoRole("", allowS3), want: []string{"critical role/r (trust policy)"}},
		{name: "may do nothing", scene: cognitoRole("", `"Effect": "Deny", "Action": "*", "Resource": "*"`), want: []string{"medium role/r (trust policy)"}},
		{name: "amr alone", scene: cognitoRole(`, "Condition": {"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}`, allowS3), want: []string{"critical role/r (trust policy)"}},
		{name: "aud", scene: cognitoRole(poolCondition(""), allowS3)},
		{name: "IfExists", scene: cognitoRole(`, "Condition": {"StringEqualsIfExists": {"cognito-identity.amazonaws.com:aud": "`+somePool+`"}}`, allowS3)},
		{name: "any pool of a region", scene: cognitoRole(aud("StringLike", "eu-west-1:*"), allowS3), want: []string{"critical role/r (trust policy)"}},
		{name: "some pools of a region", scene: cognitoRole(aud("StringLike", "eu-west-1:4*"), allowS3), want: []string{"critical role/r (trust policy)"}},
		{name: "any pool but those of a region", scene: cognitoRole(aud("StringNotLike", "us-east-1:*"), allowS3), want: []string{"critical role/r (trust policy)"}},
		{name: "a wildcard beside the pool", scene: cognitoRole(`, "Condition": {"StringLike": {"cognito-identity.amazonaws.com:aud": "*"}, "StringEquals": {"cognito-identity.amazonaws.com:aud": "`+somePool+`"}}`, allowS3)},
		{name: "FED-10 star is literal", scene: cognitoRole(aud("StringEquals", "eu-west-1:*"), allowS3)},
		{name: "two pools", scene: cognitoRole(`, "Condition": {"StringLike": {"cognito-identity.amazonaws.com:aud": ["`+somePool+`", "eu-west-1:00000000-0000-0000-0000-000000000001"]}}`, allowS3)},
		{name: "another provider", scene: oidcRole("idp.example.com", `"StringEquals": {"idp.example.com:sub": "x"}`)},
	})
}
