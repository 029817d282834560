package graph

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

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
	g := b.scps(account)
	if g.apart || slices.ContainsFunc(m.SCPs(account), func(l policy.Level) bool { return l.Unknown }) {
		return ""
	}
	f := m.orgFacts(account)
	return fmt.Sprintf("%t %s %s%s", f.Known, f.ID, f.Path, g.policy)
}

// A circle is a list of classes of different accounts while the graph is built.
type circle struct {
	id      CircleID
	classes []*class
}

// gather puts classes into circles, in the order of their first classes, and
// lists both by whose roles they may assume.
func (b *builder) gather() {
	g, first := b.g, CircleID(b.g.circles.Len())
	index := map[string]int{}
	b.reach, b.circles = reach[*class]{}, reach[*circle]{}
	var circles []*circle
	var members [][]ClassID // of each circle
	for i, c := range b.classes {
		if c.circle == "" {
			g.circle = append(g.circle, NoCircle)
			b.reach.add(c, c)
			continue
		}
		k, ok := index[c.circle]
		if !ok {
			k = len(circles)
			index[c.circle] = k
			circles, members = append(circles, &circle{id: first + CircleID(k)}), append(members, nil)
		}
		g.circle = append(g.circle, circles[k].id)
		members[k] = append(members[k], b.firstClass+ClassID(i))
		circles[k].classes = append(circles[k].classes, c)
	}
	for k, c := range circles {
		g.circles.Add(members[k])
		b.circles.add(c.classes[0], c)
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
	return e.role.Trust.Document != nil && len(s.tells) == 0 && !e.tellsAccounts(s)
}

// tellsAccounts reports whether the trust, or a guardrail on the role, tells
// apart callers that differ in nothing but their account.
func (e *roleEdges) tellsAccounts(s *sources) bool {
	if len(s.accounts) > 0 || e.b.shields[e.role.Account].apart {
		return true
	}
	d := e.role.Trust.Document
	for i := range d.Statements {
		if d.Statements[i].TellsAccountsApart() {
			return true
		}
	}
	return false
}

// everybody tries all classes of the role's own account, and of the others those
// that may assume the role: by circles where that does.
func (e *roleEdges) everybody(s *sources) {
	for _, c := range e.b.byAccount[e.role.Account] {
		e.class(c, s)
	}
	broadly := e.broadly(s)
	clear(e.tried)
	for c := range e.b.reach.of(e.role.ARN) {
		if c.account != e.role.Account && !e.tried[c] && c.mayAssume(e.listReader) {
			e.tried[c] = true
			e.class(c, s)
		}
	}
	for k := range e.b.circles.of(e.role.ARN) {
		if e.tried[k] || !k.classes[0].mayAssume(e.listReader) {
			continue
		}
		e.tried[k] = true
		if broadly {
			e.circle(k, s)
			continue
		}
		for _, c := range k.classes {
			if c.account != e.role.Account {
				e.class(c, s)
			}
		}
	}
}

// circle checks a circle by one member that the trust does not name. The edge
// stands for those that it names, too: what holds for everybody holds for them.
func (e *roleEdges) circle(k *circle, s *sources) {
	c, n, ok := e.member(k)
	if !ok {
		return
	}
	if r := e.verdict(c, n, "", s); !r.IsFalse() {
		e.out = append(e.out, built{span: spanCircle, tail: uint32(k.id), head: e.head, kind: CanAssume, req: r})
	}
}

// member is one of a circle that is not of the role's account and that its trust
// does not name, and its class.
func (e *roleEdges) member(k *circle) (*class, NodeID, bool) {
	for _, c := range k.classes {
		if c.account == e.role.Account {
			continue
		}
		for _, n := range c.members {
			if !e.named[n] {
				return c, n, true
			}
		}
	}
	return nil, 0, false
}
