package review

import "testing"

func TestFIND66InconsistentExport(t *testing.T) {
	testRule(t, "FIND-66", []ruleCase{
		{name: "GAAD-19 unresolved policy", scene: scene{roles: []string{role("r", toEC2, attached("gone"))}}, want: []string{"info A"}},
		{name: "GAAD-14 missing group", scene: scene{users: []string{entity("user/u", `"groups": ["gone"]`)}}, want: []string{"info A"}},
		{name: "GAAD-08 pages missing", scene: scene{more: `, "incomplete": true`}, want: []string{"info A"}},
		{name: "TRUST-14 no trust", scene: scene{roles: []string{entity("role/r")}}, want: []string{"info A"}},
		{name: "GAAD-20 inline policy that cannot be read", scene: scene{roles: []string{role("r", toEC2, `"inline": [{"name": "i", "defect": "not JSON"}]`)}}, want: []string{"info A"}},
		{name: "in order", scene: scene{roles: []string{role("r", toEC2, attached("p"))}, policies: []string{customerPolicy("p", allowS3)}}},
	})
}
