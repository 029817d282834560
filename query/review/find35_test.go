package review

import "testing"

func TestFIND35AllowNot(t *testing.T) {
	p := func(statements ...string) scene { return scene{policies: []string{customerPolicy("p", statements...)}} }
	testRule(t, "FIND-35", []ruleCase{
		{name: "NotAction", scene: p(`"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"`), want: []string{"medium policy/p"}},
		{name: "NotResource", scene: p(`"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b"`), want: []string{"medium policy/p"}},
		{name: "both once", scene: p(`"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"`, `"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b"`), want: []string{"medium policy/p"}},
		{name: "NotAction on all ARNs", scene: p(`"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:*"`), want: []string{"medium policy/p"}},
		{name: "NotAction on all that the account has", scene: p(`"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:*:*:A:*"`), want: []string{"medium policy/p"}},
		{name: "NotAction on one service", scene: p(`"Effect": "Allow", "NotAction": "s3:DeleteBucket", "Resource": "arn:aws:s3:::*"`)},
		{name: "NotAction on one bucket", scene: p(`"Effect": "Allow", "NotAction": "s3:DeleteObject", "Resource": "arn:aws:s3:::b/*"`)},
		{name: "Deny", scene: p(`"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"`)},
		{name: "inline", scene: scene{users: []string{entity("user/u", inlinePolicy(`"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"`))}}, want: []string{"medium user/u (i)"}},
	})
}
