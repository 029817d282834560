package review

import "testing"

func TestFIND45Laundering(t *testing.T) {
	toQ := inlinePolicy(`"Effect": "Allow", "Action": ["sts:AssumeRole", "sqs:SendMessage"], "Resource": "*"`)
	orgOnly := assumable(`{"AWS": "*"}`, `, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-ex"}}`)
	// entry trusts a principal; q is B's, for the organization only.
	s := func(entry, permissions string) scene {
		return scene{
			roles: []string{role("entry", assumable(`{"AWS": "`+entry+`"}`, ""), permissions)},
			extra: `, {"id": "B", "users": [], "groups": [], "policies": [], "roles": [{"arn": "arn:aws:iam::B:role/q", "trust": ` + doc(orgOnly) + `}]}`,
			top:   organization,
		}
	}
	const queueOfB = `, "resources": [{"arn": "arn:aws:sqs:eu-west-1:B:q", "type": "sqs:queue", "policy": {"Version": "2012-10-17", "Statement": [` +
		`{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", "Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-ex"}}}]}}]`
	withQueue := s("arn:aws:iam::C:root", toQ)
	withQueue.top, withQueue.extra = organization+queueOfB, ""
	// The entry role only goes on to r2, which may use the queue.
	further := withQueue
	further.roles = []string{
		role("entry", assumable(`{"AWS": "arn:aws:iam::C:root"}`, ""), inlinePolicy(`"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::A:role/r2"`)),
		role("r2", assumable(`{"AWS": "arn:aws:iam::A:role/entry"}`, ""), toQ),
	}
	narrowed := s("*", toQ)
	narrowed.roles = []string{role("entry", assumable(`{"AWS": "*"}`, `, "Condition": {"StringEquals": {"aws:PrincipalAccount": "C"}}`), toQ)}
	testRule(t, "FIND-45", []ruleCase{
		{name: "CHAIN-38 everyone of an account outside", scene: narrowed, want: []string{"high arn:aws:iam::B:role/q (C)"}},
		{name: "CHAIN-38 queue, over a second role", scene: further, want: []string{"high arn:aws:sqs:eu-west-1:B:q (arn:aws:iam::C:root as role/entry)"}, missing: []string{"the roles of the account"}},
		{name: "CHAIN-38 anyone", scene: s("*", toQ), want: []string{"high arn:aws:iam::B:role/q (*)"}},
		{name: "CHAIN-38 role", scene: s("arn:aws:iam::C:user/x", toQ), want: []string{"high arn:aws:iam::B:role/q (arn:aws:iam::C:user/x)"}},
		{name: "queue", scene: withQueue, want: []string{"high arn:aws:sqs:eu-west-1:B:q (arn:aws:iam::C:root as role/entry)"}, missing: []string{"the roles of the account"}},
		{name: "entry of a member", scene: s("arn:aws:iam::M:root", toQ)},
		{name: "entry role may not go on", scene: s("arn:aws:iam::C:user/x", inlinePolicy(allowS3))},
		{name: "organization unknown", scene: scene{roles: []string{role("entry", assumable(`{"AWS": "arn:aws:iam::C:user/x"}`, ""), toQ)}}, missing: []string{"the organization and its accounts"}},
	})
}
