package review

import (
	"slices"
	"strings"

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
		if d.layer != "identity" || s.Effect != policy.Allow || !s.HasResource || s.Everything() || s.NotAction != nil || !s.MatchesAction("iam:PassRole") || !everyRole(s) {
			return "", false
		}
		if c := conditionOn(s, "iam:PassedToService"); c != nil && !slices.Contains(c.Values, "*") && !strings.Contains(strings.ToLower(c.Operator), "not") {
			return "", false
		}
		return "a statement allows iam:PassRole on " + some(texts(s.Resource)) + " without saying to which service", true
	})
}

// everyRole reports whether the resources cover all roles of some account.
func everyRole(s *policy.Statement) bool {
	return slices.ContainsFunc(s.Resource, func(r policy.ResourcePattern) bool {
		if r.IsAll() {
			return true
		}
		parts := strings.SplitN(r.String(), ":", 6)
		return len(parts) == 6 && (parts[5] == "role/*" || parts[5] == "*" || parts[5] == "role*")
	})
}
