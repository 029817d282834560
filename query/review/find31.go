package review

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// missingProvider is FIND-31.
func missingProvider() Rule {
	return Rule{ID: "FIND-31", Doc: Doc{
		Title:       "Identity provider and trust do not fit",
		Why:         "A role that trusts a provider its account does not have works for nobody, until somebody creates a provider of that name. A provider that no role trusts is left over from something.",
		Severity:    Medium,
		Remediation: "Remove the trust or the provider, or create the provider that is meant in the role's account.",
		References:  []string{"AWS IAM User Guide: Identity providers and federation into AWS"},
		Since:       "0.2",
		Needs:       []Need{NeedRoles},
	}, check: checkProviders}
}

func checkProviders(p *pass) []Finding {
	out := p.eachTrust(func(t trust) []Finding {
		var found []Finding
		for i := range t.statement.Principal {
			if why := p.missingProvider(t, &t.statement.Principal[i]); why != "" {
				f := says("%s", why)
				f.About = t.statement.Principal[i].Text
				found = append(found, f)
			}
		}
		return found
	})
	for a := range p.accounts() {
		out = append(out, p.unusedProviders(a)...)
	}
	return out
}

// missingProvider says why a provider that a statement names cannot be used, or
// "" (FED-02, FED-04).
func (p *pass) missingProvider(t trust, e *policy.PrincipalElement) string {
	arn, ok := policy.ParseARN(e.Text)
	if e.Type != "Federated" || !ok {
		return ""
	}
	if arn.Account != t.account {
		return "the trust policy names the provider " + e.Text + " of another account, which cannot be used"
	}
	need := NeedOIDC
	if strings.HasPrefix(arn.Resource, "saml-provider/") {
		need = NeedSAML
	}
	a := p.s.Account(t.account)
	switch {
	case p.missing(need, a) != "":
		p.lack(p.missing(need, a), a.ID)
		return ""
	case slices.Contains(providers(a), e.Text):
		return ""
	}
	return "the trust policy names the provider " + e.Text + ", which the account does not have"
}

func providers(a *iam.Account) []string {
	var out []string
	for _, o := range a.OIDC {
		out = append(out, o.ARN)
	}
	for _, s := range a.SAML {
		out = append(out, s.ARN)
	}
	return out
}

// unusedProviders lists providers that no role trusts. Identity Center's own is
// used by roles that AWS makes.
func (p *pass) unusedProviders(a *iam.Account) []Finding {
	if a.Incomplete {
		return nil
	}
	trusted := map[string]bool{}
	for _, r := range a.Roles {
		if r.Trust.Document == nil {
			return nil // it may trust any
		}
		for _, s := range r.Trust.Document.Statements {
			for _, e := range s.Principal {
				trusted[e.Text] = true
			}
		}
	}
	var out []Finding
	for _, arn := range providers(a) {
		if !trusted[arn] && !strings.Contains(arn, ":saml-provider/AWSSSO_") {
			f := says("no role of the account trusts the provider")
			f.Subject, f.Account, f.Severity, f.Evidence = arn, a.ID, Low, accountFact(arn, iam.Origin{})
			out = append(out, f)
		}
	}
	return out
}
