package review

import (
	"strings"
	"testing"
)

func TestFIND20OpenTrust(t *testing.T) {
	everyone := `{"AWS": "*"}`
	one := func(statement string) scene { return scene{roles: []string{role("r", statement, harmless)}} }
	const denyOutside = `"Effect": "Deny", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}, "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-ex"}}`
	rcp := strings.Replace(organization, `"root": {"id": "r-1", "scps": ["p-FullAWSAccess"], "rcps": ["p-RCPFullAWSAccess"]`,
		`"root": {"id": "r-1", "scps": ["p-FullAWSAccess"], "rcps": ["p-RCPFullAWSAccess", {"name": "perimeter", "document": `+doc(`"Effect": "Deny", "Action": "sts:AssumeRole", "Principal": "*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-ex"}}`)+`}]`, 1)
	testRule(t, "FIND-20", []ruleCase{
		{name: "AWS star", scene: one(assumable(everyone, "")), want: []string{"critical role/r (*)"}},
		{name: "bare star", scene: one(assumable(`"*"`, "")), want: []string{"critical role/r (*)"}},
		{name: "everyone except", scene: one(`"Effect": "Allow", "Action": "sts:AssumeRole", "NotPrincipal": {"AWS": "arn:aws:iam::A:root"}`), want: []string{"critical role/r (*)"}},
		{name: "organization", scene: one(assumable(everyone, `, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-ex"}}`))},
		{name: "any organization, by a pattern", scene: one(assumable(everyone, `, "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}`)), want: []string{"critical role/r (*)"}},
		{name: "another organization", scene: one(assumable(everyone, `, "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-other"}}`))},
		{name: "the whole Internet", scene: one(assumable(everyone, `, "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}`)), want: []string{"critical role/r (*)"}},
		{name: "one account", scene: one(assumable(everyone, `, "Condition": {"StringEquals": {"aws:PrincipalAccount": "B"}}`))},
		{name: "tag that a stranger sets", scene: one(assumable(everyone, `, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "ops"}}`)), want: []string{"critical role/r (*)"}},
		{name: "name of any account", scene: one(assumable(everyone, `, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ops"}}`)), want: []string{"critical role/r (*)"}},
		{name: "name in one account", scene: one(assumable(everyone, `, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::A:role/ops"}}`))},
		{name: "external id", scene: one(assumable(everyone, `, "Condition": {"StringEquals": {"sts:ExternalId": "k"}}`)), want: []string{"high role/r (*)"}},
		{name: "own address", scene: one(assumable(everyone, `, "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}`)), want: []string{"high role/r (*)"}},
		{name: "MFA", scene: one(assumable(everyone, `, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}`)), want: []string{"critical role/r (*)"}},
		{name: "Deny outside", scene: one(assumable(everyone, "") + "}, {" + denyOutside)},
		{name: "named account", scene: one(assumable(`{"AWS": "arn:aws:iam::B:root"}`, ""))},
		{name: "guardrail", scene: scene{roles: []string{role("r", assumable(everyone, ""), harmless)}, top: rcp}, want: []string{"high role/r (*)"}},
		{name: "administrator stays critical", scene: scene{roles: []string{role("r", assumable(everyone, ""), inlinePolicy(allowAll))}}, want: []string{"critical role/r (*)"}},
		{name: "may do nothing", scene: scene{roles: []string{role("r", assumable(everyone, ""))}}, want: []string{"medium role/r (*)"}},
		{name: "may do nothing but become an administrator", scene: scene{roles: []string{
			role("r", assumable(everyone, ""), inlinePolicy(`"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::A:role/admin"`)),
			role("admin", assumable(`{"AWS": "arn:aws:iam::A:role/r"}`, ""), inlinePolicy(allowAll))}}, want: []string{"critical role/r (*)"}},
		{name: "may do nothing by itself, and becomes a role that does something", scene: scene{roles: []string{
			role("r", assumable(everyone, "")), role("s", assumable(`{"AWS": "arn:aws:iam::A:role/r"}`, ""), harmless)}}, want: []string{"critical role/r (*)"}},
		{name: "becomes only roles that may do nothing either", scene: scene{roles: []string{
			role("r", assumable(everyone, "")), role("s", assumable(`{"AWS": "arn:aws:iam::A:role/r"}`, "")), role("t", assumable(`{"AWS": "arn:aws:iam::A:role/s"}`, ""))}}, want: []string{"medium role/r (*)"}},
		{name: "an administrator two hops on", scene: scene{roles: []string{
			role("r", assumable(everyone, "")), role("s", assumable(`{"AWS": "arn:aws:iam::A:role/r"}`, "")), role("t", assumable(`{"AWS": "arn:aws:iam::A:role/s"}`, ""), inlinePolicy(allowAll))}}, want: []string{"critical role/r (*)"}},
		{name: "everything is denied to it", scene: scene{roles: []string{role("r", assumable(everyone, ""), inlinePolicy(allowAll, `"Effect": "Deny", "Action": "*", "Resource": "*"`))}}, want: []string{"medium role/r (*)"}},
		{name: "something is denied to it", scene: scene{roles: []string{role("r", assumable(everyone, ""), inlinePolicy(`"Effect": "Allow", "Action": "s3:*", "Resource": "*"`, `"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"`))}}, want: []string{"critical role/r (*)"}},
		{name: "its boundary leaves nothing", scene: scene{roles: []string{role("r", assumable(everyone, ""), harmless, `"boundary": {"arn": "arn:aws:iam::A:policy/b"}`)},
			policies: []string{customerPolicy("b", `"Effect": "Deny", "Action": "iam:*", "Resource": "*"`)}}, want: []string{"medium role/r (*)"}},
		{name: "service-linked", scene: scene{roles: []string{role("aws-service-role/x.amazonaws.com/r", assumable(everyone, ""))}}},
	})
}
