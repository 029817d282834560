package iam

// State is what is known of a section of the input (NAT-04). Only KnownEmpty
// licenses "there is none". The zero State is Unknown.
type State uint8

// The three states.
const (
	Unknown State = iota
	Present
	KnownEmpty
)

func (s State) String() string {
	switch s {
	case Present:
		return "present"
	case KnownEmpty:
		return "known-empty"
	}
	return "unknown"
}

// A Section names one kind of fact about an account.
type Section string

// The sections that change answers. IN-… inputs fill them.
const (
	SectionUsers       Section = "users"
	SectionGroups      Section = "groups"
	SectionRoles       Section = "roles"
	SectionPolicies    Section = "policies"   // customer managed
	SectionBoundaries  Section = "boundaries" // GAAD-13
	SectionCredentials Section = "credentials"
	SectionMFA         Section = "mfa-devices"
	SectionBuckets     Section = "buckets"
	SectionKeys        Section = "kms-keys"
	SectionResources   Section = "other-resources"
	SectionCompute     Section = "compute"
	// The identity providers of an account, by kind (FED-04), and what else may
	// hold or lead to a role.
	SectionOIDC           Section = "oidc-providers"
	SectionSAML           Section = "saml-providers"
	SectionPasswordPolicy Section = "password-policy"
	SectionAnchors        Section = "roles-anywhere"
	SectionPools          Section = "identity-pools"
	SectionCertificates   Section = "server-certificates"
)

// Sections lists them in the order of reports.
var Sections = []Section{
	SectionUsers, SectionGroups, SectionRoles, SectionPolicies, SectionBoundaries,
	SectionCredentials, SectionMFA, SectionOIDC, SectionSAML, SectionBuckets, SectionKeys,
	SectionResources, SectionCompute, SectionPasswordPolicy, SectionAnchors, SectionPools, SectionCertificates,
}

// Coverage holds the state of each section; a missing section is Unknown.
type Coverage map[Section]State
