package review

import (
	"slices"

	"accesspath/policy"
)

// exceptPrincipal is FIND-34.
func exceptPrincipal() Rule {
	return Rule{ID: "FIND-34", Doc: Doc{
		Title:       "NotPrincipal",
		Why:         "Allow with NotPrincipal lets everybody in who is not listed, and AWS no longer supports it. Deny with NotPrincipal also denies the listed principals themselves unless their account, and for sessions their role, is listed with them.",
		Severity:    High,
		Remediation: "Allow by naming principals. Deny with Principal * and a condition ArnNotLike or StringNotEquals on aws:PrincipalArn.",
		References:  []string{"AWS IAM User Guide: AWS JSON policy elements: NotPrincipal"},
		Since:       "0.2",
	}, check: checkNotPrincipal}
}

func checkNotPrincipal(p *pass) []Finding {
	return p.eachStatementFinding(func(d document, s *policy.Statement) (Finding, bool) {
		switch {
		case s.NotPrincipal == nil:
			return Finding{}, false
		case s.Effect == policy.Allow:
			f := says("a statement allows everyone but %s (PRINC-21)", some(principalTexts(s.NotPrincipal)))
			f.cause = everyoneCause
			return f, true
		case exceptionWorks(s):
			return Finding{}, false
		}
		f := says("a statement denies everyone but %s, without their account, so that it denies them as well (PRINC-20)", some(principalTexts(s.NotPrincipal)))
		f.Severity = Medium
		return f, true
	})
}

// exceptionWorks reports whether every principal of the list is there together
// with its account; services and providers have none.
func exceptionWorks(s *policy.Statement) bool {
	return !slices.ContainsFunc(s.NotPrincipal, func(e policy.PrincipalElement) bool {
		if e.Type != "AWS" || e.Any() || e.AccountID() != "" {
			return false
		}
		account := accountOf(&e)
		return !slices.ContainsFunc(s.NotPrincipal, func(o policy.PrincipalElement) bool { return account != "" && o.AccountID() == account })
	})
}

func principalTexts(list []policy.PrincipalElement) []string {
	var out []string
	for _, e := range list {
		out = append(out, e.Text)
	}
	return out
}
