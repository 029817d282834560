package native

// IdentityCenter is an instance of IAM Identity Center.
type IdentityCenter struct {
	InstanceARN      string          `json:"instanceArn,omitempty"`
	IdentityStore    string          `json:"identityStore,omitempty"` // d-…
	PermissionSets   []PermissionSet `json:"permissionSets,omitempty"`
	Users            []IdentityUser  `json:"users,omitzero"`             // missing: unknown; []: none
	UsersState       State           `json:"usersState,omitempty"`       // only to say "unknown" of a list that may lack some
	Groups           []IdentityGroup `json:"groups,omitzero"`            // missing: unknown; []: none
	GroupsState      State           `json:"groupsState,omitempty"`      // only to say "unknown" of a list that may lack some
	Assignments      []Assignment    `json:"assignments,omitzero"`       // missing: unknown; []: none
	AssignmentsState State           `json:"assignmentsState,omitempty"` // only to say "unknown" of a list that may lack some
	Origin           Origin          `json:"origin,omitzero"`
}

// PermissionSet becomes a role in each account that it is provisioned to.
type PermissionSet struct {
	ARN      string   `json:"arn,omitempty"`
	Name     string   `json:"name"`
	Inline   *Policy  `json:"inline,omitempty"`
	Managed  []string `json:"managed,omitempty"`  // ARNs of AWS managed policies
	Customer []string `json:"customer,omitempty"` // names, with path, of customer managed policies of each account
	Boundary string   `json:"boundary,omitempty"` // ARN or name
	Origin   Origin   `json:"origin,omitzero"`
}

// IdentityUser is a user of the identity store.
type IdentityUser struct {
	ID          string `json:"id"`
	Name        string `json:"name,omitempty"`
	DisplayName string `json:"displayName,omitempty"`
}

// IdentityGroup is a group of the identity store.
type IdentityGroup struct {
	ID           string   `json:"id"`
	Name         string   `json:"name,omitempty"`
	Members      []string `json:"members,omitzero"`       // ids of users; missing: unknown; []: none
	MembersState State    `json:"membersState,omitempty"` // only to say "unknown" of a list that may lack some
}

// Assignment lets a user or group use a permission set in an account.
type Assignment struct {
	Account       string `json:"account"`
	PermissionSet string `json:"permissionSet"` // ARN or name
	PrincipalType string `json:"principalType"` // "USER" or "GROUP"
	Principal     string `json:"principal"`     // id
	Origin        Origin `json:"origin,omitzero"`
}
