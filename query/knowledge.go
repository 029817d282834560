package query

import (
	"strings"

	"accesspath/policy"
)

const externalID = "sts:ExternalId"

// know applies what the actor knows to every move and every access: a call may
// give an external id that is known, and need not give one (SYM-14). What takes
// another one stays a condition.
func (w *walker) know() {
	if len(w.e.o.ExternalIDs) == 0 {
		return
	}
	for i := range w.moves { // what states have in common asks for no external id
		for k := range w.moves[i].own {
			m := &w.moves[i].own[k]
			m.req = w.e.knowing(m.req)
		}
	}
	for i := range w.accept {
		w.accept[i] = w.e.knowing(w.accept[i])
	}
}

// knowing weakens a requirement by the external ids that the actor can give. The
// one that is given stays listed, as the caller's choice (SYM-13).
func (e *Engine) knowing(r policy.Requirement) policy.Requirement {
	if !r.Mentions(func(a *policy.Atom) bool { return strings.EqualFold(a.Key, externalID) }) {
		return r
	}
	out := r
	for _, id := range e.o.ExternalIDs {
		given := r.Given(policy.MapContext{strings.ToLower(externalID): policy.Is(id)})
		if given.IsFalse() {
			continue
		}
		choice := policy.AtomRequirement(policy.Atom{Key: externalID, Operator: "StringEquals", Values: []string{id}, Class: policy.ClassRequest})
		out = policy.Or(out, policy.And(given, choice))
	}
	return out
}
