package review

import (
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// adminWithoutMFA is FIND-46.
func adminWithoutMFA() Rule {
	return Rule{ID: "FIND-46", Doc: Doc{
		Title:       "Users assume a privileged role without MFA",
		Why:         "The access key of one of these users is enough to become an administrator, or to change permissions.",
		Severity:    Medium,
		Remediation: "Add the condition Bool aws:MultiFactorAuthPresent true to the trust policy.",
		References:  []string{"AWS IAM User Guide: Secure API access with MFA"},
		Since:       "0.1",
		Needs:       []Need{NeedUsers, NeedRoles},
		Fixed:       true,
	}, check: checkWithoutMFA}
}

func checkWithoutMFA(p *pass) []Finding {
	var out []Finding
	for a := range p.accounts() {
		for _, r := range rolesOf(a) {
			n, ok := p.g.RoleNode(r)
			if !ok {
				continue
			}
			why, strong := p.strong(p.g.Node(n))
			if !strong {
				continue
			}
			var users []string
			for e := range p.g.In(n) {
				if from := p.g.Node(e.From); from.Kind == graph.KindUser && withoutMFA(e.Requires) {
					users = append(users, from.ID)
				}
			}
			users = sortedUnique(users)
			if len(users) == 0 {
				continue
			}
			f := Finding{Subject: r.ARN, Account: a.ID, Text: count(len(users), "user") + " can assume the role, which " + why + ", without MFA: " + some(users)}
			if first, ok := p.g.Find(users[0]); ok {
				f.Evidence = grounds(p.assume(p.g.Node(first), r).Because)
			}
			out = append(out, f)
		}
	}
	return out
}

// withoutMFA reports whether long-term keys alone, or a session without MFA,
// meet a requirement (CHAIN-05).
func withoutMFA(r policy.Requirement) bool {
	for _, present := range []policy.Value{policy.NotThere(), policy.Is("false")} {
		left := r.Given(policy.ContextFunc(func(key string) policy.Value {
			switch {
			case key == "aws:multifactorauthpresent":
				return present
			case strings.HasPrefix(key, "aws:multifactorauth"):
				return policy.NotThere()
			}
			return policy.Value{}
		}))
		if possible(left) {
			return true
		}
	}
	return false
}
