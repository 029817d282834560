package graph

import (
	"encoding/json"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// grantStatement is a grant in the words of a resource policy.
type grantStatement struct {
	Sid, Effect string
	Principal   any
	Action      []string
	Resource    string
	Condition   map[string]map[string]string `json:",omitempty"`
}

// grantPolicy makes a policy of grants; nil if there are none.
func grantPolicy(list []grantStatement, name, owner string) *policy.Attached {
	if len(list) == 0 {
		return nil
	}
	raw, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": list})
	if err != nil {
		return nil // strings always marshal
	}
	d, err := policy.ParseDocument(raw)
	if err != nil {
		return nil
	}
	return &policy.Attached{Document: d, Name: name, Owner: owner}
}

// grantsPolicy writes the grants on a KMS key as statements of its policy: each
// lets its grantee do the listed operations, under the encryption context that
// it names (RPOL-12). nil if there are none.
func grantsPolicy(r *iam.Resource) *policy.Attached {
	var list []grantStatement
	for _, g := range r.Grants {
		s := grantStatement{Sid: "grant " + g.ID, Effect: "Allow", Principal: map[string]string{"AWS": g.Grantee}, Resource: "*"}
		for _, op := range g.Operations {
			s.Action = append(s.Action, "kms:"+op)
		}
		if len(g.Context) > 0 {
			keys := map[string]string{}
			for k, v := range g.Context {
				keys["kms:EncryptionContext:"+k] = v
			}
			s.Condition = map[string]map[string]string{"StringEquals": keys}
		}
		list = append(list, s)
	}
	return grantPolicy(list, "grants", r.ARN)
}

// aclActions are what the permissions of a bucket's access control list allow.
var aclActions = map[string][]string{
	"READ":      {"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"},
	"WRITE":     {"s3:PutObject"},
	"READ_ACP":  {"s3:GetBucketAcl"},
	"WRITE_ACP": {"s3:PutBucketAcl"},
}

// Grantees of access control lists that stand for many.
const (
	allUsers           = "http://acs.amazonaws.com/groups/global/AllUsers"
	authenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
)

// aclPolicy writes a bucket's access control list as a policy (RPOL-06).
func aclPolicy(r *iam.Resource) *policy.Attached {
	var list []grantStatement
	for _, g := range r.ACL {
		s := grantStatement{Sid: "ACL " + g.Permission, Effect: "Allow", Action: aclActions[g.Permission], Resource: "*"}
		if g.Permission == "FULL_CONTROL" {
			s.Action = slices.Concat(aclActions["READ"], aclActions["WRITE"], aclActions["READ_ACP"], aclActions["WRITE_ACP"])
		}
		switch {
		case g.Grantee == allUsers:
			s.Principal = "*"
		case g.Grantee == authenticatedUsers:
			s.Principal = map[string]string{"AWS": "*"}
			s.Condition = map[string]map[string]string{"Null": {"aws:PrincipalArn": "false"}}
		case strings.Contains(g.Grantee, "/") || ownerOf(r) == g.Grantee:
			continue // log delivery, or the bucket's owner
		default:
			s.Principal = map[string]string{"CanonicalUser": g.Grantee}
		}
		if len(s.Action) > 0 {
			list = append(list, s)
		}
	}
	p := grantPolicy(list, "access control list", r.ARN)
	if p != nil {
		p.List = true
	}
	return p
}

// ownerOf is the canonical id of a bucket's owner, who has full control on every
// list, where only one has it; else "".
func ownerOf(r *iam.Resource) string {
	owner := ""
	for _, g := range r.ACL {
		if g.Permission != "FULL_CONTROL" || strings.Contains(g.Grantee, "/") || g.Grantee == owner {
			continue
		}
		if owner != "" {
			return ""
		}
		owner = g.Grantee
	}
	return owner
}
