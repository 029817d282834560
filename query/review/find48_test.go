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
		{name: "TRUST-31 a key of services, for an account", scene: r(assumable(`{"AWS": "A"}`, `, "Condition": {"StringEquals": {"aws:SourceAccount": "A"}}`)), want: []string{"low role/r (trust policy)"}},
		{name: "TRUST-31 a key of services, for a service", scene: r(assumable(`{"Service": "config.amazonaws.com"}`, `, "Condition": {"StringEquals": {"aws:SourceAccount": "A"}}`))},
		{name: "TRUST-31 a key of services, for an account and a service", scene: r(assumable(`{"AWS": "A", "Service": "config.amazonaws.com"}`, `, "Condition": {"StringEquals": {"aws:SourceAccount": "A"}}`))},
		{name: "U-05 a key of services, for everybody", scene: r(assumable(`"*"`, `, "Condition": {"StringEquals": {"aws:SourceAccount": "A"}}`))},
		{name: "COND-03 a key of services, if it is there", scene: r(assumable(`{"AWS": "A"}`, `, "Condition": {"StringEqualsIfExists": {"aws:SourceAccount": "A"}}`))},
		{name: "COND-05 a key of services, ruled out", scene: r(assumable(`{"AWS": "A"}`, `, "Condition": {"Null": {"aws:SourceAccount": "true"}}`))},
		{name: "COND-02 a key of services, negated", scene: r(assumable(`{"AWS": "A"}`, `, "Condition": {"StringNotEquals": {"aws:SourceAccount": "B"}}`))},
		{name: "CKEY-31 a key of services in a policy of a user", scene: scene{policies: []string{customerPolicy("p", allowS3+`, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:A:*"}}`)}}, want: []string{"low policy/p"}},
		{name: "CKEY-31 a Deny with a key of services", scene: scene{policies: []string{customerPolicy("p", `"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:A:*"}}`)}}},
		{name: "CKEY-09 services alone, for an account", scene: r(assumable(`{"AWS": "A"}`, `, "Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}`)), want: []string{"low role/r (trust policy)"}},
		{name: "CKEY-09 no service, for an account", scene: r(assumable(`{"AWS": "A"}`, `, "Condition": {"Bool": {"aws:PrincipalIsAWSService": "false"}}`))},
		{name: "GRAM-08 no resource", scene: scene{policies: []string{customerPolicy("p", `"Effect": "Allow", "Action": "s3:*"`)}}, want: []string{"low policy/p"}},
		{name: "GRAM-08 a principal in a policy of a user", scene: scene{policies: []string{customerPolicy("p", `"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": "*"`)}}, want: []string{"low policy/p"}},
		{name: "GRAM-10 a resource in a trust policy", scene: r(toEC2 + `, "Resource": "*"`), want: []string{"low role/r (trust policy)"}},
		{name: "in order", scene: r(toEC2)},
	})
}
