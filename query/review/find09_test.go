package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND09SensitiveWithoutMFA(t *testing.T) {
	const (
		readAll   = `"Effect": "Allow", "Action": "s3:*", "Resource": "*"`
		readOne   = `"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::one/*"`
		withMFA   = `, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}`
		denyNoMFA = `"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}`
		denyHalf  = `"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}`
	)
	testRule(t, "FIND-09", []ruleCase{
		{name: "key of an administrator", scene: user("u", inlinePolicy(allowAll)), edit: withKeys(key(1, 1)), want: []string{"high user/u"}},
		{name: "key that reads all buckets", scene: user("u", inlinePolicy(readAll)), edit: withKeys(key(1, 1)), want: []string{"high user/u"}},
		{name: "password without a device", scene: user("u", inlinePolicy(readAll)), edit: withPassword(iam.KnownEmpty), want: []string{"high user/u"}},
		{name: "password with a device", scene: user("u", inlinePolicy(readAll)), edit: withPassword(iam.Present)},
		{name: "one bucket", scene: user("u", inlinePolicy(readOne)), edit: withKeys(key(1, 1))},
		{name: "MFA in the policy", scene: user("u", inlinePolicy(readAll+withMFA)), edit: withKeys(key(1, 1))},
		{name: "denied without MFA", scene: user("u", inlinePolicy(readAll, denyNoMFA)), edit: withKeys(key(1, 1))},
		{name: "COND-23 Deny that keys escape", scene: user("u", inlinePolicy(readAll, denyHalf)), edit: withKeys(key(1, 1)), want: []string{"high user/u"}},
		{name: "administrator's role", scene: scene{users: []string{entity("user/u")}, roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::A:user/u"}`, ""), inlinePolicy(allowAll))}}, edit: withKeys(key(1, 1)), want: []string{"high user/u"}},
		{name: "administrator's role with MFA", scene: scene{users: []string{entity("user/u")}, roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::A:user/u"}`, withMFA), inlinePolicy(allowAll))}}, edit: withKeys(key(1, 1))},
		{name: "no credentials", scene: user("u", inlinePolicy(allowAll)), edit: withUser(func(*iam.User, *iam.Credentials) {})},
	})
}
