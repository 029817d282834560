package graph

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"accesspath/policy"
)

// class groups principals of one account and kind whose policies say the same
// about assuming roles: they are checked once (architecture: caller classes).
type class struct {
	account string
	members []NodeID
	allows  []*policy.Statement // that may allow sts:AssumeRole
	may     []uint32            // what those say of resources; see resourceLists
	reads   []uint32            // the same of all that bear on assuming roles, the boundary's among them
	open    bool                // a policy is missing: anything may be allowed
	circle  string              // equal for classes of other accounts whose policies say the same; "" none
	alike   uint32              // equal for classes that get the same verdicts; 0 if nothing tells that
}

// mayAssume reports whether the identity side could allow assuming the role that
// r reads.
func (c *class) mayAssume(r *listReader) bool { return c.open || r.may(c.may) }

// sessionActions are the calls that begin a session, in lower case.
var sessionActions = []string{"sts:assumerole", "sts:tagsession", "sts:setsourceidentity"}

// relevance is what a document says about assuming roles.
type relevance struct {
	any      bool                // some statement applies
	tells    []*policy.Statement // that tell callers of one account apart
	accounts bool                // some statement tells accounts apart
	allows   []*policy.Statement
	bears    []*policy.Statement // all that apply
}

// read is relevance with what its statements say of resources by number, once they
// have numbers.
type read struct {
	relevance
	numbered   bool
	may, reads []uint32
}

// looks are what documents say about assuming roles. They belong to one goroutine.
type looks map[*policy.Document]*read

// at returns what a document says, found once.
func (l looks) at(d *policy.Document) *read {
	r, ok := l[d]
	if !ok {
		r = &read{relevance: relevanceOf(d)}
		l[d] = r
	}
	return r
}

// numberRead numbers what a document says of resources.
func (b *builder) numberRead(r *read) {
	if !r.numbered {
		r.numbered, r.may, r.reads = true, b.lists.numbers(r.allows), b.lists.numbers(r.bears)
	}
}

func relevanceOf(d *policy.Document) relevance {
	var r relevance
	for i := range d.Statements {
		s := &d.Statements[i]
		if !slices.ContainsFunc(sessionActions, s.MatchesLower) {
			continue
		}
		r.any = true
		r.bears = append(r.bears, s)
		r.accounts = r.accounts || s.TellsAccountsApart()
		if s.DependsOnCaller() {
			r.tells = append(r.tells, s)
		}
		if s.Effect == policy.Allow && s.MatchesLower("sts:assumerole") {
			r.allows = append(r.allows, s)
		}
	}
	return r
}

// classified is the class that a principal would have to itself, without numbers.
type classified struct {
	*class         // nil if it is no user or role
	key    string  // principals share a class by it
	alike  string  // equal for classes that get the same verdicts; "" if nothing tells that
	docs   []*read // its policies
	bounds []*read // its boundary
}

// classify puts every user and role into a class, in node order: what their policies
// say is found on all processors. Its error is that of ctx.
func (b *builder) classify(ctx context.Context) error {
	for i := range b.g.nodes {
		if n := &b.g.nodes[i]; n.User != nil || n.Role != nil {
			b.scps(n.Account)
			b.place(n.Account)
		}
	}
	found := make([]classified, len(b.g.nodes))
	err := share(ctx, b.g.Model.Options.Workers, len(found), func() func(int) {
		w := &classifying{look: looks{}}
		return func(i int) { found[i] = b.classOf(&b.g.nodes[i], w) }
	})
	if err != nil {
		return err
	}
	seen := make(map[string]ClassID, len(found))
	for i := range found {
		if i%1000 == 0 && ctx.Err() != nil {
			return stopped(ctx)
		}
		b.join(NodeID(i), &found[i], seen)
		found[i] = classified{}
	}
	return b.enterAll(ctx)
}

// enterAll puts the classes into the graph once all of their members are known, and
// lists them by whose roles they may assume. Its error is that of ctx.
func (b *builder) enterAll(ctx context.Context) error {
	for i, c := range b.classes {
		if i%1000 == 0 && ctx.Err() != nil {
			return stopped(ctx)
		}
		b.g.classes.Add(c.members)
		b.enter(c)
	}
	b.gather()
	return nil
}

// join puts a node into the class of its key, and makes that of the first.
func (b *builder) join(n NodeID, c *classified, seen map[string]ClassID) {
	if c.class == nil {
		b.g.class[n] = NoClass
		return
	}
	id, ok := seen[c.key]
	if !ok {
		id = b.firstClass + ClassID(len(b.classes))
		seen[c.key] = id
		b.classes = append(b.classes, b.numberClass(c))
	}
	b.g.class[n] = id
	of := b.classes[id-b.firstClass]
	of.members = append(of.members, n)
}

// numberClass fills in the numbers of a class.
func (b *builder) numberClass(c *classified) *class {
	for _, r := range c.docs {
		b.numberRead(r)
		c.may, c.reads = append(c.may, r.may...), append(c.reads, r.reads...)
	}
	for _, r := range c.bounds {
		b.numberRead(r)
		c.reads = append(c.reads, r.reads...)
	}
	c.may, c.reads = inOrder(c.may), inOrder(c.reads)
	if c.alike != "" {
		c.class.alike = b.verdicts.caller(c.alike)
	}
	return c.class
}

// enter lists a class by its account, and there by whose roles it may assume.
func (b *builder) enter(c *class) {
	b.byAccount[c.account] = append(b.byAccount[c.account], c)
	in, ok := b.within[c.account]
	if !ok {
		in = reach[*class]{}
		b.within[c.account] = in
	}
	in.add(c, c)
}

// assumeGuard is what the SCPs on an account's callers, or the RCPs on its roles, say
// about assuming roles.
type assumeGuard struct {
	tells  []*policy.Statement // that tell callers of one account apart
	apart  bool                // they tell accounts apart, or some were not read
	reads  []uint32            // what they say of resources
	policy []byte              // says which they are
}

func (b *builder) guardOf(levels []policy.Level) *assumeGuard {
	g := &assumeGuard{}
	for _, l := range levels {
		g.policy = append(g.policy, '/')
		if l.Unknown {
			g.policy = append(append(g.policy, '?'), l.ID...)
		}
		for _, p := range l.Policies {
			if p.Document == nil {
				g.apart = true
				continue
			}
			r := b.looked.at(p.Document)
			b.numberRead(r)
			g.policy = append(g.policy, p.Document.Digest[:]...)
			g.tells, g.apart, g.reads = append(g.tells, r.tells...), g.apart || r.accounts, append(g.reads, r.reads...)
		}
	}
	g.reads = inOrder(g.reads)
	return g
}

// scps returns the guard on an account's callers.
func (b *builder) scps(account string) *assumeGuard {
	return b.guardOnce(b.guards, account, b.g.Model.SCPs)
}

// rcps returns the guard on an account's roles.
func (b *builder) rcps(account string) *assumeGuard {
	return b.guardOnce(b.shields, account, b.g.Model.RCPs)
}

func (b *builder) guardOnce(known map[string]*assumeGuard, account string, levels func(string) []policy.Level) *assumeGuard {
	g, ok := known[account]
	if !ok {
		g = b.guardOf(levels(account))
		known[account] = g
	}
	return g
}

// appendSignature appends how statements read for a node; ok is false if each caller
// has to be asked for.
func (m *Model) appendSignature(out []byte, n *Node, statements []*policy.Statement, r *policy.CallerReader) (signature []byte, ok bool) {
	if len(statements) == 0 {
		return out, true
	}
	return r.AppendSignature(out, statements, m.Caller(n), m.identityOf(n).tags)
}

// classOf computes the class key of a principal: account, kind, and what its
// policies and boundary say about assuming roles. There is no class of what is no
// user or role. The guards and places of accounts are known.
func (b *builder) classOf(n *Node, w *classifying) (c classified) {
	if n.User == nil && n.Role == nil {
		return c
	}
	id := b.g.Model.identityOf(n)
	c.class = &class{account: n.Account}
	w.begin(n)
	w.readPolicies(&c, id.policies)
	w.readBoundary(&c, id.boundary)
	w.endPolicies()
	w.tells = append(w.tells, b.scps(n.Account).tells...)
	key, ok := b.g.Model.appendSignature(w.key, n, w.tells, &w.caller)
	if w.key = key; w.single || !ok || n.Limit != nil {
		c.key = n.ID
		return c
	}
	unguarded := n.Supposed != nil && n.Supposed.Unguarded
	if place := b.place(n.Account); place != "" && !w.accounts && !unguarded && len(c.allows) > 0 {
		c.circle = w.digest(place, partitionOf(n.ID))
	}
	c.key = w.digest(n.Account, "")
	if n.Kind == KindUser || n.Kind == KindRole {
		c.alike = cmp.Or(c.circle, c.key)
	}
	return c
}

// classifying is what computing class keys takes. It belongs to one goroutine.
type classifying struct {
	look   looks
	caller policy.CallerReader
	text   []byte // see digest

	// Of the principal at hand.
	key       []byte
	tells     []*policy.Statement // that tell callers of one account apart
	documents []*policy.Document  // its policies that say something
	single    bool                // a policy was not read: it is its own class
	accounts  bool                // some statement tells accounts apart
}

// begin turns to a principal.
func (w *classifying) begin(n *Node) {
	w.key = append(w.key[:0], byte(n.Kind), flag(n.Role != nil && n.Role.ServiceLinked()))
	if s := n.Supposed; s != nil {
		w.key = s.appendKey(w.key)
	}
	w.tells, w.documents, w.single, w.accounts = w.tells[:0], w.documents[:0], false, false
}

func (w *classifying) readPolicies(c *classified, policies []policy.Attached) {
	for i := range policies {
		d := policies[i].Document
		if d == nil {
			c.open, w.single = true, true
			continue
		}
		r := w.look.at(d)
		if !r.any {
			continue
		}
		w.accounts = w.accounts || r.accounts
		c.allows = append(c.allows, r.allows...)
		c.docs = append(c.docs, r)
		w.documents = append(w.documents, d)
	}
}

// readBoundary puts the boundary into the key: one that says nothing still takes everything.
func (w *classifying) readBoundary(c *classified, boundary []policy.Attached) {
	for i := range boundary {
		d := boundary[i].Document
		if d == nil {
			w.single = true
			continue
		}
		r := w.look.at(d)
		if !r.any {
			w.key = append(w.key, '-')
			continue
		}
		w.key = append(append(w.key, '+'), d.Digest[:]...)
		w.tells = append(w.tells, r.tells...)
		w.accounts = w.accounts || r.accounts
		c.bounds = append(c.bounds, r)
	}
}

// endPolicies puts the policies into the key in one order, however they are listed (EVAL-06).
func (w *classifying) endPolicies() {
	slices.SortFunc(w.documents, func(x, y *policy.Document) int { return bytes.Compare(x.Digest[:], y.Digest[:]) })
	w.documents = slices.CompactFunc(w.documents, func(x, y *policy.Document) bool { return x.Digest == y.Digest })
	w.key = binary.AppendUvarint(append(w.key, '|'), uint64(len(w.documents)))
	for _, d := range w.documents {
		w.key = append(w.key, d.Digest[:]...)
		w.tells = append(w.tells, w.look.at(d).tells...)
	}
}

// digest stands for a key, of an account or a place in the organization and a
// partition: what statements say of a caller with many tags may be kilobytes.
func (w *classifying) digest(where, partition string) string {
	w.text = append(binary.AppendUvarint(w.text[:0], uint64(len(where))), where...)
	w.text = append(binary.AppendUvarint(w.text, uint64(len(partition))), partition...)
	w.text = append(w.text, w.key...)
	sum := sha256.Sum256(w.text)
	return string(sum[:])
}

// inOrder sorts numbers and drops those that repeat.
func inOrder(list []uint32) []uint32 {
	slices.Sort(list)
	return slices.Clip(slices.Compact(list))
}
