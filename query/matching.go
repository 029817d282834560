package query

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// A question about a pattern is about all names that could exist (QRY-14), those of
// the snapshot among them. What identity policies allow is found with witnesses. What
// resources allow by policies of their own is found here: each that the pattern
// matches and that grants somebody something is asked about as well, but only of
// principals for whom that can matter.

// match is a resource of the snapshot that a pattern of the question matches.
type match struct {
	target
	of      int             // the target of the question whose pattern it is
	pattern string          // that pattern
	let     *graph.Grantees // whom its policies let in
	bucket  bool            // its name does not say whose it is (NAT-02)
	first   func() []string // where it is a pattern itself: resources to try first
}

// matching lists, resource by resource, what counts besides the question's patterns.
// For all resources, or for all actions, nothing does: a note says so. The error is that
// of ctx.
func (e *Engine) matching(ctx context.Context, q *question) ([]match, error) {
	return q.matches.get(ctx, func(ctx context.Context) []match { return e.findMatching(ctx, q) })
}

func (e *Engine) findMatching(ctx context.Context, q *question) []match {
	switch {
	case q.oneByOne():
		return e.amongAll(q)
	case q.several || q.all || q.allActions:
		return nil
	}
	var patterns []string
	actions := map[[2]string][]int{} // targets by pattern and service
	for i, t := range q.targets {
		if !t.pattern {
			continue
		}
		if !slices.Contains(patterns, t.resource) {
			patterns = append(patterns, t.resource)
		}
		service, _, _ := strings.Cut(t.action, ":")
		key := [2]string{t.resource, strings.ToLower(service)}
		actions[key] = append(actions[key], i)
	}
	var out []match
	for _, pattern := range patterns {
		for _, arn := range e.described(pattern) {
			if ctx.Err() != nil {
				return nil
			}
			a, _ := policy.ParseARN(arn)
			for _, i := range actions[[2]string{pattern, a.Service}] {
				out = append(out, e.matchesOf(q, i, arn)...)
			}
		}
	}
	return out
}

// withoutMatches is the question about what could exist alone.
func (q *question) withoutMatches() *question {
	if q.oneByOne() {
		return q
	}
	out := *q
	out.matches, out.roles = &lazily[match]{made: true}, &lazily[assumedRoles]{made: true}
	return &out
}

// matchesOf is what one resource has to say about one target; nothing if its policies
// change nothing.
func (e *Engine) matchesOf(q *question, i int, arn string) []match {
	t := q.targets[i]
	list, err := about(t.action, arn, t.resource)
	if err != nil {
		return nil
	}
	var out []match
	a, _ := policy.ParseARN(arn)
	for _, one := range list {
		m := match{target: one, of: i, pattern: t.resource, let: e.g.Grantees(one.action, one.resource), first: sync.OnceValue(func() []string { return e.firstOf(one) })}
		m.bucket = a.Service == "s3" && a.Account == ""
		// A key's policy counts for its own account, too (RPOL-10).
		if one.resource != t.resource && (m.bucket || a.Service == "kms" || m.let.Beyond()) {
			out = append(out, m)
		}
	}
	return out
}

// described are the resources that a pattern matches and whose policies are in the
// snapshot, and what those name below them; not nil.
func (e *Engine) described(pattern string) []string {
	out := []string{}
	matches := matcher(pattern)
	for _, r := range e.resources() {
		if r.PolicyState == iam.Unknown {
			continue
		}
		for _, name := range withBelow(r) {
			if matches(name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// firstOf are resources that what is said of a pattern by its own policies alone points
// to, as few as possible: most of those who are let in are so there.
func (e *Engine) firstOf(t target) []string {
	if !t.pattern {
		return nil
	}
	list, _ := e.g.Model.Witnesses(&graph.Node{}, t.action, t.resource, false)
	return list[:min(len(list), 2)]
}

// maxPairs bounds the pairs of a principal and a resource that wait to be evaluated.
const maxPairs = 1 << 21

// addMatching adds what the policies of matching resources give whom. sets are the
// principals whose policies say something for each target of the question.
func (e *Engine) addMatching(ctx context.Context, q *question, sets []graph.NodeSet, wanted func(*graph.Node) bool, to *accesses) error {
	if err := e.addAssumable(ctx, q, wanted, to); err != nil {
		return err
	}
	list, err := e.matching(ctx, q)
	if err != nil {
		return err
	}
	open, err := e.unsettled(ctx, q, list, sets, to)
	if err != nil {
		return err
	}
	pairs, count := map[graph.NodeID][]int{}, 0
	for i := range list {
		if i%64 == 0 && ctx.Err() != nil {
			return fmt.Errorf("evaluating principals: %w", ctx.Err())
		}
		m := &list[i]
		for _, n := range e.concerned(m, open[m.of]) {
			if (wanted == nil || wanted(e.g.Node(n))) && !to.req(n).IsTrue() {
				pairs[n], count = append(pairs[n], i), count+1
			}
		}
		if count >= maxPairs || i == len(list)-1 {
			if err := e.ask(ctx, list, pairs, to); err != nil {
				return err
			}
			clear(pairs)
			count = 0
		}
	}
	return nil
}

// unsettled lists, by target, the principals whose own policies may allow more on the
// resources that a pattern matches than its witnesses showed.
func (e *Engine) unsettled(ctx context.Context, q *question, list []match, sets []graph.NodeSet, found *accesses) (map[int][]graph.NodeID, error) {
	var targets []int // that have matches
	all := graph.NewNodeSet(e.g.Len())
	for i := range list {
		if at, ok := slices.BinarySearch(targets, list[i].of); !ok {
			targets = slices.Insert(targets, at, list[i].of)
		}
	}
	for _, k := range targets {
		for n := range sets[k].All() {
			if !found.req(n).IsTrue() {
				all.Add(n)
			}
		}
	}
	nodes := slices.Collect(all.All())
	open, err := inParallel(ctx, nodes, func(n graph.NodeID) ([]int, error) {
		var out []int
		own := e.g.Model.AtMost(e.g.Node(n))
		for _, k := range targets {
			if ctx.Err() != nil {
				return nil, fmt.Errorf("evaluating principals: %w", ctx.Err())
			}
			if sets[k].Has(n) {
				if c := e.ceilingOf(own, q.targets[k].action, q.targets[k].resource); !c.met(found.req(n)) {
					out = append(out, k)
				}
			}
		}
		return out, nil
	})
	if err != nil {
		return nil, err
	}
	out := map[int][]graph.NodeID{}
	for i, n := range nodes {
		for _, k := range open[i] {
			out[k] = append(out[k], n)
		}
	}
	return out, nil
}

// concerned lists whom the policies of a resource may let in: those of open from
// accounts that they mean, and who needs no more. Of a bucket, whose name does not say
// whose it is, the owner's root user is one (NAT-02).
func (e *Engine) concerned(m *match, open []graph.NodeID) []graph.NodeID {
	out := e.g.LetIn(m.let)
	for _, n := range open {
		if m.let.From(e.g.AccountOf(n)) {
			out = append(out, n)
		}
	}
	if m.bucket {
		out = append(out, e.rootsOf(m.let.Owner())...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// rootsOf lists the root user of an account and its sessions.
func (e *Engine) rootsOf(account string) []graph.NodeID {
	a := e.g.Model.Snapshot.Account(account)
	if a == nil {
		return nil
	}
	n, ok := e.g.Find(policy.AccountRoot(cmp.Or(a.Partition, "aws"), account))
	if !ok {
		return nil
	}
	return e.g.Sessions(n)
}

// ask evaluates pairs of principals and resources, by number in list.
func (e *Engine) ask(ctx context.Context, list []match, pairs map[graph.NodeID][]int, to *accesses) error {
	return to.update(ctx, pairs, func(n graph.NodeID) (access, error) {
		in := inquiry{e: e, n: e.g.Node(n)}
		if len(pairs[n]) > 1 {
			in.many = e.g.Model.Inquiry(in.n)
		}
		return to.of(n).joined(ctx, func(yield func(access) bool) {
			for _, k := range pairs[n] {
				if !yield(in.accessToMatch(&list[k])) {
					return
				}
			}
		})
	})
}

// update sets the accesses of those who have pairs.
func (l *accesses) update(ctx context.Context, pairs map[graph.NodeID][]int, f func(graph.NodeID) (access, error)) error {
	nodes := slices.Sorted(maps.Keys(pairs))
	found, err := inParallel(ctx, nodes, f)
	if err != nil {
		return err
	}
	for i, n := range nodes {
		l.set(n, found[i])
	}
	return nil
}

func (in *inquiry) accessToMatch(m *match) access {
	if in.many != nil && in.many.Forbidden(m.action) {
		return access{action: m.action}
	}
	for _, resource := range m.first() {
		if req := in.verdict(m.action, resource, nil); req.IsTrue() {
			return access{req: req, action: m.action, witness: resource}
		}
	}
	a := in.accessTo(m.target)
	if a.witness == "" {
		a.witness = m.resource
	}
	return a
}

// matching adds to the access of one principal what the policies of matching
// resources give it.
func (of *inquiry) matching(ctx context.Context, a access) (access, error) {
	e, n, q := of.e, of.n, of.q
	list, err := e.matching(ctx, q)
	if err != nil {
		return access{}, err
	}
	roles, err := e.rolesOf(ctx, q)
	if err != nil {
		return access{}, err
	}
	if len(list) == 0 && len(roles) == 0 {
		return a, nil
	}
	own := e.g.Model.AtMost(n)
	known := make(map[int]bool) // by target
	open := func(m *match) bool {
		is, ok := known[m.of]
		if !ok {
			c := e.ceilingOf(own, m.action, m.pattern)
			is = !c.met(a.req)
			known[m.of] = is
		}
		return is
	}
	in := inquiry{e: e, n: n, session: of.session}
	return a.joined(ctx, func(yield func(access) bool) {
		for b := range e.assumable(e.find(n.ID), roles, of.session, of.along) {
			if !yield(b) {
				return
			}
		}
		for i := range list {
			m := &list[i]
			concerned := m.let.Alone(n) || m.let.From(n.Account) && q.pre.favours(n, m.action) && open(m)
			concerned = concerned || m.bucket && (n.Kind == graph.KindRoot || n.Kind == graph.KindRootSession || n.RootToken()) && n.Account == m.let.Owner()
			if concerned && !yield(in.accessToMatch(m)) {
				return
			}
		}
	})
}

// joined is the access by any of several ways. They are looked at as long as that
// can matter.
func (a access) joined(ctx context.Context, more iter.Seq[access]) (access, error) {
	if a.req.IsTrue() {
		return a, nil
	}
	all, count := newUnion(), 0
	all.add(a.req, a.action+" "+a.witness)
	for b := range more {
		if count++; count%64 == 0 && ctx.Err() != nil {
			return access{}, fmt.Errorf("evaluating principals: %w", ctx.Err())
		}
		switch {
		case b.req.IsTrue():
			return b, nil
		case b.req.IsFalse():
			continue
		case len(all.parts) == 0:
			a.action, a.witness = b.action, b.witness
		}
		if len(b.ways) == 0 {
			b.ways = []way{{b.action, b.witness, b.req}}
		}
		a.addWays(b.ways...)
		all.add(b.req, b.action+" "+b.witness)
	}
	a.req = all.requirement()
	return a, nil
}
