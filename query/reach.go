package query

import (
	"context"

	"accesspath/graph"
	"accesspath/policy"
)

// Reaching answers, in one walk, which principals become one of the targets
// through chains of role assumptions; a target reaches itself. The map holds
// what each target itself still has to meet, such as a condition on the
// permissions that make it interesting. Rows follow the engine's view, hop and
// path limits.
func (e *Engine) Reaching(ctx context.Context, targets map[graph.NodeID]policy.Requirement) (*Result, error) {
	var ids []graph.NodeID
	for i := range e.g.Len() {
		if req, ok := targets[graph.NodeID(i)]; ok && !req.IsFalse() {
			ids = append(ids, graph.NodeID(i))
		}
	}
	w := e.newWalker(ids, func(n graph.NodeID) policy.Requirement { return targets[n] })
	if err := w.run(ctx, w.origins()); err != nil {
		return nil, err
	}
	newDescriber := func(w *walker) *describer {
		return &describer{w: w, final: func(s state) (policy.Decision, access) {
			return policy.Decision{Requires: targets[s.node]}, access{req: targets[s.node]}
		}}
	}
	r := e.newResult("reaching", nil)
	if err := e.collect(ctx, w, newDescriber, r); err != nil {
		return nil, err
	}
	sortAnswers(r.Answers)
	r.Missing = e.findMissing(r, nil)
	return r, nil
}
