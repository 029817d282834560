package review

import (
	"fmt"
	"slices"

	"accesspath/iam"
	"accesspath/policy"
)

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
			if f, ok := widerVersion(a, m); ok {
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

// widerVersion finds a stored version that allows an action or a resource that
// the default version does not (ESC-03).
func widerVersion(a *iam.Account, m *iam.ManagedPolicy) (Finding, bool) {
	now := m.Default()
	if now == nil || now.Document == nil {
		return Finding{}, false
	}
	for _, v := range m.Versions {
		if v == now || v.Document == nil {
			continue
		}
		for i := range v.Document.Statements {
			s := &v.Document.Statements[i]
			what := notCovered(s, now.Document)
			if what == "" {
				continue
			}
			d := document{subject: m.ARN, about: "version " + v.VersionID, account: a.ID, layer: "identity", policy: &v.Policy}
			f := d.finding("version %s, which is stored, allows %s, and the default version %s does not", v.VersionID, what, now.VersionID)
			f.Title, f.About = "Stored version that allows more", "versions"
			f.Evidence = append(f.Evidence, d.evidence(s))
			if s.Everything() {
				f.Severity = Medium
			}
			return f, true
		}
	}
	return Finding{}, false
}

// notCovered names an action of an Allow that no single statement of a document
// allows on the same resources; "" if all are, or if it cannot be told.
func notCovered(s *policy.Statement, now *policy.Document) string {
	if s.Effect != policy.Allow || s.NotResource != nil || s.NotAction != nil {
		return ""
	}
	for _, action := range s.Action {
		for _, resource := range s.Resource {
			if !slices.ContainsFunc(now.Statements, func(t policy.Statement) bool { return covers(&t, action, resource) }) {
				return fmt.Sprintf("%s on %s", action, resource)
			}
		}
	}
	return ""
}

// covers is generous: a statement by exception, or under other conditions, is
// taken to cover.
func covers(t *policy.Statement, action policy.ActionPattern, resource policy.ResourcePattern) bool {
	if t.Effect != policy.Allow {
		return false
	}
	if t.NotAction == nil && !slices.ContainsFunc(t.Action, func(a policy.ActionPattern) bool { return allActions(a) || a.Contains(action) }) {
		return false
	}
	if t.NotResource != nil {
		return true
	}
	inner, ok := resource.Glob()
	return slices.ContainsFunc(t.Resource, func(r policy.ResourcePattern) bool {
		outer, known := r.Glob()
		return r.IsAll() || r.String() == resource.String() || ok && known && outer.Contains(inner)
	})
}
