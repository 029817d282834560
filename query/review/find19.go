package review

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
	"accesspath/policy/catalog"
	"accesspath/query"
)

// overPoweredRole is FIND-19.
func overPoweredRole() Rule {
	return Rule{ID: "FIND-19", Doc: Doc{
		Title:       "Role has more power than it needs",
		Why:         "A role with all actions of a service on everything in it does far more damage in the wrong hands than the job asks for. Services that were never used show what could go.",
		Severity:    Medium,
		Remediation: "Allow the actions and resources that the job needs. AWS lists when each service was last used, and writes policies from what was.",
		References:  []string{"AWS IAM User Guide: Security best practices in IAM: Apply least-privilege permissions", "AWS IAM User Guide: Refine permissions in AWS using last accessed information"},
		Since:       "0.2",
		Needs:       []Need{NeedRoles},
		Wants:       []Need{NeedPolicies, NeedServiceUse},
		Fixed:       true,
	}, check: checkOverPowered}
}

// sensitiveServices hold permissions, secrets, data, machines and traces. The
// action stands for the service when the evaluator is asked.
func sensitiveServices() []string {
	return []string{"iam", "sts", "organizations", "sso", "kms", "secretsmanager", "ssm", "s3", "dynamodb", "rds", "ec2", "lambda", "cloudtrail", "cloudformation"}
}

func checkOverPowered(p *pass) []Finding {
	return p.eachRole(func(_ *iam.Account, r *iam.Role) (Finding, bool) {
		n, ok := p.node(r.ARN)
		if !ok {
			return Finding{}, false
		}
		services, evidence := p.wholeServices(n)
		used, granted := usedServices(r), 0
		if r.Used != nil {
			granted = grantedServices(p.m.IdentityPolicies(n))
		}
		switch {
		case granted >= manyServices && used*4 <= granted:
			f := says("the role may use %s and has used %s", count(granted, "service"), thousands(used))
			f.Confidence, f.Evidence = Probable, evidence
			return f, true
		case len(services) > 0 && !p.isAdmin(r.ARN):
			f := says("the role may do everything on all resources of %s", strings.Join(services, ", "))
			f.Evidence = evidence
			return f, true
		}
		return Finding{}, false
	})
}

// manyServices is from how many services on permissions and use are compared.
const manyServices = 8

// wholeServices lists sensitive services that identity policies allow as a
// whole and unconditionally, as far as no boundary or guardrail takes all of it
// away again.
func (p *pass) wholeServices(n *graph.Node) (services []string, evidence []query.Evidence) {
	for a, s := range allowed(p.m.IdentityPolicies(n)) {
		if len(s.Conditions) > 0 || !s.HasResource || !allResources(s) {
			continue
		}
		for _, pattern := range s.Action {
			service, name, _ := strings.Cut(strings.ToLower(pattern.String()), ":")
			if strings.Trim(name, "*") != "" || name == "" || !slices.Contains(sensitiveServices(), service) || !p.usable(n, service) {
				continue
			}
			services = append(services, service)
			evidence = append(evidence, query.EvidenceOf(policy.Evidence{Layer: "identity", Policy: a, Statement: s}))
		}
	}
	return sortedUnique(services), slices.Compact(evidence)
}

// usable asks whether any of a service's actions that change something is left
// to the principal.
func (p *pass) usable(n *graph.Node, service string) bool {
	asked := p.m.Inquiry(n)
	for _, action := range catalog.Expand(service + ":*") {
		_, name, _ := strings.Cut(action, ":")
		if info, ok := catalog.Action(service, name); ok && strings.Contains(info.Access, "Write") && possible(asked.Verdict(action, "*")) {
			return true
		}
	}
	return false
}

// usedServices counts the services that a role is known to have used.
func usedServices(r *iam.Role) int {
	n := 0
	for _, u := range r.Used {
		if !u.Last.IsZero() {
			n++
		}
	}
	return n
}

// grantedServices counts the services of which identity policies allow
// something.
func grantedServices(policies []policy.Attached) int {
	granted := map[string]bool{}
	for _, s := range allowed(policies) {
		if s.NotAction != nil {
			return len(catalog.Services())
		}
		for _, pattern := range s.Action {
			prefix, _, _ := strings.Cut(strings.ToLower(pattern.String()), ":")
			for _, service := range catalog.Services() {
				if policy.CompilePattern(prefix).Match(service) {
					granted[service] = true
				}
			}
		}
	}
	return len(granted)
}
