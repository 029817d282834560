package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND19OverPoweredRole(t *testing.T) {
	const lacks = "which services roles have used"
	r := func(statement string, members ...string) scene {
		return scene{roles: []string{role("r", toEC2, append(members, inlinePolicy(statement))...)}, policies: []string{customerPolicy("b", `"Effect": "Allow", "Action": "ec2:*", "Resource": "*"`)}}
	}
	used := func(services ...string) func(*iam.Snapshot) {
		return withAccount(func(a *iam.Account) {
			for _, s := range services {
				a.Roles[0].Used = append(a.Roles[0].Used, iam.ServiceUse{Service: s, Last: ago(3)})
			}
		})
	}
	testRule(t, "FIND-19", []ruleCase{
		{name: "whole service", scene: r(`"Effect": "Allow", "Action": "s3:*", "Resource": "*"`), want: []string{"medium role/r"}, missing: []string{lacks}},
		{name: "one bucket", scene: r(`"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"`), missing: []string{lacks}},
		{name: "harmless service", scene: r(`"Effect": "Allow", "Action": "cloudwatch:*", "Resource": "*"`), missing: []string{lacks}},
		{name: "part of a service", scene: r(`"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"`), missing: []string{lacks}},
		{name: "bounded away", scene: r(`"Effect": "Allow", "Action": "s3:*", "Resource": "*"`, `"boundary": {"arn": "arn:aws:iam::A:policy/b"}`), missing: []string{lacks}},
		{name: "administrator that uses two services", scene: r(allowAll), edit: used("s3", "ec2"), want: []string{"medium role/r"}},
		{name: "uses what it may", scene: r(`"Effect": "Allow", "Action": ["sns:Publish", "sqs:SendMessage"], "Resource": "*"`), edit: used("sns")},
	})
}
