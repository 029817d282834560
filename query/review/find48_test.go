package review

import "testing"

func TestFIND48DeadStatement(t *testing.T) {
	r := func(statement string) scene { return scene{roles: []string{role("r", statement)}} }
	testRule(t, "FIND-48", []ruleCase{
		{name: "TRUST-MISMATCH", scene: r(`"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Federated": "arn:aws:iam::A:saml-provider/x"}`), want: []string{"low role/r (trust policy)"}},
		{name: "TRUST-06 one pair fits", scene: r(`"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:AssumeRoleWithSAML"], "Principal": {"Federated": "arn:aws:iam::A:saml-provider/x"}`)},
		{name: "PRINC-13 partial wildcard", scene: r(assumable(`{"AWS": "arn:aws:iam::A:role/x*"}`, "")), want: []string{"low role/r (trust policy)"}},
		{name: "PRINC-14 group", scene: r(assumable(`{"AWS": "arn:aws:iam::A:group/g"}`, "")), want: []string{"low role/r (trust policy)"}},
		{name: "element in another case", scene: scene{policies: []string{customerPolicy("p", `"effect": "Allow", "Action": "s3:*", "Resource": "*"`)}}, want: []string{"low policy/p"}},
		{name: "unknown operator", scene: scene{policies: []string{customerPolicy("p", allowS3+`, "Condition": {"StringSame": {"aws:username": "x"}}`)}}, want: []string{"low policy/p"}},
		{name: "SYM-32 conditions that exclude each other", scene: scene{policies: []string{customerPolicy("p", allowS3+`, "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}, "StringLike": {"aws:RequestedRegion": "us-*"}}`)}}, want: []string{"low policy/p"}},
		{name: "SYM-32 conditions that agree", scene: scene{policies: []string{customerPolicy("p", allowS3+`, "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}, "StringLike": {"aws:RequestedRegion": "eu-*"}}`)}}},
		{name: "ACTM-04 two actions in one", scene: scene{policies: []string{customerPolicy("p", `"Effect": "Allow", "Action": "s3:GetObject, s3:PutObject", "Resource": "*"`)}}, want: []string{"low policy/p"}},
		{name: "ACTM-04 a blank before the action", scene: scene{policies: []string{customerPolicy("p", `"Effect": "Allow", "Action": " s3:GetObject", "Resource": "*"`)}}, want: []string{"low policy/p"}},
		{name: "a blank behind the resource", scene: scene{policies: []string{customerPolicy("p", `"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/* "`)}}, want: []string{"low policy/p"}},
		{name: "a blank in a key", scene: scene{policies: []string{customerPolicy("p", `"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/my file"`)}}},
		{name: "ARNM-08 ARN in capitals", scene: scene{policies: []string{customerPolicy("p", `"Effect": "Allow", "Action": "s3:GetObject", "Resource": "ARN:aws:s3:::b/*"`)}}, want: []string{"low policy/p"}},
		{name: "ACTM-01 action in capitals", scene: scene{policies: []string{customerPolicy("p", `"Effect": "Allow", "Action": "S3:GETOBJECT", "Resource": "*"`)}}},
		{name: "in order", scene: r(toEC2)},
	})
}
