package graph

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"accesspath/iam"
	"accesspath/policy"
)

// Common says what two snapshots have in common, but for where it was read.
type Common struct {
	Organization bool
	Accounts     map[string]bool // with all that is in them, by ID
}

// BuildLike is Build for a snapshot that has much in common with that of another
// graph: two states of one organization. Edges into a role are taken over where
// everything that decides them is the same: the organization, the account of the
// role, and the accounts that its trust names. The result is that of Build. other
// is asked for, with what it has in common, when nodes are numbered and classes
// found, so that it can be made meanwhile; if it returns nil there is nothing to
// take over.
func BuildLike(ctx context.Context, s *iam.Snapshot, o Options, other func() (*Graph, Common)) (*Graph, error) {
	n, err := Number(ctx, s, o)
	if err != nil {
		return nil, err
	}
	return n.BuildLike(ctx, other)
}

// likeness is what two graphs have in common while the second is built.
type likeness struct {
	b      *builder
	from   *Graph
	common Common
	node   []NodeID  // of the new graph, plus one, for each of the other
	was    []NodeID  // of the other graph, plus one, for each of the new: of one ID, the same or not
	class  []ClassID // of the new graph, plus one, for each of the other
	circle []CircleID
	fresh  []*class             // of the new graph, of accounts that are not the same
	firmly []int                // of each circle of the new graph: see sameElsewhere
	same   [][]*class           // of each circle of the new graph: those of accounts that are the same
	inOne  map[string][]*circle // of the new graph, by account: all classes of accounts that are the same are of that one
	inNone []*circle            // of the new graph, that have no such classes
}

// newLikeness compares what bears on every edge; it is nil if nothing can be taken
// over.
func newLikeness(b *builder, from *Graph, common Common) *likeness {
	m, was := b.g.Model, from.Model
	switch {
	case !common.Organization, from.peers.of != nil,
		m.Options.Overrides != nil, was.Options.Overrides != nil, m.Options.StrictData != was.Options.StrictData,
		m.missesMembers() != was.missesMembers(),
		!m.sameTime(was.Options.AsOf):
		return nil
	}
	l := &likeness{b: b, from: from, common: common, class: make([]ClassID, from.classes.Len()), inOne: map[string][]*circle{}}
	l.pair()
	for c := range l.class {
		l.class[c] = l.classLike(from.classes.Of(c))
	}
	for k := range from.circles.Len() {
		l.circle = append(l.circle, l.circleLike(from.circles.Of(k)))
	}
	for _, c := range b.classes {
		if !l.sameAccount(c.account) {
			l.fresh = append(l.fresh, c)
		}
	}
	for _, k := range b.rings {
		same := slices.DeleteFunc(slices.Clone(k.classes), func(c *class) bool { return !l.sameAccount(c.account) })
		l.same = append(l.same, same)
		elsewhere := sameElsewhere(same)
		switch l.firmly = append(l.firmly, elsewhere); {
		case len(same) == 0:
			l.inNone = append(l.inNone, k)
		case elsewhere == 0:
			l.inOne[same[0].account] = append(l.inOne[same[0].account], k)
		}
	}
	return l
}

// pair finds the nodes that both graphs have, of which both have the order of the
// IDs.
func (l *likeness) pair() {
	g := l.b.g
	l.node, l.was = make([]NodeID, l.from.Len()), make([]NodeID, len(g.nodes))
	is := 0
	for was := range l.node {
		id := l.from.IDOf(NodeID(was))
		for is < len(g.nodes) && g.nodes[is].ID < id {
			is++
		}
		if is == len(g.nodes) {
			return
		}
		if g.nodes[is].ID == id {
			l.was[is] = NodeID(was) + 1
			if l.sameNode(&g.nodes[is], NodeID(was)) {
				l.node[was] = NodeID(is) + 1
			}
		}
	}
}

// sameNode reports whether a node is the same thing as one of the other graph, of
// the same ID.
func (l *likeness) sameNode(x *Node, was NodeID) bool {
	if x.Account != l.from.AccountOf(was) || !l.sameAccount(x.Account) {
		return false
	}
	if kind, ok := l.from.plain(was); ok {
		return x.Kind == kind && x.Service == "" && x.Limit == nil
	}
	y := l.from.Node(was)
	return x.Kind == y.Kind && x.Service == y.Service && (x.Limit == nil) == (y.Limit == nil)
}

// sameAccount reports whether both snapshots have the same of an account, or
// nothing.
func (l *likeness) sameAccount(id string) bool {
	return l.common.Accounts[id] || l.b.g.Model.Snapshot.Account(id) == nil && l.from.Model.Snapshot.Account(id) == nil
}

func (l *likeness) sameCompute(x, y *iam.Compute) bool {
	return x.ARN == y.ARN && x.Account == y.Account && x.Pod == nil && y.Pod == nil && l.sameAccount(x.Account)
}

// classLike is the class of the same members, plus one; 0 if there is none.
func (l *likeness) classLike(members []NodeID) ClassID {
	first := l.node[members[0]]
	if first == 0 {
		return 0
	}
	c := l.b.g.class[first-1]
	if c == NoClass || !slices.EqualFunc(members, l.b.g.classes.Of(int(c)), func(x, y NodeID) bool { return l.node[x] == y+1 }) {
		return 0
	}
	return c + 1
}

// circleLike is the circle that the classes of accounts which did not change are
// in, plus one; 0 if there are none.
func (l *likeness) circleLike(classes []ClassID) CircleID {
	for _, c := range classes {
		if n := l.class[c]; n != 0 {
			return l.b.g.circle[n-1] + 1
		}
	}
	return 0
}

// edgesInto takes over the edges into a role; false if they have to be found. Of a
// trust in everybody, those from accounts that changed are found.
func (l *likeness) edgesInto(role *iam.Role, s *sources, r *listReader) ([]built, bool) {
	head := l.b.g.ids[role.ARN]
	was, ok := l.before(head)
	if !ok || l.node[was] != head+1 || len(l.from.sessions[was])+len(l.b.g.sessions[head]) > 0 || !l.decided(role, s) {
		return nil, false
	}
	e := l.b.roleEdges(role, r)
	e.find(s)
	g := l.from
	for i, tail := range g.own.into(was) {
		n := l.node[tail]
		if n != 0 {
			e.out = append(e.out, built{tail: uint32(n - 1), head: head, kind: g.own.kind[i], req: g.requirement(g.own.req[i])})
		} else if !s.any || l.sameAccount(g.AccountOf(NodeID(tail))) {
			return nil, false
		}
	}
	for i, tail := range g.shared.into(was) {
		c := l.class[tail]
		if c != 0 {
			e.out = append(e.out, built{span: spanClass, tail: uint32(c - 1), head: head, kind: g.shared.kind[i], req: g.requirement(g.shared.req[i])})
		} else if !s.any || l.sameAccount(g.accountOf(ClassID(tail))) {
			return nil, false
		}
	}
	for i, tail := range g.broad.into(was) {
		if k := l.circle[tail]; k != 0 && l.firm(l.b.rings[k-1], &e) {
			e.out = append(e.out, built{span: spanCircle, tail: uint32(k - 1), head: head, kind: g.broad.kind[i], req: g.requirement(g.broad.req[i])})
		}
	}
	if s.any {
		l.everybody(&e, s)
	}
	return e.out, true
}

// before is the node of the other graph that has the ID of one of the new.
func (l *likeness) before(is NodeID) (NodeID, bool) {
	was := l.was[is]
	return was - 1, was != 0
}

// sameElsewhere is how many of some classes there are outside of any one account, at
// least.
func sameElsewhere(classes []*class) int {
	most, of := 0, map[string]int{}
	for _, c := range classes {
		of[c.account]++
		most = max(most, of[c.account])
	}
	return len(classes) - most
}

// firm reports whether a circle has a member by which both graphs check it: of an
// account that did not change and is not the role's, and that the trust does not
// name.
func (l *likeness) firm(k *circle, e *roleEdges) bool {
	if len(e.named) < l.firmly[k.id] {
		return true // the trust cannot name a member of each
	}
	for _, c := range l.same[k.id] {
		if c.account != e.role.Account && (len(e.named) < len(c.members) || slices.ContainsFunc(c.members, func(n NodeID) bool { return !e.named[n] })) {
			return true
		}
	}
	return false
}

// doubtful are the circles that may not be firm, in order: what members of accounts
// that did not change they have are of the role's account, or the trust names one.
func (l *likeness) doubtful(e *roleEdges) []*circle {
	list := slices.Concat(l.inOne[e.role.Account], l.inNone)
	for n := range e.named {
		if c := l.b.g.class[n]; c != NoClass && l.b.g.circle[c] != NoCircle {
			list = append(list, l.b.rings[l.b.g.circle[c]])
		}
	}
	slices.SortFunc(list, func(x, y *circle) int { return cmp.Compare(x.id, y.id) })
	return slices.Compact(list)
}

// everybody is roleEdges.everybody for what cannot be taken over.
func (l *likeness) everybody(e *roleEdges, s *sources) {
	broadly := e.broadly(s)
	for _, c := range l.fresh {
		if (c.circle == "" || !broadly) && c.mayAssume(e.listReader) {
			e.class(c, s)
		}
	}
	if !broadly {
		return
	}
	for _, k := range l.doubtful(e) {
		if !l.firm(k, e) && k.classes[0].mayAssume(e.listReader) {
			e.circle(k, s)
		}
	}
}

// decided reports whether everything that edges into the role hang on is the same
// for both graphs: whom its trust names stands in accounts that are, and nothing
// else says who comes in.
func (l *likeness) decided(role *iam.Role, s *sources) bool {
	m, was := l.b.g.Model, l.from.Model
	_, reserved := role.PermissionSet()
	switch {
	case len(s.unique) > 0, reserved && (m.Snapshot.IdentityCenter != nil || was.Snapshot.IdentityCenter != nil),
		slices.Contains(s.federated, cognito), slices.Contains(s.services, rolesAnywhere),
		!slices.EqualFunc(m.compute[role.ARN], was.compute[role.ARN], l.sameCompute), !slices.EqualFunc(m.agents[role.ARN], was.agents[role.ARN], l.sameCompute),
		slices.ContainsFunc(s.accounts, func(id string) bool { return !l.sameAccount(id) }):
		return false
	}
	return !slices.ContainsFunc(s.arns, func(id string) bool { return !l.sameNamed(id) })
}

// sameNamed reports whether a principal that a trust names is the same in both
// graphs, or in neither.
func (l *likeness) sameNamed(id string) bool {
	if key, ok := strings.CutPrefix(id, sessionRolePrefix); ok {
		account, _, _ := strings.Cut(key, "/")
		return l.sameAccount(account)
	}
	arn, _ := policy.ParseARN(id)
	is, here := l.b.g.ids[id]
	was, there := NodeID(0), false
	if here {
		was, there = l.before(is)
	} else {
		_, there = l.from.Find(id)
	}
	return l.sameAccount(arn.Account) && here == there && (!here || l.node[was] == is+1 && l.b.g.nodes[is].Limit == nil && l.b.g.nodes[is].Kind != KindFederatedUser)
}

// sameTime reports whether no condition on the time changes its truth between the
// model's moment and another one.
func (m *Model) sameTime(other time.Time) bool {
	if m.Options.AsOf.Equal(other) {
		return true
	}
	seen := map[*policy.Document]bool{}
	same := true
	look := func(d *policy.Document) {
		if d == nil || seen[d] || !same {
			return
		}
		seen[d] = true
		moments, certain := d.Moments()
		same = certain && policy.Unmoved(m.Options.AsOf, other, moments)
	}
	eachDocument(m.Snapshot, look)
	return same
}

// eachDocument visits the policies of principals, groups and the organization.
func eachDocument(s *iam.Snapshot, visit func(*policy.Document)) {
	policies := func(list []*iam.Policy) {
		for _, p := range list {
			visit(p.Document)
		}
	}
	attached := func(a *iam.Attachment) {
		if a != nil && a.Policy != nil && a.Policy.Default() != nil {
			visit(a.Policy.Default().Document)
		}
	}
	for _, a := range s.Accounts {
		for e := range a.Entities() {
			policies(e.Inline)
			attached(e.Boundary)
			for _, at := range e.Attached {
				attached(at)
			}
		}
		for _, r := range a.Roles {
			visit(r.Trust.Document)
		}
	}
	if s.Organization != nil {
		for _, n := range s.Organization.Nodes {
			policies(n.SCPs)
			policies(n.RCPs)
		}
	}
}
