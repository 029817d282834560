package graph

import (
	"slices"
	"strings"
	"sync/atomic"

	"accesspath/iam"
	"accesspath/policy"
)

// Knowing is a restored graph as Build makes it where some condition keys are known
// (SYM-11): what its edges ask for is folded with them, and those that are refused
// then are gone. It is false where that is not enough, and the snapshot has to be
// built again: where an edge that is not there might come to be, since something
// other than the request decides a key, or where a requirement hangs on a policy
// variable that reads one. Keys are in lower case. The graph shares what it can
// with g, and neither changes.
func (g *Graph) Knowing(known policy.MapContext) (*Graph, bool) {
	if g.stored == nil || g.Model.Options.Overrides != nil {
		return nil, false
	}
	mfa := false
	for key := range known {
		mfa = mfa || policy.MFAKey(key)
	}
	if !aboutRequests(known) || mfa && g.Model.Inventory().OthersMFA {
		return nil, false
	}
	o := g.Model.Options
	o.Overrides = known
	m := NewModel(g.Model.Snapshot, o)
	m.stored = &stored{Source: g.stored.Source, made: g.stored.made, index: g.stored.index, requires: g.stored.requires,
		read: make([]atomic.Pointer[policy.Requirement], len(g.stored.read))}
	m.inventory = g.Model.inventory
	for n := range m.stored.read {
		r := g.stored.requirement(uint32(n))
		if r.Mentions(func(a *policy.Atom) bool { return hides(a, known) }) {
			return nil, false
		}
		r = r.Given(known).Simplify()
		m.stored.read[n].Store(&r)
	}
	x := *g
	x.Model, x.stored = m, m.stored
	refused := func(req uint32) bool { return m.stored.read[req].Load().IsFalse() }
	for _, a := range []*adjacency{&x.own, &x.shared, &x.broad} {
		*a = a.without(refused)
	}
	return &x, true
}

// aboutRequests reports whether nothing but requests of principals of IAM decides
// the keys that are known.
func aboutRequests(known policy.Context) bool {
	keys, ok := known.(policy.MapContext)
	if !ok {
		return false
	}
	for key, v := range keys {
		if !policy.FreeKey(key, v) && !policy.MFAKey(key) {
			return false
		}
	}
	return true
}

// hides reports whether an atom whose value a policy variable decides has something
// to do with keys that are known.
func hides(a *policy.Atom, known policy.MapContext) bool {
	if !a.Opaque {
		return false
	}
	for key := range known {
		reads := func(text string) bool { return strings.Contains(strings.ToLower(text), key) }
		if reads(a.Key) || slices.ContainsFunc(a.Values, reads) {
			return true
		}
	}
	return false
}

// without are the edges but those whose requirement is refused.
func (a *adjacency) without(refused func(req uint32) bool) adjacency {
	if !slices.ContainsFunc(a.req, refused) {
		return *a
	}
	b := adjacency{shares: a.shares, sharers: a.sharers}
	for i, req := range a.req {
		if !refused(req) {
			b.tail, b.head, b.kind, b.req = append(b.tail, a.tail[i]), append(b.head, a.head[i]), append(b.kind, a.kind[i]), append(b.req, req)
		}
	}
	b.connect(len(a.out)-1, len(a.in)-1)
	return b
}

// othersMFA reports whether some trust or resource control policy asks about MFA
// of callers that are no principals of IAM: these have none, whatever is known.
func othersMFA(s *iam.Snapshot) bool {
	seen := map[*policy.Document]bool{}
	asks := func(d *policy.Document, others func(*policy.Statement) bool) bool {
		if d == nil || seen[d] {
			return false
		}
		seen[d] = true
		return slices.ContainsFunc(d.Statements, func(st policy.Statement) bool {
			return slices.ContainsFunc(st.Conditions, func(c policy.Condition) bool { return policy.MFAKey(strings.ToLower(c.Key)) }) && others(&st)
		})
	}
	for _, a := range s.Accounts {
		for _, r := range a.Roles {
			if r.Trust != nil && asks(r.Trust.Document, meansOthers) {
				return true
			}
		}
	}
	return s.Organization != nil && slices.ContainsFunc(s.Organization.Nodes, func(n *iam.OrgNode) bool {
		return slices.ContainsFunc(n.RCPs, func(p *iam.Policy) bool {
			return asks(p.Document, func(*policy.Statement) bool { return true })
		})
	})
}

// meansOthers reports whether a statement of a trust means callers that are no
// principals of IAM.
func meansOthers(st *policy.Statement) bool {
	return st.NotPrincipal != nil || slices.ContainsFunc(st.Principal, func(p policy.PrincipalElement) bool { return p.Type != "AWS" || strings.Contains(p.Text, "*") })
}
