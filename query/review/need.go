package review

import (
	"slices"
	"strings"

	"accesspath/iam"
)

// A Need is an input that a rule cannot do without: a section of an account, or
// one of the needs below.
type Need string

// Needs that are no sections.
const (
	NeedOrganization Need = "organization" // the tree with its accounts
	NeedGuardrails   Need = "organization-policies"
	NeedRootFeatures Need = "organization-features"
	NeedLastUsed     Need = "role-last-used"
	NeedServiceUse   Need = "service-last-used" // of roles (IN-11)
	NeedComplete     Need = "complete-export"   // the rule relies on absence (GAAD-08)
	NeedAccessKeys   Need = "access-keys"       // of every user
	NeedPasswords    Need = "console-passwords" // whether every user has one
	NeedUserMFA      Need = "mfa-of-users"
	NeedOldKinds     Need = "further-credentials" // certificates, SSH keys and passwords of services
	NeedRootUser     Need = "root-user"
	NeedMetadata     Need = "instance-metadata-options"
)

// The sections as needs.
const (
	NeedUsers          = Need(iam.SectionUsers)
	NeedGroups         = Need(iam.SectionGroups)
	NeedRoles          = Need(iam.SectionRoles)
	NeedPolicies       = Need(iam.SectionPolicies)
	NeedResources      = Need(iam.SectionResources)
	NeedBuckets        = Need(iam.SectionBuckets)
	NeedKeys           = Need(iam.SectionKeys)
	NeedCompute        = Need(iam.SectionCompute)
	NeedOIDC           = Need(iam.SectionOIDC)
	NeedSAML           = Need(iam.SectionSAML)
	NeedPools          = Need(iam.SectionPools)
	NeedAnchors        = Need(iam.SectionAnchors)
	NeedPasswordPolicy = Need(iam.SectionPasswordPolicy)
	NeedCertificates   = Need(iam.SectionCertificates)
)

// missing says in words what of a need is not there.
func (p *pass) missing(n Need, a *iam.Account) string {
	switch n {
	case NeedComplete:
		return unless(!a.Incomplete, "the remaining pages of the export")
	case NeedOrganization:
		return unless(p.orgKnown(), "the organization and its accounts")
	case NeedGuardrails:
		return unless(p.orgKnown() && p.m.Guardrails() == "read", "the organization's policies and what they are attached to")
	case NeedRootFeatures:
		return unless(p.s.Organization != nil && p.s.Organization.RootCredentials != iam.Unknown, "which features of central root access the organization uses")
	case NeedLastUsed:
		return unless(len(a.Roles) == 0 || slices.ContainsFunc(a.Roles, func(r *iam.Role) bool { return r.LastUsedKnown }), "when roles were last used")
	case NeedServiceUse:
		return unless(len(a.Roles) == 0 || slices.ContainsFunc(a.Roles, func(r *iam.Role) bool { return r.Used != nil }), "which services roles have used")
	case NeedAccessKeys:
		return unless(allUsers(a, func(c *iam.Credentials) iam.State { return c.Keys }), "the access keys of users")
	case NeedPasswords:
		return unless(allUsers(a, func(c *iam.Credentials) iam.State { return c.Password }), "which users have a console password")
	case NeedUserMFA:
		return unless(allUsers(a, func(c *iam.Credentials) iam.State { return c.MFA }), "which users have an MFA device")
	case NeedOldKinds:
		return unless(allUsers(a, furtherState), "the certificates, SSH keys and service-specific credentials of users")
	case NeedRootUser:
		return unless(a.Root != nil || a.Summary != nil || !a.Loaded(), "the credentials of the root user")
	case NeedMetadata:
		return unless(!slices.ContainsFunc(a.Compute, func(c *iam.Compute) bool { return isInstance(c) && c.IMDSv1 == iam.Unknown }), "the metadata options of instances")
	}
	return unless(a.Coverage[iam.Section(n)] != iam.Unknown, "the "+sectionWords(n)+" of the account")
}

// sectionWords calls a section by its name in prose.
func sectionWords(n Need) string {
	switch n {
	case NeedOIDC:
		return "OpenID Connect providers"
	case NeedSAML:
		return "SAML providers"
	case NeedKeys:
		return "KMS keys"
	}
	return strings.ReplaceAll(string(n), "-", " ")
}

func unless(there bool, what string) string {
	if there {
		return ""
	}
	return what
}

// allUsers reports whether a part of the credentials is known of every user. A
// credential report alone, without an export, lists all users, too.
func allUsers(a *iam.Account, state func(*iam.Credentials) iam.State) bool {
	listed := a.Coverage[iam.SectionUsers] != iam.Unknown || a.Coverage[iam.SectionCredentials] != iam.Unknown
	return listed && !slices.ContainsFunc(a.Users, func(u *iam.User) bool { return u.Credentials == nil || state(u.Credentials) == iam.Unknown })
}

// furtherState is known if all three kinds of further credentials are.
func furtherState(c *iam.Credentials) iam.State {
	return min(c.Signing, c.SSH, c.ServiceSpecific)
}
