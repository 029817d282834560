package review

import "testing"

func TestFIND21OutsideTrust(t *testing.T) {
	r := func(principal, top string) scene {
		return scene{roles: []string{role("r", assumable(principal, ""), harmless)}, top: top}
	}
	of := func(key, value string) string {
		return `, "Condition": {"StringLike": {"` + key + `": "` + value + `"}}`
	}
	testRule(t, "FIND-21", []ruleCase{
		{name: "outside", scene: r(`{"AWS": "arn:aws:iam::C:root"}`, organization), want: []string{"high role/r (account C)"}},
		{name: "outside by number", scene: r(`{"AWS": "C"}`, organization), want: []string{"high role/r (account C)"}},
		{name: "outside, a user", scene: r(`{"AWS": "arn:aws:iam::C:user/x"}`, organization), want: []string{"high role/r (account C)"}},
		{name: "member", scene: r(`{"AWS": "arn:aws:iam::B:root"}`, organization)},
		{name: "management account", scene: r(`{"AWS": "arn:aws:iam::M:root"}`, organization)},
		{name: "declared", scene: r(`{"AWS": "arn:aws:iam::C:root"}`, organization+vendor)},
		{name: "ORG-02 organization unknown", scene: r(`{"AWS": "arn:aws:iam::C:root"}`, ""), want: []string{"high role/r (account C)"}},
		{name: "loaded", scene: scene{roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::B:root"}`, ""))}, extra: `, {"id": "B", "users": [], "roles": []}`}},
		{name: "never met", scene: scene{roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::C:root"}`, `, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-ex"}}`))}, top: organization}},
		{name: "may do nothing", scene: scene{roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::C:root"}`, ""))}, top: organization}, want: []string{"medium role/r (account C)"}},
		{name: "harmless, and an administrator two hops on", scene: scene{roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::C:root"}`, ""), harmless),
			role("s", assumable(`{"AWS": "arn:aws:iam::A:role/r"}`, "")), role("t", assumable(`{"AWS": "arn:aws:iam::A:role/s"}`, ""), inlinePolicy(allowAll))}, top: organization}, want: []string{"critical role/r (account C)"}},
		{name: "TRUST-24 everyone of an account outside", scene: r(`"*"`+of("aws:PrincipalAccount", "C"), organization), want: []string{"high role/r (account C)"}},
		{name: "TRUST-25 everyone of a name in an account outside", scene: r(`"*"`+of("aws:PrincipalArn", "arn:aws:iam::C:role/app-*"), organization), want: []string{"high role/r (account C)"}},
		{name: "TRUST-24 everyone of a member", scene: r(`"*"`+of("aws:PrincipalAccount", "B"), organization)},
		{name: "TRUST-24 everyone of another organization", scene: r(`"*"`+of("aws:PrincipalOrgID", "o-other"), organization), want: []string{"high role/r (organization o-other)"}},
		{name: "TRUST-24 everyone of a unit of another organization", scene: r(`"*", "Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-other/r-1/ou-1/*"}}`, organization), want: []string{"high role/r (organization o-other)"}},
		{name: "TRUST-24 everyone of the organization", scene: r(`"*"`+of("aws:PrincipalOrgID", "o-ex"), organization)},
		{name: "TRUST-24 everyone of another organization, where the own is not known", scene: r(`"*"`+of("aws:PrincipalOrgID", "o-other"), "")},
		{name: "TRUST-24 an account of the organization that has to be of another", scene: r(`{"AWS": "B"}`+of("aws:PrincipalOrgID", "o-other"), organization)},
		{name: "FIND-91 everyone of some organization, which is FIND-20", scene: r(`"*"`+of("aws:PrincipalOrgID", "o-*"), organization)},
		{name: "FIND-91 everyone", scene: r(`"*"`, organization)},
	})
}

// TestROOT07Confidence: without the organization, a well-known name lowers the
// confidence and is said.
func TestROOT07Confidence(t *testing.T) {
	s := scene{roles: []string{role("OrganizationAccountAccessRole", assumable(`{"AWS": "arn:aws:iam::C:root"}`, "")), role("r", assumable(`{"AWS": "arn:aws:iam::C:root"}`, ""))}}
	r := run(t, read(t, source("s.json", s.snapshot())), Options{Only: []string{"FIND-21"}})
	if len(r.Findings) != 2 || r.Findings[0].Confidence != Unsure || r.Findings[1].Confidence != Probable {
		t.Errorf("%+v", r.Findings)
	}
}
