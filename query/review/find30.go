package review

import (
	"fmt"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// danglingPrincipal is FIND-30.
func danglingPrincipal() Rule {
	return Rule{ID: "FIND-30", Doc: Doc{
		Title:       "Policy names a principal that is gone",
		Why:         "IAM shows the unique id of a deleted user or role in place of its name. The entry grants nothing any more and hides what was meant; a name that is not taken can be taken by somebody else.",
		Severity:    Medium,
		Remediation: "Remove the entry, or name the principal that took its place.",
		References:  []string{"AWS IAM User Guide: AWS JSON policy elements: Principal", "AWS IAM User Guide: IAM identifiers"},
		Since:       "0.1",
		Needs:       []Need{NeedRoles},
	}, check: checkDangling}
}

func checkDangling(p *pass) []Finding {
	var out []Finding
	for a := range p.accounts() {
		for d := range p.documents(a) {
			at := map[string]int{}
			for i := range d.policy.Document.Statements {
				s := &d.policy.Document.Statements[i]
				for _, e := range slices.Concat(s.Principal, s.NotPrincipal) {
					why := p.dangling(&e)
					if why == "" {
						continue
					}
					if j, ok := at[e.Text]; ok {
						out[j].Evidence = append(out[j].Evidence, d.evidence(s))
						continue
					}
					at[e.Text] = len(out)
					f := d.finding("%s", why)
					f.About = "principal " + e.Text
					f.Evidence = append(f.Evidence, d.evidence(s))
					if !e.UniqueID() {
						f.Confidence = Probable
					}
					out = append(out, f)
				}
			}
		}
	}
	return out
}

// dangling says why a principal does not exist, or "".
func (p *pass) dangling(e *policy.PrincipalElement) string {
	if e.Type != "AWS" || hasWildcard(e.Text) {
		return ""
	}
	if e.UniqueID() {
		if p.uniques[e.Text] {
			return ""
		}
		return fmt.Sprintf("%s is the unique id of a %s that was deleted", e.Text, kindOfUnique(e.Text))
	}
	arn, ok := e.ARN()
	if !ok || arn.Service != "iam" && arn.Service != "sts" {
		return ""
	}
	a := p.s.Account(arn.Account)
	kind, name, _ := strings.Cut(arn.Resource, "/")
	if arn.Service == "sts" && kind == "assumed-role" {
		kind = "role"
	}
	sections := map[string]iam.Section{"user": iam.SectionUsers, "role": iam.SectionRoles}
	section, ok := sections[kind]
	if a == nil || !ok {
		return ""
	}
	if a.Incomplete || a.Coverage[section] == iam.Unknown {
		p.lack("the "+string(section)+" of the accounts that policies name", a.ID)
		return ""
	}
	if arn.Service == "sts" {
		name, _, _ = strings.Cut(name, "/") // a session, whose ARN has no path
		if slices.ContainsFunc(a.Roles, func(r *iam.Role) bool { return r.Name == name }) {
			return ""
		}
		return fmt.Sprintf("the role %s, of which %s is a session, is not in the export of its account", name, e.Text)
	}
	if _, ok := p.g.Find(e.Text); ok {
		return ""
	}
	return fmt.Sprintf("%s is not in the export of its account", e.Text)
}

func kindOfUnique(id string) string {
	if strings.HasPrefix(id, "AIDA") {
		return "user"
	}
	return "role"
}
