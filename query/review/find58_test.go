package review

import "testing"

func TestFIND58Support(t *testing.T) {
	attachedAWS := func(name string) string { return `"attached": [{"arn": "arn:aws:iam::aws:policy/` + name + `"}]` }
	r := func(members ...string) scene { return scene{roles: []string{role("r", toEC2, members...)}} }
	testRule(t, "FIND-58", []ruleCase{
		{name: "nobody", scene: r(), want: []string{"low A"}},
		{name: "role", scene: r(attachedAWS("AWSSupportAccess"))},
		{name: "group", scene: scene{groups: []string{entity("group/g", attachedAWS("AWSSupportAccess"))}}},
		{name: "policy of a similar name", scene: r(attached("AWSSupportAccess")), want: []string{"low A"}},
		{name: "pages missing", scene: scene{more: `, "incomplete": true`}, missing: []string{"the remaining pages of the export"}},
	})
}
