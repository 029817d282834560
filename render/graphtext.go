package render

import (
	"context"
	"io"
	"slices"

	"accesspath/query"
	"accesspath/render/words"
)

// graphText lists a trust graph: for each principal with edges, where they lead.
func graphText(ctx context.Context, w io.Writer, g *query.TrustGraph, o Options) error {
	p := newPrinter(w, o)
	p.para("", p.bold, words.Plural(len(g.Nodes), "node")+" and "+words.Plural(len(g.Edges), "edge"))
	labels := make(map[string]string, len(g.Nodes))
	for _, n := range g.Nodes {
		labels[n.ID] = nodeLabel(n)
	}
	label := func(id string) string {
		if s, ok := labels[id]; ok {
			return s
		}
		return words.Principal(id).InAccount()
	}
	last := ""
	used := map[string]bool{}
	for i, e := range g.Edges {
		if i%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if i == 0 || e.From != last {
			p.line("")
			p.para("", nil, label(e.From))
			last = e.From
		}
		used[e.From], used[e.To] = true, true
		p.edge(e, label(e.To))
	}
	if idle := len(g.Nodes) - countUsed(g.Nodes, used); idle > 0 {
		p.line("")
		p.para("", p.dim, words.Plural(idle, "node")+" without an edge")
	}
	v := view{limits: g.Limits.Reasons, diagnostics: g.Diagnostics, coverage: coverage(g.Coverage)}
	v.gaps = gapsView{"unknown, and could add edges", unknownSections(edgeSections(g.Coverage))}
	p.footer(&v)
	return p.flush()
}

// edgeSections keeps the sections that could add edges: principals and what
// carries roles. Neither credentials nor policies of resources do.
func edgeSections(c query.CoverageSummary) query.CoverageSummary {
	c.Unknown = slices.DeleteFunc(slices.Clone(c.Unknown), func(u query.UnknownSection) bool {
		return !slices.Contains([]string{"users", "groups", "roles", "policies", "compute", "roles-anywhere", "identity-pools"}, u.Section)
	})
	return c
}

func nodeLabel(n query.GraphNode) string {
	s := words.KindWord(n.Kind)
	name := words.Principal(n.ID)
	if n.Name != "" {
		name.Label = n.Name
	}
	if n.Account != "" {
		name.Account = n.Account
	}
	if s == name.Label {
		return name.InAccount()
	}
	return s + " " + name.InAccount()
}

func countUsed(nodes []query.GraphNode, used map[string]bool) int {
	n := 0
	for _, node := range nodes {
		if used[node.ID] {
			n++
		}
	}
	return n
}

func (p *printer) edge(e query.GraphEdge, to string) {
	s := "→ " + to
	switch e.Kind {
	case "member-of":
		s = "member of " + to
	case "federates":
		s = "→ signs in as " + to
	case "service-carries":
		s = "→ uses " + to
	}
	style := p.verdictStyle(e.Verdict)
	if e.Kind == "member-of" || e.Verdict == query.VerdictAllow {
		style = nil
	}
	for i, r := range e.Requires {
		if i == 0 {
			s += " — needs: "
		} else {
			s += "; "
		}
		s += words.At(r, 1)
	}
	p.hang("  ", "  ", style, s)
	if p.o.Verbose {
		for _, b := range evidence(e.Because) {
			p.hang("    ", "  ", p.dim, "because "+b)
		}
	}
}
