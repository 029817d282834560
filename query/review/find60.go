package review

import (
	"slices"

	"accesspath/iam"
	"accesspath/policy"
)

// selfTrust is FIND-60.
func selfTrust() Rule {
	return Rule{ID: "FIND-60", Doc: Doc{
		Title:       "Role assumes itself",
		Why:         "A session that may renew itself does not end after an hour, also in the hands of somebody who stole it. Few programs need it. The implicit trust of old roles in themselves will go away.",
		Severity:    Low,
		Remediation: "Remove the role from its own trust policy, or where a program needs it, name it there explicitly.",
		References:  []string{"AWS Security Blog: Announcing an update to IAM role trust policy behavior"},
		Since:       "0.2",
		Needs:       []Need{NeedRoles},
	}, check: checkSelfTrust}
}

func checkSelfTrust(p *pass) []Finding {
	out := p.eachTrust(func(t trust) []Finding {
		if !t.statement.MatchesAction("sts:AssumeRole") || !slices.ContainsFunc(t.statement.Principal, func(e policy.PrincipalElement) bool { return isRole(&e, t.role) }) {
			return nil
		}
		f := says("the trust policy names the role itself")
		f.Confidence = Probable
		return []Finding{f}
	})
	return append(out, p.eachRole(func(_ *iam.Account, r *iam.Role) (Finding, bool) {
		f := says("the role relies on AWS's implicit trust of old roles in themselves (STS-05)")
		f.About = "implicit"
		return f, r.LegacySelfTrust
	})...)
}

// isRole reports whether an element names a role, itself or by a session.
func isRole(e *policy.PrincipalElement, r *iam.Role) bool {
	name, _, ok := e.RoleSession()
	return e.Text == r.ARN || ok && name == r.Name && accountOf(e) == r.Account
}
