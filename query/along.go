package query

import (
	"slices"

	"accesspath/graph"
	"accesspath/policy"
)

// assumes reports whether a question asks to assume roles.
func (e *Engine) assumes(q *question) bool {
	return slices.ContainsFunc(q.targets, func(t target) bool { return isAssume(t.action) })
}

// along is what goes along to a role that is assumed: it adds to what that asks for.
type along func(role graph.NodeID, req policy.Requirement) policy.Requirement

// to is what a request asks for, if it is one to assume a role that is loaded.
func (f along) to(e *Engine, action, resource string, req policy.Requirement) policy.Requirement {
	if f == nil || req.IsFalse() || !isAssume(action) {
		return req
	}
	if n, ok := e.g.Find(resource); ok && e.g.Node(n).Role != nil {
		return f(n, req)
	}
	return req
}

// along adds to what assuming a role asks for, where that is the question and not a hop,
// what the session of a state carries on to it: a source identity takes
// sts:SetSourceIdentity there as well, and transitive tags sts:TagSession (STS-07,
// STS-08). It is nil where nothing does.
func (w *walker) along(s state) along {
	c := w.choices[s.facts.choice].inherited()
	if !w.assumes || w.e.g.Node(s.node).Role == nil || c.plain() && !s.facts.tagged && !s.facts.asserted {
		return nil
	}
	return func(role graph.NodeID, req policy.Requirement) policy.Requirement {
		return w.alongTo(s, role, w.inState(s, req))
	}
}

// alongTo adds to what assuming one role asks for in a state.
func (w *walker) alongTo(s state, role graph.NodeID, req policy.Requirement) policy.Requirement {
	e := graph.Edge{From: s.node, To: role, Kind: graph.CanAssume}
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
