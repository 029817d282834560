package review

import "testing"

func TestFIND23ExternalID(t *testing.T) {
	r := func(condition, top string) scene {
		return scene{roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::C:root"}`, condition), harmless)}, top: top}
	}
	testRule(t, "FIND-23", []ruleCase{
		{name: "without", scene: r("", vendor), want: []string{"high role/r (account C)"}},
		{name: "with", scene: r(`, "Condition": {"StringEquals": {"sts:ExternalId": "k"}}`, vendor)},
		{name: "one of several", scene: r(`, "Condition": {"StringEquals": {"sts:ExternalId": ["k", "l"]}}`, vendor)},
		{name: "any", scene: r(`, "Condition": {"StringLike": {"sts:ExternalId": "*"}}`, vendor), want: []string{"high role/r (account C)"}},
		{name: "IfExists", scene: r(`, "Condition": {"StringEqualsIfExists": {"sts:ExternalId": "k"}}`, vendor), want: []string{"high role/r (account C)"}},
		{name: "unknown account", scene: r("", ""), want: []string{"medium role/r (account C)"}},
		{name: "by a Deny", scene: r("}, {"+`"Effect": "Deny", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}, "Condition": {"StringNotEquals": {"sts:ExternalId": "k"}}`, vendor)},
		{name: "may do nothing", scene: scene{roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::C:root"}`, ""))}, top: vendor}, want: []string{"medium role/r (account C)"}},
		{name: "an administrator", scene: scene{roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::C:root"}`, ""), inlinePolicy(allowAll))}, top: vendor}, want: []string{"critical role/r (account C)"}},
		{name: "own organization", scene: scene{roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::B:root"}`, ""))}, top: organization}},
	})
}
