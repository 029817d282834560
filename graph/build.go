package graph

import (
	"cmp"
	"context"
	"errors"
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
	g          *Graph
	classes    []*class
	firstClass ClassID // the number of the first of them
	byAccount  map[string][]*class
	roles      []*iam.Role // in node order
	scans      []sources
	byUnique   map[string]NodeID   // empty if no trust names unique ids
	byRole     map[string][]NodeID // account/name; empty if no trust names sessions of roles
	looked     looks
	lists      resourceLists
	guards     map[string]*assumeGuard  // by account: SCPs on its callers
	shields    map[string]*assumeGuard  // by account: RCPs on its roles
	places     map[string]string        // by account
	within     map[string]reach[*class] // by account
	reach      reach[*class]            // those that are in no circle
	circles    reach[*circle]
	rings      []*circle // all, by number
	verdicts   *verdicts
	roots      []rootWay
	tokenRoots map[string]bool // accounts whose root users do more in sessions of any name, see rootsApart
	like       *likeness       // nil if there is no other graph to take edges over from
}

// span says what the tail of an edge stands for.
type span uint8

const (
	spanNode span = iota
	spanClass
	spanCircle
)

// built is one edge before it has its place.
type built struct {
	span span
	tail uint32
	head NodeID
	kind EdgeKind
	req  policy.Requirement
}

// ErrOutline is returned where the whole of a snapshot is needed and its accounts
// are outlines, as those of restored graphs are.
var ErrOutline = errors.New("the accounts of the snapshot are outlines: load it whole")

// Build evaluates every trust policy of the snapshot. It is the only place
// where an edge comes into being. Work is split by role; the result does not
// depend on how. It returns ctx's error if it is cut short.
func Build(ctx context.Context, s *iam.Snapshot, o Options) (*Graph, error) {
	n, err := Number(ctx, s, o)
	if err != nil {
		return nil, err
	}
	return n.Build(ctx)
}

func newBuilder(s *iam.Snapshot, o Options) *builder {
	return builderOf(&Graph{Model: NewModel(s, o), lookup: &lookup{}})
}

func builderOf(g *Graph) *builder {
	return &builder{g: g, byAccount: map[string][]*class{}, byUnique: map[string]NodeID{}, byRole: map[string][]NodeID{},
		looked: looks{}, lists: resourceLists{keys: newNumbered(0)}, guards: map[string]*assumeGuard{}, shields: map[string]*assumeGuard{},
		places: map[string]string{}, within: map[string]reach[*class]{}, reach: reach[*class]{}, verdicts: newVerdicts()}
}

// number collects the nodes and sorts them by ID. Its error is that of ctx.
func (b *builder) number(ctx context.Context) error {
	s := b.g.Model.Snapshot
	count := 0
	for _, a := range s.Accounts {
		count += 1 + len(a.Users) + len(a.Groups) + len(a.Roles)
	}
	nodes := make([]Node, 0, count+count/8) // some come from elsewhere
	others := gathered{at: map[string]int{}}
	ends := []int{0} // of accounts, in nodes
	for _, a := range s.Accounts {
		nodes = appendEntities(nodes, a)
		ends = append(ends, len(nodes))
		others.add(computeNodes(a)...)
		b.roles = append(b.roles, a.Roles...)
	}
	slices.SortStableFunc(b.roles, func(x, y *iam.Role) int { return strings.Compare(x.ARN, y.ARN) })
	b.scans = make([]sources, len(b.roles))
	var by indexed
	for i, r := range b.roles {
		if i%1000 == 0 && ctx.Err() != nil {
			return stopped(ctx)
		}
		b.scans[i] = b.g.Model.scan(r)
		b.scans[i].tells = append(b.scans[i].tells, b.rcps(r.Account).tells...)
		b.outside(r, &b.scans[i], &others)
		by.unique = by.unique || len(b.scans[i].unique) > 0
		by.sessions = by.sessions || slices.ContainsFunc(b.scans[i].arns, func(id string) bool { return strings.HasPrefix(id, sessionRolePrefix) })
	}
	others.add(b.federatedUsers()...)
	others.add(b.g.Model.center.nodes()...)
	if b.roots = b.rootWays(ctx); ctx.Err() != nil {
		return stopped(ctx)
	}
	others.add(b.rootSessionNodes(b.roots)...)
	nodes = inNodeOrder(append(nodes, others.nodes...), ends)
	g := b.g
	g.nodes, g.ids, g.byName = nodes, make(map[string]NodeID, len(nodes)), &nameIndex{nodes: nodes}
	g.class = make([]ClassID, len(nodes))
	g.layers, g.sessions = make([]atomic.Pointer[identity], len(nodes)), map[NodeID][]NodeID{}
	for i := range nodes {
		if i%1000 == 0 && ctx.Err() != nil {
			return stopped(ctx)
		}
		b.index(NodeID(i), by)
	}
	b.memberships()
	return nil
}

// stopped is the error of a graph whose context is done.
func stopped(ctx context.Context) error {
	return fmt.Errorf("building the graph: %w", ctx.Err())
}

// gathered are nodes that many say, each once: of those of one ID the first in node
// order.
type gathered struct {
	nodes []Node
	at    map[string]int
}

func (l *gathered) add(nodes ...Node) {
	for i := range nodes {
		l.one(&nodes[i])
	}
}

func (l *gathered) one(n *Node) {
	at, ok := l.at[n.ID]
	switch {
	case !ok:
		l.at[n.ID] = len(l.nodes)
		l.nodes = append(l.nodes, *n)
	case compareNodes(n, &l.nodes[at]) < 0:
		l.nodes[at] = *n
	}
}

// inNodeOrder sorts nodes and drops those of an ID that is there already. It moves
// each once: they are large. ends are where runs of nodes end, of which each comes
// before the next as a rule, as accounts do: what is nearly in order is soon sorted.
func inNodeOrder(nodes []Node, ends []int) []Node {
	order := make([]int32, len(nodes))
	for i := range order {
		order[i] = int32(i)
	}
	byNode := func(x, y int32) int { return cmp.Or(compareNodes(&nodes[x], &nodes[y]), cmp.Compare(x, y)) }
	for i := 1; i < len(ends); i++ {
		slices.SortFunc(order[ends[i-1]:ends[i]], byNode)
	}
	rest := slices.Clone(order[ends[len(ends)-1]:])
	order = order[:ends[len(ends)-1]]
	slices.SortFunc(order, byNode)
	slices.SortFunc(rest, byNode)
	order = merged(order, rest, byNode)
	order = slices.CompactFunc(order, func(x, y int32) bool { return nodes[x].ID == nodes[y].ID })
	out := make([]Node, len(order))
	for i, k := range order {
		out[i] = nodes[k]
	}
	return out
}

// merged merges two sorted lists.
func merged[T any](a, b []T, compare func(x, y T) int) []T {
	out := make([]T, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if compare(a[0], b[0]) <= 0 {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// indexed says by what else than their IDs trusts name principals.
type indexed struct{ unique, sessions bool }

// index finds nodes again.
func (b *builder) index(i NodeID, by indexed) {
	n := &b.g.nodes[i]
	b.g.ids[n.ID] = i
	if n.Limit != nil {
		b.indexSession(i)
		return
	}
	switch {
	case n.User != nil && n.User.UniqueID != "" && by.unique:
		b.byUnique[n.User.UniqueID] = i
	case n.Role != nil:
		if n.Role.UniqueID != "" && by.unique {
			b.byUnique[n.Role.UniqueID] = i
		}
		if by.sessions {
			key := n.Account + "/" + n.Name
			b.byRole[key] = append(b.byRole[key], i)
		}
	}
}

// indexSession puts a session under a limit beside its role or root user, where
// walks find it, and trusts that name the role's sessions.
func (b *builder) indexSession(i NodeID) {
	n := &b.g.nodes[i]
	base := policy.AccountRoot(partitionOf(n.ID), n.Account)
	if n.Role != nil {
		base = n.Role.ARN
	}
	if of, ok := b.g.ids[base]; ok {
		b.g.sessions[of] = append(b.g.sessions[of], i)
	}
}

// appendEntities appends the nodes of one account; its root user is synthesized
// (GAAD-18).
func appendEntities(nodes []Node, a *iam.Account) []Node {
	if root, ok := rootOf(a); ok {
		nodes = append(nodes, root)
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

// rootOf is the root user of an account; ok is false for what is none.
func rootOf(a *iam.Account) (root Node, ok bool) {
	partition := a.Partition
	if partition == "" {
		partition = "aws"
	}
	return Node{ID: policy.AccountRoot(partition, a.ID), Kind: KindRoot, Account: a.ID}, policy.IsAccountID(a.ID)
}

// outside adds the nodes that a trust policy brings in.
func (b *builder) outside(r *iam.Role, s *sources, to *gathered) {
	m := b.g.Model
	if set, ok := r.PermissionSet(); ok {
		to.one(&Node{ID: "idc:" + set, Kind: KindIdentityCenter, Name: set})
	}
	for _, p := range s.federated {
		account := ""
		if a, ok := policy.ParseARN(p); ok {
			account = a.Account
		}
		to.one(&Node{ID: p, Kind: KindFederated, Account: account, Name: p[strings.LastIndexByte(p, '/')+1:]})
	}
	role := roleNode(r)
	to.add(b.limits(role, s)...)
	if slices.Contains(s.federated, cognito) {
		to.one(&Node{ID: GuestsID, Kind: KindGuests, Name: "guests of identity pools"})
	}
	for _, svc := range s.services {
		if svc == rolesAnywhere && m.Snapshot.Account(r.Account) != nil {
			to.add(anchorNodes(m.Snapshot.Account(r.Account))...)
		}
		if !isEC2(svc) || len(r.InstanceProfiles) == 0 {
			to.one(&Node{ID: svc, Kind: KindService, Name: svc})
			continue
		}
		for _, p := range r.InstanceProfiles {
			to.one(&Node{ID: p.ARN, Kind: KindInstanceProfile, Account: p.Account, Name: p.Name, Service: svc})
		}
	}
	for _, account := range s.accounts {
		if m.notLoaded(account) {
			to.one(&Node{ID: AccountNodeID(account), Kind: KindAccount, Account: account, Name: account})
		}
	}
	for _, id := range s.arns {
		if a, ok := policy.ParseARN(id); ok && policy.IsAccountID(a.Account) && (m.notLoaded(a.Account) || m.Perhaps(id)) {
			to.one(&Node{ID: id, Kind: KindExternal, Account: a.Account, Name: id[strings.LastIndexByte(id, '/')+1:]})
		}
	}
	if s.any && !s.unread {
		to.one(&Node{ID: PublicID, Kind: KindPublic, Name: "anyone"})
	}
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
	b.centerMembers()
}

// eachRole runs f for every role on bounded workers; each owns what it writes
// by index. The first panic-free end or ctx's error ends it.
func (b *builder) eachRole(ctx context.Context, f func(i int, r *listReader)) error {
	return share(ctx, b.g.Model.Options.Workers, len(b.roles), func() func(int) {
		r := &listReader{lists: &b.lists}
		return func(i int) { f(i, r) }
	})
}

// share runs what each worker gives for every number below n. Its error is that of
// ctx, which ends it.
func share(ctx context.Context, workers, n int, worker func() func(i int)) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			f := worker()
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	return nil
}
