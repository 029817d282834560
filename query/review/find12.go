package review

import "accesspath/iam"

// rootUsed is FIND-12.
func rootUsed() Rule {
	return Rule{ID: "FIND-12", Doc: Doc{
		Title:       "Root user is in use",
		Why:         "The root user cannot be limited and does not say who is behind it. It is for the few tasks that need it.",
		Severity:    High,
		Remediation: "Use an administrator's role for daily work, and lock the root user's credentials away.",
		References:  []string{"CIS AWS Foundations Benchmark: Eliminate use of the root user for administrative and daily tasks"},
		Since:       "0.2",
		Needs:       []Need{NeedRootUser},
	}, check: checkRootUsed}
}

func checkRootUsed(p *pass) []Finding {
	return p.eachRoot(func(a *iam.Account) (Finding, bool) {
		if a.Root == nil {
			p.lack("when the root user was last used", a.ID)
			return Finding{}, false
		}
		last, what := a.Root.PasswordLastUsed, "password"
		for _, k := range a.Root.AccessKeys {
			if k.LastUsed.After(last) {
				last, what = k.LastUsed, "access key"
			}
		}
		return rootFinding(a, "the root user's %s was last used %s", what, p.ago(last)), !last.IsZero() && !p.before(last, p.o.UnusedAfter)
	})
}
