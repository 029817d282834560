package review

import "testing"

func TestFIND18FullAdminPolicy(t *testing.T) {
	testRule(t, "FIND-18", []ruleCase{
		{name: "attached", scene: scene{roles: []string{role("r", toEC2, attached("p"))}, policies: []string{customerPolicy("p", allowAll)}}, want: []string{"medium policy/p"}},
		{name: "not attached", scene: scene{policies: []string{customerPolicy("p", allowAll)}}},
		{name: "inline", scene: scene{users: []string{entity("user/u", inlinePolicy(allowAll))}}, want: []string{"medium user/u (i)"}},
		{name: "stars with colon", scene: scene{users: []string{entity("user/u", inlinePolicy(`"Effect": "Allow", "Action": ["*:*"], "Resource": ["*"]`))}}, want: []string{"medium user/u (i)"}},
		{name: "condition", scene: scene{users: []string{entity("user/u", inlinePolicy(allowAll+`, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}`))}}},
		{name: "one service", scene: scene{users: []string{entity("user/u", inlinePolicy(allowS3))}}},
		{name: "one resource", scene: scene{users: []string{entity("user/u", inlinePolicy(`"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/*"`))}}},
		{name: "deny", scene: scene{users: []string{entity("user/u", inlinePolicy(`"Effect": "Deny", "Action": "*", "Resource": "*"`))}}},
	})
}
