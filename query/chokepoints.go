package query

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"accesspath/graph"
	"accesspath/policy"
)

// ChokepointsSchema is the version of Chokepoints' JSON form.
const ChokepointsSchema = "accesspath.chokepoints/1"

// Chokepoints is the smallest set of hops without which no origin reaches a
// target. Hops under conditions count like others. Lists are never nil and their
// order is final.
type Chokepoints struct {
	Schema   string          `json:"schema"` // ChokepointsSchema
	From     []string        `json:"from"`   // as asked
	To       string          `json:"to"`
	AsOf     time.Time       `json:"asOf"`
	Assumes  []string        `json:"assumes,omitzero"` // of requests, beyond what was said of them (SYM-11); see Assumes
	Coverage CoverageSummary `json:"coverage"`
	Origins  int             `json:"origins"` // that reach a target
	Targets  int             `json:"targets"` // that are reached
	Hops     int             `json:"hops"`    // that lie on some path
	Cut      []Chokepoint    `json:"cut"`
	// Already are origins that are targets themselves: no hop can be cut.
	Already     []string         `json:"already"`
	Limits      Limits           `json:"limits"`
	Notes       []Note           `json:"notes"`
	Diagnostics []DiagnosticJSON `json:"diagnostics"`
}

// A Chokepoint is one hop to cut.
type Chokepoint struct {
	From     string         `json:"from"`
	FromKind string         `json:"fromKind"`
	To       string         `json:"to"`
	ToKind   string         `json:"toKind"`
	Kind     string         `json:"kind"`
	Verdict  string         `json:"verdict"`
	Requires []Requirement  `json:"requires"`
	Change   []CutStatement `json:"change"`  // the statements that allow the hop, the one that the fewest other hops rest on first
	Origins  int            `json:"origins"` // that were asked about and that the hop serves
	// Breaks counts the principals that were not asked about and that lose To with
	// the hop; Examples are some of them.
	Breaks   int      `json:"breaks"`
	Examples []string `json:"examples"`
}

// A CutStatement is a statement that allows a hop to cut, with what else goes if
// it is taken away instead of being narrowed to leave out the hop's tail.
type CutStatement struct {
	Evidence
	// OtherHops counts the further hops that the statement allows: into the same
	// role, or out of the same principal. Examples are some of them.
	OtherHops int    `json:"otherHops"`
	Examples  []Ends `json:"otherHopExamples"`
	// OtherHolders counts the further users, groups and roles that have the policy.
	OtherHolders int `json:"otherHolders"`
}

// Ends are the two ends of a hop.
type Ends struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// What Chokepoints takes for origins and targets besides principals and accounts.
const (
	OriginsOutside = "outside" // see Exposure
	OriginsAll     = "all"     // whoever is an origin (QRY-03)
	TargetAdmins   = "admins"  // administrators by own policies (ESC-02)
)

// hop is an edge as a cut sees it: all ways from one principal to another.
type hop struct{ from, to graph.NodeID }

// Chokepoints finds the fewest hops to cut between origins and a target: among
// several smallest sets, the one closest to the target.
func (e *Engine) Chokepoints(ctx context.Context, from []string, to string) (*Chokepoints, error) {
	origins, err := e.cutOrigins(from)
	if err != nil {
		return nil, err
	}
	targets, err := e.cutTargets(ctx, to)
	if err != nil {
		return nil, err
	}
	base := e.newResult("chokepoints", nil)
	r := &Chokepoints{Schema: ChokepointsSchema, From: from, To: to, AsOf: base.AsOf, Assumes: base.Assumes, Coverage: base.Coverage, Cut: []Chokepoint{}, Already: []string{}, Limits: base.Limits, Notes: base.Notes, Diagnostics: base.Diagnostics}
	c, err := e.newCutter(ctx, origins, targets)
	if err != nil {
		return nil, err
	}
	c.starts = slices.DeleteFunc(c.starts, func(s uint32) bool {
		if c.dist[s] == 0 {
			r.Already = append(r.Already, e.g.Node(c.w.states[s].node).ID)
		}
		return c.dist[s] <= 0
	})
	cut := c.minimum()
	if left, ok := c.left(cut); ok {
		return nil, fmt.Errorf("no set of hops cuts every path from %s: it is a target itself in another session of its own", e.g.Node(left).ID)
	}
	cut, smallest, err := c.smaller(ctx, cut)
	if err != nil {
		return nil, err
	}
	if !smallest {
		r.Notes = append(r.Notes, Note{"maybe-smaller", "the hops shown cut every path, but whether fewer would do was not found out: what sessions carry decides which hops can follow each other here"})
	}
	r.Origins, r.Targets, r.Hops = len(c.serving(nil)), c.targets(), len(c.order)
	if err := c.describe(ctx, r, cut); err != nil {
		return nil, err
	}
	return r, nil
}

// cutOrigins finds the nodes that a list of origins means.
func (e *Engine) cutOrigins(names []string) ([]graph.NodeID, error) {
	set := map[graph.NodeID]bool{}
	for _, name := range names {
		list, err := e.cutOrigin(name)
		if err != nil {
			return nil, err
		}
		for _, n := range list {
			set[n] = true
		}
	}
	out := make([]graph.NodeID, 0, len(set))
	for n := range set {
		out = append(out, n)
	}
	slices.Sort(out)
	return out, nil
}

func (e *Engine) cutOrigin(name string) ([]graph.NodeID, error) {
	var out []graph.NodeID
	switch name {
	case OriginsOutside:
		for _, src := range e.outsideSources() {
			out = append(out, src.nodes...)
		}
		return out, nil
	case OriginsAll:
		return slices.DeleteFunc(e.origins(), func(n graph.NodeID) bool {
			k := e.g.Node(n).Kind
			return k == graph.KindRole || k == graph.KindRootSession
		}), nil
	}
	if n, ok, _ := e.g.Resolve(name); ok && e.g.Node(n).Kind == graph.KindGroup {
		for user, group := range e.g.Memberships() {
			if group == n {
				out = append(out, user)
			}
		}
		return out, nil
	}
	_, out, err := e.blastSource(name)
	return out, err
}

// cutTargets finds what a target means, with what each node has yet to meet.
func (e *Engine) cutTargets(ctx context.Context, name string) (map[graph.NodeID]policy.Requirement, error) {
	out := map[graph.NodeID]policy.Requirement{}
	if name == TargetAdmins {
		admins, err := e.Administrators(ctx)
		for n, a := range admins {
			out[n] = a.Requires
		}
		return out, err
	}
	if account := strings.TrimPrefix(name, "account:"); policy.IsAccountID(account) {
		for i := range e.g.Len() {
			if n := e.g.Node(graph.NodeID(i)); n.Account == account && n.Acts() {
				out[graph.NodeID(i)] = policy.True()
			}
		}
		if len(out) == 0 {
			return nil, &NotFoundError{Name: name}
		}
		return out, nil
	}
	n, err := e.resolve(e.sessionRole(name))
	if err != nil {
		return nil, err
	}
	for _, session := range e.g.Sessions(n) {
		out[session] = policy.True()
	}
	return out, nil
}

// cutter holds the walk from the origins to the targets and the hops that lie on
// some path of it.
type cutter struct {
	w      *walker
	starts []uint32
	dist   []int32
	moves  map[hop]move // the first of each, for its description
	order  []hop        // sorted
}

func (e *Engine) newCutter(ctx context.Context, origins []graph.NodeID, targets map[graph.NodeID]policy.Requirement) (*cutter, error) {
	var ids []graph.NodeID
	for i := range e.g.Len() {
		if !targets[graph.NodeID(i)].IsFalse() {
			ids = append(ids, graph.NodeID(i))
		}
	}
	w := e.newWalker(ids, func(n graph.NodeID) policy.Requirement { return targets[n] })
	if err := w.run(ctx, origins); err != nil {
		return nil, err
	}
	c := &cutter{w: w, dist: w.distances(false), moves: map[hop]move{}}
	if err := w.err(); err != nil {
		return nil, err
	}
	c.starts = (&spreader{w: w}).starts(origins)
	for s := range w.states {
		if c.dist[s] <= 0 {
			continue // a path ends where a target is reached
		}
		for m := range w.from(uint32(s)) {
			if h := (hop{w.states[s].node, w.states[m.to].node}); c.dist[m.to] >= 0 && h.from != h.to && !has(c.moves, h) {
				c.moves[h] = m
				c.order = append(c.order, h)
			}
		}
	}
	slices.SortFunc(c.order, func(a, b hop) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	return c, nil
}

// minimum is a smallest set of hops that every path uses one of. Sessions of one
// principal count as one node, so that the set cuts every path; where what a
// session carries decides on which way it can go on, a smaller one may exist:
// see smaller.
func (c *cutter) minimum() []hop {
	source, sink := c.w.e.g.Len(), c.w.e.g.Len()+1
	f := newNetwork(sink + 1)
	for _, h := range c.order {
		f.arc(int(h.from), int(h.to), 1)
	}
	for _, s := range c.starts {
		f.arc(source, int(c.w.states[s].node), unlimited)
	}
	seen := map[graph.NodeID]bool{}
	for s, st := range c.w.states {
		if c.dist[s] == 0 && !seen[st.node] {
			seen[st.node] = true
			f.arc(int(st.node), sink, unlimited)
		}
	}
	f.flow(source, sink)
	before := f.before(sink)
	var out []hop
	for _, h := range c.order {
		if before[h.from] && !before[h.to] {
			out = append(out, h)
		}
	}
	return out
}

// within lists the states that can be had from a state without some hops. Paths
// end at targets.
func (c *cutter) within(start uint32, gone map[hop]bool) []uint32 {
	queue := []uint32{start}
	seen := map[uint32]bool{start: true}
	for at := 0; at < len(queue); at++ {
		from := queue[at]
		if c.dist[from] <= 0 {
			continue
		}
		for m := range c.w.from(from) {
			if h := (hop{c.w.states[from].node, c.w.states[m.to].node}); !seen[m.to] && c.dist[m.to] >= 0 && !gone[h] {
				seen[m.to] = true
				queue = append(queue, m.to)
			}
		}
	}
	return queue
}

// serving lists the origins that reach a target, or of them those for which a
// hop lies on some way.
func (c *cutter) serving(h *hop) []graph.NodeID {
	var out []graph.NodeID
	for _, s := range c.starts {
		if h == nil || slices.ContainsFunc(c.within(s, nil), func(t uint32) bool { return c.dist[t] > 0 && c.w.states[t].node == h.from && c.takes(t, h) }) {
			out = append(out, c.w.states[s].node)
		}
	}
	return out
}

func (c *cutter) takes(s uint32, h *hop) bool {
	for m := range c.w.from(s) {
		if c.w.headOf(m) == h.to && c.dist[m.to] >= 0 {
			return true
		}
	}
	return false
}

// targets counts the principals at which paths end.
func (c *cutter) targets() int {
	seen := map[graph.NodeID]bool{}
	for s, st := range c.w.states {
		if c.dist[s] == 0 {
			seen[st.node] = true
		}
	}
	return len(seen)
}

// losers are the origins, other than those asked about, that have the head of a
// hop by that hop alone. A hop's own tail is one of them.
func (e *Engine) losers(ctx context.Context, h hop, asked map[graph.NodeID]bool) ([]string, error) {
	origins := slices.DeleteFunc(e.origins(), func(n graph.NodeID) bool {
		return asked[n] || n == h.to || n != h.from && e.g.Node(n).Kind == graph.KindRole
	})
	c, err := e.newCutter(ctx, origins, map[graph.NodeID]policy.Requirement{h.to: policy.True()})
	if err != nil {
		return nil, err
	}
	ends := c.without(h)
	out := []string{}
	for _, s := range c.starts {
		if c.dist[s] >= 0 && !ends[s] {
			out = append(out, e.g.Node(c.w.states[s].node).ID)
		}
	}
	return out, nil
}

// without marks the states that still lead to a target without a hop.
func (c *cutter) without(gone hop) []bool {
	back := make([][]uint32, len(c.w.states))
	ends := make([]bool, len(c.w.states))
	var queue []uint32
	for s := range c.w.states {
		for m := range c.w.from(uint32(s)) {
			if (hop{c.w.states[s].node, c.w.states[m.to].node}) != gone {
				back[m.to] = append(back[m.to], uint32(s))
			}
		}
		if c.dist[s] == 0 {
			ends[s] = true
			queue = append(queue, uint32(s))
		}
	}
	for at := 0; at < len(queue); at++ {
		for _, s := range back[queue[at]] {
			if !ends[s] {
				ends[s] = true
				queue = append(queue, s)
			}
		}
	}
	return ends
}
