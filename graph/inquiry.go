package graph

import (
	"slices"
	"strings"
	"sync"

	"accesspath/policy"
)

// An Inquiry asks for verdicts on many actions of one node: Model.Verdict and
// Model.Witnesses, which find those once that are the same for policies and
// services. It belongs to one goroutine.
type Inquiry struct {
	m  *Model
	n  *Node
	by map[inquired]*answering // of the service asked about last

	action, lower, service string // asked about last

	blankets func() []*policy.Statement // see Model.blankets; found when some are asked for
	own      bool                       // see Model.AtMost
}

// inquired is what the actions of a service are about. Besides them the resource's
// side hangs on what a list action shows.
type inquired struct{ resource, collection string }

// answering answers for the actions of a service on a resource.
type answering struct {
	*policy.ByAction
	notes []string // of the resource's side
}

// Inquiry begins to ask about a node.
func (m *Model) Inquiry(n *Node) *Inquiry {
	return &Inquiry{m: m, n: n, by: map[inquired]*answering{}, blankets: sync.OnceValue(func() []*policy.Statement { return m.blankets(n) })}
}

// Forbidden reports whether all requests for an action are denied, by a statement
// that hangs on nothing else: an SCP denies root users everything, and what limits
// the session of a root user does little else (ROOT-05).
func (q *Inquiry) Forbidden(action string) bool {
	q.turnTo(action)
	if q.service == "sts" {
		return false // some calls nobody can be denied (EVAL-36)
	}
	return slices.ContainsFunc(q.blankets(), func(s *policy.Statement) bool { return s.Covers(q.lower) })
}

// blankets are the statements that deny a node their actions whatever it is about.
func (m *Model) blankets(n *Node) []*policy.Statement {
	if m.overruled || n.Supposed != nil {
		return nil // perhaps it is said to have another ARN
	}
	var l policy.Layers
	m.identityLayers(n, &l)
	caller := m.Caller(n)
	var documents []*policy.Document
	for _, p := range slices.Concat(l.Identity, l.Boundary, l.Session) {
		if p.Document != nil {
			documents = append(documents, p.Document)
		}
	}
	if !caller.ServiceLinked { // ORG-05
		documents = append(documents, m.guard(n.Account).documents...)
	}
	var out []*policy.Statement
	for _, d := range documents {
		for i := range d.Statements {
			if s := &d.Statements[i]; s.Blanket(caller.ARN) {
				out = append(out, s)
			}
		}
	}
	return out
}

// Verdict is that of the model.
func (q *Inquiry) Verdict(action, resource string) policy.Requirement {
	by := q.of(action, resource)
	if by == nil {
		return q.m.Verdict(Ask{Node: q.n, Action: action, Resource: resource})
	}
	return q.m.conclude(policy.Decision{Requires: by.Verdict(q.lower)}, q.n, resource, by.notes).Requires
}

// Witnesses are those of the model.
func (q *Inquiry) Witnesses(action, pattern string, all bool) ([]string, bool) {
	var out []string
	complete, avoided := true, never(action)
	for _, form := range questionForms(q.n, action, pattern) {
		by := q.of(action, form)
		if by == nil {
			return q.m.Witnesses(q.n, action, pattern, all)
		}
		w, ok := by.Witnesses(q.lower, form, avoided, all, &q.m.witnesses)
		out, complete = append(out, w...), complete && ok
	}
	return out, complete
}

// of returns who answers for an action on a resource; nil if it has to be decided by
// itself, since more than the policies of who acts bears on it.
func (q *Inquiry) of(action, resource string) *answering {
	q.turnTo(action)
	if _, point := behindAccessPoint(resource); point || q.service == "sts" || q.m.ownerless(resource) || !q.n.Acts() || q.n.Supposed != nil {
		return nil
	}
	key := inquired{resource, policy.Collection(q.lower, q.n.Account)}
	by, ok := q.by[key]
	if !ok {
		r, f, l, notes := q.m.compose(Ask{Node: q.n, Action: q.lower, Resource: resource})
		if q.own {
			q.m.ofAnybody(&r, f, &l)
		}
		by = &answering{policy.NewByAction(r, f, l), notes}
		q.by[key] = by
	}
	return by
}

// turnTo makes an action the one asked about.
func (q *Inquiry) turnTo(action string) {
	if action == q.action {
		return
	}
	q.action, q.lower = action, strings.ToLower(action)
	if service, _, _ := strings.Cut(q.lower, ":"); service != q.service {
		q.service = service
		clear(q.by)
	}
}
