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
	owned   bool            // there is nothing to it but whose it is, which its name does not say (NAT-02): its root user's
	first   func() []string // where it is a pattern itself: resources to try first
}

// matching lists, resource by resource, what counts besides the question's patterns.
// For all resources, or for all actions, nothing does: a note says so.
func (e *Engine) matching(q *question) []match {
	if q.several || q.all || q.allActions {
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
			a, _ := policy.ParseARN(arn)
			for _, i := range actions[[2]string{pattern, a.Service}] {
				if m, ok := e.matchOf(q, i, arn); ok {
					out = append(out, m)
				}
			}
		}
	}
	return out
}

// withoutMatches is the question about what could exist alone.
func (q *question) withoutMatches() *question {
	out := *q
	out.matches, out.roles = func() []match { return nil }, func() []assumedRoles { return nil }
	return &out
}

// matchOf is what one resource has to say about one target; ok is false if its
// policies change nothing.
func (e *Engine) matchOf(q *question, i int, arn string) (m match, ok bool) {
	t := q.targets[i]
	one, ok, err := q.about(t.action, arn, t.resource)
	if !ok || err != nil || one.resource == t.resource {
		return match{}, false
	}
	m = match{target: one, of: i, pattern: t.resource, let: e.g.Grantees(one.action, one.resource), first: sync.OnceValue(func() []string { return e.firstOf(one) })}
	a, _ := policy.ParseARN(arn)
	switch {
	case m.let.Beyond(), a.Service == "kms": // a key's policy counts for its own account, too (RPOL-10)
		return m, true
	case a.Service == "s3" && a.Account == "":
		m.owned = true
		return m, true
	}
	return match{}, false
}

// described are the resources that a pattern matches and whose policies are in the
// snapshot; not nil.
func (e *Engine) described(pattern string) []string {
	out := []string{}
	matches := matcher(pattern)
	for _, r := range e.resources() {
		if r.PolicyState != iam.Unknown && matches(r.ARN) {
			out = append(out, r.ARN)
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

// settles tell for which principals a resource that is let in only together with
// an identity policy cannot change what a pattern's witnesses showed.
type settles struct {
	e     *Engine
	reads map[*policy.Document]bool
}

func (e *Engine) settles() *settles { return &settles{e, map[*policy.Document]bool{}} }

// known reports whether nothing more can come from identity policies: access is
// given, or hangs on what no resource decides; or is denied whichever resource it is,
// as far as one that the principal's own account owns tells.
func (s *settles) known(n *graph.Node, pattern string, req policy.Requirement) bool {
	switch {
	case req.IsTrue():
		return true
	case !ownable(pattern, n.Account):
		return false
	case req.Mentions(func(a *policy.Atom) bool {
		return a.Opaque || a.Class == policy.ClassData || a.Class == policy.ClassResource
	}):
		return false
	}
	return !s.hangOnResource(n)
}

// ownable reports whether resources of an account may match a pattern.
func ownable(pattern, account string) bool {
	a, ok := policy.ParseARN(pattern)
	return !ok || a.Account == "" || policy.CompilePattern(a.Account).Match(account)
}

// hangOnResource reports whether some policy that counts for a principal's requests
// favours resources by more than their names: so that one of another account may be
// allowed where no own one is.
func (s *settles) hangOnResource(n *graph.Node) bool {
	m := s.e.g.Model
	reads := func(list []policy.Attached) bool {
		return slices.ContainsFunc(list, func(p policy.Attached) bool {
			if p.Document == nil {
				return true
			}
			known, ok := s.reads[p.Document]
			if !ok {
				known = slices.ContainsFunc(p.Document.Statements, favoursResources)
				s.reads[p.Document] = known
			}
			return known
		})
	}
	boundary, _ := m.Boundary(n)
	return reads(m.IdentityPolicies(n)) || reads(boundary) || n.Limit != nil && reads(n.Limit.Policies) ||
		slices.ContainsFunc(m.SCPs(n.Account), func(l policy.Level) bool { return reads(l.Policies) })
}

// favoursResources: an Allow for resources that conditions pick, or a Deny for those
// that a condition names; a Deny for all but those of the caller's organization, say,
// leaves out the caller's own.
func favoursResources(s policy.Statement) bool {
	return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
		key := strings.ToLower(c.Key)
		about := strings.Contains(key, ":resource") || strings.HasPrefix(key, "s3:existingobjecttag/")
		return about && (s.Effect == policy.Allow || !strings.Contains(strings.ToLower(c.Operator), "not"))
	})
}

// maxPairs bounds the pairs of a principal and a resource that wait to be evaluated.
const maxPairs = 1 << 21

// addMatching adds what the policies of matching resources give whom. sets are the
// principals whose policies say something for each target of the question.
func (e *Engine) addMatching(ctx context.Context, q *question, sets []graph.NodeSet, wanted func(*graph.Node) bool, to *accesses) error {
	if err := e.addAssumable(ctx, q, wanted, to); err != nil {
		return err
	}
	list, settles := q.matches(), e.settles()
	open := map[int][]graph.NodeID{} // for whom identity policies may do more, by target
	pairs, count := map[graph.NodeID][]int{}, 0
	for i := range list {
		if i%64 == 0 && ctx.Err() != nil {
			return fmt.Errorf("evaluating principals: %w", ctx.Err())
		}
		m := &list[i]
		if _, ok := open[m.of]; !ok {
			open[m.of] = settles.open(m, sets[m.of], to)
		}
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

// open lists the principals whose identity policies may allow more on the resources
// that a pattern matches than its witnesses showed; of those whose policies say
// something about the action.
func (s *settles) open(m *match, candidates graph.NodeSet, found *accesses) []graph.NodeID {
	var out []graph.NodeID
	for n := range candidates.All() {
		if !s.known(s.e.g.Node(n), m.pattern, found.req(n)) {
			out = append(out, n)
		}
	}
	return out
}

// concerned lists whom the policies of a resource may let in: those of open from
// accounts that they mean, and who needs no more.
func (e *Engine) concerned(m *match, open []graph.NodeID) []graph.NodeID {
	if m.owned {
		return e.rootsOf(m.let.Owner())
	}
	out := e.g.LetIn(m.let)
	for _, n := range open {
		if m.let.From(e.g.AccountOf(n)) {
			out = append(out, n)
		}
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
	nodes := slices.Sorted(maps.Keys(pairs))
	found, err := inParallel(ctx, nodes, func(n graph.NodeID) (access, error) {
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
	if err != nil {
		return err
	}
	for i, n := range nodes {
		to.set(n, found[i])
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

// inMatching adds to the access of one principal what the policies of matching
// resources give it.
func (e *Engine) inMatching(ctx context.Context, n *graph.Node, q *question, a access, session policy.Context) (access, error) {
	settles, known := e.settles(), map[string]bool{} // by pattern
	for _, t := range q.targets {
		if t.pattern {
			known[t.resource] = settles.known(n, t.resource, a.req)
		}
	}
	list, in := q.matches(), inquiry{e: e, n: n, session: session}
	return a.joined(ctx, func(yield func(access) bool) {
		for b := range e.assumable(e.find(n.ID), q, session) {
			if !yield(b) {
				return
			}
		}
		for i := range list {
			m := &list[i]
			concerned := m.let.Alone(n) || !known[m.pattern] && m.let.From(n.Account) && q.pre.favours(n, m.action)
			if m.owned {
				concerned = (n.Kind == graph.KindRoot || n.Kind == graph.KindRootSession) && n.Account == m.let.Owner()
			}
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
	all, count := []policy.Requirement{a.req}, 0
	seen := map[policy.Requirement]bool{a.req: true} // edges into roles share most of theirs
	for b := range more {
		if count++; count%64 == 0 && ctx.Err() != nil {
			return access{}, fmt.Errorf("evaluating principals: %w", ctx.Err())
		}
		switch {
		case b.req.IsTrue():
			return b, nil
		case b.req.IsFalse():
			continue
		case len(all) == 1 && a.req.IsFalse():
			a.action, a.witness = b.action, b.witness
		}
		if len(b.ways) == 0 {
			b.ways = []way{{b.action, b.witness, b.req}}
		}
		a.addWays(b.ways...)
		if !seen[b.req] {
			seen[b.req] = true
			all = append(all, b.req)
		}
	}
	a.req = policy.Or(all...)
	return a, nil
}

// addAssumable is addMatching for roles, whose trust policies have become edges.
func (e *Engine) addAssumable(ctx context.Context, q *question, wanted func(*graph.Node) bool, to *accesses) error {
	if len(q.roles()) == 0 {
		return nil
	}
	var nodes []graph.NodeID
	for i := range e.g.Len() {
		n := graph.NodeID(i)
		if node := e.g.Node(n); node.Acts() && (wanted == nil || wanted(node)) {
			nodes = append(nodes, n)
		}
	}
	found, err := inParallel(ctx, nodes, func(n graph.NodeID) (access, error) {
		return to.of(n).joined(ctx, e.assumable(n, q, nil))
	})
	if err != nil {
		return err
	}
	for i, n := range nodes {
		to.set(n, found[i])
	}
	return nil
}

// assumable yields the roles that a question about sts:AssumeRole and a pattern is
// about and that a principal may assume. session is what its session carries.
func (e *Engine) assumable(n graph.NodeID, q *question, session policy.Context) iter.Seq[access] {
	return func(yield func(access) bool) {
		for _, roles := range q.roles() {
			for edge := range e.g.Out(n) {
				if edge.Kind != graph.CanAssume || !roles.set.Has(edge.To) {
					continue
				}
				to := e.g.Node(edge.To)
				if session != nil && variable(edge.Requires) {
					edge.Requires = e.g.Model.Assume(e.g.Node(n), to.Role, session, "").Requires
				}
				if !yield(access{req: edge.Requires, action: roles.action, witness: to.ID}) {
					return
				}
			}
		}
	}
}

// assumedRoles are the roles that one pattern of a question about sts:AssumeRole matches.
type assumedRoles struct {
	action string
	set    graph.NodeSet
}

func isAssume(action string) bool { return strings.EqualFold(action, "sts:AssumeRole") }

// rolesOf finds the roles that a question about sts:AssumeRole is about.
func (e *Engine) rolesOf(q *question) []assumedRoles {
	if q.several || q.all || q.allActions {
		return nil
	}
	var out []assumedRoles
	for _, t := range q.targets {
		if !t.pattern || !isAssume(t.action) {
			continue
		}
		roles, matches := assumedRoles{t.action, graph.NewNodeSet(e.g.Len())}, matcher(t.resource)
		for i := range e.g.Len() {
			if n := graph.NodeID(i); matches(e.g.IDOf(n)) && e.g.Node(n).Role != nil && e.g.Node(n).Limit == nil {
				roles.set.Add(n)
			}
		}
		out = append(out, roles)
	}
	return out
}
