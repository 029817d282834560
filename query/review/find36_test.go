package review

import "testing"

func TestFIND36PassAnyRole(t *testing.T) {
	p := func(statements ...string) scene { return scene{policies: []string{customerPolicy("p", statements...)}} }
	pass := func(resource string) string {
		return `"Effect": "Allow", "Action": "iam:PassRole", "Resource": "` + resource + `"`
	}
	to := func(condition string) string { return pass("*") + `, "Condition": {` + condition + `}` }
	testRule(t, "FIND-36", []ruleCase{
		{name: "star", scene: p(`"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"`), want: []string{"high policy/p"}},
		{name: "by wildcard", scene: p(`"Effect": "Allow", "Action": "iam:Pass*", "Resource": "*"`), want: []string{"high policy/p"}},
		{name: "all roles", scene: p(`"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::A:role/*"`), want: []string{"high policy/p"}},
		{name: "one service", scene: p(`"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}`)},
		{name: "any service", scene: p(`"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringLike": {"iam:PassedToService": "*"}}`), want: []string{"high policy/p"}},
		{name: "some service", scene: p(to(`"Null": {"iam:PassedToService": "false"}`)), want: []string{"high policy/p"}},
		{name: "any service of AWS", scene: p(to(`"StringLike": {"iam:PassedToService": "*.amazonaws.com"}`)), want: []string{"high policy/p"}},
		{name: "any name of a service", scene: p(to(`"StringLike": {"iam:PassedToService": "?*"}`)), want: []string{"high policy/p"}},
		{name: "two stars", scene: p(to(`"StringLike": {"iam:PassedToService": "**"}`)), want: []string{"high policy/p"}},
		{name: "all services but one", scene: p(to(`"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}`)), want: []string{"high policy/p"}},
		{name: "services by pattern", scene: p(to(`"StringLike": {"iam:PassedToService": "ec2*"}`))},
		{name: "two conditions on the service", scene: p(to(`"Null": {"iam:PassedToService": "false"}, "StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}`))},
		{name: "all of IAM", scene: p(pass("arn:aws:iam:*")), want: []string{"high policy/p"}},
		{name: "all roles by a short pattern", scene: p(pass("arn:aws:iam::A:ro*")), want: []string{"high policy/p"}},
		{name: "all with a name", scene: p(pass("arn:aws:iam::A:*/*")), want: []string{"high policy/p"}},
		{name: "all roles of two stars", scene: p(pass("arn:aws:iam::A:role/**")), want: []string{"high policy/p"}},
		{name: "roles of another account", scene: p(pass("arn:aws:iam::C:role/*"))},
		{name: "users", scene: p(pass("arn:aws:iam::A:user/*"))},
		{name: "the same policy denies other services", scene: p(pass("*"), `"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringNotEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}`)},
		{name: "the same policy denies one service", scene: p(pass("*"), `"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}`), want: []string{"high policy/p"}},
		{name: "a boundary", scene: scene{policies: []string{customerPolicy("p", pass("*"))}, users: []string{entity("user/u", `"boundary": {"arn": "arn:aws:iam::A:policy/p"}`)}}},
		{name: "a boundary that is attached too", scene: scene{policies: []string{customerPolicy("p", pass("*"))}, users: []string{entity("user/u", attached("p"), `"boundary": {"arn": "arn:aws:iam::A:policy/p"}`)}}, want: []string{"high policy/p"}},
		{name: "roles of a team", scene: p(`"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::A:role/app/*"`)},
		{name: "Deny", scene: p(`"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"`)},
		{name: "FIND-91 everything is FIND-18", scene: p(allowAll)},
	})
}
