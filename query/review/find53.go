package review

import (
	"slices"

	"accesspath/graph"
	"accesspath/policy"
)

// boundaryEscape is FIND-53.
func boundaryEscape() Rule {
	return Rule{ID: "FIND-53", Doc: Doc{
		Title:       "Permissions boundary can be escaped",
		Why:         "Somebody under a boundary may make a principal without one and use it, or change or remove the boundary itself. The boundary then bounds nothing.",
		Severity:    Medium,
		Remediation: "Allow iam:CreateUser, iam:CreateRole and the Put, Attach and boundary actions only with the condition iam:PermissionsBoundary, and deny changes to the boundary policy.",
		References:  []string{"AWS IAM User Guide: Permissions boundaries for IAM entities: Delegating responsibility to others using permissions boundaries"},
		Since:       "0.2",
		Needs:       []Need{NeedUsers, NeedRoles},
		Wants:       []Need{NeedPolicies},
	}, check: checkBoundaryEscape}
}

func checkBoundaryEscape(p *pass) []Finding {
	var out []Finding
	for a := range p.accounts() {
		for e := range entities(a) {
			n, ok := p.node(e.ARN)
			if e.Boundary == nil || !ok {
				continue
			}
			if ways := p.escapes(n, e.Boundary.ARN); len(ways) > 0 {
				out = append(out, about(says("bounded by %s, the principal may %s", e.Boundary.ARN, some(ways)), e))
			}
		}
	}
	return out
}

// escapes lists ways out of a boundary (ESC-22, ESC-31).
func (p *pass) escapes(n *graph.Node, boundary string) []string {
	account := "arn:" + partition(n.ID) + ":iam::" + n.Account + ":"
	kind := "User"
	if n.Role != nil {
		kind = "Role"
	}
	may := func(action, resource, other string) bool { return p.mayUnbound(n, action, resource, other) }
	newUser, newRole := account+"user/accesspath-probe", account+"role/accesspath-probe"
	var out []string
	if may("iam:CreateUser", newUser, "") && slices.ContainsFunc([]string{"iam:PutUserPolicy", "iam:AttachUserPolicy"}, func(x string) bool { return may(x, newUser, "") }) {
		out = append(out, "make users without a boundary")
	}
	if may("iam:CreateRole", newRole, "") && slices.ContainsFunc([]string{"iam:PutRolePolicy", "iam:AttachRolePolicy"}, func(x string) bool { return may(x, newRole, "") }) {
		out = append(out, "make roles without a boundary")
	}
	if may("iam:Delete"+kind+"PermissionsBoundary", n.ID, boundary) {
		out = append(out, "remove its own boundary")
	}
	if may("iam:Put"+kind+"PermissionsBoundary", n.ID, account+"policy/accesspath-probe") {
		out = append(out, "put another boundary on itself")
	}
	if arn, ok := policy.ParseARN(boundary); ok && arn.Account == n.Account && slices.ContainsFunc([]string{"iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"}, func(x string) bool { return may(x, boundary, "") }) {
		out = append(out, "change the boundary policy")
	}
	return out
}

// mayUnbound asks for an action where iam:PermissionsBoundary has the given
// value, or is missing.
func (p *pass) mayUnbound(n *graph.Node, action, resource, boundary string) bool {
	r := p.m.Verdict(graph.Ask{Node: n, Action: action, Resource: resource})
	v := policy.NotThere()
	if boundary != "" {
		v = policy.Is(boundary)
	}
	r = withKey(r, "iam:permissionsboundary", v)
	return possible(r) && r.Weight() < policy.ClassData
}
