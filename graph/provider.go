package graph

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// NoteUnverified: no input lists the identity providers of the role's account,
// so whether the one named is there is not known (FED-04).
const NoteUnverified = "provider-unverified"

// checkProvider adds what the account's identity providers say of a sign-in: the
// provider has to exist, and takes tokens for its own audiences only (FED-04,
// FED-05). Built-in providers always exist.
func (m *Model) checkProvider(a *Assumption, n *Node) {
	arn, ok := policy.ParseARN(n.ID)
	if !ok || strings.ContainsAny(n.ID, "*?") || a.Requires.IsFalse() {
		return
	}
	account := m.Snapshot.Account(arn.Account)
	if account == nil {
		a.Codes = insertSorted(a.Codes, NoteUnverified)
		return
	}
	var oidc *iam.OIDCProvider
	section := iam.SectionOIDC
	listed := false
	if strings.HasPrefix(arn.Resource, "saml-provider/") {
		section = iam.SectionSAML
		listed = slices.ContainsFunc(account.SAML, func(p *iam.SAMLProvider) bool { return p.ARN == n.ID })
	} else if i := slices.IndexFunc(account.OIDC, func(p *iam.OIDCProvider) bool { return p.ARN == n.ID }); i >= 0 {
		listed, oidc = true, account.OIDC[i]
	}
	switch {
	case !listed && account.Coverage[section] != iam.Unknown:
		a.deny("dangling", "FED-04", "the trust policy names the identity provider "+n.ID+", which is not there")
	case !listed:
		a.Codes = insertSorted(a.Codes, NoteUnverified)
	case oidc != nil && oidc.ClientsKnown:
		a.limitAudience(policy.IssuerOf(n.ID), oidc.ClientIDs, m.Options.Overrides)
	}
}

// deny turns an assumption into a denial for one reason.
func (a *Assumption) deny(layer, rule, text string) {
	a.Requires = policy.False()
	a.Causes = []policy.Cause{{Layer: layer, Rule: rule, Text: text}}
}

// limitAudience: the token's audience is one of the provider's client ids. Where
// the trust asks for no more than that, nothing is added to its words. known is what
// the user says of requests (SYM-11); nil if nothing.
func (a *Assumption) limitAudience(issuer string, clients []string, known policy.Context) {
	one := policy.AtomRequirement(policy.Atom{Key: issuer + ":aud", Operator: "StringEquals", Values: clients, Class: policy.ClassIDP})
	if known != nil {
		one = one.Given(known)
	}
	both := policy.And(a.Requires, one)
	switch {
	case !both.Satisfiable():
		a.deny("contradiction", "FED-05", "the identity provider takes no token for an audience that is asked for: its client IDs are "+strings.Join(clients, ", "))
	case policy.And(a.Requires, one.Not()).Satisfiable():
		a.Requires = both.Simplify()
	}
}

// tagless are issuers whose tokens have a fixed form without session tags.
var tagless = []string{
	"token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "agent.buildkite.com", "oidc.vercel.com", "api.pulumi.com/oidc",
	"accounts.google.com", "graph.facebook.com", "www.amazon.com",
}

// githubEnterprise ends the issuers of GitHub Enterprise Servers.
const githubEnterprise = "/_services/token"

// assertedTags: an identity provider that passes session tags needs the trust to
// allow sts:TagSession as well, else the call fails; whether it passes some is
// not known (FED-22).
func (m *Model) assertedTags(a *Assumption, ask Ask) {
	if a.Requires.IsFalse() || !MayAssertTags(ask.Node.ID) {
		return
	}
	ask.Action = tagSession
	tag := m.Decide(ask)
	if tag.Requires.IsTrue() {
		return
	}
	none := policy.AtomRequirement(policy.Atom{Key: "IDP:tags", Code: "IDP:tags", Class: policy.ClassIDP, Opaque: true})
	a.Requires = policy.Or(policy.And(none, withoutTags(a.Requires)), policy.And(tag.Requires, a.Requires)).Simplify()
	if a.Requires.IsFalse() {
		a.deny("resource", "FED-22", "the trust policy asks for session tags, and does not allow sts:TagSession")
		return
	}
	a.Codes = insertSorted(a.Codes, "IDP:tags")
}

// withoutTags is what a call has to meet that passes no session tags.
func withoutTags(r policy.Requirement) policy.Requirement {
	return r.Map(func(a *policy.Atom) policy.Requirement {
		if a.Opaque || !IsSessionTagKey(strings.ToLower(a.Key)) {
			return policy.Keep(a)
		}
		return a.Fold(policy.NotThere())
	})
}

// MayAssertTags reports whether an identity provider may pass session tags.
func MayAssertTags(provider string) bool {
	issuer := strings.ToLower(policy.IssuerOf(provider))
	return provider != PublicID && provider != cognito && !slices.Contains(tagless, issuer) && !strings.HasSuffix(issuer, githubEnterprise) && !strings.HasPrefix(issuer, "oidc.eks.") && !strings.ContainsAny(provider, "*?")
}
