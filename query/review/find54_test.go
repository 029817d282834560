package review

import "testing"

func TestFIND54PassedTags(t *testing.T) {
	const byTag = `"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "ops"}}`
	const inPath = `"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:PrincipalTag/team}/*"`
	r := func(principal, condition, permissions string) scene {
		return scene{roles: []string{role("r", `"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Principal": `+principal+condition, inlinePolicy(permissions))}}
	}
	const account = `{"AWS": "arn:aws:iam::A:root"}`
	testRule(t, "FIND-54", []ruleCase{
		{name: "any tag", scene: r(account, "", byTag), want: []string{"medium role/r (trust policy)"}},
		{name: "in a variable", scene: r(account, "", inPath), want: []string{"medium role/r (trust policy)"}},
		{name: "value fixed", scene: r(account, `, "Condition": {"StringEquals": {"aws:RequestTag/team": "dev"}}`, byTag)},
		{name: "other keys only", scene: r(account, `, "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["project"]}}`, byTag)},
		{name: "another key fixed", scene: r(account, `, "Condition": {"StringEquals": {"aws:RequestTag/project": "x"}}`, byTag), want: []string{"medium role/r (trust policy)"}},
		{name: "no tags in permissions", scene: r(account, "", allowS3)},
		{name: "EKS sets them", scene: r(`{"Service": "pods.eks.amazonaws.com"}`, "", byTag)},
	})
}
