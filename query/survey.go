package query

import (
	"context"
	"fmt"

	"accesspath/graph"
)

// survey finds what matters on the way: the values that tests read.
func (w *walker) survey(ctx context.Context) error {
	w.domains = newDomains()
	for n := range w.coarse.All() {
		if ctx.Err() != nil {
			return fmt.Errorf("walking the graph: %w", ctx.Err())
		}
		node := w.e.g.Node(n)
		w.domains.read(node, n, w.access(n))
		for edge := range w.within.Out(n) {
			if w.bound.interrupted() {
				break
			}
			w.bound.maxChosen += choicesPerEdge
			if edge.Requires.IsOpen() {
				w.domains.read(node, n, edge.Requires)
			}
			if edge.Kind == graph.GetsFederationToken {
				w.surveyToken(edge)
			}
		}
	}
	if err := w.surveyCompanions(ctx); err != nil {
		return err
	}
	w.domains.settle()
	w.bound.maxChosen += leastChoices
	return nil
}
