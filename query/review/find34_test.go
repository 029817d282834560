package review

import "testing"

func TestFIND34NotPrincipal(t *testing.T) {
	q := func(effect, except string) scene {
		return resources("", queue(`"Effect": "`+effect+`", "Action": "sqs:*", "NotPrincipal": {"AWS": `+except+`}`))
	}
	testRule(t, "FIND-34", []ruleCase{
		{name: "PRINC-21 Allow", scene: q("Allow", `"arn:aws:iam::A:role/r"`), want: []string{"high arn:aws:sqs:eu-west-1:A:q (resource policy)"}},
		{name: "PRINC-20 Deny without the account", scene: q("Deny", `"arn:aws:iam::A:role/r"`), want: []string{"medium arn:aws:sqs:eu-west-1:A:q (resource policy)"}},
		{name: "Deny with the account", scene: q("Deny", `["arn:aws:iam::A:role/r", "arn:aws:iam::A:root"]`)},
		{name: "Principal", scene: resources("", queue(sendAll))},
	})
}
