package review

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// applicationUser is FIND-62.
func applicationUser() Rule {
	return Rule{ID: "FIND-62", Doc: Doc{
		Title:       "Application has a user and a role",
		Why:         "The user's name is that of an application for which there is a role as well. One of the two is probably left over.",
		Severity:    Info,
		Remediation: "Let the application use the role, and delete the user.",
		References:  []string{"AWS IAM User Guide: Security best practices in IAM: Require workloads to use temporary credentials with IAM roles"},
		Since:       "0.2",
		Needs:       []Need{NeedUsers, NeedRoles},
		Fixed:       true,
	}, check: checkApplicationUser}
}

func checkApplicationUser(p *pass) []Finding {
	var roles map[string]string
	account := ""
	return p.eachUser(func(a *iam.Account, u *iam.User) (Finding, bool) {
		if account != a.ID {
			account, roles = a.ID, serviceRoles(a)
		}
		if !workloadName(u.Name) {
			return Finding{}, false
		}
		role, ok := roles[core(u.Name)]
		f := says("the user is called like the role %s, which a workload uses", role)
		f.Confidence = Unsure
		return f, ok && core(u.Name) != ""
	})
}

// core is what a name says besides what kind of thing it names.
func core(name string) string {
	noise := []string{"user", "role", "iam", "svc", "service", "app", "application", "key", "access"}
	return strings.Join(slices.DeleteFunc(words(name), func(w string) bool { return slices.Contains(noise, w) }), " ")
}

// forWorkloads reports whether a principal stands for programs: a service, or an OpenID
// Connect provider, which signs in pipelines and pods.
func forWorkloads(e policy.PrincipalElement) bool {
	return e.Type == "Service" || e.Type == "Federated" && strings.Contains(e.Text, ":oidc-provider/")
}

// serviceRoles lists roles that workloads use, by the core of their names.
func serviceRoles(a *iam.Account) map[string]string {
	out := map[string]string{}
	for _, r := range rolesOf(a) {
		d := r.Trust.Document
		if d != nil && slices.ContainsFunc(d.Statements, func(s policy.Statement) bool {
			return s.Effect == policy.Allow && slices.ContainsFunc(s.Principal, forWorkloads)
		}) {
			out[core(r.Name)] = r.ARN
		}
	}
	return out
}
