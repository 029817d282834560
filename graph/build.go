package graph

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"accesspath/iam"
	"accesspath/policy"
)

// builder is the state of one Build.
type builder struct {
	g         *Graph
	classes   []*class
	byAccount map[string][]*class
	roles     []*iam.Role // in node order
	scans     []sources
	byUnique  map[string]NodeID
	byRole    map[string][]NodeID // account/name
	guards    map[string]bool     // account: SCPs tell its callers apart
}

// built is one edge before it has its place.
type built struct {
	class bool
	tail  uint32
	head  NodeID
	kind  EdgeKind
	req   policy.Requirement
}

// Build evaluates every trust policy of the snapshot. It is the only place
// where an edge comes into being. Work is split by role; the result does not
// depend on how. It returns ctx's error if it is cut short.
func Build(ctx context.Context, s *iam.Snapshot, o Options) (*Graph, error) {
	b := &builder{g: &Graph{Model: NewModel(s, o)}, byAccount: map[string][]*class{}, byUnique: map[string]NodeID{}, byRole: map[string][]NodeID{}, guards: map[string]bool{}}
	b.number()
	b.classify()
	slots := make([][]built, len(b.roles))
	if err := b.eachRole(ctx, o.Workers, func(i int) { slots[i] = b.edgesInto(i) }); err != nil {
		return nil, err
	}
	b.assemble(append(slots, b.federationTokens()))
	return b.g, nil
}

// number collects the nodes and sorts them by ID.
func (b *builder) number() {
	s := b.g.Model.Snapshot
	var nodes []Node
	for _, a := range s.Accounts {
		nodes = append(nodes, entities(a)...)
		b.roles = append(b.roles, a.Roles...)
	}
	slices.SortStableFunc(b.roles, func(x, y *iam.Role) int { return strings.Compare(x.ARN, y.ARN) })
	b.scans = make([]sources, len(b.roles))
	for i, r := range b.roles {
		b.scans[i] = scan(r)
		b.scans[i].perCaller = b.scans[i].perCaller || tellApart(b.g.Model.RCPs(r.Account))
		nodes = append(nodes, b.outside(r, &b.scans[i])...)
	}
	nodes = append(nodes, b.federatedUsers()...)
	slices.SortStableFunc(nodes, func(x, y Node) int { return compareNodes(&x, &y) })
	nodes = slices.CompactFunc(nodes, func(x, y Node) bool { return x.ID == y.ID })
	g := b.g
	g.nodes, g.ids, g.byName = nodes, make(map[string]NodeID, len(nodes)), map[string][]NodeID{}
	for i := range nodes {
		b.index(NodeID(i))
	}
	b.memberships()
}

func (b *builder) index(i NodeID) {
	n := &b.g.nodes[i]
	b.g.ids[n.ID] = i
	if n.Name != "" {
		name := strings.ToLower(n.Name)
		b.g.byName[name] = append(b.g.byName[name], i)
	}
	switch {
	case n.User != nil && n.User.UniqueID != "":
		b.byUnique[n.User.UniqueID] = i
	case n.Role != nil:
		if n.Role.UniqueID != "" {
			b.byUnique[n.Role.UniqueID] = i
		}
		key := n.Account + "/" + n.Name
		b.byRole[key] = append(b.byRole[key], i)
	}
}

// entities are the nodes of one account; its root user is synthesized
// (GAAD-18).
func entities(a *iam.Account) []Node {
	var nodes []Node
	if policy.IsAccountID(a.ID) {
		partition := a.Partition
		if partition == "" {
			partition = "aws"
		}
		nodes = append(nodes, Node{ID: policy.AccountRoot(partition, a.ID), Kind: KindRoot, Account: a.ID})
	}
	for _, u := range a.Users {
		nodes = append(nodes, Node{ID: u.ARN, Kind: KindUser, Account: u.Account, Name: u.Name, User: u})
	}
	for _, g := range a.Groups {
		nodes = append(nodes, Node{ID: g.ARN, Kind: KindGroup, Account: g.Account, Name: g.Name, Group: g})
	}
	for _, r := range a.Roles {
		nodes = append(nodes, Node{ID: r.ARN, Kind: KindRole, Account: r.Account, Name: r.Name, Role: r})
	}
	return nodes
}

// outside are the nodes that a trust policy brings in.
func (b *builder) outside(r *iam.Role, s *sources) []Node {
	m := b.g.Model
	var nodes []Node
	if set, ok := r.PermissionSet(); ok {
		nodes = append(nodes, Node{ID: "idc:" + set, Kind: KindIdentityCenter, Name: set})
	}
	for _, p := range s.federated {
		account := ""
		if a, ok := policy.ParseARN(p); ok {
			account = a.Account
		}
		nodes = append(nodes, Node{ID: p, Kind: KindFederated, Account: account, Name: p[strings.LastIndexByte(p, '/')+1:]})
	}
	for _, svc := range s.services {
		if !isEC2(svc) || len(r.InstanceProfiles) == 0 {
			nodes = append(nodes, Node{ID: svc, Kind: KindService, Name: svc})
			continue
		}
		for _, p := range r.InstanceProfiles {
			nodes = append(nodes, Node{ID: p.ARN, Kind: KindInstanceProfile, Account: p.Account, Name: p.Name, Service: svc})
		}
	}
	for _, account := range s.accounts {
		if m.notLoaded(account) {
			nodes = append(nodes, Node{ID: AccountNodeID(account), Kind: KindAccount, Account: account, Name: account})
		}
	}
	for _, id := range s.arns {
		if a, ok := policy.ParseARN(id); ok && policy.IsAccountID(a.Account) && m.notLoaded(a.Account) {
			nodes = append(nodes, Node{ID: id, Kind: KindExternal, Account: a.Account, Name: id[strings.LastIndexByte(id, '/')+1:]})
		}
	}
	if s.any {
		nodes = append(nodes, Node{ID: PublicID, Kind: KindPublic, Name: "anyone"})
	}
	return nodes
}

func isEC2(service string) bool { return strings.HasPrefix(service, "ec2.amazonaws.com") }

func (b *builder) memberships() {
	g := b.g
	for i := range g.nodes {
		u := g.nodes[i].User
		if u == nil {
			continue
		}
		for _, group := range u.Groups {
			if n, ok := g.ids[group.ARN]; ok {
				g.members = append(g.members, memberOf{NodeID(i), n})
			}
		}
	}
}

// eachRole runs f for every role on bounded workers; each owns what it writes
// by index. The first panic-free end or ctx's error ends it.
func (b *builder) eachRole(ctx context.Context, workers int, f func(i int)) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(b.roles) {
					return
				}
				f(i)
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("building the graph: %w", err)
	}
	return nil
}

// edgesInto finds every edge into a role, from its trust outward.
func (b *builder) edgesInto(i int) []built {
	role, s := b.roles[i], &b.scans[i]
	head := b.g.ids[role.ARN]
	e := roleEdges{b: b, role: role, head: head, named: map[NodeID]bool{}}
	e.names(s)
	e.accounts(s)
	e.specials(s)
	return e.out
}

// roleEdges collects the edges into one role.
type roleEdges struct {
	b     *builder
	role  *iam.Role
	head  NodeID
	named map[NodeID]bool
	out   []built
}

// try evaluates one node by itself.
func (e *roleEdges) try(n NodeID, kind EdgeKind, service string) {
	a := e.b.g.Model.Assume(&e.b.g.nodes[n], e.role, nil, service)
	if !a.Requires.IsFalse() {
		e.out = append(e.out, built{tail: uint32(n), head: e.head, kind: kind, req: a.Requires})
	}
}

// names tries the principals that the trust names one by one.
func (e *roleEdges) names(s *sources) {
	for _, id := range s.arns {
		if key, ok := strings.CutPrefix(id, sessionRolePrefix); ok {
			for _, n := range e.b.byRole[key] {
				e.named[n] = true
			}
		} else if n, ok := e.b.g.ids[id]; ok {
			e.named[n] = true
		}
	}
	for _, id := range s.unique {
		if n, ok := e.b.byUnique[id]; ok {
			e.named[n] = true
		}
	}
	for _, n := range sortedKeys(e.named) {
		if k := e.b.g.nodes[n].Kind; k != KindGroup && k != KindRoot {
			e.try(n, CanAssume, "")
		}
	}
}

func sortedKeys(set map[NodeID]bool) []NodeID {
	out := make([]NodeID, 0, len(set))
	for n := range set {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// accounts tries the classes of the accounts that the trust delegates to.
func (e *roleEdges) accounts(s *sources) {
	accounts := s.accounts
	if s.any {
		accounts = accounts[:0:0]
		for _, a := range e.b.g.Model.Snapshot.Accounts {
			accounts = append(accounts, a.ID)
		}
	}
	for _, account := range accounts {
		for _, c := range e.b.byAccount[account] {
			if c.mayAssume(e.role.ARN) || s.any && account == e.role.Account {
				e.class(c, s)
			}
		}
	}
}

// class checks a class by one member, or each member where they differ.
func (e *roleEdges) class(c *class, s *sources) {
	if s.perCaller || len(c.members) == 1 {
		for _, n := range c.members {
			if !e.named[n] {
				e.try(n, CanAssume, "")
			}
		}
		return
	}
	i := slices.IndexFunc(c.members, func(n NodeID) bool { return !e.named[n] })
	if i < 0 {
		return
	}
	n := c.members[i]
	a := e.b.g.Model.Assume(&e.b.g.nodes[n], e.role, nil, "")
	if !a.Requires.IsFalse() {
		e.out = append(e.out, built{class: true, tail: uint32(e.b.g.class[n]), head: e.head, kind: CanAssume, req: a.Requires})
	}
}

// specials tries services, federation, outsiders and the public.
func (e *roleEdges) specials(s *sources) {
	g := e.b.g
	if set, ok := e.role.PermissionSet(); ok {
		// Only Identity Center issues these sessions (IDC-02); who may ask it to
		// is not in the snapshot (IDC-04).
		req := policy.DataAtom("DATA:assignments", set)
		e.out = append(e.out, built{tail: uint32(g.ids["idc:"+set]), head: e.head, kind: Federates, req: req})
		s = &sources{arns: s.arns, accounts: s.accounts, any: s.any, services: s.services}
	}
	for _, p := range s.federated {
		e.try(g.ids[p], Federates, "")
	}
	for _, svc := range s.services {
		if isEC2(svc) && len(e.role.InstanceProfiles) > 0 {
			for _, p := range e.role.InstanceProfiles {
				e.try(g.ids[p.ARN], ServiceCarries, svc)
			}
			continue
		}
		e.try(g.ids[svc], ServiceCarries, "")
	}
	for _, account := range s.accounts {
		if n, ok := g.ids[AccountNodeID(account)]; ok {
			e.try(n, CanAssume, "")
		}
	}
	if s.any {
		e.try(g.ids[PublicID], CanAssume, "")
	}
}

// assemble turns the slots into flat arrays and interns requirements.
func (b *builder) assemble(slots [][]built) {
	var own, shared []built
	for _, slot := range slots {
		for _, e := range slot {
			if e.class {
				shared = append(shared, e)
			} else {
				own = append(own, e)
			}
		}
	}
	intern := map[string]uint32{}
	id := func(r policy.Requirement) uint32 {
		k := r.Key()
		n, ok := intern[k]
		if !ok {
			n = uint32(len(b.g.reqs))
			intern[k] = n
			b.g.reqs = append(b.g.reqs, r)
		}
		return n
	}
	b.g.own = newAdjacency(own, len(b.g.nodes), len(b.g.nodes), id)
	b.g.shared = newAdjacency(shared, len(b.classes), len(b.g.nodes), id)
}

func newAdjacency(edges []built, tails, heads int, id func(policy.Requirement) uint32) adjacency {
	slices.SortStableFunc(edges, func(x, y built) int {
		if x.tail != y.tail {
			return int(x.tail) - int(y.tail)
		}
		return int(x.head) - int(y.head)
	})
	a := adjacency{out: make([]uint32, tails+1), in: make([]uint32, heads+1), back: make([]uint32, len(edges))}
	for _, e := range edges {
		a.tail = append(a.tail, e.tail)
		a.head = append(a.head, e.head)
		a.kind = append(a.kind, e.kind)
		a.req = append(a.req, id(e.req))
		a.out[e.tail+1]++
		a.in[e.head+1]++
	}
	for i := range tails {
		a.out[i+1] += a.out[i]
	}
	for i := range heads {
		a.in[i+1] += a.in[i]
	}
	at := slices.Clone(a.in)
	for i, h := range a.head {
		a.back[at[h]] = uint32(i)
		at[h]++
	}
	return a
}
