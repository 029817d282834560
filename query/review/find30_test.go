package review

import "testing"

func TestFIND30DanglingPrincipal(t *testing.T) {
	r := func(principal string, more ...string) []string {
		return append([]string{role("r", assumable(`{"AWS": "`+principal+`"}`, ""))}, more...)
	}
	testRule(t, "FIND-30", []ruleCase{
		{name: "deleted role", scene: scene{roles: r("AROAEXAMPLEEXAMPLE111")}, want: []string{"medium role/r (principal AROAEXAMPLEEXAMPLE111)"}},
		{name: "deleted user", scene: scene{roles: r("AIDAEXAMPLEEXAMPLE111")}, want: []string{"medium role/r (principal AIDAEXAMPLEEXAMPLE111)"}},
		{name: "unique id of an existing role", scene: scene{roles: r("AROAEXAMPLEEXAMPLE111", role("q", toEC2, `"id": "AROAEXAMPLEEXAMPLE111"`))}},
		{name: "name that is not there", scene: scene{roles: r("arn:aws:iam::A:role/gone")}, want: []string{"medium role/r (principal role/gone)"}},
		{name: "name that is there", scene: scene{roles: r("arn:aws:iam::A:role/q", role("q", toEC2))}},
		{name: "session of a role that is not there", scene: scene{roles: r("arn:aws:sts::A:assumed-role/gone/s")}, want: []string{"medium role/r (principal arn:aws:sts::A:assumed-role/gone/s)"}},
		{name: "session of a role that is there", scene: scene{roles: r("arn:aws:sts::A:assumed-role/q/s", role("team/q", toEC2))}},
		{name: "session of a user", scene: scene{roles: r("arn:aws:sts::A:federated-user/u")}},
		{name: "excepted from a Deny", scene: scene{roles: []string{role("r", assumable(`{"AWS": "arn:aws:iam::A:root"}`, `}, {"Effect": "Deny", "Action": "sts:AssumeRole", "NotPrincipal": {"AWS": ["arn:aws:iam::A:role/gone", "arn:aws:iam::A:root"]}`))}}, want: []string{"medium role/r (principal role/gone)"}},
		{name: "other path", scene: scene{roles: r("arn:aws:iam::A:role/q", role("team/q", toEC2))}, want: []string{"medium role/r (principal role/q)"}},
		{name: "account not loaded", scene: scene{roles: r("arn:aws:iam::C:role/q")}},
		{name: "GAAD-08 incomplete", scene: scene{roles: r("arn:aws:iam::A:role/gone"), more: `, "incomplete": true`}, missing: []string{"the roles of the accounts that policies name"}},
		{name: "resource policy", scene: scene{top: `, "resources": [{"arn": "arn:aws:sqs:eu-west-1:A:q", "policy": ` + doc(`"Effect": "Allow", "Principal": {"AWS": "AIDAEXAMPLEEXAMPLE111"}, "Action": "sqs:SendMessage", "Resource": "*"`) + `}]`},
			want: []string{"medium arn:aws:sqs:eu-west-1:A:q (principal AIDAEXAMPLEEXAMPLE111)"}},
	})
}
