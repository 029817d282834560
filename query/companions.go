package query

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// Passing tags and a source identity takes a permission of its own beside
// sts:AssumeRole (STS-06, STS-08). What that reads of the caller's session has to be
// chosen on the hop before, just as what sts:AssumeRole reads (CHAIN-43).

// surveyCompanions reads what the permissions for passing tags, and a source identity,
// read of sessions, where some test makes it matter that they are passed. What they read
// may make the other one matter.
func (w *walker) surveyCompanions(ctx context.Context) error {
	s := companions{w: w, documents: map[document][]string{}, callers: map[caller][]string{}}
	for done := [2]bool{}; ; {
		matters := [2]bool{len(w.domains.tags) > 0 && !done[0], len(w.domains.sources) > 0 && !done[1]}
		if matters == [2]bool{} {
			return nil
		}
		for n := range w.coarse.All() {
			if ctx.Err() != nil {
				return fmt.Errorf("walking the graph: %w", ctx.Err())
			}
			s.read(n, matters)
		}
		done = [2]bool{done[0] || matters[0], done[1] || matters[1]}
	}
}

// companions are what is known of the permissions beside sts:AssumeRole.
type companions struct {
	w         *walker
	documents map[document][]string
	callers   map[caller][]string
}

// caller is who asks for an action.
type caller struct {
	graph.NodeID
	action string
}

// document is a policy, as far as it is about an action.
type document struct {
	*policy.Document
	action string
}

// read reads those for the hops from a node: for tags, for source identities or both.
func (s *companions) read(n graph.NodeID, matters [2]bool) {
	w := s.w
	from := w.e.g.Node(n)
	if !picksParameters(from) {
		return
	}
	for edge := range w.within.Out(n) {
		if w.bound.interrupted() {
			return
		}
		role := w.e.g.Node(edge.To).Role
		if edge.Kind != graph.CanAssume || role == nil {
			continue
		}
		if matters[0] && w.taggable.is(edge.To, role) {
			s.readOne(from, edge, "sts:TagSession")
		}
		if matters[1] && graph.Sourceable(role) {
			s.readOne(from, edge, "sts:SetSourceIdentity")
		}
	}
}

// readOne reads one permission, unless sts:AssumeRole reads as much there.
func (s *companions) readOne(from *graph.Node, edge graph.Edge, action string) {
	m := s.w.e.g.Model
	to := s.w.e.g.Node(edge.To)
	keys := slices.Clip(s.ofCaller(from, edge.From, action))
	keys = append(keys, s.of(to.Role.Trust.Document, action)...)
	for _, l := range m.RCPs(to.Account) {
		keys = append(keys, s.ofAll(l.Policies, action)...)
	}
	read := func(key string) bool {
		return edge.Requires.Mentions(func(a *policy.Atom) bool { return strings.EqualFold(a.Key, key) })
	}
	if slices.ContainsFunc(keys, func(key string) bool { return !read(key) }) {
		s.w.domains.read(from, edge.From, ofSession(s.w.ask(edge, action)))
	}
}

// ofCaller lists the keys of sessions that a caller's own policies and guardrails read.
func (s *companions) ofCaller(n *graph.Node, id graph.NodeID, action string) []string {
	if n.User == nil && n.Role == nil {
		return nil
	}
	k := caller{id, action}
	known, ok := s.callers[k]
	if !ok {
		known = s.ofAll(s.w.e.g.Model.CallerPolicies(n), action)
		s.callers[k] = known
	}
	return known
}

func (s *companions) ofAll(list []policy.Attached, action string) (out []string) {
	for _, p := range list {
		out = append(out, s.of(p.Document, action)...)
	}
	return out
}

// of lists the keys of sessions that the statements of a policy about an action read.
func (s *companions) of(d *policy.Document, action string) []string {
	if d == nil {
		return nil
	}
	k := document{d, action}
	known, ok := s.documents[k]
	if ok {
		return known
	}
	lower := strings.ToLower(action)
	for i := range d.Statements {
		st := &d.Statements[i]
		if !st.MatchesLower(lower) {
			continue
		}
		for key := range st.Keys() {
			if ofSessions(key) && !slices.Contains(known, key) {
				known = append(known, key)
			}
		}
		named := func(p policy.PrincipalElement) bool { return strings.Contains(p.Text, ":assumed-role/") }
		if slices.ContainsFunc(st.Principal, named) || slices.ContainsFunc(st.NotPrincipal, named) {
			known = append(known, strings.ToLower(policy.SessionNameKey))
		}
	}
	s.documents[k] = known
	return known
}

// ofSessions reports whether a key, in lower case, is one that a session carries by what
// was chosen for it.
func ofSessions(key string) bool {
	return strings.HasPrefix(key, "aws:principaltag/") || strings.HasPrefix(key, "aws:multifactorauth") || key == "aws:sourceidentity" || readsCarrier(key)
}

// ofSession leaves of a requirement what the caller's own session decides: parameters of
// the call are tried where it is made.
func ofSession(r policy.Requirement) policy.Requirement {
	return r.Map(func(a *policy.Atom) policy.Requirement {
		key := strings.ToLower(a.Key)
		if graph.IsSessionTagKey(key) || strings.HasPrefix(key, "sts:") {
			return policy.True()
		}
		return policy.Keep(a)
	})
}
