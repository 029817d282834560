package graph

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// A Supposition marks a node that is not in the snapshot: a principal as it
// would be after somebody changed it, or one that somebody would make. Its
// User or Role is a copy that carries the change, so that every layer that the
// change leaves alone (boundary, guardrails) still counts (ESC-05).
type Supposition struct {
	Base NodeID // the principal that was changed; of new ones, the node itself
	New  bool   // made from nothing (ESC-31)
	// Resource is a resource that was changed for this principal, with all that lies in
	// it; "" none. Policy is its policy where that was rewritten (ESC-25), else nil.
	Resource string
	Policy   *policy.Document
	// Known are condition keys that the change settles, such as MFA with an own
	// device (ESC-24), or a tag that Resource was given (ESC-29); nil none.
	Known policy.MapContext
	// Unguarded: the organization's SCPs count no longer (ESC-30).
	Unguarded bool
}

// appendKey appends what the change settles that no policy of the principal says: those
// who differ in it may get different verdicts, whatever their policies say.
func (s *Supposition) appendKey(out []byte) []byte {
	out = append(out, flag(s.Unguarded))
	text := func(t string) { out = append(binary.AppendUvarint(out, uint64(len(t))), t...) }
	for _, key := range slices.Sorted(maps.Keys(s.Known)) {
		v := s.Known[key]
		text(key)
		out = binary.AppendUvarint(append(out, byte(v.Knowledge)), uint64(len(v.Values)))
		for _, value := range v.Values {
			text(value)
		}
	}
	return out
}

// guardrails are the SCPs that bind a node.
func (m *Model) guardrails(n *Node) []policy.Level {
	if n.Supposed != nil && n.Supposed.Unguarded {
		return nil
	}
	return m.SCPs(n.Account)
}

// rewritten returns what takes the place of the resource's own policy.
func (a *Ask) rewritten() *policy.Document {
	if a.ResourcePolicy != nil {
		return a.ResourcePolicy
	}
	s := a.Node.Supposed
	if s == nil || s.Policy == nil || a.Resource != s.Resource && !strings.HasPrefix(a.Resource, s.Resource+"/") {
		return nil
	}
	return s.Policy
}

// The kinds of escalation edge. All are shown as "escalate"; they differ in what
// the actor holds afterwards.
const (
	// EscalatesInPlace: the session at hand gains permissions.
	EscalatesInPlace EdgeKind = iota + 100
	// EscalatesToKeys: long-term credentials of a user.
	EscalatesToKeys
	// EscalatesByCall: a session of a role by a call of the actor.
	EscalatesByCall
	// EscalatesByService: a session of a role that a service delivers.
	EscalatesByService
)

// Escalates reports whether the edge is of section 12.
func (k EdgeKind) Escalates() bool { return k >= EscalatesInPlace && k <= EscalatesByService }

// An Escalation is one way from a node to another that is no role assumption
// (ESC-01). Requires is open in what the session of From can change.
type Escalation struct {
	From, To NodeID
	Kind     EdgeKind
	Order    uint32 // rises in the order in which they were found
	Requires policy.Requirement
	*Way
}

// A Way is what is done to get from one node to another. Millions of escalations share
// some thousands.
type Way struct {
	Rule     string    // "ESC-13"
	Entry    string    // of the catalogue
	Title    string    // what is done, in plain words
	Requests []Request // that take part, in the order of the entry
}

// A Request is what one step asks of AWS.
type Request struct{ Action, Resource string }

// Extend returns a graph with further nodes behind those of g, the assumptions
// that start from them, and escalation edges. Nodes keep their numbers; new
// nodes are found by walks only, never by name. Edges into new nodes other than
// those given do not exist: nobody can name what is not there yet. The edges given are
// put in order where they are. Its error is that of ctx.
func (g *Graph) Extend(ctx context.Context, e *Extension) (*Graph, error) {
	x := *g
	x.lookup = &lookup{}
	x.nodes = slices.Concat(g.nodes, e.Nodes)
	x.class = slices.Concat(g.class, slices.Repeat([]ClassID{NoClass}, len(e.Nodes)))
	x.classes, x.circle, x.circles = g.classes.clone(), slices.Clone(g.circle), g.circles.clone()
	further, err := x.assumptions(ctx, len(g.nodes))
	if err != nil {
		return nil, err
	}
	x.reqs = slices.Clone(g.reqs)
	id := interner(&x.reqs)
	x.escalations = e.Edges
	sortWays(x.escalations)
	own := append(appendWays(g.own.list(g.reqs), x.escalations), further[spanNode]...)
	x.own = newAdjacency(own, len(x.nodes), len(x.nodes), id)
	x.shared = newAdjacency(append(g.shared.list(g.reqs), further[spanClass]...), x.classes.Len(), len(x.nodes), id)
	x.broad = newAdjacency(append(g.broad.list(g.reqs), further[spanCircle]...), x.circles.Len(), len(x.nodes), id)
	x.peers = newPeers(e, len(x.nodes), id)
	return &x, nil
}

// list turns arrays back into edges.
func (a *adjacency) list(reqs []policy.Requirement) []built {
	out := make([]built, 0, a.edges())
	for t := range a.tails() {
		for i, end := a.span(uint32(t)); i < end; i++ {
			out = append(out, built{tail: uint32(t), head: a.head[i], kind: a.kind[i], req: reqs[a.req[i]]})
		}
	}
	return out
}

// assumptions are the role assumptions that start from the nodes from first on, by
// what their tails stand for: by trusts that name their account, everybody, or the
// principal that was there before. The nodes get classes and circles of their own,
// behind those that there are. Its error is that of ctx.
func (g *Graph) assumptions(ctx context.Context, first int) (out [3][]built, err error) {
	b := builderOf(g)
	b.firstClass = ClassID(g.classes.Len())
	bases, err := b.classifyFrom(ctx, first)
	if err != nil {
		return out, err
	}
	for _, account := range g.Model.Snapshot.Accounts {
		b.roles = append(b.roles, account.Roles...)
		for _, r := range account.Roles {
			b.rcps(r.Account)
		}
	}
	slots := make([][]built, len(b.roles))
	err = b.eachRole(ctx, func(i int, r *listReader) { slots[i] = b.supposedInto(b.roles[i], bases, r) })
	return bySpan(slots), err
}

// classifyFrom puts the nodes from first on into classes, and indexes them by
// the names that a trust can give them.
func (b *builder) classifyFrom(ctx context.Context, first int) (map[string][]NodeID, error) {
	g := b.g
	seen := map[string]ClassID{}
	bases := map[string][]NodeID{}
	w := &classifying{look: b.looked}
	for i := first; i < len(g.nodes); i++ {
		if i%1000 == 0 && ctx.Err() != nil {
			return nil, stopped(ctx)
		}
		n := &g.nodes[i]
		if n.User == nil && n.Role == nil || n.Supposed.Resource != "" {
			continue // it assumes nothing that it did not before
		}
		c := b.classOf(n, w)
		if c.open || c.key == n.ID {
			c.key = fmt.Sprint(i) // by itself: others have its name, too
		}
		b.join(NodeID(i), &c, seen)
		for _, name := range []string{n.ID, uniqueOf(n), sessionRolePrefix + n.Account + "/" + n.Name} {
			bases[name] = append(bases[name], NodeID(i))
		}
	}
	return bases, b.enterAll(ctx)
}

func uniqueOf(n *Node) string {
	if n.Role != nil {
		return n.Role.UniqueID
	}
	return n.User.UniqueID
}

func (b *builder) supposedInto(r *iam.Role, bases map[string][]NodeID, reads *listReader) []built {
	s := b.g.Model.scan(r)
	s.tells = append(s.tells, b.shields[r.Account].tells...)
	e := b.roleEdges(r, reads)
	for _, name := range slices.Concat(s.arns, s.unique) {
		for _, n := range bases[name] {
			e.named[n] = true
		}
	}
	for _, n := range sortedNodes(e.named) {
		e.try(n, CanAssume)
	}
	e.accounts(&s)
	return e.out
}
