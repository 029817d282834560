package graph

import (
	"slices"
	"strings"
	"sync"

	"accesspath/policy"
)

// A Reading tells of requests for one action on one resource what need not be
// decided to be known: most callers among whom a denial is explained are denied
// for want of any statement, and there may be hundreds of them. Whatever it says
// no to, Decide would not find; yes means that only Decide can tell. Safe for
// concurrent use.
type Reading struct {
	g         *Graph
	m         *Model
	action    string // in lower case
	account   string // that owns the resource
	partition string // what ARNs of the resource's partition begin with
	request   policy.Request
	side      policy.Vetoes // of the resource's own policies and its RCPs, whomever they name
	from      *Grantees
	state     policy.ResourceState
	guards    sync.Map // policy.Vetoes by *guard
}

// A guard is what the SCPs of an account forbid: accounts under the same policies
// share one.
type guard struct{ documents []*policy.Document } // with a Deny, each once, root first

// Reading prepares to tell; nil where more than policies decide (see
// policy.ServiceDecides), or the resource is of each caller's own account.
func (g *Graph) Reading(action, resource string) *Reading {
	m := g.Model
	arn, ok := policy.ParseARN(resource)
	if !ok || m.overruled || openTarget(action, resource) || policy.ServiceDecides(action) {
		return nil
	}
	t := m.target(&Node{}, action, resource)
	if t.account == "" {
		return nil
	}
	r := &Reading{g: g, m: m, action: strings.ToLower(action), account: t.account, partition: "arn:" + arn.Partition + ":", from: g.grantees(&t, action, resource), state: t.layer.State}
	r.request = policy.Request{Caller: policy.Caller{Kind: policy.CallerRole}, Action: action, Resource: resource, ResourceAccount: t.account, Collection: t.collection, AWSManagedKey: t.awsManaged}
	r.request.Context = policy.NewContext(&r.request, &policy.Facts{Overrides: m.Options.Overrides, ResourceOrg: m.orgFacts(t.account), ResourceTags: t.tags, ResourceTagsKnown: t.tagsKnown,
		Boundary: t.boundary, AsOf: m.Options.AsOf, KeyDefined: m.Options.KeyDefined})
	r.add(t.layer.Policies)
	for _, level := range m.RCPs(t.account) {
		r.add(level.Policies)
	}
	return r
}

func (r *Reading) add(policies []policy.Attached) {
	for _, p := range policies {
		if p.Document != nil {
			r.side = append(r.side, policy.VetoesOf(&r.request, p.Document)...)
		}
	}
}

// MayForbid reports whether a request of a node may meet an explicit deny.
func (r *Reading) MayForbid(at NodeID) bool {
	n := r.g.Node(at)
	if !plain(n) || r.side.May(n.ID) {
		return true
	}
	id := r.g.identity(at)
	for _, list := range [2][]policy.Attached{id.policies, id.boundary} {
		for i := range list {
			if d := list[i].Document; d != nil && policy.VetoesOf(&r.request, d).May(n.ID) {
				return true
			}
		}
	}
	return r.vetoes(r.m.guard(n.Account)).May(n.ID)
}

func (r *Reading) vetoes(g *guard) policy.Vetoes {
	if v, ok := r.guards.Load(g); ok {
		return v.(policy.Vetoes)
	}
	var out policy.Vetoes
	for _, d := range g.documents {
		out = append(out, policy.VetoesOf(&r.request, d)...)
	}
	r.guards.Store(g, out)
	return out
}

// MayAllow reports whether a request of a node may be allowed, session aside.
// Callers of other accounts need a statement on both sides.
func (r *Reading) MayAllow(at NodeID) bool {
	switch n := r.g.Node(at); {
	case !plain(n):
		return true
	case n.Account != r.account:
		return r.granted(n) && r.allowed(at)
	}
	return r.state != policy.ResourceNone || r.allowed(at)
}

// granted reports whether the resource's side may grant a caller of another
// account something.
func (r *Reading) granted(n *Node) bool { return r.from.any || r.from.accounts[n.Account] }

// allowed reports whether an identity policy may allow the action, or was not
// read.
func (r *Reading) allowed(n NodeID) bool {
	return slices.ContainsFunc(r.g.identity(n).policies, func(p policy.Attached) bool {
		return p.Document == nil || p.Document.UsesLower(policy.Allow, r.action)
	})
}

// MayLackOne reports whether there may be less than two reasons for which a
// request of a node is denied: callers of other accounts need a statement on
// their side and one on the resource's (EVAL-20).
func (r *Reading) MayLackOne(at NodeID) bool {
	n := r.g.Node(at)
	return !plain(n) || n.Account == r.account || !strings.HasPrefix(n.ID, r.partition) || r.granted(n) || r.allowed(at)
}

// plain reports whether a node is a user or role as the snapshot has it, with no
// session policy: all that decides its requests hangs on its layers.
func plain(n *Node) bool {
	return (n.Kind == KindUser || n.Kind == KindRole) && n.Supposed == nil && n.Limit == nil
}

// guard returns what the SCPs of an account forbid.
func (m *Model) guard(account string) *guard {
	if g, ok := m.guards.Load(account); ok {
		return g.(*guard)
	}
	g := &guard{}
	for _, level := range m.SCPs(account) {
		for _, p := range level.Policies {
			if d := p.Document; d != nil && !slices.Contains(g.documents, d) && forbids(d) {
				g.documents = append(g.documents, d)
			}
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.alike, func(other *guard) bool { return slices.Equal(other.documents, g.documents) })
	if i >= 0 {
		g = m.alike[i]
	} else if len(m.alike) < maxGuards {
		m.alike = append(m.alike, g)
	}
	m.guards.Store(account, g)
	return g
}

func forbids(d *policy.Document) bool {
	return slices.ContainsFunc(d.Statements, func(s policy.Statement) bool { return s.Effect == policy.Deny })
}

// maxGuards bounds the guards that others are compared with.
const maxGuards = 256
