package review

import "accesspath/iam"

// workloadPower is FIND-52.
func workloadPower() Rule {
	return Rule{ID: "FIND-52", Doc: Doc{
		Title:       "Workload may change permissions",
		Why:         "Whoever gets code into the workload, or finds a hole in it, may do everything in the account, or may allow themselves to.",
		Severity:    Medium,
		Remediation: "Take the IAM permissions away, or bound the role by a permissions boundary.",
		References:  []string{"AWS IAM User Guide: Security best practices in IAM: Apply least-privilege permissions"},
		Since:       "0.2",
		Needs:       []Need{NeedRoles},
		Wants:       []Need{NeedPolicies, NeedCompute},
	}, check: checkWorkloadPower}
}

func checkWorkloadPower(p *pass) []Finding {
	return p.eachRole(func(_ *iam.Account, r *iam.Role) (Finding, bool) {
		n, ok := p.node(r.ARN)
		if !ok {
			return Finding{}, false
		}
		why, strong := p.strong(n)
		if !strong {
			return Finding{}, false
		}
		workloads := p.workloads(r)
		f := says("the role of %s %s", some(workloads), why)
		if id, ok := p.g.RoleNode(r); ok && p.admins.direct[id] != nil {
			f.Evidence = p.admins.direct[id].because
		}
		return f, len(workloads) > 0
	})
}
