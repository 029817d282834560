package review

import "testing"

func TestFIND15GroupsAndUsers(t *testing.T) {
	member := entity("user/u", `"groups": ["g"]`)
	testRule(t, "FIND-15", []ruleCase{
		{name: "all in order", scene: scene{users: []string{member}, groups: []string{entity("group/g", inlinePolicy(allowS3))}}},
		{name: "no policy", scene: scene{users: []string{member}, groups: []string{entity("group/g")}}, want: []string{"low group/g"}},
		{name: "no member", scene: scene{users: []string{member}, groups: []string{entity("group/g", inlinePolicy(allowS3)), entity("group/h", inlinePolicy(allowS3))}}, want: []string{"low group/h"}},
		{name: "no group", scene: scene{users: []string{entity("user/u")}}, want: []string{"low user/u"}},
		{name: "incomplete", scene: scene{users: []string{entity("user/u")}, groups: []string{entity("group/g")}, more: `, "incomplete": true`},
			missing: []string{"the remaining pages of the export"}},
	})
}
