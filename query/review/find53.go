package review

import (
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
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
		for e := range a.Entities() {
			n, ok := p.node(e.ARN)
			if e.Boundary == nil || !ok {
				continue
			}
			if ways := p.escapeFrom(n, e.Boundary).ways(); len(ways) > 0 {
				out = append(out, about(says("bounded by %s, the principal may %s", e.Boundary.ARN, some(ways)), e))
			}
		}
	}
	return out
}

// escape looks for ways out of a boundary (ESC-22, ESC-31).
type escape struct {
	p        *pass
	n        *graph.Node
	boundary *iam.Attachment
	account  string   // what the ARNs of its IAM begin with
	loose    []string // other boundaries, which do not bound: ARNs
}

func (p *pass) escapeFrom(n *graph.Node, boundary *iam.Attachment) *escape {
	part := "arn:" + partition(n.ID) + ":iam::"
	x := &escape{p: p, n: n, boundary: boundary, account: part + n.Account + ":"}
	x.loose = slices.Concat([]string{part + "aws:policy/AdministratorAccess"}, p.looserThan(boundary, n.Account), x.writes())
	return x
}

// writes lists policies that are not there and that the principal may write, so that they
// bound nothing.
func (x *escape) writes() []string {
	const write = "iam:CreatePolicy"
	if !x.p.mayAllow(x.n, []probe{{write, ""}}) {
		return nil
	}
	names := x.names("policy", []string{write})
	for _, s := range policy.Statements(x.p.m.IdentityPolicies(x.n)) {
		for _, v := range valuesOn(s, "iam:PermissionsBoundary") {
			if hasWildcard(v) {
				names = append(names, strings.NewReplacer("*", "accesspath-probe", "?", "x").Replace(v))
			}
		}
	}
	return slices.DeleteFunc(names, func(arn string) bool { return x.taken(arn) || !x.may(write, arn, "") })
}

// taken reports whether there is a policy of that ARN.
func (x *escape) taken(arn string) bool {
	a := x.p.s.Account(x.n.Account)
	return a != nil && slices.ContainsFunc(a.Policies, func(m *iam.ManagedPolicy) bool { return m.ARN == arn })
}

// looserThan lists policies of an account that bound nothing, unless the boundary
// is such a policy itself or was not read. Another boundary that does bound may be
// meant for those who are made.
func (p *pass) looserThan(boundary *iam.Attachment, account string) []string {
	a := p.s.Account(account)
	if a == nil || boundary.Policy == nil || p.boundsNothing(boundary.Policy) {
		return nil
	}
	var out []string
	for _, m := range a.Policies {
		if m.ARN != boundary.ARN && p.boundsNothing(m) {
			out = append(out, m.ARN)
		}
	}
	return out
}

// boundsNothing reports whether a policy allows everything, permissions among it
// (ESC-02).
func (p *pass) boundsNothing(m *iam.ManagedPolicy) bool {
	v := m.Default()
	return v != nil && v.Document != nil && slices.ContainsFunc(v.Document.Statements, func(s policy.Statement) bool { return s.Everything() }) &&
		slices.ContainsFunc(iamWrites(&graph.Node{ID: m.ARN, Account: m.Account}), func(q probe) bool {
			return possible(p.alone(m.Account).verdict(v.Document, q.action, q.resource))
		})
}

func (x *escape) ways() []string {
	kind := "User"
	if x.n.Role != nil {
		kind = "Role"
	}
	var out []string
	for _, made := range []string{"User", "Role"} {
		if way := x.makes(made); way != "" {
			out = append(out, way)
		}
	}
	if x.may("iam:Delete"+kind+"PermissionsBoundary", x.n.ID, x.boundary.ARN) {
		out = append(out, "remove its own boundary")
	}
	if slices.ContainsFunc(x.loose, func(other string) bool { return x.may("iam:Put"+kind+"PermissionsBoundary", x.n.ID, other) }) {
		out = append(out, "put another boundary on itself")
	}
	if arn, ok := policy.ParseARN(x.boundary.ARN); ok && arn.Account == x.n.Account && x.changesBoundary() {
		out = append(out, "change the boundary policy")
	}
	return out
}

// makes says whether users or roles can be made, and empowered, that have no
// boundary or a loose one; "" if not.
func (x *escape) makes(kind string) string {
	create, empower := "iam:Create"+kind, []string{"iam:Put" + kind + "Policy", "iam:Attach" + kind + "Policy"}
	names := x.names(strings.ToLower(kind), append(empower, create))
	under := func(boundary string) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			return x.may(create, name, boundary) && slices.ContainsFunc(empower, func(action string) bool { return x.may(action, name, boundary) })
		})
	}
	switch {
	case under(""):
		return "make " + strings.ToLower(kind) + "s without a boundary"
	case slices.ContainsFunc(x.loose, under):
		return "make " + strings.ToLower(kind) + "s under another boundary"
	}
	return ""
}

// names lists ARNs that nobody has and that the policies tell apart for the
// actions.
func (x *escape) names(kind string, actions []string) []string {
	out := []string{x.account + kind + "/accesspath-probe"}
	for _, action := range actions {
		if !x.p.mayAllow(x.n, []probe{{action, ""}}) {
			continue
		}
		found, _ := x.p.m.Witnesses(x.n, action, x.account+kind+"/*", false)
		out = append(out, found...)
	}
	return slices.DeleteFunc(sortedUnique(out), func(arn string) bool {
		_, taken := x.p.g.Find(arn)
		return taken
	})
}

// changesBoundary: a version can be made the default only if there is another.
func (x *escape) changesBoundary() bool {
	m := x.boundary.Policy
	return x.may("iam:CreatePolicyVersion", x.boundary.ARN, "") ||
		(m == nil || len(m.Versions) > 1) && x.may("iam:SetDefaultPolicyVersion", x.boundary.ARN, "")
}

// may asks for an action where iam:PermissionsBoundary has the given value, or is
// missing.
func (x *escape) may(action, resource, boundary string) bool {
	r := x.p.m.Verdict(graph.Ask{Node: x.n, Action: action, Resource: resource})
	v := policy.NotThere()
	if boundary != "" {
		v = policy.Is(boundary)
	}
	r = withKey(r, "iam:permissionsboundary", v)
	return possible(r) && r.Weight() < policy.ClassData
}
