package review

import "accesspath/graph"

// openTrust is FIND-20.
func openTrust() Rule {
	return Rule{ID: "FIND-20", Doc: Doc{
		Title:       "Anyone can assume the role",
		Why:         "The trust policy names everyone and nothing limits who that is, so any AWS account in the world can take the role with a permission that it gives itself.",
		Severity:    Critical,
		Reach:       true,
		Remediation: "Name the principals that need the role, or add a condition on aws:PrincipalOrgID.",
		References:  []string{"AWS IAM User Guide: AWS JSON policy elements: Principal", "AWS IAM User Guide: How permissions and policies provide access management"},
		Since:       "0.1",
		Needs:       []Need{NeedRoles},
	}, check: checkOpenTrust}
}

func checkOpenTrust(p *pass) []Finding {
	var out []Finding
	for a := range p.accounts() {
		at := map[string]int{} // role -> index
		for t := range p.trusts(a) {
			if !t.everyone() || !t.statement.MatchesAction("sts:AssumeRole") {
				continue
			}
			if i, ok := at[t.subject]; ok {
				out[i].Evidence = append(out[i].Evidence, t.evidence(t.statement))
				continue
			}
			if f, ok := p.openTo(t); ok {
				at[t.subject] = len(out)
				out = append(out, f)
			}
		}
	}
	return out
}

// openTo lets a stranger try.
func (p *pass) openTo(t trust) (Finding, bool) {
	d := p.assume(strangerNode(), t.role)
	f := t.finding("")
	f.About = graph.PublicID
	f.Evidence = append(f.Evidence, t.evidence(t.statement))
	switch blocked := guardrail(d); {
	case blocked != "":
		f.blocked = blocked
		f.Text = "the trust policy names everyone; only the organization's policy at " + blocked + " keeps strangers out"
		return f, true
	case d.Requires.IsFalse():
		return f, false
	}
	switch strangerOpenness(d.Requires) {
	case open:
		f.Text = "every AWS account can assume the role; no condition limits who"
	case guarded:
		f.Severity = High
		f.Text = "every AWS account can assume the role that knows a value, comes from a network or meets something that was not read: " + requirementText(d.Requires)
	default:
		return f, false
	}
	return f, true
}
