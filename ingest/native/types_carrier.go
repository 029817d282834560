package native

// Providers are the identity providers of an account.
type Providers struct {
	OIDC []OIDCProvider `json:"oidc,omitzero"` // OpenID Connect; missing: unknown; []: none
	SAML []SAMLProvider `json:"saml,omitzero"` // missing: unknown; []: none
}

// OIDCProvider is an OpenID Connect provider.
type OIDCProvider struct {
	ARN       string   `json:"arn"`
	URL       string   `json:"url,omitempty"`      // issuer without https://; from the ARN if missing
	ClientIDs []string `json:"clientIds,omitzero"` // audiences; missing: unknown; []: none
	Origin    Origin   `json:"origin,omitzero"`
}

// SAMLProvider is a SAML 2.0 provider.
type SAMLProvider struct {
	ARN    string `json:"arn"`
	Origin Origin `json:"origin,omitzero"`
}

// Compute is a thing of a service that holds a role.
type Compute struct {
	ARN             string   `json:"arn"`
	Kind            string   `json:"kind,omitempty"` // "ec2:instance", "lambda:function", "ecs:task-definition", …
	Name            string   `json:"name,omitempty"`
	Account         string   `json:"account,omitempty"` // from the ARN, or that of the surroundings, if missing
	Region          string   `json:"region,omitempty"`
	Service         string   `json:"service,omitempty"`         // service principal that delivers the session; by the kind if missing
	Roles           []string `json:"roles,omitempty"`           // ARNs of the roles whose sessions the code inside holds
	AgentRoles      []string `json:"agentRoles,omitempty"`      // ARNs of roles that only the service's agent holds
	InstanceProfile string   `json:"instanceProfile,omitempty"` // ARN
	Running         State    `json:"running,omitempty"`         // "known-empty": stopped
	IMDSv1          State    `json:"imdsV1,omitempty"`          // "present": tokens are optional
	Pod             *Pod     `json:"pod,omitempty"`             // of EKS pod identity associations
	Origin          Origin   `json:"origin,omitzero"`
}

// Pod is which pods an EKS Pod Identity association is for.
type Pod struct {
	Cluster        string `json:"cluster,omitempty"` // name
	Namespace      string `json:"namespace,omitempty"`
	ServiceAccount string `json:"serviceAccount,omitempty"`
	TargetRole     string `json:"targetRole,omitempty"` // ARN of a role that EKS assumes next
	ExternalID     string `json:"externalId,omitempty"` // that EKS gives to the target role
	NoSessionTags  bool   `json:"noSessionTags,omitzero"`
}

// Cognito holds identity pools. In accounts of this snapshot that have none
// there is none.
type Cognito struct {
	IdentityPools []IdentityPool `json:"identityPools"`
}

// IdentityPool is a Cognito identity pool.
type IdentityPool struct {
	ID              string `json:"id"` // region:uuid
	Name            string `json:"name,omitempty"`
	Account         string `json:"account"`
	Unauthenticated State  `json:"unauthenticated,omitempty"` // "present": guests are let in
	Classic         State  `json:"classic,omitempty"`         // "present": the classic flow is allowed
	RolesKnown      bool   `json:"rolesKnown,omitzero"`       // no role means that there is none
	GuestRole       string `json:"guestRole,omitempty"`       // ARN
	SignedInRole    string `json:"signedInRole,omitempty"`    // ARN
	Origin          Origin `json:"origin,omitzero"`
}

// RolesAnywhere holds the settings of IAM Roles Anywhere. In accounts of this
// snapshot that have none there is none.
type RolesAnywhere struct {
	TrustAnchors []TrustAnchor     `json:"trustAnchors,omitempty"`
	Profiles     []AnywhereProfile `json:"profiles,omitempty"`
}

// TrustAnchor is a certificate authority whose certificates are taken.
type TrustAnchor struct {
	ARN     string `json:"arn"`
	Name    string `json:"name,omitempty"`
	Enabled bool   `json:"enabled"`
	Origin  Origin `json:"origin,omitzero"`
}

// AnywhereProfile says which roles are handed out, and what limits their
// sessions.
type AnywhereProfile struct {
	ARN             string   `json:"arn"`
	Name            string   `json:"name,omitempty"`
	Enabled         bool     `json:"enabled"`
	Roles           []string `json:"roles,omitempty"` // ARNs
	SessionPolicy   *Policy  `json:"sessionPolicy,omitempty"`
	ManagedPolicies []string `json:"managedPolicies,omitempty"` // ARNs of session policies
	Origin          Origin   `json:"origin,omitzero"`
}
