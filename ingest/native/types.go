package native

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Snapshot is the whole document.
type Snapshot struct {
	Schema          string           `json:"schema"`                    // SchemaID
	AsOf            time.Time        `json:"asOf,omitzero"`             // when the facts were true, RFC 3339
	Sources         []Source         `json:"sources,omitempty"`         // files that the facts were read from
	Accounts        []Account        `json:"accounts,omitempty"`        // any order
	ManagedPolicies []ManagedPolicy  `json:"managedPolicies,omitempty"` // of AWS, shared by all accounts
	Organization    *Organization    `json:"organization,omitempty"`
	Resources       []Resource       `json:"resources,omitempty"`
	IdentityCenter  *IdentityCenter  `json:"identityCenter,omitempty"`
	Cognito         *Cognito         `json:"cognito,omitempty"`       // of all accounts; missing: unknown
	RolesAnywhere   *RolesAnywhere   `json:"rolesAnywhere,omitempty"` // of all accounts; missing: unknown
	TrustedAccounts []TrustedAccount `json:"trustedAccounts,omitempty"`
	Diagnostics     []Diagnostic     `json:"diagnostics,omitempty"` // problems met when the facts were first read
}

// State is what is known of something: "present", "known-empty" or "unknown",
// which is also what a missing State means (NAT-04).
type State string

// Source is a file that contributed.
type Source struct {
	Name   string `json:"name"`
	Format string `json:"format,omitempty"`
	SHA256 string `json:"sha256,omitempty"` // hexadecimal, of the text after decompression
	Bytes  int64  `json:"bytes,omitzero"`   // of that text
}

// Origin is where a fact was read first.
type Origin struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitzero"`     // from 1
	Column  int    `json:"column,omitzero"`   // from 1, in bytes
	Pointer string `json:"pointer,omitempty"` // RFC 6901
}

// Account is one account. Either gaad or the lists; if both, they are merged.
type Account struct {
	ID                 string             `json:"id"`                  // twelve digits
	Partition          string             `json:"partition,omitempty"` // "aws" if missing
	Alias              string             `json:"alias,omitempty"`
	Name               string             `json:"name,omitempty"`
	Status             string             `json:"status,omitempty"`    // of the organization's listing: "ACTIVE", "SUSPENDED", …
	Incomplete         bool               `json:"incomplete,omitzero"` // pages are missing (GAAD-08)
	Coverage           map[string]State   `json:"coverage,omitempty"`  // by section: "users", "groups", "roles", "policies", "boundaries", "credentials", "mfa-devices", "oidc-providers", "saml-providers", "buckets", "kms-keys", "other-resources", "compute", "compute:lambda" and others of one service, "password-policy", "roles-anywhere", "identity-pools", "server-certificates"
	GAAD               jsontext.Value     `json:"gaad,omitempty"`      // output of get-account-authorization-details: a page or an array of pages
	Users              []User             `json:"users,omitempty"`     // [] says that there is none
	Groups             []Group            `json:"groups,omitempty"`    // [] says that there is none
	Roles              []Role             `json:"roles,omitempty"`     // [] says that there is none
	Policies           []ManagedPolicy    `json:"policies,omitempty"`  // customer managed; [] says that there is none
	InstanceProfiles   []InstanceProfile  `json:"instanceProfiles,omitempty"`
	Credentials        []Credentials      `json:"credentials,omitempty"`        // of users and of the root user
	PasswordPolicy     *PasswordPolicy    `json:"passwordPolicy,omitempty"`     // missing: unknown; null: none
	Summary            map[string]int     `json:"summary,omitempty"`            // counts of get-account-summary
	ServerCertificates []Certificate      `json:"serverCertificates,omitempty"` // [] says that there is none
	Providers          *Providers         `json:"providers,omitempty"`          // identity providers
	Compute            []Compute          `json:"compute,omitempty"`            // what carries roles; [] says that nothing does
	PublicAccessBlock  *PublicAccessBlock `json:"publicAccessBlock,omitempty"`  // of S3, for the whole account
}

// Entity is what users, groups and roles have in common.
type Entity struct {
	ARN      string       `json:"arn"`
	Name     string       `json:"name,omitempty"`     // from the ARN if missing
	Path     string       `json:"path,omitempty"`     // from the ARN if missing
	ID       string       `json:"id,omitempty"`       // AIDA…, AGPA…, AROA…
	Created  time.Time    `json:"created,omitzero"`   // RFC 3339
	Inline   []Policy     `json:"inline,omitempty"`   // inline policies
	Attached []Attachment `json:"attached,omitempty"` // managed policies
	Boundary *Attachment  `json:"boundary,omitempty"` // permissions boundary; not of groups
	Tags     []Tag        `json:"tags,omitempty"`     // not of groups
	Partial  bool         `json:"partial,omitzero"`   // known by a reference only, its policies are not
	Origin   Origin       `json:"origin,omitzero"`
}

// User is an IAM user.
type User struct {
	Entity
	Groups    []string     `json:"groups,omitempty"`   // names
	Emergency bool         `json:"emergency,omitzero"` // declared as emergency access
	Used      []ServiceUse `json:"used,omitzero"`      // missing: unknown; []: none
}

// Group is an IAM group.
type Group struct {
	Entity
}

// Role is an IAM role.
type Role struct {
	Entity
	Trust                   Document     `json:"trust,omitzero"`        // AssumeRolePolicyDocument
	TrustDefect             string       `json:"trustDefect,omitempty"` // why trust is missing though there is one
	TrustOrigin             Origin       `json:"trustOrigin,omitzero"`
	LastUsed                time.Time    `json:"lastUsed,omitzero"`
	LastUsedRegion          string       `json:"lastUsedRegion,omitempty"`
	LastUsedKnown           bool         `json:"lastUsedKnown,omitzero"`           // no lastUsed means not used within the tracking period
	MaxSession              int          `json:"maxSession,omitzero"`              // seconds
	LegacyImplicitSelfTrust bool         `json:"legacyImplicitSelfTrust,omitzero"` // may assume itself without being named (STS-05)
	Description             string       `json:"description,omitempty"`
	Used                    []ServiceUse `json:"used,omitzero"` // missing: unknown; []: none
}

// InstanceProfile hands a role to EC2 instances.
type InstanceProfile struct {
	ARN  string `json:"arn"`
	Name string `json:"name,omitempty"`
	ID   string `json:"id,omitempty"`   // AIPA…
	Role string `json:"role,omitempty"` // ARN
}

// Policy is a document with a name.
type Policy struct {
	Name     string   `json:"name,omitempty"`
	ARN      string   `json:"arn,omitempty"`
	Document Document `json:"document,omitzero"`
	Defect   string   `json:"defect,omitempty"` // why document is missing though there is one
	Bundled  bool     `json:"bundled,omitzero"` // not read from an input
	Origin   Origin   `json:"origin,omitzero"`
}

// Attachment refers to a managed policy.
type Attachment struct {
	Name string `json:"name,omitempty"`
	ARN  string `json:"arn"`
}

// ManagedPolicy is a managed policy with those of its versions that are known.
type ManagedPolicy struct {
	ARN             string          `json:"arn"`
	Name            string          `json:"name,omitempty"`
	ID              string          `json:"id,omitempty"` // ANPA…
	Path            string          `json:"path,omitempty"`
	DefaultVersion  string          `json:"defaultVersion,omitempty"`
	Versions        []PolicyVersion `json:"versions,omitempty"`
	AttachmentCount int             `json:"attachmentCount,omitzero"`
	Created         time.Time       `json:"created,omitzero"`
	Updated         time.Time       `json:"updated,omitzero"`
	Bundled         bool            `json:"bundled,omitzero"` // not read from an input
	Origin          Origin          `json:"origin,omitzero"`
}

// PolicyVersion is a version of a managed policy.
type PolicyVersion struct {
	ID       string    `json:"id,omitempty"`     // "v1", …
	Default  bool      `json:"default,omitzero"` // the one that counts; not needed if there is one version only
	Created  time.Time `json:"created,omitzero"`
	Document Document  `json:"document,omitzero"`
	Defect   string    `json:"defect,omitempty"`
	Bundled  bool      `json:"bundled,omitzero"`
	Origin   Origin    `json:"origin,omitzero"`
}

// Tag is one tag.
type Tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Organization is an AWS organization with its guardrails.
type Organization struct {
	ID                      string           `json:"id,omitempty"` // o-…
	ManagementAccountID     string           `json:"managementAccountId,omitempty"`
	FeatureSet              string           `json:"featureSet,omitempty"`              // "ALL" or "CONSOLIDATED_BILLING"
	ServiceControlPolicies  State            `json:"serviceControlPolicies,omitempty"`  // is the type enabled? "known-empty" is disabled
	ResourceControlPolicies State            `json:"resourceControlPolicies,omitempty"` // is the type enabled? "known-empty" is disabled
	RootSessions            State            `json:"rootSessions,omitempty"`            // is centralised root access enabled?
	RootCredentials         State            `json:"rootCredentials,omitempty"`         // are root credentials of members managed centrally?
	Policies                []Policy         `json:"policies,omitempty"`                // referred to by ARN, or by name if they have none
	Root                    *OrgNode         `json:"root,omitempty"`
	Detached                []OrgNode        `json:"detached,omitempty"` // nodes whose place in the tree is not known
	DelegatedAdmins         []DelegatedAdmin `json:"delegatedAdmins,omitempty"`
	Origin                  Origin           `json:"origin,omitzero"`
}

// OrgNode is a root, a unit or an account. Its policies are ARNs (or names)
// of Organization.policies, or policies themselves.
type OrgNode struct {
	ID       string         `json:"id"`             // r-…, ou-…, or the account id
	Kind     string         `json:"kind,omitempty"` // "root", "unit" or "account"; told by the id if missing
	Name     string         `json:"name,omitempty"`
	ParentID string         `json:"parentId,omitempty"` // only of detached nodes
	Status   string         `json:"status,omitempty"`   // of accounts
	SCPs     []OrgPolicyRef `json:"scps,omitzero"`      // missing: unknown; []: none
	RCPs     []OrgPolicyRef `json:"rcps,omitzero"`      // missing: unknown; []: none
	SCPState State          `json:"scpState,omitempty"` // only to say "unknown" of a list that may lack some
	RCPState State          `json:"rcpState,omitempty"` // only to say "unknown" of a list that may lack some
	Units    []OrgNode      `json:"units,omitempty"`
	Accounts []OrgNode      `json:"accounts,omitempty"`
}

// DelegatedAdmin is an account that administers services of the organization.
type DelegatedAdmin struct {
	Account  string   `json:"account"`
	Services []string `json:"services,omitempty"` // service principals
}

// Resource is anything with an owner, and perhaps a policy.
type Resource struct {
	ARN               string             `json:"arn"`
	Account           string             `json:"account,omitempty"` // needed where the ARN has none, as of buckets (NAT-02)
	Type              string             `json:"type,omitempty"`    // "s3:bucket", "kms:key", …
	Region            string             `json:"region,omitempty"`
	Policy            Document           `json:"policy,omitzero"`        // missing: unknown; null: none
	PolicyDefect      string             `json:"policyDefect,omitempty"` // why policy is missing though there is one
	PolicyOrigin      Origin             `json:"policyOrigin,omitzero"`
	Tags              []Tag              `json:"tags,omitzero"`               // missing: unknown; []: none
	PublicAccessBlock *PublicAccessBlock `json:"publicAccessBlock,omitempty"` // of buckets
	OwnershipEnforced State              `json:"ownershipEnforced,omitempty"` // of buckets; "present": ACLs count for nothing
	ACL               []ACLGrant         `json:"acl,omitzero"`                // of buckets; missing: unknown; []: none
	AWSManaged        bool               `json:"awsManaged,omitzero"`         // of keys: AWS manages it for the account
	KMSGrants         []KMSGrant         `json:"kmsGrants,omitzero"`          // of keys; missing: unknown; []: none
	KMSGrantsState    State              `json:"kmsGrantsState,omitempty"`    // only to say "unknown" of a list that may lack some
	AccessPoints      []AccessPoint      `json:"accessPoints,omitzero"`       // of buckets; missing: unknown; []: none
	AccessPointsState State              `json:"accessPointsState,omitempty"` // only to say "unknown" of a list that may lack some
	EncryptionKey     string             `json:"encryptionKey,omitempty"`     // ARN of the KMS key that encrypts it, or of an alias that AWS manages
	Holds             []string           `json:"holds,omitempty"`             // ARNs of principals whose credentials are stored in it
	Origin            Origin             `json:"origin,omitzero"`
}

// AccessPoint is a further way to the objects of a bucket.
type AccessPoint struct {
	ARN          string   `json:"arn"`
	Policy       Document `json:"policy,omitzero"`        // missing: unknown; null: none
	PolicyDefect string   `json:"policyDefect,omitempty"` // why policy is missing though there is one
	PolicyOrigin Origin   `json:"policyOrigin,omitzero"`
}

// PublicAccessBlock holds S3's four switches, of a bucket or of an account.
type PublicAccessBlock struct {
	BlockPublicACLs       bool `json:"blockPublicAcls"`
	IgnorePublicACLs      bool `json:"ignorePublicAcls"`
	BlockPublicPolicy     bool `json:"blockPublicPolicy"`
	RestrictPublicBuckets bool `json:"restrictPublicBuckets"`
}

// ACLGrant is one grant of a bucket's access control list.
type ACLGrant struct {
	Grantee    string `json:"grantee"`    // URI of a group, or a canonical user id
	Permission string `json:"permission"` // "READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"
}

// KMSGrant is one grant on a key.
type KMSGrant struct {
	ID         string            `json:"id,omitempty"`
	Grantee    string            `json:"grantee"` // ARN
	Operations []string          `json:"operations,omitempty"`
	Context    map[string]string `json:"context,omitempty"` // encryption context that is required
}

// TrustedAccount is declared as own, or as a known third party.
type TrustedAccount struct {
	ID         string `json:"id"`
	Name       string `json:"name,omitempty"`
	ThirdParty bool   `json:"thirdParty,omitzero"`
}

// Diagnostic is a problem that was met when the facts were first read.
type Diagnostic struct {
	Severity string `json:"severity"` // "error", "warning" or "note"
	Code     string `json:"code"`
	Message  string `json:"message"`
	Entity   string `json:"entity,omitempty"`
	Hint     string `json:"hint,omitempty"`
	Origin   Origin `json:"origin,omitzero"`
}

// Document is a policy document: an object, or its text in a string (IN-30).
// The zero Document is absent.
type Document struct {
	Value   jsontext.Value
	offset  int    // into the entity that was decoded
	pointer string // from that entity
}

// MarshalJSONTo writes the document as it is.
func (d Document) MarshalJSONTo(enc *jsontext.Encoder) error { return enc.WriteValue(d.Value) }

// OrgPolicyRef is the ARN or the name of a policy of the organization, or the
// policy itself.
type OrgPolicyRef struct {
	Name   string
	Policy *Policy // nil if there is only a name
}

// MarshalJSONTo writes the name, or the policy.
func (r OrgPolicyRef) MarshalJSONTo(enc *jsontext.Encoder) error {
	if r.Policy != nil {
		return json.MarshalEncode(enc, r.Policy)
	}
	return enc.WriteToken(jsontext.String(r.Name))
}

// UnmarshalJSONFrom reads either.
func (r *OrgPolicyRef) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() == '{' {
		r.Policy = &Policy{}
		return json.UnmarshalDecode(dec, r.Policy)
	}
	return json.UnmarshalDecode(dec, &r.Name)
}

// UnmarshalJSONFrom keeps the document and its place.
func (d *Document) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	v, err := dec.ReadValue()
	if err != nil {
		return err
	}
	d.Value, d.pointer = v.Clone(), string(dec.StackPointer())
	d.offset = int(dec.InputOffset()) - len(v)
	return nil
}
