package review

import (
	"fmt"
	"slices"
	"strings"

	"accesspath/policy"
)

// wholeAccountTrust is FIND-22.
func wholeAccountTrust() Rule {
	return Rule{ID: "FIND-22", Doc: Doc{
		Title:       "Role trusts a whole account",
		Why:         "Who may use the role is then up to the identity policies of that account, and changes there without anybody looking at the role.",
		Severity:    Medium,
		Reach:       true,
		Remediation: "Name the roles that need it, or add a condition on aws:PrincipalArn.",
		References:  []string{"AWS IAM User Guide: AWS JSON policy elements: Principal"},
		Since:       "0.1",
		Needs:       []Need{NeedRoles},
	}, check: checkWholeAccount}
}

func checkWholeAccount(p *pass) []Finding {
	return p.eachTrusted(func(e *trusted) (Finding, bool) {
		wide := slices.DeleteFunc(slices.Clone(e.whole), func(t trust) bool { return namesCallers(t.statement) })
		if len(wide) == 0 || e.relation == ThirdParty && !withoutExternalID(e.requires) {
			return Finding{}, false // vendors are trusted as accounts, with an external id
		}
		f := e.finding()
		f.Evidence = nil
		for _, t := range wide {
			f.Evidence = append(f.Evidence, t.evidence(t.statement))
		}
		if f.blocked = e.guardrail; f.blocked == "" && !e.reachable {
			return f, false
		}
		f.Text = fmt.Sprintf("every user and role of account %s may assume the role that has a permission of its own to do so", p.accountName(e.account))
		switch {
		case e.relation == Same:
			f.Severity = Low
			f.Text += "; it is the role's own account"
		case p.s.Organization != nil && e.account == p.s.Organization.ManagementAccount:
			f.Text += "; it is the organization's management account (ROOT-07)"
		}
		return f, true
	})
}

// namesCallers reports whether a condition says which callers are meant.
func namesCallers(s *policy.Statement) bool {
	return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
		key := strings.ToLower(c.Key)
		op := strings.ToLower(c.Operator)
		if strings.Contains(op, "not") || strings.HasSuffix(op, "ifexists") || strings.HasPrefix(op, "forallvalues:") || op == "null" {
			return false
		}
		switch key {
		case "aws:principalarn", "aws:userid", "aws:username":
			return !slices.Contains(c.Values, "*")
		}
		return strings.HasPrefix(key, "aws:principaltag/") && !slices.Contains(c.Values, "*")
	})
}
