package graph

import (
	"accesspath/iam"
	"accesspath/policy"
)

// NodeID numbers nodes in the order of their IDs, so that a walk in NodeID
// order is a walk in name order and answers are repeatable.
type NodeID uint32

// NodeKind says what a node is (PRINC-24).
type NodeKind uint8

// The kinds of node.
const (
	KindUser NodeKind = iota + 1
	KindRole
	KindRoot
	KindGroup
	KindFederated       // OIDC or SAML provider, or a built-in one
	KindIdentityCenter  // permission set, as long as assignments are not known (IDC-04)
	KindService         // service principal
	KindInstanceProfile // hands its role to EC2 instances (SVC-03)
	KindAccount         // an account that is not loaded
	KindExternal        // a named principal of an account that is not loaded
	KindPublic          // anyone with an AWS account, or anyone at all
	KindFederatedUser   // a session of sts:GetFederationToken (STS-10)
	KindCompute         // something that carries roles (SVC-09)
	KindAnchor          // trust anchor of IAM Roles Anywhere: whoever holds a certificate (FED-17)
	KindGuests          // guests of Cognito identity pools: anyone (FED-13)
	KindIDCUser         // user of IAM Identity Center (IDC-04)
	KindIDCGroup        // group of IAM Identity Center
	KindRootSession     // session of sts:AssumeRoot (ROOT-05)
)

var nodeKindNames = [...]string{"", "user", "role", "root", "group", "federated-identity", "idc-permission-set", "service", "instance-profile", "account", "external", "public", "federated-user",
	"compute", "trust-anchor", "public", "idc-user", "idc-group", "root-session"}

func (k NodeKind) String() string { return nodeKindNames[k] }

// A Node is one principal or place where access comes from.
type Node struct {
	ID       string // ARN, "account:ID", "idc:NAME", service name, or "*"
	Kind     NodeKind
	Account  string // "" if it belongs to none
	Name     string // short name
	Service  string // of instance profiles, compute and trust anchors: the service principal that acts for them
	User     *iam.User
	Role     *iam.Role
	Group    *iam.Group
	Supposed *Supposition // not in the snapshot: what somebody could make of a principal; else nil
	Issuer   string       // of federated users, where it is given: the ARN of the user or root user
	Compute  *iam.Compute // of compute
	Limit    *Limit       // of roles: the session policy that whoever issues the session passes; else nil
	Task     string       // of root sessions: the ARN of the task policy
	Key      string       // of users and groups of Identity Center: their ID
	Carrier  bool         // of groups of Identity Center: its members are known and are origins themselves
}

// PublicID is the ID of the node that stands for everyone.
const PublicID = "*"

// AnonymousName marks a public node that signs no requests at all; other public
// nodes stand for anyone with an AWS account.
const AnonymousName = "anonymous"

// AccountNodeID is the ID of the node for an account that is not loaded.
func AccountNodeID(account string) string { return "account:" + account }

// EdgeKind says how the head is obtained from the tail.
type EdgeKind uint8

// The kinds of edge.
const (
	MemberOf            EdgeKind = iota + 1 // user to group; not walked
	CanAssume                               // sts:AssumeRole
	Federates                               // AssumeRoleWithSAML, AssumeRoleWithWebIdentity, Identity Center
	ServiceCarries                          // a service, or compute, holds the role
	GetsFederationToken                     // a user asks for a session under a name
	AssumesRoot                             // sts:AssumeRoot into a member account (ROOT-05)
)

var edgeKindNames = [...]string{"", "member-of", "can-assume", "federates", "service-carries", "get-federation-token", "assume-root"}

func (k EdgeKind) String() string {
	if k.Escalates() {
		return "escalate"
	}
	return edgeKindNames[k]
}

// An Edge is one way from a node to another. Requires is open in what the
// session of From can change.
type Edge struct {
	From, To NodeID
	Kind     EdgeKind
	Requires policy.Requirement
}
