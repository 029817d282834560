package review

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// anyAudience is FIND-27.
func anyAudience() Rule {
	return Rule{ID: "FIND-27", Doc: Doc{
		Title:       "Federated trust takes tokens of every client",
		Why:         "The provider has several clients, and a token says in aud for which it was issued. Without a condition on it, the least careful client decides who gets the role.",
		Severity:    High,
		Reach:       true,
		Remediation: "Add a condition on the aud claim with the client that the role is for.",
		References:  []string{"AWS IAM User Guide: Create a role for OpenID Connect federation"},
		Since:       "0.2",
		Needs:       []Need{NeedRoles, NeedOIDC},
	}, check: checkAnyAudience}
}

func checkAnyAudience(p *pass) []Finding {
	return p.eachTrust(func(t trust) []Finding {
		var out []Finding
		for _, e := range t.web() {
			provider := p.oidcProvider(t.account, e.Text)
			if provider == nil {
				continue
			}
			if !provider.ClientsKnown {
				p.lack("the clients of OpenID Connect providers", t.account)
				continue
			}
			if len(provider.ClientIDs) < 2 || namesAudience(t.statement, policy.IssuerOf(e.Text)) || !possible(p.federated(e.Text, t.role)) {
				continue
			}
			f := says("the provider has %s, and the trust policy takes the tokens of all: %s", count(len(provider.ClientIDs), "client"), some(provider.ClientIDs))
			f.About = e.Text
			out = append(out, f)
		}
		return out
	})
}

// namesAudience reports whether a statement says of some claim on the client which values
// are meant.
func namesAudience(s *policy.Statement, issuer string) bool {
	return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
		claim, ok := strings.CutPrefix(strings.ToLower(c.Key), strings.ToLower(issuer)+":")
		return ok && slices.Contains([]string{"aud", "azp", "oaud"}, claim) && !c.Negated() && !isNull(c) && !slices.Contains(c.Values, "*")
	})
}

func isNull(c policy.Condition) bool { return strings.EqualFold(c.Operator, "Null") }

// oidcProvider finds a provider of an account, or nil.
func (p *pass) oidcProvider(account, arn string) *iam.OIDCProvider {
	a := p.s.Account(account)
	if a == nil {
		return nil
	}
	i := slices.IndexFunc(a.OIDC, func(o *iam.OIDCProvider) bool { return o.ARN == arn })
	if i < 0 {
		return nil
	}
	return a.OIDC[i]
}
