package review

import (
	"slices"
	"strings"

	"accesspath/policy"
)

// spoofable is FIND-50.
func spoofable() Rule {
	return Rule{ID: "FIND-50", Doc: Doc{
		Title:       "Condition that anybody can meet, or nobody",
		Why:         "The caller writes user agent and referer itself. AWS never sees a private address as the source of a request, so that an Allow for one allows nothing and a Deny for all others denies everything.",
		Severity:    Low,
		Remediation: "Use conditions that the caller cannot choose, such as aws:PrincipalArn or aws:SourceVpce; for private networks use aws:VpcSourceIp with aws:SourceVpc.",
		References:  []string{"AWS IAM User Guide: AWS global condition context keys"},
		Since:       "0.2",
		Wants:       []Need{NeedUsers, NeedGroups, NeedRoles, NeedPolicies},
	}, check: checkSpoofable}
}

// privateRange is how the reading of policies marks private ranges (COND-14).
const privateRange = "(COND-14)"

func checkSpoofable(p *pass) []Finding {
	return p.eachStatement(func(d document, s *policy.Statement) (string, bool) {
		switch {
		case onlySpoofable(s):
			return "only " + some(conditionKeys(s)) + " decides whether the statement " + verb(s.Effect) + ", which the caller writes itself (SYM-15)", true
		case onlyPrivate(d.policy.Document, s):
			return "aws:SourceIp is compared with private addresses only, which AWS never sees there (COND-14)", true
		}
		return "", false
	})
}

func verb(e policy.Effect) string {
	if e == policy.Deny {
		return "denies"
	}
	return "allows"
}

func onlySpoofable(s *policy.Statement) bool {
	return len(s.Conditions) > 0 && !slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
		return !strings.EqualFold(c.Key, "aws:UserAgent") && !strings.EqualFold(c.Key, "aws:Referer")
	})
}

func conditionKeys(s *policy.Statement) []string {
	var out []string
	for _, c := range s.Conditions {
		out = append(out, c.Key)
	}
	return sortedUnique(out)
}

// onlyPrivate reports whether every range of some condition on the source
// address is private: the reading of the policy complained about each.
func onlyPrivate(d *policy.Document, s *policy.Statement) bool {
	c := conditionOn(s, "aws:SourceIp")
	if c == nil {
		return false
	}
	complaints := 0
	for _, problem := range d.Problems {
		if problem.Statement == s.Index && strings.Contains(problem.Message, privateRange) {
			complaints++
		}
	}
	return complaints > 0 && complaints >= len(c.Values)
}
