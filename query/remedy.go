package query

import (
	"context"
	"maps"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"
)

// Bounds of the search for remedies: how many candidate changes are tried, alone
// and in pairs, how many rounds of repair a way gets, how many remedies are shown,
// and how far a way is followed on.
const (
	maxCandidates = 14
	maxRounds     = 6
	maxRemedies   = 4
	maxFurther    = 60 // principals that the end of a way leads on to
	maxWhole      = 64 // nodes of a graph that is tried as a whole
)

// remedying looks for the smallest sets of changes that turn a denial into
// access. It works on a copy of the snapshot that holds only those who take
// part, and believes no change before the whole question was asked again with
// it.
type remedying struct {
	e     *Engine
	base  *iam.Snapshot
	ask   func(context.Context, *Engine) (*Result, error) // the question
	final target                                          // what is asked of the last principal; action "" for paths
	pool  []PolicyChange
	fixed map[string]string // verdicts by set of changes
}

// call is one request on a way.
type call struct {
	from     *graph.Node
	action   string
	resource string
	hop      int
}

// remedies explains a denial by what would have to change. ways are the paths of
// principals that might have led there.
func (e *Engine) remedies(ctx context.Context, ways [][]graph.NodeID, final target, ask func(context.Context, *Engine) (*Result, error)) []Remedy {
	if e.silent || !e.o.WhyNot || len(ways) == 0 || e.g.Node(ways[0][0]).User == nil && e.g.Node(ways[0][0]).Role == nil {
		return nil
	}
	r := &remedying{e: e, ask: ask, final: final, fixed: map[string]string{}}
	r.base = e.reduced(ctx, ways, final.resource)
	var sets [][]PolicyChange
	for _, way := range ways {
		if set := r.repair(ctx, e.ids(way)); set != nil {
			sets = append(sets, set)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(e.o.Context)) {
		r.candidate(PolicyChange{Kind: ChangeContext, Layer: "context", Where: key, Text: "let " + key + " have another value than " + e.o.Context[key]})
	}
	if small := r.search(ctx); len(small) > 0 {
		sets = small
	}
	return r.smallest(sets)
}

func (e *Engine) ids(way []graph.NodeID) []string {
	var out []string
	for _, n := range way {
		out = append(out, e.g.Node(n).ID)
	}
	return out
}

// smallest keeps the sets with the fewest changes, those first that allow
// outright.
func (r *remedying) smallest(sets [][]PolicyChange) []Remedy {
	var out []Remedy
	least := 0
	for _, s := range sets {
		if least == 0 || len(s) < least {
			least, out = len(s), nil
		}
		if len(s) == least {
			out = append(out, Remedy{Changes: s, Verdict: r.fixed[keyOf(s)]})
		}
	}
	slices.SortStableFunc(out, func(a, b Remedy) int { return verdictRank(a.Verdict) - verdictRank(b.Verdict) })
	return out[:min(len(out), maxRemedies)]
}

// candidate puts a change into the pool, once.
func (r *remedying) candidate(c PolicyChange) {
	if len(r.pool) < maxCandidates && !slices.ContainsFunc(r.pool, func(o PolicyChange) bool { return o.Text == c.Text }) {
		r.pool = append(r.pool, c)
	}
}

// search tries every candidate alone, and, if none helps, every pair.
func (r *remedying) search(ctx context.Context) [][]PolicyChange {
	var out [][]PolicyChange
	for _, c := range r.pool {
		if r.helps(ctx, []PolicyChange{c}) {
			out = append(out, []PolicyChange{c})
		}
	}
	if len(out) > 0 {
		return out
	}
	for i := range r.pool {
		for k := i + 1; k < len(r.pool) && len(out) < maxRemedies; k++ {
			if pair := []PolicyChange{r.pool[i], r.pool[k]}; r.helps(ctx, pair) {
				out = append(out, pair)
			}
		}
	}
	return out
}

// helps reports whether the answer is another one after the changes.
func (r *remedying) helps(ctx context.Context, set []PolicyChange) bool {
	key := keyOf(set)
	verdict, known := r.fixed[key]
	if !known {
		verdict = VerdictDeny
		if e, err := r.engine(ctx, set); err == nil {
			if res, err := r.ask(ctx, e); err == nil && len(res.Answers) > 0 {
				verdict = res.Answers[0].Verdict
			}
		}
		r.fixed[key] = verdict
	}
	return verdict != VerdictDeny
}

func keyOf(set []PolicyChange) string {
	var key strings.Builder
	for _, c := range set {
		key.WriteString(c.Text + "\n")
	}
	return key.String()
}

// engine is an engine over the snapshot with the changes made.
func (r *remedying) engine(ctx context.Context, set []PolicyChange) (*Engine, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s, o := r.base, r.e.g.Model.Options
	o.Workers = 1
	for _, c := range set {
		if c.Kind == ChangeContext {
			o.Overrides = without(o.Overrides, c.Where)
			continue
		}
		var err error
		if s, err = ApplyChange(s, c); err != nil {
			return nil, err
		}
	}
	g, err := graph.Build(ctx, s, o)
	if err != nil {
		return nil, err
	}
	e := New(g, r.e.o)
	e.silent = true
	return e, nil
}

// without forgets one key that the user declared known.
func without(c policy.Context, key string) policy.Context {
	return policy.ContextFunc(func(k string) policy.Value {
		if strings.EqualFold(k, key) {
			return policy.Value{}
		}
		return c.Lookup(k)
	})
}

// repair mends a way request by request, round by round, and then drops what it
// turns out not to need. It returns nil if that leads nowhere.
func (r *remedying) repair(ctx context.Context, way []string) []PolicyChange {
	var set []PolicyChange
	for range maxRounds {
		e, err := r.engine(ctx, set)
		if err != nil {
			return nil
		}
		more := r.mend(e, way)
		if len(more) == 0 {
			break
		}
		set = append(set, more...)
	}
	if len(set) == 0 || !r.helps(ctx, set) {
		return nil
	}
	for i := len(set) - 1; i >= 0; i-- {
		if less := slices.Delete(slices.Clone(set), i, i+1); len(less) > 0 && r.helps(ctx, less) {
			set = less
		}
	}
	return set
}

// mend lists changes for the first request on the way that is denied, and adds
// the other candidates for it to the pool.
func (r *remedying) mend(e *Engine, way []string) []PolicyChange {
	calls := r.calls(e, way)
	for i, c := range calls {
		d := e.decide(c.from, c.action, c.resource, nil)
		if d.Requires.IsOpen() && i == 0 {
			d = e.decide(c.from, c.action, c.resource, e.plainSession([]graph.NodeID{e.find(c.from.ID)}))
		}
		if !d.Requires.IsFalse() {
			continue
		}
		var set []PolicyChange
		for _, cause := range d.Causes {
			if change, ok := r.against(e, c, cause); ok {
				set = append(set, change)
				r.candidate(change)
			}
		}
		r.alternatives(e, c)
		return set
	}
	return nil
}

func (e *Engine) find(id string) graph.NodeID {
	n, _ := e.g.Find(id)
	return n
}

// reduced is the snapshot with none but the principals on some ways, and the
// resources that bear on one: small enough to ask many times. Principals come from
// their nodes, so that a graph whose accounts are outlines will do.
func (e *Engine) reduced(ctx context.Context, ways [][]graph.NodeID, resource string) *iam.Snapshot {
	users, roles := map[string][]*iam.User{}, map[string][]*iam.Role{} // by account, in the order of their ARNs
	for _, id := range e.takingPart(ctx, ways) {
		switch n := e.g.Node(id); {
		case n.User != nil && n.User.ARN == n.ID:
			users[n.Account] = append(users[n.Account], n.User)
		case n.Role != nil && n.Role.ARN == n.ID:
			roles[n.Account] = append(roles[n.Account], n.Role)
		}
	}
	s := *e.g.Model.Snapshot
	s.Accounts, s.Diagnostics, s.IdentityCenter = nil, nil, nil
	s.Resources = e.bearing(resource)
	for _, a := range e.g.Model.Snapshot.Accounts {
		b := *a
		b.Users, b.Roles = users[a.ID], roles[a.ID]
		b.Groups, b.InstanceProfiles, b.Compute, b.Outline = nil, nil, nil, nil
		if a.Loaded() && !b.Loaded() {
			b.Coverage = maps.Clone(a.Coverage)
			if b.Coverage == nil {
				b.Coverage = iam.Coverage{}
			}
			b.Coverage[iam.SectionRoles] = iam.KnownEmpty // loaded all the same
		}
		s.Accounts = append(s.Accounts, &b)
	}
	return &s
}

// takingPart lists those who take part when a change is tried: the principals on the
// ways and behind them, and all where there are few. A guardrail that is lifted lets
// everybody through, and may open a way that has nothing to do with those.
func (e *Engine) takingPart(ctx context.Context, ways [][]graph.NodeID) []graph.NodeID {
	var keep []graph.NodeID
	if e.g.Len() <= maxWhole {
		for i := range e.g.Len() {
			keep = append(keep, graph.NodeID(i))
		}
		return keep
	}
	for _, way := range ways {
		keep = append(keep, way...)
		further, _ := e.forward(ctx, way[len(way)-1]) // called off: nothing is tried on it
		keep = append(keep, further[:min(len(further), maxFurther)]...)
	}
	slices.Sort(keep)
	return slices.Compact(keep)
}

// bearing are the resources that a question about one reads: itself and those that
// it lies in; all where it is a pattern or stands for one, or leads to another as an
// access point does.
func (e *Engine) bearing(resource string) []*iam.Resource {
	if e.o.Existing || len(e.o.ResourceTags) > 0 || strings.ContainsAny(resource, "*?") || strings.Contains(resource, "accesspoint") {
		return e.resources()
	}
	var out []*iam.Resource
	for i := range resource {
		if resource[i] == '/' || resource[i] == ':' {
			out = appendResource(out, e.g.Model.Resource(resource[:i]))
		}
	}
	return appendResource(out, e.g.Model.Resource(resource)) // prefixes first is their order
}

func appendResource(list []*iam.Resource, r *iam.Resource) []*iam.Resource {
	if r == nil {
		return list
	}
	return append(list, r)
}
