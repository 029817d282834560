package query

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"accesspath/graph"
	"accesspath/policy"
)

// access is what one principal, by itself, may do of what is asked: a formula
// open in what its session carries.
type access struct {
	req     policy.Requirement
	action  string // the one that decided
	witness string // the resource that decided, where the question is a pattern
	ways    []way  // where several resources or actions would do, what each asks for
}

// way is one request that answers a question about a pattern (QRY-20).
type way struct {
	action, witness string
	req             policy.Requirement
}

// maxWays bounds how many are remembered; more make an answer slower, not
// better.
const maxWays = 32

func (a *access) addWays(list ...way) {
	for _, v := range list {
		if len(a.ways) < maxWays && !slices.ContainsFunc(a.ways, func(w way) bool { return w.req == v.req || w.req.Key() == v.req.Key() }) {
			a.ways = append(a.ways, v) // of several that ask for the same the first will do
		}
	}
}

// in picks the way that a session meets: what it carries may rule the first out. Of
// those that stay open one that the input decides comes first.
func (a access) in(w *walker, s state) access {
	best, decided := -1, false
	for i, v := range a.ways {
		r := w.inState(s, v.req)
		if r.IsTrue() || w.e.outright(r) {
			a.action, a.witness = v.action, v.witness
			return a
		}
		known := !r.Mentions(func(t *policy.Atom) bool { return t.Class == policy.ClassData })
		if !r.IsFalse() && (best < 0 || known && !decided) {
			best, decided = i, known
		}
	}
	if best >= 0 {
		a.action, a.witness = a.ways[best].action, a.ways[best].witness
	}
	return a
}

// decide evaluates one request. Assuming a role takes more than one permission
// where the trust asks for tags (STS-06).
func (e *Engine) decide(n *graph.Node, action, resource string, session policy.Context) policy.Decision {
	if isAssume(action) || signsIn(n, action) {
		if id, ok := e.g.Find(resource); ok && e.g.Node(id).Role != nil {
			d := e.g.Enter(n, id, session).Decision
			d.Requires = whoPasses(n, d.Requires)
			return d
		}
	}
	ask := graph.Ask{Node: n, Action: action, Resource: resource, Session: session}
	if graph.IsFederationToken(action) {
		return e.g.Model.Federate(ask)
	}
	return e.g.Model.Decide(ask)
}

// decideOnce is decide. Questions about one principal look at the few that it can
// become again and again, and remember what was decided; q may be nil.
func (e *Engine) decideOnce(n *graph.Node, action, resource string, q *question, session policy.Context) policy.Decision {
	if q == nil || q.decided == nil || session != nil {
		return e.decide(n, action, resource, session)
	}
	key := decided{n, action, resource}
	d, ok := q.decided[key]
	if !ok {
		d = e.decide(n, action, resource, nil)
		q.decided[key] = d
	}
	return d
}

// verdict is what decideOnce requires, for those who want to know no more.
func (e *Engine) verdict(n *graph.Node, action, resource string, q *question, session policy.Context) policy.Requirement {
	if q != nil && q.decided != nil && session == nil || getsSession(n, action) {
		return e.decideOnce(n, action, resource, q, session).Requires
	}
	return e.g.Model.Verdict(graph.Ask{Node: n, Action: action, Resource: resource, Session: session})
}

// accesses holds the access of those nodes that have any, by node.
type accesses struct {
	at    map[graph.NodeID]int32 // index into list
	list  []access
	nodes []graph.NodeID // those in list, in the order of evaluation
}

func newAccesses() *accesses { return &accesses{at: map[graph.NodeID]int32{}} }

// put keeps an access, unless it is none at all.
func (l *accesses) put(n graph.NodeID, a access) {
	if a.req.IsFalse() {
		return
	}
	l.at[n] = int32(len(l.list))
	l.list, l.nodes = append(l.list, a), append(l.nodes, n)
}

// set is put for a node that may have an access already.
func (l *accesses) set(n graph.NodeID, a access) {
	if i, ok := l.at[n]; ok {
		l.list[i] = a
		return
	}
	l.put(n, a)
}

// of returns the access of a node; that of nodes without any is false.
func (l *accesses) of(n graph.NodeID) access {
	if i, ok := l.at[n]; ok {
		return l.list[i]
	}
	return access{}
}

// req is the formula of a node.
func (l *accesses) req(n graph.NodeID) policy.Requirement {
	if i, ok := l.at[n]; ok {
		return l.list[i].req
	}
	return policy.False()
}

// accesses evaluates the question for every principal that could have access.
func (e *Engine) accesses(ctx context.Context, q *question) (*accesses, error) {
	return e.accessesOf(ctx, q, nil)
}

// accessesOf is accesses for some principals only, unless wanted is nil.
func (e *Engine) accessesOf(ctx context.Context, q *question, wanted func(*graph.Node) bool) (*accesses, error) {
	if q.oneByOne() {
		return e.existingAccesses(ctx, q, wanted)
	}
	sets, any := make([]graph.NodeSet, len(q.targets)), e.takeSet()
	defer e.giveBack(any)
	for i, t := range q.targets {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("evaluating principals: %w", ctx.Err())
		}
		if sets[i] = any; len(q.targets) > 1 {
			sets[i] = graph.NewNodeSet(e.g.Len())
		}
		for _, n := range e.g.Candidates(t.action, t.resource, t.pattern) {
			sets[i].Add(n)
			any.Add(n)
		}
	}
	var nodes []graph.NodeID
	for n := range any.All() {
		if wanted == nil || wanted(e.g.Node(n)) {
			nodes = append(nodes, n)
		}
	}
	alone := *q
	alone.decided = nil // of one goroutine
	found, err := inParallel(ctx, nodes, func(n graph.NodeID) (access, error) {
		return e.accessOver(ctx, e.g.Node(n), &alone, func(i int) bool { return sets[i].Has(n) }, nil)
	})
	if err != nil {
		return nil, err
	}
	out := newAccesses()
	for i, n := range nodes {
		out.put(n, found[i])
	}
	return out, e.addMatching(ctx, q, sets, wanted, out)
}

// fewNodes is up to where nodes are looked at one by one: others wait for the
// processors, too.
const fewNodes = 512

// inParallel calls f for every node, for many of them from as many goroutines as
// there are processors, and returns the results in the order of the nodes.
func inParallel[T any](ctx context.Context, nodes []graph.NodeID, f func(graph.NodeID) (T, error)) ([]T, error) {
	out := make([]T, len(nodes))
	part := func(from, to int) (err error) {
		for i := from; i < to; i++ {
			if (i-from)%sharePiece == 0 && ctx.Err() != nil {
				return fmt.Errorf("evaluating principals: %w", ctx.Err())
			}
			if out[i], err = f(nodes[i]); err != nil {
				return err
			}
		}
		return nil
	}
	return out, shareOut(len(nodes), fewNodes, func() func(from, to int) error { return part })
}

// sharePiece is how many of a long list one goroutine takes at a time.
const sharePiece = 16

// shareOut does some work on the elements of a list, by number: on more than a few
// from as many goroutines as there are processors, each with what worker makes for
// it.
func shareOut(elements, few int, worker func() func(from, to int) error) error {
	if elements <= few {
		return worker()(0, elements)
	}
	var next atomic.Int64
	errs := make([]error, runtime.GOMAXPROCS(0))
	var workers sync.WaitGroup
	for w := range errs {
		workers.Go(func() {
			for part := worker(); errs[w] == nil; {
				from := int(next.Add(sharePiece)) - sharePiece
				if from >= elements {
					return
				}
				errs[w] = part(from, min(from+sharePiece, elements))
			}
		})
	}
	workers.Wait()
	return cmp.Or(errs...)
}

// accessOver is the access to what the question asks for: to some of its
// resources or all, with some of its actions or all. may rules out targets of
// the question, by index, that the evaluator need not look at.
func (e *Engine) accessOver(ctx context.Context, n *graph.Node, q *question, may func(target int) bool, session policy.Context) (access, error) {
	in := inquiry{e: e, n: n, q: q, session: session}
	return in.over(ctx, may)
}

// over is the access to all targets that may count.
func (in *inquiry) over(ctx context.Context, may func(target int) bool) (access, error) {
	q := in.q
	if len(q.targets) > 1 && in.session == nil && q.decided == nil {
		in.many = in.e.g.Model.Inquiry(in.n)
	}
	out := joining{access: access{req: policy.Bool(q.allActions)}, all: q.allActions}
	for i := 0; i < len(q.targets); {
		if i%64 == 0 && ctx.Err() != nil {
			return access{}, fmt.Errorf("evaluating principals: %w", ctx.Err())
		}
		k := i + 1
		for k < len(q.targets) && q.targets[k].action == q.targets[i].action {
			k++
		}
		a, err := in.accessToAny(ctx, i, k, may)
		if err != nil {
			return access{}, err
		}
		if done := out.add(a); done {
			break
		}
		i = k
	}
	return out.result(), nil
}

// joining is the access by several requests: all have to be allowed, or one.
type joining struct {
	access
	all  bool
	seen map[string]bool // what all ask for, by key
	rest []policy.Requirement
}

// add adds an access to those before. It reports whether more cannot change the
// outcome.
func (j *joining) add(b access) (done bool) {
	switch {
	case j.all && b.req.IsFalse(), !j.all && b.req.IsTrue():
		*j = joining{access: b}
		return true
	case j.all:
		if key := b.req.Key(); !j.seen[key] { // of thousands of actions most ask for the same
			if j.seen == nil {
				j.seen = map[string]bool{}
			}
			j.seen[key] = true
			j.rest = append(j.rest, b.req)
		}
	case !b.req.IsFalse():
		if j.req.IsFalse() {
			j.action, j.witness = b.action, b.witness
		}
		if len(b.ways) == 0 {
			b.ways = []way{{b.action, b.witness, b.req}}
		}
		j.addWays(b.ways...)
		j.req = either(j.req, b.req, b.action+" "+b.witness)
	}
	return false
}

// result is what they come to.
func (j *joining) result() access {
	if len(j.rest) > 0 {
		j.req = policy.And(append(j.rest, j.req)...).Simplify()
	}
	return j.access
}

// prefilter rules principals out that no statement can favour, so that the
// evaluator runs for few. It never rules out what Decide would allow.
type prefilter struct {
	model  *graph.Model
	allows map[string]map[*policy.Document]bool // by action
}

func newPrefilter(m *graph.Model, q *question) *prefilter {
	p := &prefilter{model: m, allows: map[string]map[*policy.Document]bool{}}
	for _, t := range q.targets {
		p.allows[t.action] = map[*policy.Document]bool{}
	}
	return p
}

func (p *prefilter) possible(n *graph.Node, t target) bool {
	// Without an identity policy only the resource's own account can get in.
	return p.favours(n, t.action) || p.model.ResourceGrants(n, t.action, t.resource)
}

// favours reports whether an identity policy may allow a principal an action, or it
// needs none.
func (p *prefilter) favours(n *graph.Node, action string) bool {
	if n.Kind == graph.KindRoot || n.Kind == graph.KindFederatedUser || n.Kind == graph.KindRootSession || graph.MayNeedNothing(action) {
		return true
	}
	seen := p.allows[action]
	for _, a := range p.model.IdentityPolicies(n) {
		if a.Document == nil {
			return true
		}
		allows, ok := seen[a.Document]
		if !ok {
			allows = a.Document.UsesAction(policy.Allow, action)
			seen[a.Document] = allows
		}
		if allows {
			return true
		}
	}
	return false
}
