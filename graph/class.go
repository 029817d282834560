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
	bears   []*policy.Statement // all that bear on assuming roles, the boundary's among them
	circle  string              // equal for classes of other accounts whose policies say the same; "" none
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
	any      bool                // some statement applies
	tells    []*policy.Statement // that tell callers of one account apart
	accounts bool                // some statement tells accounts apart
	allows   []*policy.Statement
	bears    []*policy.Statement // all that apply
}

func relevanceOf(d *policy.Document) relevance {
	var r relevance
	for i := range d.Statements {
		s := &d.Statements[i]
		if !slices.ContainsFunc(sessionActions, s.MatchesAction) {
			continue
		}
		r.any = true
		r.bears = append(r.bears, s)
		r.accounts = r.accounts || s.TellsAccountsApart()
		if s.DependsOnCaller() {
			r.tells = append(r.tells, s)
		}
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
	b.gather()
}

// guardsTellApart lists the statements of the account's SCPs that distinguish
// its callers when they assume roles.
func (b *builder) guardsTellApart(account string) []*policy.Statement {
	v, ok := b.guards[account]
	if !ok {
		v = tellApart(b.g.Model.SCPs(account))
		b.guards[account] = v
	}
	return v
}

func tellApart(levels []policy.Level) []*policy.Statement {
	var out []*policy.Statement
	for _, l := range levels {
		for _, p := range l.Policies {
			if p.Document != nil {
				out = append(out, relevanceOf(p.Document).tells...)
			}
		}
	}
	return out
}

// signature says how statements read for a node; ok is false if each caller has
// to be asked for.
func (m *Model) signature(n *Node, statements []*policy.Statement) (string, bool) {
	if len(statements) == 0 {
		return "", true
	}
	c, tags := m.Caller(n), m.identityOf(n).tags
	var b strings.Builder
	for _, s := range statements {
		part, ok := s.CallerSignature(&c, tags)
		if !ok {
			return "", false
		}
		b.WriteString(part)
		b.WriteByte('|')
	}
	return b.String(), true
}

// classOf computes the class key of a principal: account, kind, and what its
// policies and boundary say about assuming roles.
func (b *builder) classOf(n *Node, look func(*policy.Document) relevance) (string, *class) {
	id := b.g.Model.identityOf(n)
	c := &class{account: n.Account}
	single, accounts := false, false
	var tells []*policy.Statement
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
		tells = append(tells, r.tells...)
		accounts = accounts || r.accounts
		c.allows = append(c.allows, r.allows...)
		c.bears = append(c.bears, r.bears...)
		docs = append(docs, string(d.Digest[:]))
	}
	boundary := "-"
	for i := range id.boundary {
		d := id.boundary[i].Document
		if d == nil {
			single = true
			continue
		}
		boundary = "+"
		if r := look(d); r.any {
			boundary += string(d.Digest[:])
			tells = append(tells, r.tells...)
			accounts = accounts || r.accounts
			c.bears = append(c.bears, r.bears...)
		}
	}
	slices.Sort(docs)
	docs = slices.Compact(docs)
	signature, ok := b.g.Model.signature(n, append(tells, b.guardsTellApart(n.Account)...))
	if single || !ok || n.Limit != nil {
		return n.ID, c
	}
	key := fmt.Sprintf("%d|%t|%s|%s|%s", n.Kind, n.Role != nil && n.Role.ServiceLinked(), boundary, strings.Join(docs, ""), signature)
	if place := b.place(n.Account); place != "" && !accounts && len(c.allows) > 0 {
		c.circle = place + "|" + partitionOf(n.ID) + "|" + key
	}
	return n.Account + "|" + key, c
}
