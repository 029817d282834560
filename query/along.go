package query

import (
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// assumes is the role that a question asks to assume, if it is about one.
func (e *Engine) assumes(q *question) (role graph.NodeID, ok bool) {
	if len(q.targets) != 1 || q.targets[0].pattern || !strings.EqualFold(q.targets[0].action, "sts:AssumeRole") {
		return 0, false
	}
	n, ok := e.g.Find(q.targets[0].resource)
	return n, ok && e.g.Node(n).Role != nil
}

// goesAlong adds to what assuming a role asks for, where that is the question and not a
// hop, what a session carries on to it: a source identity takes sts:SetSourceIdentity
// there as well, and transitive tags sts:TagSession (STS-07, STS-08).
func (w *walker) goesAlong(s state, req policy.Requirement) policy.Requirement {
	if w.assumed == nil || req.IsFalse() || w.e.g.Node(s.node).Role == nil {
		return req
	}
	e := graph.Edge{From: s.node, To: *w.assumed, Kind: graph.CanAssume}
	p := &pick{session: w.choices[s.facts.choice].inherited()}
	inState := func(r policy.Requirement) policy.Requirement { return w.inState(s, r) }
	tag, source := w.companions(s, e)
	if p.session.source != "" {
		source = w.withSessionTags(s, e, "sts:SetSourceIdentity", source)
		req = policy.And(w.given(req, e, p), inState(w.given(source, e, p)))
	}
	tag = w.withSessionTags(s, e, "sts:TagSession", tag)
	return policy.And(req, w.inheritance(s, p, tag, inState)).Simplify()
}
