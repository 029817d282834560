package review

import (
	"strings"
	"testing"

	"accesspath/iam"
)

func TestFIND33OutsideResource(t *testing.T) {
	known := cover(iam.SectionBuckets, iam.SectionResources)
	toAccount := func(id string) string {
		return queue(`"Effect": "Allow", "Action": "sqs:SendMessage", "Principal": {"AWS": "arn:aws:iam::` + id + `:root"}`)
	}
	toEverybody := func(key, value string) string {
		return queue(`"Effect": "Allow", "Action": "sqs:SendMessage", "Principal": "*", "Condition": {"StringLike": {"` + key + `": "` + value + `"}}`)
	}
	// The guardrail keeps role a out, and not role b.
	guarded := strings.Replace(organization, `{"id": "A", "scps": ["p-FullAWSAccess"], "rcps": ["p-RCPFullAWSAccess"`, `{"id": "A", "scps": ["p-FullAWSAccess"], "rcps": ["p-RCPFullAWSAccess", {"name": "perimeter", "document": `+
		doc(`"Effect": "Deny", "Action": "sqs:*", "Principal": "*", "Resource": "*", "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::C:role/a"}}`)+`}`, 1)
	roles := func(names string) scene {
		return resources(guarded, queue(`"Effect": "Allow", "Action": "sqs:SendMessage", "Principal": {"AWS": [`+names+`]}`))
	}
	const a, b = `"arn:aws:iam::C:role/a"`, `"arn:aws:iam::C:role/b"`
	testRule(t, "FIND-33", []ruleCase{
		{name: "ORG-10 one role that a guardrail keeps out", scene: roles(a), edit: known, want: []string{"medium arn:aws:sqs:eu-west-1:A:q (account C)"}},
		{name: "ORG-10 a role that a guardrail keeps out, and another", scene: roles(a + ", " + b), edit: known, want: []string{"high arn:aws:sqs:eu-west-1:A:q (account C)"}},
		{name: "outside", scene: resources(organization, toAccount("C")), edit: known, want: []string{"high arn:aws:sqs:eu-west-1:A:q (account C)"}},
		{name: "roles of some name", scene: resources(organization, queue(`"Effect": "Allow", "Action": "sqs:SendMessage", "Principal": {"AWS": "C"}, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::C:role/app-*"}}`)), edit: known, want: []string{"high arn:aws:sqs:eu-west-1:A:q (account C)"}},
		{name: "everybody of it", scene: resources(organization, toEverybody("aws:PrincipalAccount", "C")), edit: known, want: []string{"high arn:aws:sqs:eu-west-1:A:q (account C)"}},
		{name: "everybody of some name in it", scene: resources(organization, toEverybody("aws:PrincipalArn", "arn:aws:iam::C:role/app-*")), edit: known, want: []string{"high arn:aws:sqs:eu-west-1:A:q (account C)"}},
		{name: "everybody of another organization", scene: resources(organization, toEverybody("aws:PrincipalOrgID", "o-other")), edit: known, want: []string{"high arn:aws:sqs:eu-west-1:A:q (organization o-other)"}},
		{name: "everybody of the organization", scene: resources(organization, toEverybody("aws:PrincipalOrgID", "o-ex")), edit: known},
		{name: "everybody of a member", scene: resources(organization, toEverybody("aws:PrincipalAccount", "B")), edit: known},
		{name: "member", scene: resources(organization, toAccount("B")), edit: known},
		{name: "declared", scene: resources(organization+vendor, toAccount("C")), edit: known},
		{name: "own", scene: resources(organization, toAccount("A")), edit: known},
		{name: "load balancer logs", scene: resources(organization, toAccount("127311923021")), edit: known},
		{name: "organization unknown", scene: resources("", toAccount("C")), edit: known, want: []string{"medium arn:aws:sqs:eu-west-1:A:q (account C)"}, missing: []string{"the organization and its accounts"}},
	})
}
