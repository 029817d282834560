package query

import (
	"cmp"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy/catalog"
)

// resolve finds a principal by ID, by short name, or by what ends its ARN, such
// as "role/app" and "111122223333:user/alice".
func (e *Engine) resolve(name string) (graph.NodeID, error) {
	n, ok, candidates := e.g.Resolve(name)
	if ok {
		return n, nil
	}
	if len(candidates) == 0 {
		if candidates = e.ending(name); len(candidates) == 1 {
			return candidates[0], nil
		}
	}
	err := NotFound(e.g, name, candidates)
	if role := e.sessionRole(name); role != name {
		err.Candidates = []string{role} // whose sessions all may the same, as far as anybody knows
	} else if len(candidates) == 0 {
		err.Candidates = e.similar(name)
	}
	return 0, err
}

// NotFound says that a graph has no principal of a name, or which have it.
func NotFound(g *graph.Graph, name string, candidates []graph.NodeID) *NotFoundError {
	err := &NotFoundError{Name: name, Ambiguous: len(candidates) > 1}
	for _, c := range candidates {
		err.Candidates = append(err.Candidates, g.Node(c).ID)
	}
	return err
}

// ending lists the principals whose ARN ends in what is given, with or without
// the path in front of the name.
func (e *Engine) ending(name string) []graph.NodeID {
	kind, short, ok := strings.Cut(name, "/")
	if !ok || short == "" {
		return nil
	}
	account := ""
	if before, after, ok := strings.Cut(kind, ":"); ok {
		account, kind = before, after
	}
	var out []graph.NodeID
	for i := range e.g.Len() {
		n := graph.NodeID(i)
		if account != "" && e.g.AccountOf(n) != account {
			continue
		}
		id := e.g.IDOf(n)
		if !strings.Contains(id, ":"+kind+"/") || !strings.HasSuffix(id, ":"+kind+"/"+short) && e.g.NameOf(n) != short || e.supposed(n) {
			continue
		}
		out = append(out, n)
	}
	return out
}

// supposed reports whether a node is not in the snapshot.
func (e *Engine) supposed(n graph.NodeID) bool { return e.g.Node(n).Supposed != nil }

// maxSimilar bounds what is suggested for a name that nobody has.
const maxSimilar = 3

// similar lists principals whose name is the same but for case or a slip,
// nearest first.
func (e *Engine) similar(name string) []string {
	short := strings.ToLower(name[strings.LastIndexAny(name, "/:")+1:])
	if short == "" {
		return nil
	}
	most := 1 + len(short)/6
	type near struct {
		id       string
		distance int
	}
	var found []near
	for i := range e.g.Len() {
		n := graph.NodeID(i)
		name := e.g.NameOf(n)
		if name == "" {
			continue
		}
		if d := catalog.Distance(strings.ToLower(name), short, most); d <= most && d < len(short) && !e.supposed(n) {
			found = append(found, near{e.g.IDOf(n), d})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.id, b.id)) })
	var out []string
	for _, f := range found[:min(len(found), maxSimilar)] {
		out = append(out, f.id)
	}
	return out
}
