package review

// directPolicy is FIND-13.
func directPolicy() Rule {
	return Rule{ID: "FIND-13", Doc: Doc{
		Title:       "Policy attached directly to a user",
		Why:         "Permissions that hang on single users are seen by nobody who looks at groups or permission sets, and stay when people change their job.",
		Severity:    Low,
		Remediation: "Move the permissions to a group or a permission set, then detach the policy from the user.",
		References:  []string{"CIS AWS Foundations Benchmark: Ensure IAM users receive permissions only through groups", "AWS IAM User Guide: Security best practices in IAM"},
		Since:       "0.1",
		Needs:       []Need{NeedUsers},
	}, check: checkDirectPolicy}
}

func checkDirectPolicy(p *pass) []Finding {
	var out []Finding
	for a := range p.accounts() {
		for _, u := range a.Users {
			n := len(u.Attached) + len(u.Inline)
			if n == 0 {
				continue
			}
			f := Finding{Subject: u.ARN, Account: a.ID, Evidence: facts(&u.Entity)}
			f.Text = "the user has " + count(n, "policy") + " of its own: " + some(policyNames(&u.Entity))
			out = append(out, f)
		}
	}
	return out
}
