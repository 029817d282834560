package graph

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// center is what the snapshot says of Identity Center, indexed.
type center struct {
	people, groups map[string]Node // by ID in the identity store
	members        map[string]*iam.IdentityGroup
	assigned       map[string][]iam.Assignment // by account/permission set
	known          bool                        // all account assignments were read (IDC-04)
}

func newCenter(c *iam.IdentityCenter) *center {
	x := &center{people: map[string]Node{}, groups: map[string]Node{}, members: map[string]*iam.IdentityGroup{}, assigned: map[string][]iam.Assignment{}}
	if c == nil {
		return x
	}
	x.known = c.AssignmentState != iam.Unknown
	taken := map[string]bool{}
	for _, u := range c.Users {
		x.people[u.ID] = centerNode(KindIDCUser, u.ID, u.Name, taken)
	}
	for i := range c.Groups {
		g := &c.Groups[i]
		n := centerNode(KindIDCGroup, g.ID, g.Name, taken)
		n.Carrier = g.Known
		x.groups[g.ID], x.members[g.ID] = n, g
	}
	sets := map[string]string{}
	for _, s := range c.PermissionSets {
		sets[s.ARN] = s.Name
	}
	for _, a := range c.Assignments {
		set := a.PermissionSet
		if name, ok := sets[set]; ok {
			set = name
		}
		x.assigned[a.Account+"/"+set] = append(x.assigned[a.Account+"/"+set], a)
	}
	return x
}

// centerNode is named as people and groups are; by ID where the name is not
// known, or where another has it as well.
func centerNode(kind NodeKind, id, name string, taken map[string]bool) Node {
	n := Node{ID: kind.String() + ":" + id, Kind: kind, Key: id, Name: cmp.Or(name, id)}
	if name != "" && !taken[kind.String()+":"+name] {
		n.ID = kind.String() + ":" + name
	}
	taken[n.ID] = true
	return n
}

func (c *center) person(id string) Node {
	if n, ok := c.people[id]; ok {
		return n
	}
	return centerNode(KindIDCUser, id, "", map[string]bool{})
}

func (c *center) group(id string) Node {
	if n, ok := c.groups[id]; ok {
		return n
	}
	return centerNode(KindIDCGroup, id, "", map[string]bool{})
}

// principals are whom an assignment reaches: a user, or a group and its members
// as far as they are known.
func (c *center) principals(a iam.Assignment) []Node {
	if !strings.EqualFold(a.PrincipalType, "GROUP") {
		return []Node{c.person(a.Principal)}
	}
	out := []Node{c.group(a.Principal)}
	if g := c.members[a.Principal]; g != nil {
		for _, id := range g.Members {
			out = append(out, c.person(id))
		}
	}
	return out
}

// assignments lists those that lead to a role: of its account, and of its
// permission set, given by ARN or by name (IDC-03).
func (m *Model) assignments(role *iam.Role) []iam.Assignment {
	set, ok := role.PermissionSet()
	if !ok {
		return nil
	}
	return m.center.assigned[role.Account+"/"+set]
}

// nodes are the users and groups that assignments reach.
func (c *center) nodes() []Node {
	var out []Node
	seen := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(c.assigned)) {
		for _, a := range c.assigned[key] {
			for _, n := range c.principals(a) {
				if !seen[n.ID] {
					seen[n.ID] = true
					out = append(out, n)
				}
			}
		}
	}
	return out
}

// assigned decides whether Identity Center gives a session of a role to one of
// its users or groups, or, where assignments are not known, to whoever has the
// permission set (IDC-02, IDC-04). Groups whose members are known are no origin
// by themselves.
func (m *Model) assigned(from *Node, role *iam.Role) Assumption {
	a := Assumption{Action: "sts:AssumeRoleWithSAML"}
	set, ok := role.PermissionSet()
	ways := policy.False()
	switch {
	case !ok:
		a.deny("no-principal", "IDC-01", "the role is not of a permission set")
		return a
	case from.Kind == KindIdentityCenter && from.Name != set:
		a.deny("no-principal", "IDC-03", "the role is of the permission set "+set)
		return a
	case from.Kind == KindIdentityCenter && !m.center.known:
		ways = policy.DataAtom("DATA:assignments", set)
	case from.Kind != KindIdentityCenter:
		for _, as := range m.assignments(role) {
			ways = policy.Or(ways, m.through(from, as, &a))
		}
	}
	if a.Requires = policy.And(ways, m.centerGuardrails(role)).Simplify(); a.Requires.IsFalse() {
		a.deny("no-principal", "IDC-04", "all account assignments are known, and none lets "+from.Name+" use the permission set "+set+" in account "+role.Account)
	}
	a.Requires.Mentions(func(t *policy.Atom) bool { a.Codes = insertSorted(a.Codes, t.Code); return false })
	return a
}

// through is what one assignment gives to a user or group, and how.
func (m *Model) through(from *Node, as iam.Assignment, a *Assumption) policy.Requirement {
	group := strings.EqualFold(as.PrincipalType, "GROUP")
	by := policy.Attached{Name: "account assignment of " + as.PermissionSet, Owner: as.Account, Source: &iam.Policy{Origin: as.Origin}}
	switch {
	case from.Kind == KindIDCUser && !group && as.Principal == from.Key:
	case from.Kind == KindIDCUser && group && m.center.has(as.Principal, from.Key):
		by.Via = m.center.group(as.Principal).ID
	case from.Kind == KindIDCGroup && group && as.Principal == from.Key && !from.Carrier:
		a.Because = append(a.Because, policy.Evidence{Layer: "assignment", Policy: &by, Rule: "IDC-04"})
		return policy.DataAtom("DATA:group-members", from.Name)
	default:
		return policy.False()
	}
	a.Because = append(a.Because, policy.Evidence{Layer: "assignment", Policy: &by, Rule: "IDC-04"})
	return policy.True()
}

// centerGuardrails: what an RCP that denies unsigned sign-ins does to those of
// Identity Center is not known (ORG-17, U-22).
func (m *Model) centerGuardrails(role *iam.Role) policy.Requirement {
	if len(m.RCPs(role.Account)) == 0 {
		return policy.True()
	}
	provider := "arn:" + partitionOf(role.ARN) + ":iam::" + role.Account + ":saml-provider/AWSSSO_DO_NOT_DELETE"
	d := m.decide(Ask{Node: &Node{ID: provider, Kind: KindFederated, Account: role.Account}, Action: "sts:AssumeRoleWithSAML", Resource: role.ARN})
	for _, l := range d.Layers {
		if strings.HasPrefix(l.Name, "rcp@") && !l.Deny.IsFalse() {
			return policy.CodeAtom("U-22")
		}
	}
	return policy.True()
}

func (c *center) has(group, person string) bool {
	g := c.members[group]
	return g != nil && slices.Contains(g.Members, person)
}

// centerMembers adds who is in which group of Identity Center.
func (b *builder) centerMembers() {
	g, c := b.g, b.g.Model.center
	for i := range g.nodes {
		n := &g.nodes[i]
		if n.Kind != KindIDCGroup || c.members[n.Key] == nil {
			continue
		}
		for _, id := range c.members[n.Key].Members {
			if user, ok := g.ids[c.person(id).ID]; ok {
				g.members = append(g.members, memberOf{user, NodeID(i)})
			}
		}
	}
	slices.SortStableFunc(g.members, func(x, y memberOf) int { return cmp.Compare(x.user, y.user) })
}
