package escalate

import (
	"fmt"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// actionSet is a set of the catalogue's actions, by number.
type actionSet [4]uint64

func (s *actionSet) add(i int)     { s[i/64] |= 1 << (i % 64) }
func (s actionSet) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

func (s *actionSet) join(o actionSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

func (s actionSet) meets(o actionSet) bool {
	for i := range s {
		if s[i]&o[i] != 0 {
			return true
		}
	}
	return false
}

// relevance is what a document says about the catalogue's actions.
type relevance struct {
	allows    actionSet
	about     actionSet // allowed or denied
	perCaller actionSet // of which it tells callers of one account apart
	full      bool      // it allows everything, without conditions
	denies    bool      // it has a Deny, of whatever
}

func (s *search) relevanceOf(d *policy.Document) *relevance {
	if r, ok := s.relevant.Load(d); ok {
		return r.(*relevance)
	}
	r := &relevance{}
	for i := range d.Statements {
		st := &d.Statements[i]
		r.denies = r.denies || st.Effect == policy.Deny
		r.full = r.full || st.Everything() && len(st.Conditions) == 0
		perCaller := st.DependsOnCaller()
		for k, action := range s.lower {
			if !st.MatchesLower(action) {
				continue
			}
			r.about.add(k)
			if st.Effect == policy.Allow {
				r.allows.add(k)
			}
			if perCaller {
				r.perCaller.add(k)
			}
		}
	}
	s.relevant.Store(d, r)
	return r
}

// actor is a principal, for the entries that its policies could allow; others
// with the same policies are its peers.
type actor struct {
	id      graph.NodeID
	node    *graph.Node
	account *account
	allows  actionSet
	full    bool           // all is allowed by its own policies: one way to each target is enough
	idle    bool           // and nothing limits it: changes to others gain it nothing
	members []graph.NodeID // itself and its peers
	peers   int            // the number of that list in the graph, plus one; 0 none yet
	known   map[request]policy.Requirement
	tried   map[request][]string
	chosen  map[choosing][]map[string]string // see choices
	picky   map[string][]*policy.Statement   // by action; see pickyFor
	byMeans map[meansOf]verdict              // see choiceByMeans
	key     []byte                           // see about
	trust   *policy.Document                 // that it would write; see ownTrust
}

func newActor(id graph.NodeID, n *graph.Node, a *account) *actor {
	return &actor{id: id, node: n, account: a, members: []graph.NodeID{id},
		known: map[request]policy.Requirement{}, tried: map[request][]string{}, chosen: map[choosing][]map[string]string{}, picky: map[string][]*policy.Statement{}, byMeans: map[meansOf]verdict{}}
}

// meansOf are an entry and the means of its targets.
type meansOf struct {
	entry *Entry
	means *target
}

// request is an action on a resource.
type request struct{ action, resource string }

// actorOf makes an actor of a node; nil if it signs no requests or nothing of the
// catalogue could be allowed.
func (s *search) actorOf(id graph.NodeID) (a *actor, key string) {
	n := s.node(id)
	account := s.accounts[n.Account]
	if account == nil {
		return nil, ""
	}
	a = newActor(id, n, account)
	switch {
	case n.Supposed != nil && n.Supposed.Resource != "":
		return nil, "" // a resource was gained, and nothing to go on with
	case n.Kind == graph.KindRoot:
		for i := range s.actions {
			a.allows.add(i)
		}
		a.full, a.idle = true, true
		return a, n.ID
	case n.Role != nil && n.Role.ServiceLinked(), n.User == nil && n.Role == nil:
		return nil, ""
	}
	key, ok := s.readPolicies(a)
	a.idle = a.full && !s.limited(n)
	if !ok || a.full && n.Supposed != nil && n.Supposed.Unguarded {
		// Who may do everything and shakes guardrails off is followed over roles
		// only: there is one such for every administrator.
		return nil, ""
	}
	return a, key
}

// readAllows finds what the actor's policies may allow.
func (s *search) readAllows(a *actor) []policy.Attached {
	policies := s.g.Model.IdentityPolicies(a.node)
	for _, p := range policies {
		if p.Document != nil {
			r := s.relevanceOf(p.Document)
			a.allows.join(r.allows)
			a.full = a.full || r.full
		}
	}
	return policies
}

// readPolicies finds what the actor's policies may allow, and its class: those
// of one class are told apart by nothing but their names.
func (s *search) readPolicies(a *actor) (key string, ok bool) {
	m, n := s.g.Model, a.node
	g := s.guardsOf(n.Account)
	single := g.single || len(n.SessionPolicies()) > 0 // which say more than the policies of its role do (EVAL-10)
	policies := s.readAllows(a)
	for _, p := range policies {
		if p.Document == nil {
			s.unread[p.Unresolved] = true
			single = true
		}
	}
	asks, ok := s.asks(a)
	if !ok {
		return "", false
	}
	var digests []string
	for _, p := range policies {
		if p.Document == nil {
			continue
		}
		// Beside a policy that allows everything, others count for what they deny.
		if r := s.relevanceOf(p.Document); r.about.meets(asks) && (!a.full || r.denies) {
			single = single || r.perCaller.meets(asks)
			digests = append(digests, string(p.Document.Digest[:]))
		}
	}
	boundary, bounded := m.Boundary(n)
	for _, p := range boundary {
		if p.Document == nil || s.relevanceOf(p.Document).perCaller.meets(asks) {
			single = true
			continue
		}
		digests = append(digests, "boundary"+string(p.Document.Digest[:]))
	}
	if single {
		return fmt.Sprint(a.id), true
	}
	slices.Sort(digests)
	return fmt.Sprintf("%s|%d|%t|%t|%s|%s", n.Account, n.Kind, a.full, bounded, g.side(n.ID), strings.Join(slices.Compact(digests), "")), true
}

// guards says how the guardrails of an account tell its callers apart.
type guards struct {
	names  []policy.Pattern // ARNs that conditions ask for, and most often exempt
	single bool             // by something else: each caller is its own class
}

// guardsOf reads the guardrails. Organizations exempt their own roles by name:
// callers that the same patterns match stay together.
func (s *search) guardsOf(account string) *guards {
	if g, ok := s.apart[account]; ok {
		return g
	}
	g := &guards{}
	for _, l := range slices.Concat(s.g.Model.SCPs(account), s.g.Model.RCPs(account)) {
		for _, p := range l.Policies {
			if p.Document == nil || !s.relevanceOf(p.Document).perCaller.meets(s.every) {
				continue
			}
			for i := range p.Document.Statements {
				g.read(&p.Document.Statements[i])
			}
		}
	}
	s.apart[account] = g
	return g
}

func (g *guards) read(st *policy.Statement) {
	if !st.DependsOnCaller() {
		return
	}
	byName := false
	for _, c := range st.Conditions {
		named := strings.EqualFold(c.Key, "aws:PrincipalArn")
		byName = byName || named
		for _, v := range c.Values {
			if strings.Contains(v, "${") {
				g.single = true
			} else if named {
				g.names = append(g.names, policy.CompilePattern(v))
			}
		}
		if key := strings.ToLower(c.Key); key == "aws:userid" || key == "aws:username" || strings.HasPrefix(key, "aws:principaltag/") {
			g.single = true
		}
	}
	if !byName || slices.ContainsFunc(append(slices.Clip(st.Resource), st.NotResource...), func(r policy.ResourcePattern) bool { return strings.Contains(r.String(), "${") }) {
		g.single = true
	}
}

// side tells which of the names are the caller's.
func (g *guards) side(arn string) string {
	var b strings.Builder
	for _, p := range g.names {
		b.WriteByte('0')
		if p.Match(arn) {
			b.WriteByte('1')
		}
	}
	return b.String()
}

// asks are the actions that may count for what the actor tries; false if there is nothing
// to try. Where the policies of two say the same of them, the two try the same.
func (s *search) asks(a *actor) (asks actionSet, some bool) {
	for _, i := range s.helpful {
		asks.add(i)
	}
	for _, e := range s.entries {
		if a.mayTry(e) {
			asks.join(e.asks)
			some = true
		}
	}
	return asks, some
}

// mayTry reports whether the policies name all that an entry needs.
func (a *actor) mayTry(e *numbered) bool {
	for _, need := range e.needs {
		if !slices.ContainsFunc(need, func(alternative []int) bool {
			return !slices.ContainsFunc(alternative, func(i int) bool { return !a.allows.has(i) })
		}) {
			return false
		}
	}
	return true
}

// helpful are actions that no entry needs, and that help with some.
var helpful = []string{"iam:CreatePolicy", "iam:TagUser", "iam:TagRole", "ec2:CreateTags", "lambda:TagResource", "sagemaker:AddTags", "states:TagResource"}

// numbered is an entry with its actions as numbers.
type numbered struct {
	*Entry
	needs [][][]int // the actions of each alternative of each need
	asks  actionSet // all of them, and those of its facts
}

// offers reports whether the actor's policies name an action of the catalogue.
func (s *search) offers(p *actor, action string) bool {
	i := slices.Index(s.actions, action)
	return i >= 0 && p.allows.has(i)
}

// number collects the actions of all entries, once each.
func (s *search) number(entries []Entry) {
	index := map[string]int{}
	number := func(action string) int {
		k, ok := index[action]
		if !ok {
			k = len(s.actions)
			index[action] = k
			s.actions, s.lower = append(s.actions, action), append(s.lower, strings.ToLower(action))
			s.every.add(k)
		}
		return k
	}
	for i := range entries {
		if entries[i].Target != "walked" { // by the graph itself
			s.entries = append(s.entries, numberEntry(&entries[i], number))
		}
	}
	for _, action := range helpful {
		s.helpful = append(s.helpful, number(action))
	}
}

func numberEntry(e *Entry, number func(action string) int) *numbered {
	out := &numbered{Entry: e}
	for _, t := range e.terms() {
		for _, action := range calls[t.call()] {
			out.asks.add(number(action))
		}
		if t.Action != "" {
			out.asks.add(number(t.Action))
		}
	}
	for _, n := range e.Needs {
		var alternatives [][]int
		for _, a := range n {
			var list []int
			for _, t := range a {
				if t.Action != "" {
					list = append(list, number(t.Action))
				}
			}
			alternatives = append(alternatives, list)
		}
		out.needs = append(out.needs, alternatives)
	}
	return out
}
