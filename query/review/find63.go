package review

import "accesspath/iam"

// unusedPolicy is FIND-63.
func unusedPolicy() Rule {
	return Rule{ID: "FIND-63", Doc: Doc{
		Title:       "Policy or version that is left over",
		Why:         "A policy that nothing is attached to waits for somebody to attach it. An old version that allows more is one iam:SetDefaultPolicyVersion away from being in force.",
		Severity:    Low,
		Remediation: "Delete policies that are not attached, and versions that are not the default.",
		References:  []string{"AWS IAM User Guide: Versioning IAM policies", "AWS IAM User Guide: Finding unused credentials and policies"},
		Since:       "0.2",
		Needs:       []Need{NeedPolicies},
		Wants:       []Need{NeedUsers, NeedGroups, NeedRoles, NeedComplete},
		Fixed:       true,
	}, check: checkUnusedPolicy}
}

func checkUnusedPolicy(p *pass) []Finding {
	var out []Finding
	for a := range p.accounts() {
		used := map[string]bool{}
		for _, at := range attachments(a) {
			used[at.ARN] = true
		}
		whole := !a.Incomplete && a.Coverage[iam.SectionUsers] != iam.Unknown && a.Coverage[iam.SectionGroups] != iam.Unknown && a.Coverage[iam.SectionRoles] != iam.Unknown
		for _, m := range a.Policies {
			if !isCustomer(m) {
				continue
			}
			if whole && !used[m.ARN] && m.AttachmentCount == 0 {
				out = append(out, unattached(a, m))
			}
			if f, ok := p.widerVersion(a, m); ok {
				out = append(out, f)
			}
		}
	}
	return out
}

// unattached: a policy that is a boundary only may be missing from exports that
// never show boundaries (GAAD-13).
func unattached(a *iam.Account, m *iam.ManagedPolicy) Finding {
	f := says("nothing is attached to the policy")
	f.Title = "Policy that is not attached"
	f.Subject, f.Account, f.Evidence = m.ARN, a.ID, accountFact(m.ARN, m.Origin)
	if a.Coverage[iam.SectionBoundaries] == iam.Unknown {
		f.Confidence = Probable
		f.Text += ", unless it serves as a boundary, which the export does not show"
	}
	return f
}

// widerVersion finds a stored version that allows what the default version does
// not, or not under the same conditions (ESC-03).
func (p *pass) widerVersion(a *iam.Account, m *iam.ManagedPolicy) (Finding, bool) {
	now := m.Default()
	if now == nil || now.Document == nil {
		return Finding{}, false
	}
	for _, v := range m.Versions {
		if v == now || v.Document == nil {
			continue
		}
		what, ok := p.alone(a.ID).allowsMore(v.Document, now.Document)
		if !ok {
			continue
		}
		d := document{subject: m.ARN, about: "version " + v.VersionID, account: a.ID, layer: "identity", policy: &v.Policy}
		f := d.finding("version %s, which is stored, allows %s, and the default version %s does not", v.VersionID, what.text, now.VersionID)
		f.Title, f.About = "Stored version that allows more", "versions"
		f.Evidence = append(f.Evidence, d.evidence(what.statement))
		if what.statement.Everything() {
			f.Severity = Medium
		}
		return f, true
	}
	return Finding{}, false
}
