package review

import "testing"

func TestFIND13DirectPolicy(t *testing.T) {
	testRule(t, "FIND-13", []ruleCase{
		{name: "inline", scene: scene{users: []string{entity("user/u", inlinePolicy(allowS3))}}, want: []string{"low user/u"}},
		{name: "attached", scene: scene{users: []string{entity("user/u", attached("p"))}, policies: []string{customerPolicy("p", allowS3)}}, want: []string{"low user/u"}},
		{name: "administrator", scene: scene{users: []string{entity("user/u", inlinePolicy(allowAll))}}, want: []string{"medium user/u"}},
		{name: "through a group", scene: scene{users: []string{entity("user/u", `"groups": ["g"]`)}, groups: []string{entity("group/g", inlinePolicy(allowS3))}}},
		{name: "boundary alone", scene: scene{users: []string{entity("user/u", `"boundary": {"arn": "arn:aws:iam::A:policy/p"}`)}, policies: []string{customerPolicy("p", allowS3)}}},
	})
}
