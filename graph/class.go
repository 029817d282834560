package graph

import (
	"fmt"
	"slices"
	"strings"

	"accesspath/policy"
)

// class groups principals of one account and kind whose policies say the same
// about assuming roles: they are checked once (architecture: caller classes).
type class struct {
	account string
	members []NodeID
	allows  []*policy.Statement // that may allow sts:AssumeRole
	open    bool                // a policy is missing: anything may be allowed
}

// mayAssume reports whether the identity side could allow assuming a role.
func (c *class) mayAssume(role string) bool {
	if c.open {
		return true
	}
	return slices.ContainsFunc(c.allows, func(s *policy.Statement) bool { return s.MayMatchResource(role) })
}

var sessionActions = []string{"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"}

// relevance is what a document says about assuming roles.
type relevance struct {
	any       bool // some statement applies
	perCaller bool
	allows    []*policy.Statement
}

func relevanceOf(d *policy.Document) relevance {
	var r relevance
	for i := range d.Statements {
		s := &d.Statements[i]
		if !slices.ContainsFunc(sessionActions, s.MatchesAction) {
			continue
		}
		r.any = true
		r.perCaller = r.perCaller || s.DependsOnCaller()
		if s.Effect == policy.Allow && s.MatchesAction("sts:AssumeRole") {
			r.allows = append(r.allows, s)
		}
	}
	return r
}

// classify puts every user and role into a class, in node order.
func (b *builder) classify() {
	seen := map[string]classID{}
	cache := map[*policy.Document]relevance{}
	look := func(d *policy.Document) relevance {
		r, ok := cache[d]
		if !ok {
			r = relevanceOf(d)
			cache[d] = r
		}
		return r
	}
	b.g.class = make([]classID, len(b.g.nodes))
	for i := range b.g.nodes {
		n := &b.g.nodes[i]
		if n.User == nil && n.Role == nil {
			b.g.class[i] = noClass
			continue
		}
		key, c := b.classOf(n, look)
		id, ok := seen[key]
		if !ok {
			id = classID(len(b.classes))
			seen[key] = id
			b.classes = append(b.classes, c)
		}
		b.g.class[i] = id
		b.classes[id].members = append(b.classes[id].members, NodeID(i))
	}
	for _, c := range b.classes {
		b.g.classes = append(b.g.classes, c.members)
		b.byAccount[c.account] = append(b.byAccount[c.account], c)
	}
}

// guardsTellApart reports whether an SCP of the account distinguishes its
// callers when they assume roles; then each is a class of its own.
func (b *builder) guardsTellApart(account string) bool {
	v, ok := b.guards[account]
	if !ok {
		v = tellApart(b.g.Model.SCPs(account))
		b.guards[account] = v
	}
	return v
}

func tellApart(levels []policy.Level) bool {
	for _, l := range levels {
		for _, p := range l.Policies {
			if p.Document != nil && relevanceOf(p.Document).perCaller {
				return true
			}
		}
	}
	return false
}

// classOf computes the class key of a principal: account, kind, and what its
// policies and boundary say about assuming roles.
func (b *builder) classOf(n *Node, look func(*policy.Document) relevance) (string, *class) {
	id := b.g.Model.identityOf(n)
	c := &class{account: n.Account}
	single := false
	var docs []string
	for i := range id.policies {
		d := id.policies[i].Document
		if d == nil {
			c.open, single = true, true
			continue
		}
		r := look(d)
		if !r.any {
			continue
		}
		single = single || r.perCaller
		c.allows = append(c.allows, r.allows...)
		docs = append(docs, string(d.Digest[:]))
	}
	boundary := "-"
	for i := range id.boundary {
		d := id.boundary[i].Document
		switch {
		case d == nil:
			single = true
		case look(d).perCaller:
			single = true
		}
		if d != nil {
			boundary = "+"
			if look(d).any {
				boundary += string(d.Digest[:])
			}
		}
	}
	slices.Sort(docs)
	docs = slices.Compact(docs)
	single = single || b.guardsTellApart(n.Account)
	key := fmt.Sprintf("%s|%d|%t|%s|%s", n.Account, n.Kind, n.Role != nil && n.Role.ServiceLinked(), boundary, strings.Join(docs, ""))
	if single {
		key = n.ID
	}
	return key, c
}
