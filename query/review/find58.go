package review

import (
	"slices"
	"strings"

	"accesspath/iam"
)

// noSupportRole is FIND-58.
func noSupportRole() Rule {
	return Rule{ID: "FIND-58", Doc: Doc{
		Title:       "Nobody is meant to talk to AWS Support",
		Why:         "In an incident somebody has to open a case at once. Without a role for it, that is done by an administrator, or not at all.",
		Severity:    Low,
		Remediation: "Make a role with the policy AWSSupportAccess for those who handle incidents.",
		References:  []string{"CIS AWS Foundations Benchmark: Ensure a support role has been created to manage incidents with AWS Support"},
		Since:       "0.2",
		Needs:       []Need{NeedUsers, NeedGroups, NeedRoles, NeedComplete},
	}, check: checkSupport}
}

func checkSupport(p *pass) []Finding {
	var out []Finding
	for a := range p.accounts() {
		if isReal(a) && !slices.ContainsFunc(slices.Collect(attachedTo(a)), func(t attachedPolicy) bool { return awsPolicy(t.ARN, "AWSSupportAccess") }) {
			f := says("the policy AWSSupportAccess is attached to nothing in the account")
			f.Subject, f.Account, f.Evidence = a.ID, a.ID, accountFact(a.ID, iam.Origin{})
			out = append(out, f)
		}
	}
	return out
}

// awsPolicy reports whether an ARN is that of an AWS managed policy of a name.
func awsPolicy(arn, name string) bool {
	return strings.HasSuffix(arn, ":iam::aws:policy/"+name) || strings.HasSuffix(arn, ":iam::aws:policy/service-role/"+name)
}
