package native

import (
	"cmp"
	"strings"

	"accesspath/iam"
)

// listed writes a list so that its presence says what is known of it, and a
// state where that is not enough.
func listed[T, U any](all []T, s iam.State, convert func(T) U) ([]U, State) {
	var out []U
	for _, x := range all {
		out = append(out, convert(x))
	}
	switch {
	case s == iam.KnownEmpty && len(out) == 0:
		return []U{}, ""
	case s == iam.Present && len(out) > 0, s == iam.Unknown && len(out) == 0:
		return out, ""
	}
	return out, state(s)
}

// facts writes what an account has besides its entities.
func facts(out *Account, a *iam.Account) {
	if a.Root != nil {
		root := credentials(a.Root)
		root.User = "arn:" + cmp.Or(a.Partition, "aws") + ":iam::" + a.ID + ":root"
		out.Credentials = append(out.Credentials, root)
	}
	for _, u := range a.Users {
		if u.Credentials != nil {
			c := credentials(u.Credentials)
			c.User = u.ARN
			out.Credentials = append(out.Credentials, c)
		}
	}
	if p := a.PasswordPolicy; p != nil {
		out.PasswordPolicy = &PasswordPolicy{
			MinimumLength: p.MinimumLength, ReusePrevention: p.ReusePrevention, MaxAge: p.MaxAge, RequireSymbols: p.RequireSymbols,
			RequireNumbers: p.RequireNumbers, RequireUppercase: p.RequireUppercase, RequireLowercase: p.RequireLowercase, Origin: Origin(p.Origin),
		}
	}
	out.Summary = a.Summary
	for _, c := range a.Certificates {
		out.ServerCertificates = append(out.ServerCertificates, Certificate(c))
	}
	out.Providers = providers(a)
	for _, c := range a.Compute {
		out.Compute = append(out.Compute, compute(c))
	}
	if b := a.PublicAccessBlock; b != nil {
		block := PublicAccessBlock(*b)
		out.PublicAccessBlock = &block
	}
}

func credentials(c *iam.Credentials) Credentials {
	out := Credentials{
		Password: known(c.Password), PasswordLastUsed: c.PasswordLastUsed, PasswordChanged: c.PasswordChanged, MFA: known(c.MFA), MFADevices: c.MFADevices,
		HardwareMFA: known(c.HardwareMFA), Created: c.Created, Origin: Origin(c.Origin),
	}
	certificate := func(x iam.Certificate) Certificate { return Certificate(x) }
	out.AccessKeys, out.AccessKeysState = listed(c.AccessKeys, c.Keys, func(k iam.AccessKey) AccessKey { return AccessKey(k) })
	out.Signing, out.SigningState = listed(c.Certificates, c.Signing, certificate)
	out.SSHKeys, out.SSHKeysState = listed(c.SSHKeys, c.SSH, certificate)
	out.ServiceSpecific, out.ServiceSpecificState = listed(c.Passwords, c.ServiceSpecific, certificate)
	return out
}

func used(list []iam.ServiceUse) []ServiceUse {
	if list == nil {
		return nil
	}
	out := []ServiceUse{}
	for _, u := range list {
		out = append(out, ServiceUse(u))
	}
	return out
}

// providers is nil if nothing is known of any.
func providers(a *iam.Account) *Providers {
	var out Providers
	for _, p := range a.OIDC {
		x := OIDCProvider{ARN: p.ARN, URL: p.URL, ClientIDs: p.ClientIDs, Origin: Origin(p.Origin)}
		if _, inARN, _ := strings.Cut(p.ARN, ":oidc-provider/"); inARN == p.URL {
			x.URL = ""
		}
		if p.ClientsKnown && x.ClientIDs == nil {
			x.ClientIDs = []string{}
		}
		out.OIDC = append(out.OIDC, x)
	}
	for _, p := range a.SAML {
		out.SAML = append(out.SAML, SAMLProvider{ARN: p.ARN, Origin: Origin(p.Origin)})
	}
	if a.Coverage[iam.SectionOIDC] == iam.KnownEmpty && out.OIDC == nil {
		out.OIDC = []OIDCProvider{}
	}
	if a.Coverage[iam.SectionSAML] == iam.KnownEmpty && out.SAML == nil {
		out.SAML = []SAMLProvider{}
	}
	if out.OIDC == nil && out.SAML == nil {
		return nil
	}
	return &out
}

func compute(c *iam.Compute) Compute {
	out := Compute{
		ARN: c.ARN, Kind: c.Kind, Name: c.Name, Account: c.Account, Region: c.Region, Service: c.Service, Roles: c.Roles, AgentRoles: c.AgentRoles,
		InstanceProfile: c.InstanceProfile, Running: known(c.Running), IMDSv1: known(c.IMDSv1), Origin: Origin(c.Origin),
	}
	if c.Pod != nil {
		pod := Pod(*c.Pod)
		out.Pod = &pod
	}
	return out
}

func accessPoint(p iam.AccessPoint) AccessPoint {
	out := AccessPoint{ARN: p.ARN}
	switch {
	case p.State == iam.KnownEmpty:
		out.Policy = none()
	case p.State == iam.Present && p.Policy != nil:
		out.Policy, out.PolicyDefect, out.PolicyOrigin = document(p.Policy), p.Policy.Defect, Origin(p.Policy.Origin)
	}
	return out
}
