package review

import "testing"

func TestFIND36PassAnyRole(t *testing.T) {
	p := func(statement string) scene { return scene{policies: []string{customerPolicy("p", statement)}} }
	testRule(t, "FIND-36", []ruleCase{
		{name: "star", scene: p(`"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"`), want: []string{"high policy/p"}},
		{name: "by wildcard", scene: p(`"Effect": "Allow", "Action": "iam:Pass*", "Resource": "*"`), want: []string{"high policy/p"}},
		{name: "all roles", scene: p(`"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::A:role/*"`), want: []string{"high policy/p"}},
		{name: "one service", scene: p(`"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}`)},
		{name: "any service", scene: p(`"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringLike": {"iam:PassedToService": "*"}}`), want: []string{"high policy/p"}},
		{name: "roles of a team", scene: p(`"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::A:role/app/*"`)},
		{name: "Deny", scene: p(`"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"`)},
		{name: "FIND-91 everything is FIND-18", scene: p(allowAll)},
	})
}
