package review

import "accesspath/iam"

// cloudShell is FIND-67.
func cloudShell() Rule {
	return Rule{ID: "FIND-67", Doc: Doc{
		Title:       "Full access to CloudShell",
		Why:         "CloudShell is a machine on the Internet with the caller's own permissions. With full access files can be moved in and out of it, past whatever watches the network.",
		Severity:    Low,
		Remediation: "Attach a policy that denies cloudshell:GetFileDownloadUrls and cloudshell:GetFileUploadUrls in its place.",
		References:  []string{"CIS AWS Foundations Benchmark: Ensure access to AWSCloudShellFullAccess is restricted"},
		Since:       "0.2",
		Needs:       []Need{NeedUsers, NeedGroups, NeedRoles},
	}, check: checkCloudShell}
}

func checkCloudShell(p *pass) []Finding {
	var out []Finding
	for a := range p.accounts() {
		for t := range attachedTo(a) {
			if awsPolicy(t.ARN, "AWSCloudShellFullAccess") {
				out = append(out, about(says("the policy AWSCloudShellFullAccess is attached"), t.holder))
			}
		}
	}
	return out
}

// attachedPolicy is a managed policy in its place.
type attachedPolicy struct {
	*iam.Attachment
	holder *iam.Entity
}

// attachedTo yields what is attached to users, groups and roles, boundaries
// left out.
func attachedTo(a *iam.Account) func(func(attachedPolicy) bool) {
	return func(yield func(attachedPolicy) bool) {
		for e := range a.Entities() {
			for _, at := range e.Attached {
				if !yield(attachedPolicy{at, e}) {
					return
				}
			}
		}
	}
}
