package review

import (
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
	testRule(t, "FIND-33", []ruleCase{
		{name: "outside", scene: resources(organization, toAccount("C")), edit: known, want: []string{"high arn:aws:sqs:eu-west-1:A:q (account C)"}},
		{name: "roles of some name", scene: resources(organization, queue(`"Effect": "Allow", "Action": "sqs:SendMessage", "Principal": {"AWS": "C"}, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::C:role/app-*"}}`)), edit: known, want: []string{"high arn:aws:sqs:eu-west-1:A:q (account C)"}},
		{name: "everybody of it", scene: resources(organization, toEverybody("aws:PrincipalAccount", "C")), edit: known, want: []string{"high arn:aws:sqs:eu-west-1:A:q (account C)"}},
		{name: "everybody of some name in it", scene: resources(organization, toEverybody("aws:PrincipalArn", "arn:aws:iam::C:role/app-*")), edit: known, want: []string{"high arn:aws:sqs:eu-west-1:A:q (account C)"}},
		{name: "everybody of a member", scene: resources(organization, toEverybody("aws:PrincipalAccount", "B")), edit: known},
		{name: "member", scene: resources(organization, toAccount("B")), edit: known},
		{name: "declared", scene: resources(organization+vendor, toAccount("C")), edit: known},
		{name: "own", scene: resources(organization, toAccount("A")), edit: known},
		{name: "load balancer logs", scene: resources(organization, toAccount("127311923021")), edit: known},
		{name: "organization unknown", scene: resources("", toAccount("C")), edit: known, want: []string{"medium arn:aws:sqs:eu-west-1:A:q (account C)"}, missing: []string{"the organization and its accounts"}},
	})
}
