package graph

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// edgesInto finds every edge into a role, from its trust outward.
func (b *builder) edgesInto(i int, r *listReader) []built {
	role, s := b.roles[i], &b.scans[i]
	if b.like != nil {
		if out, ok := b.like.edgesInto(role, s, r); ok {
			return out
		}
	}
	e := b.roleEdges(role, r)
	e.names(s)
	e.accounts(s)
	e.specials(s)
	return e.out
}

// roleEdges collects the edges into one role.
type roleEdges struct {
	*listReader
	b     *builder
	role  *iam.Role
	head  NodeID
	named map[NodeID]bool
	out   []built

	headKnown bool
	headFound *head  // nil if a policy reads more of the role than can be said
	trusted   string // the one account that the trust lets in, if that is all it does
}

func (b *builder) roleEdges(role *iam.Role, r *listReader) roleEdges {
	r.turnTo(role.ARN)
	return roleEdges{listReader: r, b: b, role: role, head: b.g.ids[role.ARN], named: map[NodeID]bool{}}
}

// try evaluates one node by itself.
func (e *roleEdges) try(n NodeID, kind EdgeKind) { e.tryInto(n, e.head, kind) }

// tryInto is try for one of the sessions of the role.
func (e *roleEdges) tryInto(n, head NodeID, kind EdgeKind) {
	r := e.b.g.Model.obtain(&e.b.g.nodes[n], &e.b.g.nodes[head], Ask{bare: true}).Requires
	if !r.IsFalse() {
		e.out = append(e.out, built{tail: uint32(n), head: head, kind: kind, req: r})
	}
}

// tryID tries the node of that ID, if there is one, for the role and for its
// sessions under limits.
func (e *roleEdges) tryID(id string, kind EdgeKind) {
	n, ok := e.b.g.ids[id]
	if !ok {
		return
	}
	e.try(n, kind)
	for _, head := range e.b.g.sessions[e.head] {
		e.tryInto(n, head, kind)
	}
}

// names tries the principals that the trust names one by one.
func (e *roleEdges) names(s *sources) {
	e.find(s)
	for _, n := range sortedNodes(e.named) {
		if k := e.b.g.nodes[n].Kind; k != KindGroup && k != KindRoot {
			e.try(n, CanAssume)
		}
	}
}

// find marks the principals that the trust names. A role that still trusts
// itself (STS-05) counts as named: that goes for none of its class.
func (e *roleEdges) find(s *sources) {
	if e.role.LegacySelfTrust {
		e.named[e.head] = true
	}
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
	for _, n := range sortedNodes(e.named) {
		for _, session := range e.b.g.sessions[n] {
			e.named[session] = true
		}
	}
}

// sortedNodes lists the nodes of a set in order. It is called for every role, and unlike
// slices.Sorted makes room only once.
func sortedNodes(set map[NodeID]bool) []NodeID {
	out := make([]NodeID, 0, len(set))
	for n := range set {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// accounts tries the classes of the accounts that the trust delegates to.
func (e *roleEdges) accounts(s *sources) {
	if s.any {
		e.everybody(s)
		return
	}
	clear(e.tried)
	for _, account := range s.accounts {
		for c := range e.b.within[account].of(e.role.ARN) {
			if !e.tried[c] && c.mayAssume(e.listReader) {
				e.tried[c] = true
				e.class(c, s)
			}
		}
	}
}

// class checks a class by one member, or each member where they differ.
func (e *roleEdges) class(c *class, s *sources) {
	groups, whole := e.alike(c, s)
	for _, group := range groups {
		n := group.members[0]
		r := policy.Requirement{}
		if group.told {
			r = e.verdict(c, n, group.signature, s)
		} else {
			r = e.b.g.Model.assumeVerdict(&e.b.g.nodes[n], e.role)
		}
		switch {
		case r.IsFalse():
		case whole && len(c.members) > 1:
			e.out = append(e.out, built{span: spanClass, tail: uint32(e.b.g.class[n]), head: e.head, kind: CanAssume, req: r})
		default:
			for _, n := range group.members {
				e.out = append(e.out, built{tail: uint32(n), head: e.head, kind: CanAssume, req: r})
			}
		}
	}
}

// group are members of a class for whom a trust reads the same.
type group struct {
	members   []NodeID
	signature string // how it reads; if told
	told      bool
}

// alike groups the members of a class that the trust does not name by how its
// statements read for them, in the order of their first members. whole is true
// if the one group's verdict holds for every member of the class.
func (e *roleEdges) alike(c *class, s *sources) (groups []group, whole bool) {
	if len(s.tells)+len(e.named) == 0 {
		return []group{{members: c.members, told: true}}, true
	}
	index := map[string]int{}
	whole = true
	for _, n := range c.members {
		if e.named[n] {
			whole = whole && len(s.tells) == 0
			continue
		}
		key, ok := e.b.g.Model.appendSignature(e.listReader.key[:0], &e.b.g.nodes[n], s.tells, &e.listReader.caller)
		e.listReader.key = key
		if i, known := index[string(key)]; ok && known {
			groups[i].members = append(groups[i].members, n)
			continue
		}
		whole = whole && ok
		one := group{members: []NodeID{n}, told: ok}
		if ok {
			one.signature = string(key)
			index[one.signature] = len(groups)
		}
		groups = append(groups, one)
	}
	return groups, whole && len(groups) == 1
}
