package review

import "testing"

func TestFIND70GuessableID(t *testing.T) {
	r := func(name, account, id string) string {
		return role(name, assumable(`{"AWS": "arn:aws:iam::`+account+`:root"}`, `, "Condition": {"StringEquals": {"sts:ExternalId": "`+id+`"}}`), harmless)
	}
	one := func(id string) scene {
		return scene{roles: []string{r("r", "C", id)}, more: `, "alias": "acme-prod"`, top: vendor}
	}
	testRule(t, "FIND-70", []ruleCase{
		{name: "account's number", scene: one("A"), want: []string{"medium role/r (external id A)"}},
		{name: "another account's number", scene: scene{roles: []string{r("r", "C", "B")}, top: organization}, want: []string{"medium role/r (external id B)"}},
		{name: "a number that is no account's", scene: scene{roles: []string{r("r", "C", "100200300400")}, top: organization}},
		{name: "account's alias", scene: one("acme-prod"), want: []string{"medium role/r (external id acme-prod)"}},
		{name: "vendor's name", scene: one("vendor"), want: []string{"medium role/r (external id vendor)"}},
		{name: "short", scene: one("1234"), want: []string{"medium role/r (external id 1234)"}},
		{name: "two parties", scene: scene{roles: []string{r("a", "B", "d34db33f-0001"), r("b", "C", "d34db33f-0001")}}, want: []string{"medium role/a (external id d34db33f-0001)", "medium role/b (external id d34db33f-0001)"}},
		{name: "two conditions", scene: scene{roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::C:root"}`, `, "Condition": {"Null": {"sts:ExternalId": "false"}, "StringEquals": {"sts:ExternalId": "A"}}`), harmless)}, top: vendor},
			want: []string{"medium role/r (external id A)"}},
		{name: "random", scene: one("d34db33f-0001")},
		{name: "own accounts", scene: scene{roles: []string{r("a", "B", "d34db33f-0001"), r("b", "M", "d34db33f-0001")}, top: organization}},
		{name: "two roles for one party", scene: scene{roles: []string{r("a", "C", "d34db33f-0001"), r("b", "C", "d34db33f-0001")}}},
	})
}
