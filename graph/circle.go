package graph

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"accesspath/policy"
)

// A trust in everybody, most often in all of an organization, would make an edge
// from every class of every account. Classes of different accounts whose
// policies, guardrails and place in the organization say the same form a circle,
// and one edge stands for all of their members but those of the role's own
// account, for whom other rules hold (EVAL-10, EVAL-20).

// place says what the evaluator reads of an account as the caller's: where it
// stands in the organization, and its guardrails. It is "" for accounts that no
// circle can hold, because a guardrail tells accounts apart or is not known.
func (b *builder) place(account string) string {
	p, ok := b.places[account]
	if !ok {
		p = b.placeOf(account)
		b.places[account] = p
	}
	return p
}

func (b *builder) placeOf(account string) string {
	m := b.g.Model
	var out strings.Builder
	f := m.orgFacts(account)
	fmt.Fprintf(&out, "%t %s %s", f.Known, f.ID, f.Path)
	for _, l := range m.SCPs(account) {
		if l.Unknown {
			return ""
		}
		out.WriteString("/")
		for _, p := range l.Policies {
			if p.Document == nil || relevanceOf(p.Document).accounts {
				return ""
			}
			out.Write(p.Document.Digest[:])
		}
	}
	return out.String()
}

// A circle is a list of classes of different accounts while the graph is built.
type circle struct {
	id      circleID
	classes []*class
	bears   []*policy.Statement // on assuming roles: of the members, and of the guardrails on them

	mu    sync.Mutex
	known map[string]policy.Requirement // verdicts, by what they depend on; see verdictKey
}

// gather puts classes into circles, in the order of their first classes, and
// lists both by whose roles they may assume.
func (b *builder) gather() {
	g := b.g
	index := map[string]circleID{}
	b.reach, b.circles = reach[*class]{}, reach[*circle]{}
	var circles []*circle
	for i, c := range b.classes {
		g.accounts = append(g.accounts, c.account)
		if c.circle == "" {
			g.circle = append(g.circle, noCircle)
			b.reach.add(c, c)
			continue
		}
		k, ok := index[c.circle]
		if !ok {
			k = circleID(len(circles))
			index[c.circle] = k
			circles = append(circles, b.newCircle(k, c))
			g.circles = append(g.circles, nil)
		}
		g.circle = append(g.circle, k)
		g.circles[k] = append(g.circles[k], classID(i))
		circles[k].classes = append(circles[k].classes, c)
	}
	for _, k := range circles {
		b.circles.add(k.classes[0], k)
	}
	b.rings = circles
}

// reach lists callers by what the ARNs of the roles that they may assume begin
// with: an account, or "", and some of the resource part.
type reach[T any] map[policy.ARNPrefix][]T

func (r reach[T]) add(c *class, caller T) {
	for _, p := range c.targets() {
		r[p] = append(r[p], caller)
	}
}

// targets is what the ARNs of the roles that the class may assume begin with.
func (c *class) targets() []policy.ARNPrefix {
	any := []policy.ARNPrefix{{}}
	if c.open {
		return any
	}
	var out []policy.ARNPrefix
	for _, s := range c.allows {
		list, all := s.ResourcePrefixes()
		if all {
			return any
		}
		for _, p := range list {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// of yields the callers that may assume a role, and some others; one may come
// twice, by two of its patterns.
func (r reach[T]) of(role string) iter.Seq[T] {
	arn, ok := policy.ParseARN(role)
	return func(yield func(T) bool) {
		if !ok || strings.Contains(arn.Resource, ":") {
			for _, p := range slices.SortedFunc(maps.Keys(r), comparePrefixes) {
				if !each(r[p], yield) {
					return
				}
			}
			return
		}
		for _, account := range [2]string{"", arn.Account} {
			for i := range len(arn.Resource) + 1 {
				if !each(r[policy.ARNPrefix{Account: account, Resource: arn.Resource[:i]}], yield) {
					return
				}
			}
		}
	}
}

func each[T any](list []T, yield func(T) bool) bool {
	for _, v := range list {
		if !yield(v) {
			return false
		}
	}
	return true
}

func comparePrefixes(a, b policy.ARNPrefix) int {
	return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Resource, b.Resource))
}

// broadly reports whether a trust in everybody may be checked circle by circle:
// nothing in it, nor in the guardrails on the role, names callers or accounts,
// or reads who they are.
func (e *roleEdges) broadly(s *sources) bool {
	d := e.role.Trust.Document
	if d == nil || len(s.tells) > 0 || len(s.accounts) > 0 {
		return false
	}
	for i := range d.Statements {
		if d.Statements[i].TellsAccountsApart() {
			return false
		}
	}
	for _, l := range e.b.g.Model.RCPs(e.role.Account) {
		for _, p := range l.Policies {
			if p.Document == nil || relevanceOf(p.Document).accounts {
				return false
			}
		}
	}
	return true
}

// everybody tries all classes of the role's own account, and of the others those
// that may assume the role: by circles where that does.
func (e *roleEdges) everybody(s *sources) {
	for _, c := range e.b.byAccount[e.role.Account] {
		e.class(c, s)
	}
	broadly, head := e.broadly(s), ""
	if broadly {
		head = e.headKey()
	}
	tried := map[any]bool{}
	for c := range e.b.reach.of(e.role.ARN) {
		if c.account != e.role.Account && !tried[c] && c.mayAssume(e.role.ARN) {
			tried[c] = true
			e.class(c, s)
		}
	}
	for k := range e.b.circles.of(e.role.ARN) {
		if tried[k] || !k.classes[0].mayAssume(e.role.ARN) {
			continue
		}
		tried[k] = true
		if broadly {
			e.circle(k, head)
			continue
		}
		for _, c := range k.classes {
			if c.account != e.role.Account {
				e.class(c, s)
			}
		}
	}
}

func (b *builder) newCircle(id circleID, c *class) *circle {
	k := &circle{id: id, bears: slices.Clip(c.bears), known: map[string]policy.Requirement{}}
	for _, l := range b.g.Model.SCPs(c.account) {
		for _, p := range l.Policies {
			k.bears = append(k.bears, relevanceOf(p.Document).bears...)
		}
	}
	return k
}

// circle checks a circle by one member that the trust does not name. The edge
// stands for those that it names, too: what holds for everybody holds for them.
func (e *roleEdges) circle(k *circle, head string) {
	n, ok := e.member(k)
	if !ok {
		return
	}
	key, known := "", false
	if head != "" {
		key, known = k.verdictKey(head, e.role.ARN)
	}
	if known {
		k.mu.Lock()
		r, ok := k.known[key]
		k.mu.Unlock()
		if ok {
			e.broad(k, r)
			return
		}
	}
	r := e.b.g.Model.Assume(&e.b.g.nodes[n], e.role, nil, "").Requires
	if known {
		k.mu.Lock()
		k.known[key] = r
		k.mu.Unlock()
	}
	e.broad(k, r)
}

func (e *roleEdges) broad(k *circle, r policy.Requirement) {
	if !r.IsFalse() {
		e.out = append(e.out, built{span: spanCircle, tail: uint32(k.id), head: e.head, kind: CanAssume, req: r})
	}
}

// member is one of a circle that is not of the role's account and that its trust
// does not name.
func (e *roleEdges) member(k *circle) (NodeID, bool) {
	for _, c := range k.classes {
		if c.account == e.role.Account {
			continue
		}
		for _, n := range c.members {
			if !e.named[n] {
				return n, true
			}
		}
	}
	return 0, false
}

// headKey says what a verdict reads of a role besides its ARN; "" if a policy
// reads more of it than can be said here. Many roles have the same trust.
func (e *roleEdges) headKey() string {
	r := e.role
	for i := range r.Trust.Document.Statements {
		if r.Trust.Document.Statements[i].ReadsResource() {
			return ""
		}
	}
	out := fmt.Appendf(nil, "%t %t %d %s %s", r.ServiceLinked(), r.Reserved(), r.MaxSession, partitionOf(r.ARN), r.Trust.Document.Digest[:])
	arn, ok := policy.ParseARN(r.ARN)
	for _, l := range e.b.g.Model.RCPs(r.Account) {
		out = fmt.Appendf(out, "/%t", l.Unknown)
		for _, p := range l.Policies {
			for _, s := range relevanceOf(p.Document).bears {
				if out, ok = s.AppendReading(out, r.ARN, arn); !ok {
					return ""
				}
			}
			out = append(out, p.Document.Digest[:]...)
		}
		if l.Unknown {
			out = append(out, l.ID...)
		}
	}
	if !ok {
		return ""
	}
	return string(out)
}

// verdictKey adds how the circle's statements read for the role.
func (k *circle) verdictKey(head, role string) (key string, ok bool) {
	arn, ok := policy.ParseARN(role)
	out := []byte(head)
	for _, s := range k.bears {
		if !ok {
			return "", false
		}
		out, ok = s.AppendReading(out, role, arn)
	}
	return string(out), ok
}
