package review

import (
	"strings"

	"accesspath/iam"
	"accesspath/query"
)

// inconsistentExport is FIND-66.
func inconsistentExport() Rule {
	return Rule{ID: "FIND-66", Doc: Doc{
		Title:       "Inconsistent export",
		Why:         "The export refers to things that it does not hold. What depends on them is undetermined in every answer.",
		Severity:    Info,
		Remediation: "Export the account again, whole and without a filter, and add the exports that it refers to.",
		References:  []string{"AWS CLI Command Reference: iam get-account-authorization-details"},
		Since:       "0.1",
		Fixed:       true,
	}, check: checkExport}
}

func checkExport(p *pass) []Finding {
	var out []Finding
	for a := range p.accounts() {
		var parts []string
		if a.Incomplete {
			parts = append(parts, p.partial(a))
		}
		if names := unresolved(a); len(names) > 0 {
			parts = append(parts, count(len(names), "policy")+" that something is attached to or bounded by could not be had (GAAD-19): "+some(names))
		}
		if names := unreadableInline(a); len(names) > 0 {
			parts = append(parts, count(len(names), "inline policy")+" that cannot be read (GAAD-20): "+some(names))
		}
		if names := missingGroups(a); len(names) > 0 {
			parts = append(parts, count(len(names), "group")+" that users are in could not be had (GAAD-14): "+some(names))
		}
		if names := unreadableTrusts(a); len(names) > 0 {
			parts = append(parts, count(len(names), "role")+" without a trust policy that can be read (TRUST-14): "+some(names))
		}
		if len(parts) == 0 {
			continue
		}
		f := Finding{Subject: a.ID, Account: a.ID, Text: strings.Join(parts, "; ")}
		for _, d := range p.s.Diagnostics {
			if d.Severity >= iam.Warning && len(f.Evidence) < 10 && strings.Contains(d.Entity, a.ID) {
				f.Evidence = append(f.Evidence, query.Evidence{Policy: d.Entity, Layer: "inventory", Position: query.Position(d.Origin)})
			}
		}
		out = append(out, f)
	}
	return out
}

// partial says why an account is there in part.
func (p *pass) partial(a *iam.Account) string {
	for _, d := range p.s.Diagnostics {
		if d.Code == "managed-only" && d.Entity == a.ID {
			return "only what Terraform or CloudFormation states of the account is there"
		}
	}
	return "pages are missing, or something could not be read (GAAD-08)"
}

func unresolved(a *iam.Account) []string {
	var out []string
	for _, at := range attachments(a) {
		if at.Document() == nil {
			out = append(out, at.ARN)
		}
	}
	return sortedUnique(out)
}

func unreadableInline(a *iam.Account) []string {
	var out []string
	for e := range a.Entities() {
		for _, p := range e.Inline {
			if p.Document == nil && p.Defect != "" {
				out = append(out, e.ARN+" ("+p.Name+")")
			}
		}
	}
	return sortedUnique(out)
}

func missingGroups(a *iam.Account) []string {
	var out []string
	for _, u := range a.Users {
		found := map[string]bool{}
		for _, g := range u.Groups {
			found[strings.ToLower(g.Name)] = true
		}
		for _, name := range u.GroupNames {
			if !found[strings.ToLower(name)] {
				out = append(out, name)
			}
		}
	}
	return sortedUnique(out)
}

func unreadableTrusts(a *iam.Account) []string {
	var out []string
	for _, r := range a.Roles {
		if r.Trust == nil || r.Trust.Document == nil {
			out = append(out, r.ARN)
		}
	}
	return out
}
