package query

import (
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// How many people or programs a sign-in admits (FED-21), narrowest first. The
// population is a pattern and never enumerated.
const (
	oneSubject      = "one subject"
	oneGroup        = "one group, repository or namespace"
	oneOrganization = "one organization"
	anyUser         = "any user of the issuer"
)

var populations = []string{oneSubject, oneGroup, oneOrganization, anyUser}

// subjectForm tells how an issuer writes its subjects: behind one of the
// prefixes stands the owner, up to the separator, and then the part that the
// owner divides.
type subjectForm struct {
	issuer   string
	shared   bool // anybody can open an account there (FED-07, FED-18)
	prefixes []string
	between  string // owner and part
	behind   string // the part
}

// subjectForms is a data list. Issuers whose URL holds the customer's name, such
// as those of CircleCI and Bitbucket, are not shared: a token of theirs is of
// that customer already.
var subjectForms = []subjectForm{
	{"token.actions.githubusercontent.com", true, []string{"repo:", "repository:"}, "/", ":"},
	{"gitlab.com", true, []string{"project_path:"}, "/", ":"},
	{"app.terraform.io", true, []string{"organization:"}, ":", ":workspace:"},
	{"agent.buildkite.com", true, []string{"organization:"}, ":", ":ref:"},
	{"oidc.vercel.com", true, []string{"owner:"}, ":", ":environment:"},
	{"api.pulumi.com/oidc", true, []string{"pulumi:deploy:org:"}, ":", ":stack:"},
	{"oidc.codefresh.io", true, []string{"account:"}, ":", ":pipeline:"},
	{"scalr.io", true, []string{"account:"}, ":", ":workspace:"},
	{"accounts.google.com", true, nil, "", ""},
	{"graph.facebook.com", true, nil, "", ""},
	{"www.amazon.com", true, nil, "", ""},
	{"cognito-identity.amazonaws.com", true, nil, "", ""},
}

// formOf finds how an issuer writes its subjects. Clusters of EKS have an issuer
// each (FED-14).
func formOf(issuer string) subjectForm {
	for _, f := range subjectForms {
		if issuer == f.issuer || strings.HasPrefix(issuer, f.issuer+"/") {
			return f
		}
	}
	if strings.HasPrefix(issuer, "oidc.eks.") {
		return subjectForm{issuer: issuer, prefixes: []string{"system:serviceaccount:"}, between: ":", behind: ":"}
	}
	return subjectForm{issuer: issuer}
}

// population says whom a sign-in admits that takes requires, "" if it is none;
// public is true if that is everybody who cares to open an account (FED-07,
// FED-08, FED-13).
func population(n *graph.Node, requires []Requirement) (class string, public bool) {
	switch n.Kind {
	case graph.KindGuests:
		return "anyone, as a guest", true
	case graph.KindAnchor:
		if pins(requires, func(r *Requirement) int { return certificateRank(r) }) == 0 {
			return oneSubject, false
		}
		return "any certificate of the trust anchor", false
	case graph.KindFederated:
	default:
		return "", false
	}
	if strings.Contains(n.ID, ":saml-provider/") {
		return populations[pins(requires, samlRank)], false
	}
	form := formOf(strings.ToLower(policy.IssuerOf(n.ID)))
	rank := pins(requires, form.rank)
	return populations[rank], form.shared && rank == len(populations)-1
}

// populationOf is the population of the sign-in that a path begins with, if it does.
func populationOf(n *graph.Node, p *Path) (class string, public bool) {
	if len(p.Steps) == 0 {
		return "", false
	}
	return population(n, p.Steps[0].Requires)
}

// pins is the rank of a list of requirements that must all hold: the narrowest
// decides; of alternatives the widest does.
func pins(list []Requirement, rank func(*Requirement) int) int {
	best := len(populations) - 1
	for i := range list {
		r := &list[i]
		own := 0
		switch {
		case len(r.AnyOf) > 0:
			for k := range r.AnyOf {
				own = max(own, pins(r.AnyOf[k:k+1], rank))
			}
		case len(r.AllOf) > 0:
			own = pins(r.AllOf, rank)
		default:
			own = rank(r)
		}
		best = min(best, own)
	}
	return best
}

// fixes returns the tests for certain values among a requirement's, and whether
// they may hold wildcards.
func fixes(r *Requirement) (values []string, wild, ok bool) {
	switch strings.TrimPrefix(r.Operator, "ForAnyValue:") {
	case "StringEquals", "StringEqualsIgnoreCase":
		return r.Values, false, true
	case "StringLike":
		return r.Values, true, true
	}
	return nil, false, false
}

func certificateRank(r *Requirement) int {
	values, wild, ok := fixes(r)
	key := strings.ToLower(r.Key)
	if !ok || !strings.HasPrefix(key, "aws:principaltag/x509subject/") && !strings.HasPrefix(key, "aws:principaltag/x509san/") || wild && strings.ContainsAny(strings.Join(values, ""), "*?") {
		return len(populations) - 1
	}
	return 0
}

func samlRank(r *Requirement) int {
	values, wild, ok := fixes(r)
	switch {
	case !ok || !strings.EqualFold(r.Key, "SAML:sub"):
		return 3
	case wild && strings.ContainsAny(strings.Join(values, ""), "*?"):
		return 1
	}
	return 0
}

// rank classes one claim of an OpenID Connect issuer.
func (f subjectForm) rank(r *Requirement) int {
	claim, ok := strings.CutPrefix(strings.ToLower(r.Key), strings.ToLower(f.issuer)+":")
	if !ok {
		if i := strings.LastIndexByte(r.Key, ':'); i >= 0 && strings.HasPrefix(strings.ToLower(r.Key), f.issuer+"/") {
			claim, ok = strings.ToLower(r.Key[i+1:]), true
		}
	}
	values, wild, fixed := fixes(r)
	if !ok || !fixed {
		return 3
	}
	widest := 0
	for _, v := range values {
		widest = max(widest, f.claimRank(claim, v, wild))
	}
	if widest == 0 && len(values) > 1 {
		return 1
	}
	return widest
}

// claimRank classes one value of a claim. Claims that anybody's workflow can have
// (ref, environment, actor, a workflow that others may call) pin nobody (FED-09).
func (f subjectForm) claimRank(claim, value string, wild bool) int {
	owner, rest, _ := strings.Cut(value, "/")
	switch claim {
	case "sub", "id":
		return f.subjectRank(value, wild)
	case "aud", "azp", "oaud", "app_id":
		// With these issuers the audience is the customer's own application.
		if f.prefixes == nil && f.shared && !open(value, wild) {
			return 1
		}
	case "repository", "project_path":
		switch {
		case open(owner, wild) || wild && rest == "" && !strings.Contains(value, "/"):
			return 3
		case open(rest, wild):
			return 2
		}
		return 1
	case "repository_id", "project_id":
		if !open(value, wild) {
			return 1
		}
	case "repository_owner", "repository_owner_id", "enterprise", "enterprise_id", "namespace_path", "namespace_id":
		if !open(value, wild) {
			return 2
		}
	}
	return 3
}

func open(value string, wild bool) bool { return wild && strings.ContainsAny(value, "*?") }

// subjectRank classes a subject by what of it is fixed (FED-08, FED-14).
func (f subjectForm) subjectRank(value string, wild bool) int {
	if f.prefixes == nil {
		if open(value, wild) {
			if strings.Trim(value, "*?") == "" {
				return 3
			}
			return 1
		}
		return 0
	}
	for _, prefix := range f.prefixes {
		rest, ok := strings.CutPrefix(value, prefix)
		if !ok {
			continue
		}
		owner, part, cut := strings.Cut(rest, f.between)
		if open(owner, wild) || !cut && wild {
			return 3
		}
		if f.between == ":" && f.behind == ":" { // namespace and service account
			if open(part, wild) {
				return 1
			}
			return 0
		}
		division, tail, _ := strings.Cut(part, f.behind)
		switch {
		case open(division, wild):
			return 2
		case open(tail, wild):
			return 1
		}
		return 0
	}
	return f.customRank(value, wild)
}

// customRank classes subjects that a customer composed of other claims.
func (f subjectForm) customRank(value string, wild bool) int {
	best := 3
	parts := strings.Split(value, ":")
	for i := 0; i+1 < len(parts); i++ {
		if claim := parts[i]; claim != "sub" && claim != "id" && claim != "aud" {
			best = min(best, f.claimRank(claim, parts[i+1], wild))
		}
	}
	if f.shared || open(value, wild) {
		return best
	}
	return 0
}
