package review

import (
	"cmp"
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
				severity, text := f.wildcards(r)
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

// wildcards looks at the statement's patterns for the claims that name the owner
// and reports the widest, as far as the other conditions leave it.
func (t federatedTrust) wildcards(r policy.Requirement) (Severity, string) {
	var worst Severity
	text := ""
	for i := range t.statement.Conditions {
		c := &t.statement.Conditions[i]
		claim, ok := strings.CutPrefix(strings.ToLower(c.Key), t.issuer.name+":")
		op := strings.ToLower(c.Operator)
		if !ok || !strings.Contains(op, "stringlike") && !strings.Contains(op, "stringequals") {
			continue
		}
		for _, v := range c.Values {
			s, what := t.width(r, claim, v, strings.Contains(op, "like"))
			if what != "" && (worst == "" || s.rank() < worst.rank()) {
				worst, text = s, fmt.Sprintf("%s accepts %s, which is %s", t.issuer.name+":"+claim, quote(v), what)
			}
		}
	}
	return worst, text
}

// width says whom a pattern for a claim lets in, "" if nobody in particular.
func (t federatedTrust) width(r policy.Requirement, claim, pattern string, like bool) (Severity, string) {
	switch claim {
	case t.issuer.claim:
		return t.subjectWidth(r, pattern, like)
	case "repository", "project_path", "repository_owner", "namespace_path":
		owner, project, _ := strings.Cut(pattern, "/")
		switch {
		case !like:
		case hasWildcard(owner) && t.admits(r, t.issuer.token(filled(owner), "zz-repository")):
			return High, anybodyFitting
		case hasWildcard(project) && t.admits(r, t.issuer.ofProject(filled(owner), filled(project))):
			return Medium, anyRepository
		}
	}
	return "", ""
}

const (
	anybodyFitting = "everybody whose name fits the pattern"
	anyRepository  = "every repository of the owner that fits the pattern"
)

// subjectWidth asks from the widest to the narrowest: another owner, another
// repository, a branch, a pull request. Other claims than the subject may fix any
// of them (FED-09).
func (t federatedTrust) subjectWidth(r policy.Requirement, pattern string, like bool) (Severity, string) {
	wild := func(s string) bool { return like && hasWildcard(s) }
	owner, rest, ok := t.issuer.owner(pattern)
	if !ok && !wild(pattern) {
		return "", ""
	}
	if !ok {
		owner, rest = customSubject(pattern)
	}
	anyOwner := wild(owner)
	if anyOwner && t.admits(r, t.issuer.token(filled(owner), "zz-repository")) {
		return High, anybodyFitting
	}
	if strings.Contains(t.issuer.foreign, "organization:") {
		// Behind an organization comes "project:P:workspace:W:run_phase:…"; the
		// last part is no limit that anybody needs.
		if head, _, _ := strings.Cut(rest, ":run_phase:"); anyOwner || wild(head) {
			return Medium, "every workspace or pipeline of the organization that fits the pattern"
		}
		return "", ""
	}
	project, _, _ := strings.Cut(rest, ":")
	if (anyOwner || wild(project)) && t.admits(r, t.issuer.ofProject(filled(owner), "zz-repository")) {
		return Medium, anyRepository
	}
	if text := t.runs(r, pattern, like); text != "" {
		return Medium, text
	}
	return "", ""
}

// customSubject reads a subject that a customer composed of other claims (FED-08):
// the owner, and the project if that is named, too.
func customSubject(pattern string) (owner, project string) {
	parts := strings.Split(pattern, ":")
	for i, claim := range parts[:len(parts)-1] {
		switch claim {
		case "repository_owner", "namespace_path":
			owner, project = parts[i+1], "*"
		case "repository", "project_path":
			owner, project, _ = strings.Cut(parts[i+1], "/")
			return owner, project
		}
	}
	return cmp.Or(owner, "*"), project
}

// runs says whether any branch or any pull request of the repository fits a
// pattern.
func (t federatedTrust) runs(r policy.Requirement, pattern string, like bool) string {
	compiled := policy.LiteralPattern(pattern)
	if like {
		compiled = policy.CompilePattern(pattern)
	}
	prefix, rest, _ := strings.Cut(filled(pattern), "/")
	project, _, _ := strings.Cut(rest, ":")
	_, branch, _ := strings.Cut(t.issuer.foreign, "/")
	_, branch, _ = strings.Cut(branch, ":")
	fits := func(run string) bool { return compiled.Match(prefix + "/" + project + ":" + run) }
	switch {
	case fits(branch) && t.admits(r, map[string]string{"ref": "refs/heads/zz-stranger"}):
		return "every branch of the repository, unreviewed ones too"
	case fits("pull_request") && t.admits(r, map[string]string{"ref": "refs/pull/1/merge"}):
		return "every pull request of the repository"
	}
	return ""
}

// admits reports whether a token with these claims, and others as they may be,
// meets what is left to meet.
func (t federatedTrust) admits(r policy.Requirement, token map[string]string) bool {
	return possible(t.given(r, token))
}

// quote puts s in quotation marks.
func quote(s string) string { return "“" + s + "”" }
