package review

import "testing"

func TestFIND17UnusedRole(t *testing.T) {
	r := func(members ...string) scene { return scene{roles: []string{role("r", toEC2, members...)}} }
	testRule(t, "FIND-17", []ruleCase{
		{name: "used long ago", scene: r(`"created": "2020-01-01T00:00:00Z"`, `"lastUsed": "2025-11-01T00:00:00Z"`, `"lastUsedKnown": true`), want: []string{"low role/r"}},
		{name: "used 89 days ago", scene: r(`"created": "2020-01-01T00:00:00Z"`, `"lastUsed": "2025-12-02T12:00:00Z"`, `"lastUsedKnown": true`)},
		{name: "GAAD-16 never on record", scene: r(`"created": "2020-01-01T00:00:00Z"`, `"lastUsedKnown": true`), want: []string{"low role/r"}},
		{name: "never, but new", scene: r(`"created": "2026-02-01T00:00:00Z"`, `"lastUsedKnown": true`)},
		{name: "not told", scene: r(`"created": "2020-01-01T00:00:00Z"`), missing: []string{"when roles were last used"}},
		{name: "service-linked", scene: scene{roles: []string{role("aws-service-role/x.amazonaws.com/r", toEC2, `"created": "2020-01-01T00:00:00Z"`, `"lastUsedKnown": true`)}}},
		{name: "administrator", scene: r(`"created": "2020-01-01T00:00:00Z"`, `"lastUsedKnown": true`, inlinePolicy(allowAll)), want: []string{"medium role/r"}},
	})
}
