package query

import (
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// layersAlong says what each policy layer contributes to each request on a path:
// the hops, and the action at its end (CONV-05).
func (e *Engine) layersAlong(principals []string, t target, q *question) []Layer {
	var out []Layer
	for i, id := range principals {
		n, ok := e.g.Find(id)
		if !ok || !e.g.Node(n).Acts() {
			continue
		}
		node, action, resource := e.g.Node(n), t.action, t.resource
		if i+1 < len(principals) {
			action, resource = "sts:AssumeRole", principals[i+1]
		} else if t.pattern {
			if w, _ := e.g.Model.Witnesses(node, action, resource, e.o.All); len(w) > 0 {
				resource = w[0]
			}
		}
		d := e.decideOnce(node, action, resource, q, nil)
		for _, l := range e.layersOf(&d, node) {
			l.Hop, l.Action, l.Resource = i+1, action, resource
			out = append(out, l)
		}
	}
	return out
}

// layersOfDenial says the same of the request by the principal itself (hop 0),
// and of those on the path that came nearest, up to the one that fails.
func (e *Engine) layersOfDenial(a *Answer, t target, q *question) []Layer {
	if len(a.NearPath) <= 1 {
		return e.layersAlong(a.NearPath, t, q)
	}
	out := e.layersAlong(a.NearPath[:1], t, q)
	for i := range out {
		out[i].Hop = 0
	}
	for _, l := range e.layersAlong(a.NearPath, t, q) {
		if l.Hop <= a.BrokenAt {
			out = append(out, l)
		}
	}
	return out
}

// layersOf lists every layer there is, those that do not apply with the reason.
func (e *Engine) layersOf(d *policy.Decision, n *graph.Node) []Layer {
	var out []Layer
	for _, name := range []string{"identity", "boundary", "session", "scp", "rcp", "resource", "endpoint"} {
		found := false
		for i := range d.Layers {
			if l := &d.Layers[i]; l.Name == name || strings.HasPrefix(l.Name, name+"@") {
				found = true
				out = append(out, layerOf(l, n))
			}
		}
		if !found {
			out = append(out, Layer{Name: name, Principal: n.ID, Result: "not-applicable", Evidence: []Evidence{}, Text: e.absentLayer(name, n)})
		}
	}
	return out
}

func layerOf(l *policy.LayerResult, n *graph.Node) Layer {
	out := Layer{Name: l.Name, Principal: n.ID, Evidence: []Evidence{}}
	for _, ev := range l.Evidence {
		out.Evidence = append(out.Evidence, EvidenceOf(ev))
	}
	switch {
	case !l.Applies:
		out.Result = "not-applicable"
	case l.Deny.IsTrue():
		out.Result = "deny"
	case l.Deny.IsOpen():
		out.Result = "deny-if"
	case l.Allow.IsTrue():
		out.Result = "allow"
	case l.Allow.IsFalse():
		out.Result = "no-allow"
	default:
		out.Result = "allow-if"
	}
	return out
}

// absentLayer says why a layer is not there.
func (e *Engine) absentLayer(name string, n *graph.Node) string {
	switch name {
	case "identity":
		return "the caller has no identity policies that count (EVAL-18)"
	case "boundary":
		return "the caller has no permissions boundary"
	case "session":
		return "no session policy is assumed to be passed (SYM-11)"
	case "scp", "rcp":
		if e.g.Model.Guardrails() == "unread" {
			return "no organization in the input (ORG-02)"
		}
		if name == "scp" {
			return "no service control policies bind the caller"
		}
		return "no resource control policies act on this request"
	case "resource":
		return "the resource has no policy of its own, or none was read"
	}
	return "endpoint policies are not read; none is assumed (SYM-11)"
}
