package policy

import (
	"slices"
	"testing"
	"time"
)

// TestFreeKeys: nothing that is known of a request decides the free keys, nor of a
// request of a principal of IAM those about MFA (SYM-11).
func TestFreeKeys(t *testing.T) {
	principals := []CallerKind{CallerUser, CallerRole, CallerRoot, CallerFederatedUser, CallerAccount}
	for kind := CallerUser; kind <= CallerAccount; kind++ {
		for _, action := range []string{"sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML", "sts:AssumeRoot", "sts:GetFederationToken", "s3:GetObject", "ec2:RunInstances", "kms:Decrypt"} {
			r := &Request{Caller: Caller{Kind: kind, ARN: "arn:aws:iam::111122223333:role/r", Account: "111122223333", Name: "r", UniqueID: "AROAX"},
				Action: action, Resource: "arn:aws:iam::111122223333:role/s", ResourceAccount: "111122223333"}
			org := OrgFacts{Known: true, ID: "o-1", Path: "o-1/r-1/"}
			c := NewContext(r, &Facts{CallerTags: []Tag{{"a", "b"}}, CallerOrg: org, ResourceOrg: org, ResourceTagsKnown: true, Boundary: NotThere(), AsOf: time.Unix(1, 0)})
			for _, key := range freeKeys {
				if v := c.Lookup(key); v.Knowledge != Unknown {
					t.Errorf("%v, %s: %s is %+v", kind, action, key, v)
				}
			}
			for _, key := range []string{"aws:multifactorauthpresent", "aws:multifactorauthage"} {
				if v := c.Lookup(key); (v.Knowledge == Unknown) != slices.Contains(principals, kind) {
					t.Errorf("%v, %s: %s is %+v", kind, action, key, v)
				}
			}
		}
	}
	if FreeKey("aws:sourceip", Is("10.1.2.3")) || !FreeKey("aws:sourceip", Is("192.0.2.1")) || !FreeKey("aws:sourceip", NotThere()) || !FreeKey("aws:sourcevpc", Is("10.1.2.3")) {
		t.Error("private addresses count only where they are given (COND-14)")
	}
	if !slices.IsSorted(freeKeys) || FreeKey("aws:principalarn", Is("x")) || !MFAKey("aws:multifactorauthage") {
		t.Error("the lists are not what they should be")
	}
}
