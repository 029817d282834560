package iam

// A Resource is something with an owner, and perhaps a policy of its own.
type Resource struct {
	ARN         string
	Account     string // owner; "" unknown (NAT-02)
	Type        string // "s3:bucket", "kms:key", "sqs:queue", …; "" unknown
	Region      string
	Policy      *Policy // nil unless PolicyState is Present
	PolicyState State   // RPOL-01
	Tags        []Tag
	TagsState   State
	// S3 (RPOL-04, RPOL-06)
	PublicAccessBlock *PublicAccessBlock // nil unknown
	OwnershipEnforced State              // Present: ACLs count for nothing
	ACL               []ACLGrant
	ACLState          State
	AccessPoints      []AccessPoint // of buckets (RPOL-07)
	AccessPointsState State
	// KMS (RPOL-12)
	AWSManaged  bool // a key that AWS manages, which no RCP binds (ORG-10)
	Grants      []KMSGrant
	GrantsState State
	// EncryptionKey is the ARN of the KMS key that encrypts it, or the ARN of an
	// alias that AWS manages; "" unknown (RPOL-15).
	EncryptionKey string
	// Holds are the ARNs of principals whose credentials are stored in it
	// (ESC-28); native snapshots only.
	Holds  []string
	Origin Origin
}

// AccessPoint is a further way to a bucket's objects, with a policy of its own.
type AccessPoint struct {
	ARN    string
	Policy *Policy // nil if there is none, or unknown
	State  State
}

// PublicAccessBlock holds S3's four switches.
type PublicAccessBlock struct {
	BlockPublicACLs, IgnorePublicACLs, BlockPublicPolicy, RestrictPublicBuckets bool
}

// ACLGrant is one grant of an S3 access control list.
type ACLGrant struct {
	Grantee    string // URI of a group, or a canonical id
	Permission string // "READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"
}

// KMSGrant is one grant on a key.
type KMSGrant struct {
	ID         string
	Grantee    string // principal ARN
	Operations []string
	Context    map[string]string // encryption context required; nil if none
}
