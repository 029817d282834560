package review

import (
	"slices"

	"accesspath/iam"
	"accesspath/policy"
)

// passAnyRole is FIND-36.
func passAnyRole() Rule {
	return Rule{ID: "FIND-36", Doc: Doc{
		Title:       "Any role can be passed to any service",
		Why:         "Whoever may pass every role and start something that runs with one, such as a function or an instance, has the permissions of the strongest role of the account.",
		Severity:    High,
		Remediation: "List the roles that may be passed, and add a condition on iam:PassedToService.",
		References:  []string{"AWS IAM User Guide: Grant a user permissions to pass a role to an AWS service"},
		Since:       "0.1",
		Wants:       []Need{NeedUsers, NeedGroups, NeedRoles, NeedPolicies},
		Fixed:       true,
	}, check: checkPassRole}
}

func checkPassRole(p *pass) []Finding {
	return p.eachStatement(func(d document, s *policy.Statement) (string, bool) {
		if d.layer != "identity" || s.Effect != policy.Allow || !s.HasResource || s.Everything() || s.NotAction != nil || !s.MatchesAction("iam:PassRole") || !p.passesAny(d, s) || p.boundsOnly(d.subject) {
			return "", false
		}
		return "a statement allows iam:PassRole on " + some(texts(s.Resource)) + " without saying to which service", true
	})
}

// passesAny reports whether a statement, with what its document denies, lets
// every role be passed to a service that no condition names. The roles of other
// accounts cannot be passed at all. Two names that no role has stand for every
// role: one of them has a path.
func (p *pass) passesAny(d document, s *policy.Statement) bool {
	if s.NotResource != nil {
		return false // FIND-35
	}
	only := withDenies(d.policy.Document, s)
	return !slices.ContainsFunc([]string{"zz-probe", "zz/accesspath/probe"}, func(name string) bool {
		r := p.alone(d.account).verdict(only, "iam:PassRole", "arn:"+partition(d.subject)+":iam::"+d.account+":role/"+name)
		return !possible(withKey(r, "iam:passedtoservice", policy.Is("zz-stranger.amazonaws.com")))
	})
}

// boundsOnly reports whether a managed policy is a boundary, which allows nothing,
// and nothing else.
func (p *pass) boundsOnly(arn string) bool {
	bounds := false
	for _, a := range p.s.Accounts {
		for e := range a.Entities() {
			if slices.ContainsFunc(e.Attached, func(x *iam.Attachment) bool { return x.ARN == arn }) {
				return false
			}
			bounds = bounds || e.Boundary != nil && e.Boundary.ARN == arn
		}
	}
	return bounds
}
