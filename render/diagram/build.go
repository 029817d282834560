package diagram

import (
	"slices"
	"strconv"
	"strings"

	"accesspath/query"
	"accesspath/render/words"
)

// maxTooltip is how many lines a tooltip has.
const maxTooltip = 12

// FromResult draws the paths of a result. What-can answers end in a shape for
// what each session may do, denials in the hop that fails.
func FromResult(r *query.Result, o Options) *Diagram {
	d := newDiagram(o)
	if d.Title == "" {
		d.Title = title(r.Question)
	}
	hidden := 0
	for i := range r.Answers {
		a := &r.Answers[i]
		hidden += a.MorePaths
		d.answer(a, r.Question)
	}
	if len(r.Answers) == 1 && len(r.Answers[0].Paths) == 1 {
		d.number(&r.Answers[0].Paths[0], r.Question)
	}
	if r.Escalation != nil {
		for i := range r.Escalation.Answers {
			d.escalated(&r.Escalation.Answers[i], r.Question)
		}
		if len(r.Escalation.Answers) > 0 {
			d.Notes = append(d.Notes, "by escalation, the best path of each principal is drawn")
		}
	}
	for _, id := range []string{r.Question.Principal, r.Question.Target} {
		if n, ok := d.nodes[id]; ok {
			n.fixed = true
		}
	}
	if hidden > 0 {
		d.Notes = append(d.Notes, words.Plural(hidden, "more path")+" not drawn")
	}
	if r.Limits.Truncated {
		d.Notes = append(d.Notes, "the search was cut short: there may be more")
	}
	d.fit()
	return d
}

// FromGraph draws a trust graph.
func FromGraph(g *query.TrustGraph, o Options) *Diagram {
	d := newDiagram(o)
	if d.Title == "" {
		d.Title = "Trust graph of " + words.Plural(g.Coverage.Accounts, "account")
	}
	for _, n := range g.Nodes {
		node := d.principal(n.ID)
		node.describe(n.Kind, n.Account)
		if n.Name != "" {
			node.Label = n.Name
		}
	}
	for _, e := range g.Edges {
		verdict := e.Verdict
		if e.Kind == "member-of" {
			verdict = Member
		}
		d.arrow(e.From, e.To, e.Kind, verdict, e.Requires)
	}
	if g.Limits.Truncated {
		d.Notes = append(d.Notes, "the graph was cut short: there is more")
	}
	d.fit()
	return d
}

func title(q query.Question) string {
	what := q.Action
	if q.Resource != "" {
		what += " on " + q.Resource
	}
	who := words.Principal(q.Principal).Label
	switch q.Kind {
	case "who-can":
		return "Who can " + what
	case "can":
		return "Can " + who + " " + what
	case "paths":
		return "Paths from " + who + " to " + words.Principal(q.Target).Label
	case "what-can":
		return "What can " + who + " do"
	case "admins":
		return "Administrators"
	}
	return strings.TrimSpace(q.Kind + " " + what)
}

func (d *Diagram) answer(a *query.Answer, q query.Question) {
	for i := range a.Paths {
		p := &a.Paths[i]
		if len(p.Principals) == 0 {
			continue
		}
		d.steps(p)
		last := p.Principals[len(p.Principals)-1]
		if q.Kind == "paths" {
			d.nodes[last].Aim = true
			continue
		}
		d.action(last, p, q)
	}
	summaries := len(a.Sessions) <= d.o.budget()/4
	for i := range a.Sessions {
		d.session(&a.Sessions[i], summaries)
	}
	if !summaries {
		d.Notes = append(d.Notes, "what each session may do is left out")
	}
	if len(a.Paths) == 0 && len(a.Sessions) == 0 && a.Verdict == query.VerdictDeny {
		d.denied(a, q)
	}
	if n, ok := d.nodes[a.Principal]; ok {
		n.describe(a.Kind, a.Account)
		n.Origin = true
	}
}

// steps adds the principals and hops of a path.
func (d *Diagram) steps(p *query.Path) {
	for _, id := range p.Principals {
		d.principal(id)
	}
	for _, s := range p.Steps {
		d.arrow(s.From, s.To, s.Kind, s.Verdict, s.Requires)
	}
}

// minNumbered is from how many hops on the arrows of a single path have numbers:
// a chain that goes back and forth between accounts is no line in a picture.
const minNumbered = 3

// number numbers the arrows of the only path that is drawn.
func (d *Diagram) number(p *query.Path, q query.Question) {
	if len(p.Steps) < minNumbered {
		return
	}
	for i, s := range p.Steps {
		if e, ok := d.edges[[2]string{s.From, s.To}]; ok {
			e.Hop = i + 1
		}
	}
	if n := len(p.Principals); n > 0 && q.Kind != "paths" {
		if e, ok := d.edges[[2]string{p.Principals[n-1], d.target(q).ID}]; ok {
			e.Hop = len(p.Steps) + 1
		}
	}
}

func (d *Diagram) arrow(from, to, kind, verdict string, requires []query.Requirement) {
	a, b := d.principal(from), d.principal(to)
	switch kind { // the edge knows what an identifier does not tell
	case "federates":
		a.suppose(words.Federated)
	case "service-carries":
		a.suppose(words.Service)
	}
	tip := []string{a.Label + " → " + b.Label + " (" + kind + ")"}
	if kind == "" {
		tip[0] = a.Label + " → " + b.Label
	}
	d.connect(Edge{From: from, To: to, Verdict: verdict, Labels: []string{words.Short(requires)},
		Tooltip: append(tip, needs(requires)...)})
}

// suppose gives a kind to a shape that has none.
func (n *Node) suppose(kind string) {
	if n.Kind == words.Other {
		n.Kind = kind
		n.call(words.KindWord(kind))
	}
}

func needs(rs []query.Requirement) []string {
	var out []string
	for _, r := range rs {
		if len(out) == maxTooltip-1 {
			return append(out, "…")
		}
		out = append(out, "needs: "+words.Sentence(r))
	}
	return out
}

// action adds what is asked about, and the arrow to it.
func (d *Diagram) action(from string, p *query.Path, q query.Question) {
	tip := []string{q.Action + " on " + q.Resource}
	if p.Action != "" {
		tip = append(tip, "for example the action "+p.Action)
	}
	if p.Witness != "" {
		tip = append(tip, "for example on "+p.Witness)
	}
	t := d.target(q)
	verdict := query.VerdictAllow
	if len(p.Requires) > 0 {
		verdict = query.VerdictAllowIf
	}
	d.connect(Edge{From: from, To: t.ID, Verdict: verdict, Labels: []string{words.Short(p.Requires)},
		Tooltip: append(tip, needs(p.Requires)...)})
}

// target returns the shape of the question's action and resource.
func (d *Diagram) target(q query.Question) *Node {
	id := "target:" + q.Action + " " + q.Resource
	if n, ok := d.nodes[id]; ok {
		return n
	}
	n := &Node{ID: id, Kind: Target, Label: q.Action, Aim: true, Tooltip: []string{q.Action + " on " + q.Resource}}
	if q.Resource != "" {
		n.Sub = []string{q.Resource}
	}
	if q.Kind == "admins" {
		n.Label, n.Sub, n.Tooltip = "everything", []string{"of an account"}, []string{"every action on every resource of an account"}
	}
	d.nodes[id] = n
	return n
}

// escalated draws the best path of an answer by escalation (QRY-07). Who changes
// itself has an arrow to what it does then, and none to itself.
func (d *Diagram) escalated(a *query.Answer, q query.Question) {
	if len(a.Paths) == 0 || len(a.Paths[0].Principals) == 0 {
		return
	}
	p := &a.Paths[0]
	last := p.Principals[len(p.Principals)-1]
	self := Edge{From: last, Verdict: query.VerdictAllow}
	for _, s := range p.Steps {
		switch e := escalation(s); {
		case s.Escalation == nil:
			d.arrow(s.From, s.To, s.Kind, s.Verdict, s.Requires)
		case s.From == s.To:
			self = Edge{From: s.To, Verdict: e.Verdict, Labels: e.Labels, Tooltip: e.Tooltip}
		default:
			d.principal(s.From)
			d.principal(s.To)
			d.connect(e)
		}
	}
	d.principal(last)
	if q.Kind == "paths" {
		d.nodes[last].Aim = true
	} else {
		self.From, self.To = last, d.target(q).ID
		if len(p.Requires) > 0 {
			self.Labels = append(self.Labels, words.Short(p.Requires))
			self.Tooltip = append(self.Tooltip, needs(p.Requires)...)
			self.Verdict = map[string]string{query.VerdictAllow: query.VerdictAllowIf}[self.Verdict]
			if self.Verdict == "" {
				self.Verdict = EscalatedIf
			}
		}
		d.connect(self)
	}
	if n, ok := d.nodes[a.Principal]; ok {
		n.describe(a.Kind, a.Account)
		n.Origin = true
	}
}

// escalation is the arrow of a step by escalation: it says which calls are made.
func escalation(s query.Step) Edge {
	e := Edge{From: s.From, To: s.To, Verdict: Escalated}
	if s.Escalation == nil {
		return e
	}
	var calls []string
	for _, c := range s.Escalation.Requests {
		if !slices.Contains(calls, c.Action) {
			calls = append(calls, c.Action)
		}
	}
	e.Tooltip = append([]string{s.Escalation.Title + " (" + s.Escalation.Rule + ")"}, calls...)
	const most = 2
	if len(calls) > most {
		calls = append(calls[:most:most], strconv.Itoa(len(calls)-most)+" more")
	}
	label := strings.Join(calls, ", ")
	if s.Verdict != query.VerdictAllow {
		e.Verdict = EscalatedIf
		if short := words.Short(s.Requires); short != "" {
			label += " + " + short
		}
		e.Tooltip = append(e.Tooltip, needs(s.Requires)...)
	}
	e.Labels = []string{label}
	return e
}

// session adds a session of a what-can answer with a summary of what it may do.
func (d *Diagram) session(s *query.Session, summary bool) {
	const lines = 4
	if len(s.Path.Principals) > 0 {
		d.steps(&s.Path)
	}
	d.principal(s.Principal)
	if !summary {
		return
	}
	id := "permissions:" + s.Principal
	n := d.nodes[id]
	if n == nil {
		n = &Node{ID: id, Kind: Permissions, Label: words.Plural(len(s.Permissions), "statement")}
		for i, p := range s.Permissions {
			text := permission(p)
			if i < lines {
				n.Sub = append(n.Sub, text)
			} else if i == lines {
				n.Sub = append(n.Sub, "and "+words.Count(len(s.Permissions)-lines)+" more")
			}
			if i < maxTooltip {
				n.Tooltip = append(n.Tooltip, text)
			}
		}
		if len(s.Unread) > 0 {
			n.Sub = append(n.Sub, words.Plural(len(s.Unread), "policy")+" not in the input")
		}
		d.nodes[id] = n
	}
	n.Account = d.nodes[s.Principal].Account
	d.connect(Edge{From: s.Principal, To: id, Verdict: query.VerdictAllow})
}

func permission(p query.Permission) string {
	actions := strings.Join(p.Actions, ", ")
	if len(p.NotActions) > 0 {
		actions = "all but " + strings.Join(p.NotActions, ", ")
	}
	if strings.EqualFold(p.Effect, "deny") {
		actions = "not " + actions
	}
	if len(p.Requires) > 0 {
		actions += ", if " + words.Short(p.Requires)
	}
	return actions
}

// denied adds the path that nearly was: tried hops, and the one that fails.
func (d *Diagram) denied(a *query.Answer, q query.Question) {
	ids := a.NearPath
	if len(ids) == 0 {
		ids = []string{a.Principal}
	}
	hop := func(i int, from, to string) { // i from 1
		e := Edge{From: from, To: to, Verdict: Tried}
		if i == a.BrokenAt || a.BrokenAt <= 0 && i == len(ids) || a.BrokenAt > len(ids) && i == len(ids) {
			e.Verdict = Blocked
			e.Labels, e.Tooltip = blocked(a.Causes)
		}
		d.connect(e)
	}
	for i, id := range ids {
		d.principal(id)
		if i > 0 {
			hop(i, ids[i-1], id)
		}
	}
	if q.Kind == "paths" {
		d.nodes[ids[len(ids)-1]].Aim = true
		return
	}
	hop(len(ids), ids[len(ids)-1], d.target(q).ID)
}

// blocked says why in a few words, and in sentences.
func blocked(causes []query.Cause) (label, tooltip []string) {
	for _, c := range causes {
		if len(label) == 0 {
			word := "no allow: "
			if c.Explicit {
				word = "denied: "
			}
			label = []string{word + c.Layer}
		}
		if len(tooltip) < maxTooltip {
			tooltip = append(tooltip, words.Cause(c))
		}
	}
	if n := len(causes); n > 1 {
		label[0] += " +" + strconv.Itoa(n-1)
	}
	return label, tooltip
}
