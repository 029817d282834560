package graph

import (
	"strings"

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
	return &Inquiry{m: m, n: n, by: map[inquired]*answering{}}
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
	complete := true
	for _, form := range questionForms(q.n, action, pattern) {
		by := q.of(action, form)
		if by == nil {
			return q.m.Witnesses(q.n, action, pattern, all)
		}
		w, ok := by.Witnesses(q.lower, form, all, &q.m.witnesses)
		out, complete = append(out, w...), complete && ok
	}
	return out, complete
}

// of returns who answers for an action on a resource; nil if it has to be decided by
// itself, since more than the policies of who acts bears on it.
func (q *Inquiry) of(action, resource string) *answering {
	if action != q.action {
		q.action, q.lower = action, strings.ToLower(action)
		if service, _, _ := strings.Cut(q.lower, ":"); service != q.service {
			q.service = service
			clear(q.by)
		}
	}
	if _, point := behindAccessPoint(resource); point || q.service == "sts" || !q.n.Acts() || q.n.Supposed != nil {
		return nil
	}
	key := inquired{resource, collectionOf(q.lower, q.n)}
	by, ok := q.by[key]
	if !ok {
		r, f, l, notes := q.m.compose(Ask{Node: q.n, Action: q.lower, Resource: resource})
		by = &answering{policy.NewByAction(r, f, l), notes}
		q.by[key] = by
	}
	return by
}
