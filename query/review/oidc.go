package review

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// issuer is an OpenID Connect issuer that many customers share: a token of it
// proves nothing but an account there (FED-07, FED-18).
type issuer struct {
	name    string // as in condition keys
	label   string
	claim   string // the claim that tells customers apart
	foreign string // a stranger's value of that claim
	// owner returns the part of a claim pattern that names the customer, and the
	// rest; ok is false if the pattern has another form.
	owner func(pattern string) (owner, rest string, ok bool)
}

func sharedIssuers() []issuer {
	return []issuer{
		{"token.actions.githubusercontent.com", "GitHub Actions", "sub", "repo:zz-stranger/zz-repository:ref:refs/heads/zz", prefixOwner("repo:")},
		{"gitlab.com", "GitLab", "sub", "project_path:zz-stranger/zz-project:ref_type:branch:ref:zz", prefixOwner("project_path:")},
		{"app.terraform.io", "HCP Terraform", "sub", "organization:zz-stranger:project:zz:workspace:zz:run_phase:zz", organizationOwner},
		{"agent.buildkite.com", "Buildkite", "sub", "organization:zz-stranger:pipeline:zz:ref:refs/heads/zz:commit:zz:step:zz", organizationOwner},
		{"oidc.vercel.com", "Vercel", "sub", "owner:zz-stranger:project:zz:environment:zz", nil},
		{"api.pulumi.com/oidc", "Pulumi", "sub", "pulumi:deploy:org:zz-stranger:project:zz:stack:zz:operation:zz:scope:zz", nil},
		{"accounts.google.com", "Google", "sub", "zz-stranger", nil},
		{"graph.facebook.com", "Facebook", "app_id", "zz-stranger", nil},
		{"www.amazon.com", "Login with Amazon", "app_id", "zz-stranger", nil},
	}
}

// prefixOwner reads "repo:OWNER/REPO:…".
func prefixOwner(prefix string) func(string) (string, string, bool) {
	return func(pattern string) (string, string, bool) {
		rest, ok := strings.CutPrefix(pattern, prefix)
		if !ok {
			return "", "", false
		}
		owner, rest, slash := strings.Cut(rest, "/")
		return owner, rest, slash || hasWildcard(owner)
	}
}

// organizationOwner reads "organization:ORG:…".
func organizationOwner(pattern string) (string, string, bool) {
	rest, ok := strings.CutPrefix(pattern, "organization:")
	if !ok {
		return "", "", false
	}
	owner, rest, colon := strings.Cut(rest, ":")
	return owner, rest, colon || hasWildcard(owner)
}

// federatedTrust is a trust statement with one provider that it names.
type federatedTrust struct {
	trust
	provider string
	issuer   issuer
}

// sharedTrusts lists the trusts of an account in shared issuers.
func (p *pass) sharedTrusts(t trust) []federatedTrust {
	var out []federatedTrust
	if !t.statement.MatchesAction("sts:AssumeRoleWithWebIdentity") {
		return nil
	}
	for i := range t.statement.Principal {
		e := &t.statement.Principal[i]
		if e.Type != "Federated" {
			continue
		}
		name := strings.ToLower(policy.IssuerOf(e.Text))
		issuers := sharedIssuers()
		if k := slices.IndexFunc(issuers, func(s issuer) bool { return s.name == name }); k >= 0 {
			out = append(out, federatedTrust{t, e.Text, issuers[k]})
		}
	}
	return out
}

// stranger folds the requirement with the token of somebody else who has an
// account at the issuer: the claims that say whose token it is are not those
// asked for. All others say what was run, and a stranger's workflow can have any
// of them: a branch main, an environment of that name (FED-09). The audience
// stays open, since workflows choose it; at the built-in providers it is the app,
// which a stranger has another one of.
func (t federatedTrust) stranger(r policy.Requirement) policy.Requirement {
	token := t.issuer.token("zz-stranger", "zz-repository")
	token[t.issuer.claim] = t.issuer.foreign
	if !strings.HasPrefix(t.provider, "arn:") {
		token["aud"], token["azp"], token["oaud"] = "zz-stranger", "zz-stranger", "zz-stranger"
	}
	return t.given(r, token)
}

// given folds the requirement with claims of a token. Of issuers whose tokens
// hold nothing but whose they are, a claim that is not given is a stranger's.
func (t federatedTrust) given(r policy.Requirement, token map[string]string) policy.Requirement {
	prefix := t.issuer.name + ":"
	return r.Given(policy.ContextFunc(func(key string) policy.Value {
		claim, ok := strings.CutPrefix(key, prefix)
		if !ok {
			return policy.Value{}
		}
		if v, ok := token[claim]; ok {
			return policy.Is(v)
		}
		if t.issuer.owner == nil && claim != "aud" && claim != "azp" && claim != "oaud" {
			return policy.Is("zz-stranger")
		}
		return policy.Value{}
	}))
}

// federated is what a caller with a token of a provider still has to meet.
func (p *pass) federated(provider string, role *iam.Role) policy.Requirement {
	account := ""
	if a, ok := policy.ParseARN(provider); ok {
		account = a.Account
	}
	return p.assume(&graph.Node{ID: provider, Kind: graph.KindFederated, Account: account, Name: provider}, role).Requires
}

// web lists the OpenID Connect providers that a statement names.
func (t trust) web() []*policy.PrincipalElement {
	if !t.statement.MatchesAction("sts:AssumeRoleWithWebIdentity") {
		return nil
	}
	var out []*policy.PrincipalElement
	for i := range t.statement.Principal {
		if e := &t.statement.Principal[i]; e.Type == "Federated" && !strings.Contains(e.Text, ":saml-provider/") {
			out = append(out, e)
		}
	}
	return out
}

// names reports whether the statement names a principal of a type.
func (t trust) names(kind, text string) bool {
	return slices.ContainsFunc(t.statement.Principal, func(e policy.PrincipalElement) bool { return e.Type == kind && e.Text == text })
}
