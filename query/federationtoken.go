package query

import (
	"fmt"

	"accesspath/graph"
	"accesspath/policy"
)

// federationToken makes the hop from a user to a session of
// sts:GetFederationToken (STS-10). Only long-term credentials can make the call,
// so its request carries no trace of multi-factor authentication (STS-09).
func (w *walker) federationToken(s state, e graph.Edge) {
	if s.facts.issuer != longTerm {
		return
	}
	if id, ok := w.number(s); ok && w.e.g.Node(e.To).AnyToken() && w.e.outright(w.accept[id]) {
		return // the session cannot do more
	}
	w.move(e, longTermOnly(e.Requires), facts{issuer: tokenOf, by: s.node})
}

// longTermOnly folds a requirement with what a request signed by access keys
// carries.
func longTermOnly(r policy.Requirement) policy.Requirement {
	return r.Given(policy.ContextFunc(func(key string) policy.Value {
		switch key {
		case "aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime":
			return policy.NotThere()
		}
		return policy.Value{}
	})).Simplify()
}

// checkToken is checkStep for such a hop.
func (e *Engine) checkToken(from, to *graph.Node, s Step) error {
	if from.Kind != graph.KindUser && from.Kind != graph.KindRoot || from.Account != to.Account {
		return fmt.Errorf("%s cannot ask for the session %s", from.ID, to.ID)
	}
	req := longTermOnly(e.g.Model.Decide(graph.TokenRequest(from, to)).Requires)
	return e.checkVerdict(from, req, s.Verdict, len(s.Requires), 0, false)
}
