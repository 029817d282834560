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
		for _, constrained := range []bool{false, true} {
			s := grantStatement{Sid: "grant " + g.ID, Effect: "Allow", Principal: map[string]string{granteeKind(g.Grantee): g.Grantee}, Resource: "*"}
			for _, op := range g.Operations {
				if constrained == (len(g.Context) > 0 && !slices.Contains(beyondConstraints, op)) {
					s.Action = append(s.Action, "kms:"+op)
				}
			}
			if constrained {
				s.Condition = map[string]map[string]string{"StringEquals": encryptionContext(g.Context)}
			}
			if len(s.Action) > 0 {
				list = append(list, s)
			}
		}
	}
	return grantPolicy(list, "grants", r.ARN)
}

// granteeKind is the key of Principal under which a grantee stands: KMS shows services by
// their principals, and everybody else by ARN.
func granteeKind(grantee string) string {
	if !strings.HasPrefix(grantee, "arn:") && strings.Contains(grantee, ".amazonaws.com") {
		return "Service"
	}
	return "AWS"
}

// beyondConstraints are the operations that the constraints of a grant do not count for:
// they take no encryption context (RPOL-12).
var beyondConstraints = []string{"DescribeKey", "RetireGrant"}

func encryptionContext(of map[string]string) map[string]string {
	keys := map[string]string{}
	for k, v := range of {
		keys["kms:EncryptionContext:"+k] = v
	}
	return keys
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
