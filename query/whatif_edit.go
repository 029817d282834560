package query

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// An Edit is one change to a copy of the snapshot. One of Without, SCP and
// Policy is set.
type Edit struct {
	// Without takes something out: a principal ("alice"), a hop ("alice->deploy"),
	// or a statement: the principal, group, resource or level of the organization
	// that has the policy, the policy's name or ARN, and the statement's Sid or
	// index from 0 ("alice#deploy-policy#0"); of a managed policy its ARN and the
	// statement, for all who have it.
	Without string
	SCP     *policy.Document // attached in addition to Target, a level of the organization; "" every root
	Policy  *policy.Document // an inline policy more for Target, a user, role or group
	Target  string
	Name    string // of the document, for the record
}

// editing collects changes to a copy of a snapshot. What they leave alone is
// shared with the snapshot as it was loaded, which is never written to.
type editing struct {
	e        *Engine // over the snapshot as it was loaded: it resolves names
	snapshot *iam.Snapshot
	changes  []string
	hops     []hop // taken out
}

func (x *editing) apply(c *Edit) error {
	switch {
	case c.SCP != nil:
		return x.withSCP(c)
	case c.Policy != nil:
		return x.withPolicy(c)
	case strings.Contains(c.Without, "#"):
		return x.withoutStatement(c.Without)
	case strings.Contains(c.Without, "->"):
		return x.withoutHop(c.Without)
	}
	return x.withoutPrincipal(c.Without)
}

// change records a change and its outcome.
func (x *editing) change(s *iam.Snapshot, text string) {
	x.snapshot = s
	x.changes = append(x.changes, text)
}

// check makes sure that the hops are gone: a way that no trust policy denies
// would make the answer wrong.
func (x *editing) check(g *graph.Graph) error {
	for _, h := range x.hops {
		from, ok := g.Find(x.e.g.Node(h.from).ID)
		if !ok {
			continue
		}
		for edge := range g.Out(from) {
			if g.Node(edge.To).ID == x.e.g.Node(h.to).ID && !x.e.foldEdge(edge).IsFalse() {
				return fmt.Errorf("the hop from %s to %s cannot be taken out alone", x.e.g.Node(h.from).ID, x.e.g.Node(h.to).ID)
			}
		}
	}
	return nil
}

// withoutPrincipal takes out a user, role or group.
func (x *editing) withoutPrincipal(name string) error {
	n, err := x.e.resolve(name)
	if err != nil {
		return err
	}
	node, s := x.e.g.Node(n), *x.snapshot
	account := cloneAccount(&s, node.Account)
	if account == nil || node.User == nil && node.Role == nil && node.Group == nil {
		return &QuestionError{Message: fmt.Sprintf("--without %q: only users, roles and groups can be taken out", name), Hint: "take out a hop (FROM->TO) or a statement (OWNER#POLICY#INDEX)"}
	}
	account.Users = slices.DeleteFunc(account.Users, func(u *iam.User) bool { return u.ARN == node.ID })
	account.Roles = slices.DeleteFunc(account.Roles, func(r *iam.Role) bool { return r.ARN == node.ID })
	if node.Group != nil {
		account.Groups = slices.DeleteFunc(slices.Clone(account.Groups), func(g *iam.Group) bool { return g.ARN == node.ID })
		eachMember(account, node.ID, func(u *iam.User, i int) {
			u.Groups = slices.Delete(u.Groups, i, i+1)
			u.GroupNames = slices.DeleteFunc(slices.Clone(u.GroupNames), func(g string) bool { return strings.EqualFold(g, node.Name) })
		})
	}
	x.change(&s, "without "+node.ID)
	return nil
}

// eachMember changes copies of a group's members; f gets the group's place in
// the copy's own list.
func eachMember(a *iam.Account, group string, f func(u *iam.User, i int)) {
	for k, u := range a.Users {
		i := slices.IndexFunc(u.Groups, func(g *iam.Group) bool { return g.ARN == group })
		if i < 0 {
			continue
		}
		v := *u
		v.Groups = slices.Clone(u.Groups)
		f(&v, i)
		a.Users[k] = &v
	}
}

// withoutHop takes out one way: the role's trust policy denies the caller.
func (x *editing) withoutHop(text string) error {
	from, to, _ := strings.Cut(text, "->")
	f, err := x.e.resolve(strings.TrimSpace(from))
	if err != nil {
		return err
	}
	t, err := x.e.resolve(strings.TrimSpace(to))
	if err != nil {
		return err
	}
	caller, role := x.e.g.Node(f), x.e.g.Node(t)
	who := principalElement(caller)
	if who == nil || role.Role == nil {
		return &QuestionError{Message: fmt.Sprintf("--without %q: this hop cannot be taken out alone", text), Hint: "hops lead from a user, role, provider, service or other account to a role; take out the statement that allows it (OWNER#POLICY#INDEX)"}
	}
	if x.edge(f, t) == nil {
		return &QuestionError{Message: fmt.Sprintf("--without %q: there is no such hop", text), Hint: "accesspath paths lists the hops between two principals"}
	}
	s := *x.snapshot
	if err := denyTrust(&s, role, who); err != nil {
		return err
	}
	x.hops = append(x.hops, hop{f, t})
	x.change(&s, "without the hop "+caller.ID+" -> "+role.ID)
	return nil
}

func (x *editing) edge(from, to graph.NodeID) *graph.Edge {
	for edge := range x.e.g.Out(from) {
		if edge.To == to {
			return &edge
		}
	}
	return nil
}

// principalElement names a caller in a trust policy, and nobody else; nil if
// that cannot be done.
func principalElement(n *graph.Node) map[string]string {
	switch n.Kind {
	case graph.KindUser, graph.KindRole, graph.KindExternal:
		return map[string]string{"AWS": n.ID}
	case graph.KindAccount:
		return map[string]string{"AWS": n.Account}
	case graph.KindFederated:
		return map[string]string{"Federated": n.ID}
	case graph.KindService:
		return map[string]string{"Service": n.ID}
	}
	return nil
}

func denyTrust(s *iam.Snapshot, role *graph.Node, who map[string]string) error {
	deny := map[string]any{"Effect": "Deny", "Principal": who, "Action": []string{"sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"}}
	account := cloneAccount(s, role.Account)
	if account == nil {
		return fmt.Errorf("account %q is not in the snapshot", role.Account)
	}
	for i, r := range account.Roles {
		if r.ARN != role.ID {
			continue
		}
		v, trust := *r, *r.Trust
		v.Trust, account.Roles[i] = &trust, &v
		var err error
		trust.Document, err = withStatement(trust.Document, deny)
		return err
	}
	return fmt.Errorf("no role %q in the snapshot", role.ID)
}

// withStatement is a document with one statement more.
func withStatement(d *policy.Document, statement map[string]any) (*policy.Document, error) {
	doc := map[string]json.RawMessage{"Version": json.RawMessage(`"2012-10-17"`)}
	var list []json.RawMessage
	if d != nil {
		if err := json.Unmarshal([]byte(d.Text), &doc); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(doc["Statement"], &list); err != nil {
			list = []json.RawMessage{doc["Statement"]}
		}
	}
	doc["Statement"] = mustJSON(append(list, mustJSON(statement)))
	return policy.ParseDocument(mustJSON(doc))
}

// withoutStatement takes one statement out of one policy.
func (x *editing) withoutStatement(text string) error {
	f := strings.Split(text, "#")
	if len(f) == 2 && iamPolicyARN(f[0]) {
		f = []string{"", f[0], f[1]}
	}
	if len(f) != 3 || f[0] == "" && !iamPolicyARN(f[1]) || f[1] == "" || f[2] == "" {
		return &QuestionError{Message: fmt.Sprintf("--without %q is no statement", text), Hint: "write OWNER#POLICY#INDEX, such as alice#deploy-policy#0, with the names that --verbose shows, or ARN#INDEX for a managed policy wherever it is attached; the index counts from 0, a Sid does as well"}
	}
	var places []place
	if f[0] == "" {
		places = x.everywhere(f[1])
	} else {
		places = x.places(f[0], f[1])
	}
	if len(places) == 0 {
		return &QuestionError{Message: fmt.Sprintf("--without %q: %q has no policy %q with a document", text, f[0], f[1]), Hint: "the names are those that --verbose shows"}
	}
	i := statementIndex(places[0].doc, f[2])
	if i < 0 {
		return &QuestionError{Message: fmt.Sprintf("--without %q: the policy has no statement %q", text, f[2]), Hint: fmt.Sprintf("it has %d; the index counts from 0", len(places[0].doc.Statements))}
	}
	s := x.snapshot
	for _, p := range places {
		p.change.Kind, p.change.Statement.Statement = ChangeDeny, i
		var err error
		if s, err = ApplyChange(s, p.change); err != nil {
			return err
		}
	}
	of := f[1]
	if f[0] != "" {
		of += " of " + f[0]
	}
	x.change(s, fmt.Sprintf("without statement %d of %s", i, of))
	return nil
}

func statementIndex(d *policy.Document, name string) int {
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(d.Statements) {
		return i
	}
	return slices.IndexFunc(d.Statements, func(s policy.Statement) bool { return s.Sid == name })
}

// A place is where a policy stands, as ApplyChange wants to be told.
type place struct {
	change PolicyChange
	doc    *policy.Document
}

// places finds a policy by its owner: several where a group has it, one for each
// member.
func (x *editing) places(owner, name string) []place {
	s := x.snapshot
	if r := s.Resource(owner); r != nil && r.Policy != nil && r.Policy.Document != nil {
		return []place{{PolicyChange{Layer: "resource", Where: r.ARN, Policy: name, Statement: &Evidence{}}, r.Policy.Document}}
	}
	if n := s.Organization.Node(owner); n != nil {
		return guardrailPlaces(n, name)
	}
	id, err := x.e.resolve(owner)
	if err != nil {
		return nil
	}
	node := x.e.g.Node(id)
	account := s.Account(node.Account)
	if account == nil {
		return nil
	}
	var out []place
	for _, u := range account.Users {
		if u.ARN == node.ID {
			out = append(out, entityPlaces(&u.Entity, u.ARN, "", name)...)
		}
		for _, g := range u.Groups {
			if g.ARN == node.ID {
				out = append(out, entityPlaces(&g.Entity, u.ARN, g.ARN, name)...)
			}
		}
	}
	for _, r := range account.Roles {
		if r.ARN == node.ID && r.Trust.Document != nil && name == "trust policy" {
			out = append(out, place{PolicyChange{Layer: "resource", Where: r.ARN, Policy: name, Statement: &Evidence{}}, r.Trust.Document})
		} else if r.ARN == node.ID {
			out = append(out, entityPlaces(&r.Entity, r.ARN, "", name)...)
		}
	}
	return out
}

// everywhere finds a managed policy at all who have it, as such or as a boundary.
func (x *editing) everywhere(arn string) []place {
	var out []place
	for _, a := range x.snapshot.Accounts {
		for _, u := range a.Users {
			out = append(out, entityPlaces(&u.Entity, u.ARN, "", arn)...)
			for _, g := range u.Groups {
				out = append(out, entityPlaces(&g.Entity, u.ARN, g.ARN, arn)...)
			}
		}
		for _, r := range a.Roles {
			out = append(out, entityPlaces(&r.Entity, r.ARN, "", arn)...)
		}
	}
	return out
}

func entityPlaces(e *iam.Entity, where, via, name string) []place {
	c := PolicyChange{Layer: "identity", Where: where, Policy: name, Statement: &Evidence{Via: via}}
	for _, p := range e.Inline {
		if p.Name == name && p.Document != nil {
			return []place{{c, p.Document}}
		}
	}
	for _, at := range e.Attached {
		if (at.ARN == name || at.Name == name) && at.Document() != nil {
			c.Policy = at.ARN
			return []place{{c, at.Document()}}
		}
	}
	if b := e.Boundary; b != nil && (b.ARN == name || b.Name == name) && b.Document() != nil {
		c.Layer, c.Policy = "boundary", b.ARN
		return []place{{c, b.Document()}}
	}
	return nil
}

func guardrailPlaces(n *iam.OrgNode, name string) []place {
	find := func(layer string, list []*iam.Policy) []place {
		for _, p := range list {
			if (p.Name == name || p.ARN == name) && p.Document != nil {
				return []place{{PolicyChange{Layer: layer + "@" + n.ID, Where: n.ID, Policy: name, Statement: &Evidence{}}, p.Document}}
			}
		}
		return nil
	}
	if out := find("scp", n.SCPs); out != nil {
		return out
	}
	return find("rcp", n.RCPs)
}

// withSCP attaches a service control policy at a level.
func (x *editing) withSCP(c *Edit) error {
	o := x.snapshot.Organization
	switch {
	case o == nil || len(o.Nodes) == 0:
		return &QuestionError{Message: "no organization is loaded, so that there is nothing to attach a service control policy to", Hint: "load what aws organizations describe-organization, list-roots and the like print; accesspath collect-script writes the calls"}
	case o.SCP == iam.KnownEmpty:
		return &QuestionError{Message: "service control policies are not enabled in the organization"}
	}
	s, tree := *x.snapshot, *o
	tree.Nodes = slices.Clone(o.Nodes)
	var at []string
	for i, n := range tree.Nodes {
		if c.Target == "" && n.Kind != "root" || c.Target != "" && n.ID != c.Target && n.Name != c.Target {
			continue
		}
		v := *n
		v.SCPs = append(slices.Clone(n.SCPs), &iam.Policy{Name: c.Name, Document: c.SCP})
		tree.Nodes[i] = &v
		at = append(at, n.ID)
	}
	if len(at) == 0 {
		return &QuestionError{Message: fmt.Sprintf("the organization has no level %q", c.Target), Hint: "name a root, a unit or an account by its id"}
	}
	s.Organization = &tree
	x.change(&s, "with the service control policy "+c.Name+" at "+strings.Join(at, ", "))
	return nil
}

// withPolicy gives a user, role or group an inline policy more.
func (x *editing) withPolicy(c *Edit) error {
	n, err := x.e.resolve(c.Target)
	if err != nil {
		return err
	}
	node, s := x.e.g.Node(n), *x.snapshot
	account := cloneAccount(&s, node.Account)
	add := func(e *iam.Entity) {
		e.Inline = append(slices.Clone(e.Inline), &iam.Policy{Name: c.Name, Document: c.Policy})
	}
	switch {
	case account == nil:
		return fmt.Errorf("account %q is not in the snapshot", node.Account)
	case node.Group != nil:
		eachMember(account, node.ID, func(u *iam.User, i int) {
			g := *u.Groups[i]
			add(&g.Entity)
			u.Groups[i] = &g
		})
	case node.User != nil:
		for i, u := range account.Users {
			if u.ARN == node.ID {
				v := *u
				add(&v.Entity)
				account.Users[i] = &v
			}
		}
	case node.Role != nil:
		for i, r := range account.Roles {
			if r.ARN == node.ID {
				v := *r
				add(&v.Entity)
				account.Roles[i] = &v
			}
		}
	default:
		return &QuestionError{Message: fmt.Sprintf("%q has no identity policies", c.Target), Hint: "name a user, role or group"}
	}
	x.change(&s, "with the policy "+c.Name+" for "+node.ID)
	return nil
}
