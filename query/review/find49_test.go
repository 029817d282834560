package review

import "testing"

func TestFIND49EmptySet(t *testing.T) {
	p := func(conditions string) scene {
		return scene{roles: []string{role("r", toEC2, inlinePolicy(`"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*", "Condition": {`+conditions+`}`))}}
	}
	testRule(t, "FIND-49", []ruleCase{
		{name: "no guard", scene: p(`"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}`), want: []string{"medium role/r (i)"}},
		{name: "COND-17 guard", scene: p(`"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}, "Null": {"aws:TagKeys": "false"}`)},
		{name: "tag is demanded", scene: p(`"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}, "StringEquals": {"aws:RequestTag/team": "x"}`)},
		{name: "wrong guard", scene: p(`"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}, "Null": {"aws:TagKeys": "true"}`), want: []string{"medium role/r (i)"}},
		{name: "COND-06 a value other than those is demanded", scene: p(`"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}, "ForAnyValue:StringNotEquals": {"aws:TagKeys": ["x"]}`)},
		{name: "COND-02 an operator that a missing key meets", scene: p(`"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}, "StringNotEquals": {"aws:RequestTag/team": "x"}`), want: []string{"medium role/r (i)"}},
		{name: "guard that says either", scene: p(`"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}, "Null": {"aws:TagKeys": ["true", "false"]}`), want: []string{"medium role/r (i)"}},
		{name: "guard for another key", scene: p(`"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}, "Null": {"aws:PrincipalTag/team": "false"}`), want: []string{"medium role/r (i)"}},
		{name: "COND-03 guard if the key exists", scene: p(`"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}, "StringEqualsIfExists": {"aws:RequestTag/team": "x"}`), want: []string{"medium role/r (i)"}},
		{name: "ForAnyValue", scene: p(`"ForAnyValue:StringEquals": {"aws:TagKeys": ["team"]}`)},
		{name: "single value in a trust", scene: oidcRole(github, sub("ForAllValues:StringLike", "repo:acme/app:*")), want: []string{"medium role/r (trust policy)"}},
		{name: "Deny", scene: scene{roles: []string{role("r", toEC2, inlinePolicy(`"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}`))}}},
	})
}
