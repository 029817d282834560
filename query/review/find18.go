package review

import "accesspath/iam"

// fullAdminPolicy is FIND-18.
func fullAdminPolicy() Rule {
	return Rule{ID: "FIND-18", Doc: Doc{
		Title:       "Own policy that allows everything is attached",
		Why:         "A policy of one's own that allows all actions on all resources makes administrators under a name that does not say so.",
		Severity:    Medium,
		Remediation: "Replace it by what is needed; where an administrator is meant, attach AdministratorAccess, which everybody recognises.",
		References:  []string{"CIS AWS Foundations Benchmark: Ensure IAM policies that allow full \"*:*\" administrative privileges are not attached"},
		Since:       "0.1",
		Needs:       []Need{NeedPolicies},
		Fixed:       true,
	}, check: checkFullAdmin}
}

func checkFullAdmin(p *pass) []Finding {
	var out []Finding
	for a := range p.accounts() {
		users := map[string][]string{} // of managed policies
		for e := range a.Entities() {
			for _, at := range e.Attached {
				users[at.ARN] = append(users[at.ARN], e.ARN)
			}
		}
		for d := range p.documents(a) {
			if d.layer != "identity" {
				continue
			}
			if d.about == "" && len(users[d.subject]) == 0 && !attachedElsewhere(a, d.subject) {
				continue
			}
			for i := range d.policy.Document.Statements {
				s := &d.policy.Document.Statements[i]
				if !s.Everything() || len(s.Conditions) > 0 {
					continue
				}
				f := d.finding("the inline policy allows all actions on all resources")
				if d.about == "" {
					f.Text = "the policy allows all actions on all resources; it is attached to " + some(users[d.subject])
					if len(users[d.subject]) == 0 {
						f.Text = "the policy allows all actions on all resources; it is attached, and not to anything in the export"
					}
				}
				f.Evidence = append(f.Evidence, d.evidence(s))
				out = append(out, f)
				break
			}
		}
	}
	return out
}

// attachedElsewhere trusts AWS's own count where the export lacks what a policy
// is attached to (GAAD-22).
func attachedElsewhere(a *iam.Account, arn string) bool {
	for _, m := range a.Policies {
		if m.ARN == arn {
			return m.AttachmentCount > 0
		}
	}
	return false
}
