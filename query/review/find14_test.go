package review

import "testing"

func TestFIND14InlinePolicies(t *testing.T) {
	testRule(t, "FIND-14", []ruleCase{
		{name: "group", scene: scene{groups: []string{entity("group/g", inlinePolicy(allowS3))}}, want: []string{"low group/g"}},
		{name: "same text twice", scene: scene{roles: []string{role("a", toEC2, inlinePolicy(allowS3)), role("b", toEC2, inlinePolicy(allowS3))}}, want: []string{"low role/a (i)"}},
		{name: "one role's own", scene: scene{roles: []string{role("a", toEC2, inlinePolicy(allowS3)), role("b", toEC2, inlinePolicy(allowAll))}}},
		{name: "managed", scene: scene{groups: []string{entity("group/g", attached("p"))}, policies: []string{customerPolicy("p", allowS3)}}},
	})
}
