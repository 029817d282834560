package query

import (
	"time"

	"accesspath/graph"
	"accesspath/policy"
)

// expiry are the codes that say when what allows a request ends by time alone (SYM-31):
// of each layer, when the last of the statements that allow it does. n makes the request.
func (e *Engine) expiry(n *graph.Node, because []policy.Evidence) []string {
	var out []string
	asked := map[string]bool{}
	for _, ev := range because {
		if ev.Statement == nil || ev.Statement.Effect != policy.Allow || asked[ev.Layer] {
			continue
		}
		asked[ev.Layer] = true
		if end, ok := e.layerEnds(ev.Layer, because, n.Kind != graph.KindUser && n.Kind != graph.KindRoot); ok {
			out = append(out, "expires "+end.UTC().Format(time.RFC3339))
		}
	}
	return out
}

func (e *Engine) layerEnds(layer string, because []policy.Evidence, session bool) (last time.Time, ok bool) {
	for _, ev := range because {
		if ev.Layer != layer || ev.Statement == nil || ev.Statement.Effect != policy.Allow {
			continue
		}
		end, ends := ev.Statement.Ends(e.asOf(), session)
		if !ends {
			return time.Time{}, false
		}
		if !ok || end.After(last) {
			last, ok = end, true
		}
	}
	return last, ok
}
