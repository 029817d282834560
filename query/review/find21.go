package review

import (
	"fmt"
	"strings"
)

// outsideTrust is FIND-21.
func outsideTrust() Rule {
	return Rule{ID: "FIND-21", Doc: Doc{
		Title:       "Role trusts an account outside of the organization",
		Why:         "Nobody declared the account as own or as a known third party. Whoever runs it can use the role.",
		Severity:    High,
		Reach:       true,
		Remediation: "Find out whose account it is. Remove the trust, or declare the account as trusted in a native snapshot and require an external id.",
		References:  []string{"AWS IAM User Guide: Access to AWS accounts owned by third parties"},
		Since:       "0.1",
		Needs:       []Need{NeedRoles},
	}, check: checkOutsideTrust}
}

func checkOutsideTrust(p *pass) []Finding {
	return append(p.outsideAccounts(), p.eachTrust(p.outsideOrganizations)...)
}

// outsideOrganizations lists other organizations of which a statement lets everybody in.
func (p *pass) outsideOrganizations(t trust) []Finding {
	if !t.statement.MatchesAction("sts:AssumeRole") || !p.strangersKeptFrom(t) {
		return nil
	}
	var out []Finding
	for _, id := range p.otherOrganizations(t.statement, t.account) {
		d := p.assume(strangerNode(), t.role)
		f := says("the trust lets in every account of the organization %s, which is not the role's own", id)
		f.About, f.blocked = "organization "+id, guardrail(d)
		if strangerOpenness(ofOrganization(id, d.Requires)) != closed || f.blocked != "" {
			out = append(out, f)
		}
	}
	return out
}

func (p *pass) outsideAccounts() []Finding {
	return p.eachTrusted(func(e *trusted) (Finding, bool) {
		if e.relation != Outside && e.relation != Unknown {
			return Finding{}, false
		}
		f := e.finding()
		if f.blocked = e.guardrail; f.blocked == "" && !e.reachable {
			return f, false
		}
		if e.relation == Outside {
			f.Text = fmt.Sprintf("account %s is not in the organization and not declared as known; the trust names %s", p.accountName(e.account), some(e.names))
			return f, true
		}
		f.Confidence = Probable
		f.Text = fmt.Sprintf("account %s is neither loaded nor declared as known, and the organization was not read; the trust names %s", p.accountName(e.account), some(e.names))
		if managementRole(e.role.Name) {
			f.Confidence = Unsure
			f.Text += "; a role of this name usually trusts the organization's management account (ROOT-07)"
		}
		return f, true
	})
}

// managementRole reports whether AWS's own tools give roles that trust the
// management account this name (ROOT-07).
func managementRole(name string) bool {
	return name == "OrganizationAccountAccessRole" || name == "AWSControlTowerExecution" || strings.HasPrefix(name, "stacksets-exec-")
}
