package iam

// IdentityCenter is an instance of IAM Identity Center (IN-24).
type IdentityCenter struct {
	InstanceARN     string
	IdentityStore   string // d-…
	PermissionSets  []*PermissionSet
	Users           []IdentityUser  // sorted by ID
	Groups          []IdentityGroup // sorted by ID
	Assignments     []Assignment
	UsersState      State
	GroupsState     State // memberships included
	AssignmentState State // Present or KnownEmpty: all assignments are known (IDC-04)
	Origin          Origin
}

// PermissionSet becomes a role AWSReservedSSO_… in each account that it is
// provisioned to (IDC-03).
type PermissionSet struct {
	ARN      string
	Name     string
	Inline   *Policy  // nil if there is none, or unknown
	Managed  []string // ARNs of AWS managed policies
	Customer []string // names, with path, of customer managed policies of each account
	Boundary string   // ARN or name; "" none
	Origin   Origin
}

// IdentityUser is a user of the identity store.
type IdentityUser struct {
	ID, Name, DisplayName string
}

// IdentityGroup is a group of the identity store.
type IdentityGroup struct {
	ID, Name string
	Members  []string // IDs of users
	Known    bool     // Members is complete
}

// Assignment lets a user or group use a permission set in an account.
type Assignment struct {
	Account       string
	PermissionSet string // ARN or name
	PrincipalType string // "USER" or "GROUP"
	Principal     string // ID
	Origin        Origin
}
