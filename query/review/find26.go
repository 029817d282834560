package review

import (
	"fmt"
	"strings"

	"accesspath/policy"
)

// wildcardSubject is FIND-26.
func wildcardSubject() Rule {
	return Rule{ID: "FIND-26", Doc: Doc{
		Title:       "Wildcard in the subject of a federated trust",
		Why:         "A wildcard in the owner's name also matches owners that somebody has yet to register. One behind it lets every repository, branch or pull request of the owner in.",
		Severity:    Medium,
		Reach:       true,
		Remediation: "Write out owner and repository, and fix the branch or environment.",
		References:  []string{"GitHub Docs: About security hardening with OpenID Connect"},
		Since:       "0.1",
		Needs:       []Need{NeedRoles},
	}, check: checkWildcardSubject}
}

func checkWildcardSubject(p *pass) []Finding {
	var out []Finding
	for a := range p.accounts() {
		at := map[[2]string]int{} // role and provider -> index
		for t := range p.trusts(a) {
			for _, f := range p.sharedTrusts(t) {
				r := p.federated(f.provider, t.role)
				if f.issuer.owner == nil || !possible(r) || possible(f.stranger(r)) {
					continue // dead, or FIND-25
				}
				severity, text := f.wildcards()
				if text == "" {
					continue
				}
				k := [2]string{t.subject, f.provider}
				i, ok := at[k]
				if !ok {
					i = len(out)
					at[k] = i
					g := t.finding("%s", text)
					g.About, g.Severity = f.provider, severity
					out = append(out, g)
				} else if severity.rank() < out[i].Severity.rank() {
					out[i].Severity, out[i].Text = severity, text
				}
				out[i].Evidence = append(out[i].Evidence, t.evidence(t.statement))
			}
		}
	}
	return out
}

// wildcards looks at the statement's patterns for the claim and reports the
// widest.
func (t federatedTrust) wildcards() (Severity, string) {
	key := t.issuer.name + ":" + t.issuer.claim
	var worst Severity
	text := ""
	for i := range t.statement.Conditions {
		c := &t.statement.Conditions[i]
		if !strings.EqualFold(c.Key, key) || !strings.Contains(strings.ToLower(c.Operator), "stringlike") && !strings.Contains(strings.ToLower(c.Operator), "stringequals") {
			continue
		}
		like := strings.Contains(strings.ToLower(c.Operator), "like")
		for _, v := range c.Values {
			s, what := t.width(v, like)
			if what != "" && (worst == "" || s.rank() < worst.rank()) {
				worst, text = s, fmt.Sprintf("%s accepts %s, which is %s", key, quote(v), what)
			}
		}
	}
	return worst, text
}

func (t federatedTrust) width(pattern string, like bool) (Severity, string) {
	owner, rest, ok := t.issuer.owner(pattern)
	wild := func(s string) bool { return like && strings.ContainsAny(s, "*?") }
	switch {
	case !ok && wild(pattern) || wild(owner):
		return High, "everybody whose name fits the pattern"
	case !ok:
		return "", ""
	}
	project, ref, _ := strings.Cut(rest, ":")
	switch {
	case strings.Contains(t.issuer.foreign, "organization:"):
		// Behind an organization comes "project:P:workspace:W:run_phase:…"; the
		// last part is no limit that anybody needs.
		head, _, _ := strings.Cut(rest, ":run_phase:")
		if wild(head) {
			return Medium, "every workspace or pipeline of the organization that fits the pattern"
		}
	case wild(project) && ref == "" || wild(project):
		return Medium, "every repository of the owner that fits the pattern"
	case like && (ref == "*" || ref == "ref:*" || ref == "ref:refs/heads/*" || policy.CompilePattern(ref).IsAll()):
		return Medium, "every branch of the repository, unreviewed ones too"
	case ref == "pull_request":
		return Medium, "every pull request of the repository"
	}
	return "", ""
}

// quote puts s in quotation marks.
func quote(s string) string { return "“" + s + "”" }
