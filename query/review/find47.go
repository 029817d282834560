package review

import (
	"slices"
	"strings"

	"accesspath/policy"
)

const mfaKey = "aws:MultiFactorAuthPresent"

// uselessMFA is FIND-47.
func uselessMFA() Rule {
	return Rule{ID: "FIND-47", Doc: Doc{
		Title:       "MFA condition without effect",
		Why:         "Requests signed with an access key do not carry the key aws:MultiFactorAuthPresent at all. A condition that treats absent like true lets them through; one on federated or service callers can never be met.",
		Severity:    Low,
		Remediation: "Deny with BoolIfExists false, allow with Bool true, and leave MFA of federated users to their identity provider.",
		References:  []string{"AWS IAM User Guide: AWS global condition context keys: aws:MultiFactorAuthPresent"},
		Since:       "0.1",
		Wants:       []Need{NeedUsers, NeedGroups, NeedRoles, NeedPolicies},
	}, check: checkUselessMFA}
}

func checkUselessMFA(p *pass) []Finding {
	return p.eachStatement(func(d document, s *policy.Statement) (string, bool) {
		c := conditionOn(s, mfaKey)
		if c == nil {
			return "", false
		}
		op := strings.ToLower(c.Operator)
		wants := func(v string) bool { return len(c.Values) == 1 && strings.EqualFold(c.Values[0], v) }
		switch {
		case s.Effect == policy.Deny && op == "bool" && wants("false") && !deniesAbsence(d.policy.Document):
			return "Deny with Bool false does not stop requests signed with an access key, which do not carry the key (COND-23)", true
		case s.Effect == policy.Allow && op == "boolifexists" && wants("true"):
			return "Allow with BoolIfExists true also allows requests signed with an access key, which do not carry the key (COND-23)", true
		case s.Effect == policy.Allow && d.layer == "trust" && op == "bool" && wants("true") && withoutMFACallers(s):
			return "callers of this kind never carry the key, so that the statement allows nothing (TRUST-22)", true
		}
		return "", false
	})
}

// deniesAbsence reports whether the document also denies where the key is
// absent, which together with Bool false is effective.
func deniesAbsence(d *policy.Document) bool {
	return slices.ContainsFunc(d.Statements, func(s policy.Statement) bool {
		c := conditionOn(&s, mfaKey)
		return s.Effect == policy.Deny && c != nil && strings.EqualFold(c.Operator, "Null") && slices.Contains(c.Values, "true")
	})
}

// withoutMFACallers: federated users and services alone.
func withoutMFACallers(s *policy.Statement) bool {
	return len(s.Principal) > 0 && !slices.ContainsFunc(s.Principal, func(e policy.PrincipalElement) bool {
		return e.Type != "Federated" && e.Type != "Service"
	})
}
