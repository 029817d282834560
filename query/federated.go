package query

import (
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// sharedIssuers give a token to anyone who opens an account there: a trust that
// does not pin whose token it takes is open to the public (FED-07, FED-18). A
// data list; issuers that are not in it belong to one organization.
var sharedIssuers = []string{
	"token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "agent.buildkite.com", "oidc.vercel.com", "api.pulumi.com/oidc",
	"accounts.google.com", "graph.facebook.com", "www.amazon.com", "cognito-identity.amazonaws.com",
}

// openToPublic reports whether a path from a shared issuer asks for no fixed
// owner: no subject, or one whose owner part has a wildcard that others can
// register a name for (FED-08).
func openToPublic(n *graph.Node, p *Path) bool {
	if n.Kind != graph.KindFederated || len(p.Steps) == 0 {
		return false
	}
	issuer := strings.ToLower(policy.IssuerOf(n.ID))
	for _, s := range sharedIssuers {
		if issuer == s || strings.HasPrefix(issuer, s+"/") {
			return !pinsOwner(p.Steps[0].Requires, issuer)
		}
	}
	return false
}

// pinsOwner reports whether the requirements, all of which must hold, fix who
// the token was issued to.
func pinsOwner(list []Requirement, issuer string) bool {
	for _, r := range list {
		switch {
		case len(r.AnyOf) > 0:
			pinned := true
			for _, alternative := range r.AnyOf {
				pinned = pinned && pinsOwner([]Requirement{alternative}, issuer)
			}
			if pinned {
				return true
			}
		case len(r.AllOf) > 0:
			if pinsOwner(r.AllOf, issuer) {
				return true
			}
		case pinsClaim(&r, issuer):
			return true
		}
	}
	return false
}

func pinsClaim(r *Requirement, issuer string) bool {
	claim, ok := strings.CutPrefix(strings.ToLower(r.Key), issuer+":")
	if !ok || r.Operator != "StringEquals" && r.Operator != "StringLike" && r.Operator != "StringEqualsIgnoreCase" {
		return false
	}
	switch claim {
	case "sub":
		for _, v := range r.Values {
			owner, _, _ := strings.Cut(v, "/")
			if r.Operator == "StringLike" && strings.ContainsAny(owner, "*?") {
				return false
			}
		}
		return true
	case "aud":
		// With these issuers the audience is the customer's own application.
		return issuer == "cognito-identity.amazonaws.com" || issuer == "accounts.google.com"
	case "app_id", "oaud", "azp", "repository", "repository_id", "repository_owner", "repository_owner_id":
		return r.Operator != "StringLike" || !strings.HasPrefix(strings.Join(r.Values, ""), "*")
	}
	return false
}
