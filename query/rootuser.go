package query

import "accesspath/graph"

// noRoot is the row of a root user who is known to have no credentials: nobody
// acts as it but by sts:AssumeRoot (ROOT-04).
func (e *Engine) noRoot(n *graph.Node) Answer {
	return e.nobodyAs(n, "ROOT-04", "the root user of account "+n.Account+" has neither password nor access keys")
}

// nobodyAs is the row of a node that nobody acts as by itself.
func (e *Engine) nobodyAs(n *graph.Node, rule, why string) Answer {
	return Answer{Principal: n.ID, Kind: kindOf(n), Account: n.Account, Verdict: VerdictDeny, Confidence: "high", Codes: []string{}, Paths: []Path{}, Marks: e.marks(n),
		BrokenAt: 1, NearPath: []string{n.ID},
		Causes: []Cause{{Layer: "no-principal", Hop: 1, Rule: rule, Text: why}}}
}
