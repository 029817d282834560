package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND32PublicResource(t *testing.T) {
	known := cover(iam.SectionBuckets, iam.SectionResources)
	open := edits(known, withAccount(func(a *iam.Account) { a.PublicAccessBlock = &iam.PublicAccessBlock{} }))
	listed := edits(open, func(s *iam.Snapshot) {
		r := s.Resources[0]
		r.Policy, r.PolicyState, r.PublicAccessBlock = nil, iam.KnownEmpty, &iam.PublicAccessBlock{}
		r.ACL, r.ACLState = []iam.ACLGrant{{Grantee: "http://acs.amazonaws.com/groups/global/AllUsers", Permission: "READ"}}, iam.Present
	})
	owned := edits(listed, func(s *iam.Snapshot) { s.Resources[0].OwnershipEnforced = iam.Present })
	onBucket := `"arn": "arn:aws:s3:::b", "account": "A", "type": "s3:bucket", "policy": ` + doc(`"Resource": "arn:aws:s3:::b", `+readAll)
	testRule(t, "FIND-32", []ruleCase{
		{name: "RPOL-06 access control list", scene: resources("", bucket(readAll, "false")), edit: listed, want: []string{"high arn:aws:s3:::b (*)"}},
		{name: "RPOL-06 lists count for nothing", scene: resources("", bucket(readAll, "false")), edit: owned},
		{name: "ARNM-15 objects of no bucket", scene: resources("", onBucket), edit: open},
		{name: "queue", scene: resources("", queue(sendAll)), edit: known, want: []string{"high arn:aws:sqs:eu-west-1:A:q (*)"}},
		{name: "bucket", scene: resources("", bucket(readAll, "false")), edit: open, want: []string{"high arn:aws:s3:::b (*)"}},
		{name: "account's Block Public Access unknown", scene: resources("", bucket(readAll, "false")), edit: known, want: []string{"medium arn:aws:s3:::b (*)"}},
		{name: "Block Public Access unknown", scene: resources("", bucket(readAll, "")), edit: known, want: []string{"medium arn:aws:s3:::b (*)"}},
		{name: "RPOL-04 Block Public Access", scene: resources("", bucket(readAll, "true")), edit: known},
		{name: "organization", scene: resources("", queue(sendAll+`, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-ex"}}`)), edit: known},
		{name: "service's source", scene: resources("", queue(sendAll+`, "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:A:t"}}`)), edit: known},
		{name: "address", scene: resources("", queue(sendAll+`, "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}`)), edit: known, want: []string{"medium arn:aws:sqs:eu-west-1:A:q (*)"}},
		{name: "RPOL-17 owner of the topic", scene: resources("", topic(`"Effect": "Allow", "Action": "sns:Publish", "Principal": {"AWS": "*"}, "Condition": {"StringEquals": {"AWS:SourceOwner": "A"}}`)), edit: known},
		{name: "own endpoint", scene: resources("", topic(`"Effect": "Allow", "Action": "sns:Subscribe", "Principal": {"AWS": "*"}, "Condition": {"StringLike": {"sns:Endpoint": "*@example.com"}}`)), edit: known, want: []string{"medium arn:aws:sns:eu-west-1:A:t (*)"}},
		{name: "wildcard of actions", scene: resources("", queue(`"Effect": "Allow", "Action": "sqs:*", "Principal": "*"`)), edit: known, want: []string{"high arn:aws:sqs:eu-west-1:A:q (*)"}},
		{name: "one account", scene: resources("", queue(`"Effect": "Allow", "Action": "sqs:SendMessage", "Principal": {"AWS": "A"}`)), edit: known},
		{name: "key has its own rule", scene: resources("", kmsKey(ownerKeep, `"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Principal": "*"`)), edit: known},
	})
}
