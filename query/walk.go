package query

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// walker is one exact walk, forward from origins, over session states.
type walker struct {
	e       *Engine
	coarse  graph.NodeSet                                               // from which a target can be reached, requirements ignored
	within  *graph.Within                                               // the graph inside coarse
	access  func(graph.NodeID) policy.Requirement                       // open in session keys
	again   func(*graph.Node, policy.Context, along) policy.Requirement // access once more, with what the session carries; may be nil
	assumes bool                                                        // the question is who may assume roles
	domains domains

	states     []state
	numbers    stateNumbers
	moves      []moves // of each state, see from
	common     commons
	accept     []policy.Requirement
	choices    []choice
	chosen     map[string]uint32
	answers    map[asked]policy.Requirement
	params     map[hop]*parameters
	out        []move     // of the state at hand
	placed     placed     // the moves of the state at hand
	plain      plainly    // of the state at hand
	taggable   remembered // the roles whose callers may pass tags
	queue      queue
	inherit    bool                 // of the expansion at hand
	sourceable func() bool          // some role on the way lets callers set a source identity
	readers    func() graph.NodeSet // those who read tags of their sessions, or lead to some who do
	claimed    func() graph.NodeSet // the same of claims
	bound      bounds
	unseen     *atomic.Bool // a row may be missing: see search.longer; of all copies
	beyond     *atomic.Bool // a verdict may be better with ways that are too long to be shown; of all copies
}

// newWalker finds what can reach a target at all.
func (e *Engine) newWalker(targets []graph.NodeID, access func(graph.NodeID) policy.Requirement) *walker {
	return e.newWalkerWithin(e.g.Reverse(targets), access)
}

// newWalkerWithin walks inside some nodes: all from which a target can be reached,
// or those of them that the origins can become.
func (e *Engine) newWalkerWithin(coarse graph.NodeSet, access func(graph.NodeID) policy.Requirement) *walker {
	w := &walker{e: e, access: access, choices: []choice{{}}, chosen: map[string]uint32{},
		params: map[hop]*parameters{}, unseen: &atomic.Bool{}, beyond: &atomic.Bool{}}
	w.common = commons{of: map[sharing]*commonMoves{}, accounts: map[string]int32{}, mfa: map[string]policy.Requirement{}}
	w.numbers = stateNumbers{of: map[state]uint32{}, nodes: e.g.Len()}
	w.taggable = remembered{of: graph.Taggable, nodes: e.g.Len()}
	w.chosen[w.choices[0].id()], w.answers = 0, map[asked]policy.Requirement{}
	w.coarse, w.within = coarse, e.g.Within(coarse)
	w.readers = sync.OnceValue(func() graph.NodeSet { return e.g.Reverse(slices.Sorted(maps.Keys(w.domains.readBy))) })
	w.claimed = sync.OnceValue(func() graph.NodeSet { return e.g.Reverse(slices.Sorted(maps.Keys(w.domains.claimBy))) })
	w.sourceable = sync.OnceValue(func() bool {
		for n := range coarse.All() {
			if role := e.g.Node(n).Role; role != nil && graph.Sourceable(role) {
				return true
			}
		}
		return false
	})
	return w
}

// run walks forward from the origins, those of them that can get anywhere, until
// no new state appears or a bound is met.
func (w *walker) run(ctx context.Context, origins []graph.NodeID) error {
	w.bound.ctx = ctx
	if err := w.survey(ctx); err != nil {
		return err
	}
	origins = slices.DeleteFunc(slices.Clone(origins), func(n graph.NodeID) bool { return !w.coarse.Has(n) })
	for _, n := range origins {
		w.push(state{n, facts{issuer: originIssuer(w.e.g.Node(n))}})
	}
	for i := 0; ; i++ {
		next, ok := w.queue.next()
		if !ok {
			break
		}
		if i%4 == 0 && ctx.Err() != nil {
			return fmt.Errorf("walking the graph: %w", ctx.Err())
		}
		w.expand(next)
	}
	w.know()
	return w.err()
}

// called reports that the question is called off: then what is found is not looked
// at, see err.
func (w *walker) called() bool { return w.bound.ctx != nil && w.bound.ctx.Err() != nil }

// err is why the walk, or what was looked for in it, ended early; nil if it did
// not.
func (w *walker) err() error {
	if err := w.bound.ctx.Err(); err != nil {
		return fmt.Errorf("walking the graph: %w", err)
	}
	return nil
}

// origins lists the nodes that rows can be about and that can get anywhere.
func (w *walker) origins() []graph.NodeID {
	var out []graph.NodeID
	for n := range w.coarse.All() {
		if w.e.isOrigin(w.e.g.Node(n)) {
			out = append(out, n)
		}
	}
	return out
}

func originIssuer(n *graph.Node) issuer {
	switch n.Kind {
	case graph.KindUser, graph.KindRoot:
		return longTerm
	case graph.KindRole:
		return subject
	case graph.KindFederatedUser:
		return outsider // asked about by itself: whose session it is, is not known
	}
	return outsider
}

// push numbers a state; ok is false if there is no room.
func (w *walker) push(s state) (id uint32, ok bool) {
	if id, ok := w.numbers.find(s, w.states); ok {
		return id, true
	}
	if len(w.states) >= maxStates {
		w.bound.states = true
		return 0, false
	}
	id = uint32(len(w.states))
	w.numbers.add(s, id)
	w.states = append(w.states, s)
	w.moves = append(w.moves, moves{})
	weight := w.choices[s.facts.choice].inheritable()
	w.queue.put(expansion{id: id}, weight)
	if len(w.domains.tags) > 0 {
		w.queue.put(expansion{id: id, inherit: true}, weight)
	}
	w.accept = append(w.accept, w.acceptance(s))
	return id, true
}

// acceptance folds the access formula of a state's principal with its session.
func (w *walker) acceptance(s state) policy.Requirement {
	req := w.access(s.node)
	along := w.along(s)
	if w.again != nil && (s.facts.issuer == tokenOf || along != nil && !req.IsFalse()) {
		req = w.again(w.actor(s), w.tokenTags(s), along)
	}
	if !req.IsOpen() {
		return req
	}
	if w.again != nil && variable(req) {
		req = w.withTags(s, req, func(tags policy.Context) policy.Requirement { return w.again(w.e.g.Node(s.node), tags, along) })
	}
	return w.inState(s, req)
}

// inState folds what an action asks for with what a state's session carries.
func (w *walker) inState(s state, req policy.Requirement) policy.Requirement {
	if s.facts.issuer == longTerm {
		plain, _ := w.e.byModes(w.e.g.Node(s.node), req, anyCall)
		return plain.Simplify()
	}
	return w.fold(s, req)
}

// actor is the principal of a state: its node, and of a federated user whose
// session it is.
func (w *walker) actor(s state) *graph.Node {
	n := w.e.g.Node(s.node)
	if s.facts.issuer == tokenOf {
		return graph.FederatedUser(n, w.e.g.Node(s.facts.by))
	}
	return n
}

// fold resolves a requirement in a state.
func (w *walker) fold(s state, req policy.Requirement) policy.Requirement {
	if !req.IsOpen() {
		return req
	}
	return w.resolver(s).resolve(req).Simplify()
}

func (w *walker) resolver(s state) *resolver {
	n := w.e.g.Node(s.node)
	r := &resolver{node: n, facts: s.facts, asOf: w.e.asOf(), choice: &w.choices[s.facts.choice], withoutMFA: w.e.o.WithoutMFA}
	if w.domains.carrier && (s.facts.issuer == delivered || s.facts.issuer == idcSignIn) {
		r.by = w.e.g.Node(s.facts.by)
	}
	if w.domains.carrier && s.facts.issuer == webSignIn && w.e.g.Node(s.facts.by).Kind == graph.KindGuests { // others are not told apart
		r.by = w.e.g.Node(s.facts.by)
	}
	if s.facts.claims > 0 {
		r.signIn = w.domains.claims[s.facts.claims-1]
	}
	if n.Role != nil {
		r.tags = iam.PolicyTags(n.Role.Tags)
		if s.facts.issuer == subject {
			r.trust = issuersOf(n.Role)
		}
	}
	return r
}

// expand finds moves out of a state, one to each successor.
func (w *walker) expand(x expansion) {
	if !x.inherit {
		w.share(x.id)
	}
	w.begin(w.moves[x.id].own, x.inherit)
	w.follow(x)
	m := &w.moves[x.id]
	if m.own = slices.Clone(w.out); !x.inherit {
		m.ordered = len(m.own)
	}
}

// begin makes ready for the moves out of a state, which has some already. They are
// gathered in one place for all states: most have none, some have thousands.
func (w *walker) begin(already []move, inherit bool) {
	w.out = append(w.out[:0], already...)
	w.placed.begin()
	for i, m := range w.out {
		w.placed.put(m, i)
	}
	w.plain = w.plain[:0]
	w.inherit = inherit
}

// follow takes the steps along the edges from a state, but for what it has in common
// with others.
func (w *walker) follow(x expansion) {
	s, m := w.states[x.id], w.moves[x.id]
	edges := w.within.Out(s.node)
	if m.shares() {
		edges = w.within.Apart(s.node, [2][]uint32{m.common[0].apart(), m.common[1].apart()})
	}
	var pending graph.Edge // edges of one kind and head are one
	some := false
	for e := range edges {
		if w.bound.interrupted() {
			return
		}
		if x.inherit && (e.Kind != graph.CanAssume || w.bound.spent()) {
			continue
		}
		if e.Kind == graph.CanAssume && (m.common[0].leads(m.account, e.To) || m.common[1].leads(m.account, e.To)) {
			continue // which asks for nothing
		}
		if some && pending.To == e.To && pending.Kind == e.Kind {
			pending.Requires = policy.Or(pending.Requires, e.Requires)
			continue
		}
		if some {
			w.step(s, pending)
		}
		pending, some = e, true
	}
	if some {
		w.step(s, pending)
	}
}

// step adds the moves along one edge.
func (w *walker) step(s state, e graph.Edge) {
	switch {
	case e.Kind.Escalates():
		w.escalate(s, e)
		return
	case e.Kind == graph.GetsFederationToken:
		w.federationToken(s, e)
		return
	}
	next := w.after(s, e)
	if s.facts.issuer == longTerm {
		w.stepWithKeys(s, e, next)
		return
	}
	from := w.e.g.Node(e.From)
	if role := w.e.g.Node(e.To).Role; role != nil && variable(e.Requires) {
		e.Requires = w.withTags(s, e.Requires, func(tags policy.Context) policy.Requirement {
			return w.e.g.Model.Assume(from, role, tags, "").Requires
		})
	}
	fold := func(r policy.Requirement) policy.Requirement { return w.fold(s, r) }
	switch e.Kind {
	case graph.CanAssume:
		next.mfa = s.facts.mfa
		w.assume(s, e, next, folding{0, fold})
		if w.domains.mfa && (s.facts.issuer == outsider || s.facts.issuer == subject) {
			next.mfa = mfaBase // how their own session began is not known
			w.assume(s, e, next, folding{0, fold})
		}
		return
	case graph.Federates:
		w.signIn(e, next, fold)
		return
	case graph.ServiceCarries:
		e.Requires = delivering(from, e.Requires)
		session := choice{tags: serviceTags(from, w.domains.readsTag)}
		if from.Kind == graph.KindAnchor {
			session.source = anyValue // the certificate's subject, in all further sessions, too (FED-17, STS-08)
		}
		next.choice = w.intern(session)
	}
	w.move(e, fold(e.Requires), next)
}

// after are the facts of the session that an edge leads to, as far as the edge's kind
// settles them.
func (w *walker) after(s state, e graph.Edge) facts {
	from := w.e.g.Node(e.From)
	next := facts{issuer: sessionIssuer(from, e.Kind)}
	next.tagged = e.Kind == graph.ServiceCarries && from.SetsTags() || s.facts.tagged && e.Kind == graph.CanAssume
	next.asserted = s.facts.asserted && e.Kind == graph.CanAssume
	next.claims = w.claimsAlong(s, e)
	if w.domains.carrier && (next.issuer == delivered || next.issuer == idcSignIn || from.Kind == graph.KindGuests) {
		next.by = e.From
	}
	return next
}

// variable reports whether a requirement hangs on a policy variable whose value
// the session decides: such tests are opaque and have to be evaluated again.
func variable(r policy.Requirement) bool {
	return r.Mentions(variableAtom)
}

func variableAtom(a *policy.Atom) bool { return a.Opaque && a.Code == "" }

// withTags is what a request asks for whose policies have variables, in a state, given
// what it asks for if the session's tags are not known, and with what they are. A
// provider may have asserted others than the session has without (FED-22).
func (w *walker) withTags(s state, open policy.Requirement, with func(policy.Context) policy.Requirement) policy.Requirement {
	tags, ok := w.fixedTags(s)
	if !ok {
		return open
	}
	req := with(tags)
	if others, ok := w.assertedTags(s); ok && !req.IsTrue() {
		req = policy.Or(req, asVariable(with(others)))
	}
	return req
}

// fixedTags are the principal tags of a state's session, and its source identity; ok is false if they
// are not known: for a role asked about by itself whose callers may pass some.
func (w *walker) fixedTags(s state) (policy.Context, bool) {
	r := w.resolver(s)
	if r.node.Role == nil || s.facts.issuer == subject && r.trust.taggable {
		return nil, false
	}
	return policy.ContextFunc(func(key string) policy.Value {
		if tag, ok := strings.CutPrefix(key, "aws:principaltag/"); ok {
			return r.tagValue(tag)
		}
		if key == "aws:sourceidentity" {
			return w.sourceOf(s)
		}
		return policy.Value{}
	}), true
}

// sourceOf is the source identity of a state's session, as far as it is known (CHAIN-13).
func (w *walker) sourceOf(s state) policy.Value {
	source := w.choices[s.facts.choice].source
	switch {
	case source == anyValue, source == anySource:
		return policy.Value{Knowledge: policy.Present}
	case source != "":
		return policy.Is(source)
	case s.facts.issuer == subject, s.facts.issuer == outsider, w.sourceable():
		return policy.Value{} // perhaps one was set that no test names
	}
	return policy.NotThere()
}

func sessionIssuer(from *graph.Node, kind graph.EdgeKind) issuer {
	switch kind {
	case graph.ServiceCarries:
		return delivered
	case graph.Federates:
		switch {
		case from.Kind == graph.KindIdentityCenter, from.Kind == graph.KindIDCUser, from.Kind == graph.KindIDCGroup:
			return idcSignIn
		case strings.Contains(from.ID, ":saml-provider/"):
			return samlSignIn
		}
		return webSignIn
	}
	return assumed
}

func (w *walker) move(e graph.Edge, req policy.Requirement, session facts) {
	if req.IsFalse() {
		return
	}
	to, ok := w.push(state{e.To, session})
	if !ok {
		return
	}
	next := move{to: to, req: req, kind: e.Kind}
	if i, ok := w.placed.find(next); ok {
		m := &w.out[i]
		m.req = policy.Or(m.req, req).Simplify()
		return
	}
	w.placed.put(next, len(w.out))
	w.out = append(w.out, next)
}
