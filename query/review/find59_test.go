package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND59KeyPolicy(t *testing.T) {
	const (
		k       = "arn:aws:kms:eu-west-1:A:key/k"
		decrypt = `"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Principal": {"AWS": `
	)
	known := cover(iam.SectionKeys)
	testRule(t, "FIND-59", []ruleCase{
		{name: "everyone", scene: resources(organization, kmsKey(ownerKeep, decrypt+`"*"}`)), edit: known, want: []string{"medium " + k + " (*)"}},
		{name: "through a service for the account", scene: resources(organization, kmsKey(ownerKeep, decrypt+`"*"}, "Condition": {"StringEquals": {"kms:CallerAccount": "A", "kms:ViaService": "s3.eu-west-1.amazonaws.com"}}`)), edit: known},
		{name: "outside", scene: resources(organization, kmsKey(ownerKeep, decrypt+`"arn:aws:iam::C:root"}`)), edit: known, want: []string{"medium " + k + " (account C)"}},
		{name: "member", scene: resources(organization, kmsKey(ownerKeep, decrypt+`"arn:aws:iam::B:root"}`)), edit: known},
		{name: "RPOL-10 lock-out", scene: resources("", kmsKey(`"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": "arn:aws:iam::A:role/r"}`)), edit: known, want: []string{"low " + k + " (lock-out)"}},
		{name: "default policy", scene: resources("", kmsKey(ownerKeep)), edit: known},
		{name: "unknown", scene: scene{}, missing: []string{"the KMS keys of the account"}},
	})
}
