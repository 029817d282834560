package review

// unpinnedSubject is FIND-25.
func unpinnedSubject() Rule {
	return Rule{ID: "FIND-25", Doc: Doc{
		Title:       "Anyone at the identity provider can assume the role",
		Why:         "The issuer serves everybody who has an account there, and the trust policy does not say whose tokens count.",
		Severity:    Critical,
		Reach:       true,
		Remediation: "Add a condition on the sub claim that fixes owner, repository or project, and branch or environment.",
		References:  []string{"AWS IAM User Guide: Create a role for OpenID Connect federation", "GitHub Docs: About security hardening with OpenID Connect"},
		Since:       "0.1",
		Needs:       []Need{NeedRoles},
	}, check: checkUnpinned}
}

func checkUnpinned(p *pass) []Finding {
	var out []Finding
	seen := map[[2]string]int{}
	for a := range p.accounts() {
		for t := range p.trusts(a) {
			for _, f := range p.sharedTrusts(t) {
				if !possible(f.stranger(p.federated(f.provider, t.role))) {
					continue
				}
				k := [2]string{t.subject, f.provider}
				if i, ok := seen[k]; ok {
					out[i].Evidence = append(out[i].Evidence, t.evidence(t.statement))
					continue
				}
				seen[k] = len(out)
				g := t.finding("a token that %s issues to anybody is accepted; no condition on %s:%s stands in the way", f.issuer.label, f.issuer.name, f.issuer.claim)
				g.About = f.provider
				g.Evidence = append(g.Evidence, t.evidence(t.statement))
				out = append(out, g)
			}
		}
	}
	return out
}
