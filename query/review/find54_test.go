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
		{name: "any value that is one", scene: r(account, `, "Condition": {"StringLike": {"aws:RequestTag/team": "?*"}}`, byTag), want: []string{"medium role/r (trust policy)"}},
		{name: "any value but one", scene: r(account, `, "Condition": {"StringNotEquals": {"aws:RequestTag/team": "admin"}}`, byTag), want: []string{"medium role/r (trust policy)"}},
		{name: "the caller's own value", scene: r(account, `, "Condition": {"StringEquals": {"aws:RequestTag/team": "${aws:PrincipalTag/team}"}}`, byTag)},
		{name: "keys by pattern", scene: r(account, `, "Condition": {"ForAllValues:StringLike": {"aws:TagKeys": ["te*"]}}`, byTag), want: []string{"medium role/r (trust policy)"}},
		{name: "another key beside it", scene: r(account, `, "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": ["project"]}}`, byTag), want: []string{"medium role/r (trust policy)"}},
		{name: "all keys but another", scene: r(account, `, "Condition": {"ForAllValues:StringNotEquals": {"aws:TagKeys": ["project"]}}`, byTag), want: []string{"medium role/r (trust policy)"}},
		{name: "all keys but this", scene: r(account, `, "Condition": {"ForAllValues:StringNotEquals": {"aws:TagKeys": ["team"]}}`, byTag)},
		{name: "this key denied to all", scene: r(account, `}, {"Effect": "Deny", "Action": "sts:TagSession", "Principal": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": ["team"]}}`, byTag)},
		{name: "denied without the tag", scene: r(account, "", allowS3+`}, {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "ops"}}`), want: []string{"medium role/r (trust policy)"}},
		{name: "another key fixed", scene: r(account, `, "Condition": {"StringEquals": {"aws:RequestTag/project": "x"}}`, byTag), want: []string{"medium role/r (trust policy)"}},
		{name: "no tags in permissions", scene: r(account, "", allowS3)},
		{name: "EKS sets them", scene: r(`{"Service": "pods.eks.amazonaws.com"}`, "", byTag)},
	})
}
