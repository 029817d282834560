package review

import "testing"

func TestFIND22WholeAccount(t *testing.T) {
	r := func(account, condition, top string) scene {
		return scene{roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::`+account+`:root"}`, condition), harmless)}, top: top}
	}
	testRule(t, "FIND-22", []ruleCase{
		{name: "member", scene: r("B", "", organization), want: []string{"medium role/r (account B)"}},
		{name: "ROOT-07 management account", scene: r("M", "", organization), want: []string{"medium role/r (account M)"}},
		{name: "own", scene: r("A", "", organization), want: []string{"low role/r (account A)"}},
		{name: "named by condition", scene: r("B", `, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::B:role/ops-*"}}`, organization)},
		{name: "IfExists names nobody", scene: r("B", `, "Condition": {"ArnLikeIfExists": {"aws:PrincipalArn": "arn:aws:iam::B:role/ops-*"}}`, organization), want: []string{"medium role/r (account B)"}},
		{name: "every name", scene: r("B", `, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::B:*"}}`, organization), want: []string{"medium role/r (account B)"}},
		{name: "every name of every kind", scene: r("B", `, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::B:*/*"}}`, organization), want: []string{"medium role/r (account B)"}},
		{name: "every role", scene: r("B", `, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::B:role/*"}}`, organization), want: []string{"medium role/r (account B)"}},
		{name: "roles of Identity Center", scene: r("B", `, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::B:role/aws-reserved/sso.amazonaws.com/*"}}`, organization)},
		{name: "all but one", scene: r("B", `, "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::B:role/ops"}}`, organization), want: []string{"medium role/r (account B)"}},
		{name: "named by tag", scene: r("B", `, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "ops"}}`, organization)},
		{name: "named by number", scene: r("B", `, "Condition": {"StringLike": {"aws:userid": "AROAOPS:*"}}`, organization)},
		{name: "all others denied", scene: scene{roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::B:root"}`, `}, {"Effect": "Deny", "Action": "sts:AssumeRole", "Principal": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::B:role/ops-*"}}`), harmless)}, top: organization}},
		{name: "MFA says how, not who", scene: r("B", `, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}`, organization), want: []string{"medium role/r (account B)"}},
		{name: "vendor with external id", scene: r("C", `, "Condition": {"StringEquals": {"sts:ExternalId": "k"}}`, organization+vendor)},
		{name: "vendor without", scene: r("C", "", organization+vendor), want: []string{"medium role/r (account C)"}},
		{name: "may do nothing", scene: scene{roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::B:root"}`, ""))}, top: organization}, want: []string{"low role/r (account B)"}},
		{name: "a role", scene: scene{roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::B:role/ops"}`, ""))}, top: organization}},
	})
}
