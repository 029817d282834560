package iam

// OIDCProvider is an OpenID Connect provider of an account (IN-09).
type OIDCProvider struct {
	ARN          string
	URL          string   // issuer without https://
	ClientIDs    []string // audiences
	ClientsKnown bool     // get-open-id-connect-provider was read, not only the list
	Origin       Origin
}

// SAMLProvider is a SAML 2.0 provider of an account (IN-10).
type SAMLProvider struct {
	ARN    string
	Origin Origin
}

// TrustAnchor is a certificate authority that IAM Roles Anywhere takes
// certificates of (IN-27).
type TrustAnchor struct {
	ARN     string
	Name    string
	Enabled bool
	Origin  Origin
}

// AnywhereProfile says which roles IAM Roles Anywhere hands out, and what their
// sessions are limited to (FED-17).
type AnywhereProfile struct {
	ARN             string
	Name            string
	Enabled         bool
	Roles           []string // ARNs
	SessionPolicy   *Policy  // nil if there is none
	ManagedPolicies []string // ARNs of session policies
	Origin          Origin
}

// IdentityPool is a Cognito identity pool (IN-26).
type IdentityPool struct {
	ID              string // region:uuid
	Name            string
	Account         string
	Unauthenticated State  // Present: guests are let in
	Classic         State  // Present: the classic flow, which has no scope-down policy
	RolesKnown      bool   // get-identity-pool-roles was read
	GuestRole       string // ARN; "" none, or unknown
	SignedInRole    string
	Origin          Origin
}
