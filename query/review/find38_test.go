package review

import "testing"

func TestFIND38EscalatesFurther(t *testing.T) {
	reader := []string{role("r", toLambda, inlinePolicy(`"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"`))}
	testRule(t, "FIND-38", []ruleCase{
		{name: "ESC-17 role that reads all buckets", scene: scene{users: []string{entity("user/u", inlinePolicy(passing))}, roles: reader}, want: []string{"medium user/u"}},
		{name: "ESC-13 key of another user", scene: scene{users: []string{entity("user/u", inlinePolicy(`"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "arn:aws:iam::A:user/x"`)), entity("user/x", inlinePolicy(allowS3))}}, want: []string{"medium user/u"}},
		{name: "may do so anyway", scene: scene{users: []string{entity("user/u", inlinePolicy(passing, `"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"`))}, roles: reader}},
		{name: "ESC-13 key of a user with a role", scene: scene{users: []string{entity("user/u", inlinePolicy(`"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "arn:aws:iam::A:user/x"`)), entity("user/x")},
			roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::A:user/x"}`, ""), inlinePolicy(allowS3))}}, want: []string{"medium user/u"}},
		{name: "has the role as well", scene: scene{users: []string{entity("user/u", inlinePolicy(`"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "arn:aws:iam::A:user/x"`)), entity("user/x")},
			roles: []string{role("r", assumable(`{"AWS": ["arn:aws:iam::A:user/x", "arn:aws:iam::A:user/u"]}`, ""), inlinePolicy(allowS3))}}},
		{name: "nothing sensitive", scene: scene{users: []string{entity("user/u", inlinePolicy(passing))}, roles: []string{role("r", toLambda, inlinePolicy(`"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"`))}}},
		{name: "to an administrator is FIND-37", scene: scene{users: []string{entity("user/u", inlinePolicy(passing))}, roles: []string{role("r", toLambda, inlinePolicy(allowAll))}}},
		{name: "STS-19 only sessions of long ago", scene: scene{users: []string{entity("user/u", inlinePolicy(`"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "*", "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}}`)), entity("user/x", inlinePolicy(allowS3))}}},
	})
}
