package query

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"accesspath/graph"
	"accesspath/policy"
)

// SpreadSchema is the version of Spread's JSON form.
const SpreadSchema = "accesspath.spread/1"

// A Spread is everything that can be reached from somewhere: from one principal
// or credential (blast-radius), or from each outsider (exposure). Lists are
// never nil and their order is final.
type Spread struct {
	Schema      string           `json:"schema"` // SpreadSchema
	Kind        string           `json:"kind"`   // "blast-radius" or "exposure"
	Asked       string           `json:"asked,omitempty"`
	AsOf        time.Time        `json:"asOf"`
	Assumes     []string         `json:"assumes,omitzero"` // of requests, beyond what was said of them (SYM-11); see Assumes
	Coverage    CoverageSummary  `json:"coverage"`
	Sources     []SpreadSource   `json:"sources"`
	Limits      Limits           `json:"limits"`
	Notes       []Note           `json:"notes"`
	Diagnostics []DiagnosticJSON `json:"diagnostics"`
}

// The credentials that a spread can begin with (QRY-26).
const (
	CredentialLongTerm = "long-term"     // keys or password of a user or root user (CHAIN-01)
	CredentialSession  = "role-session"  // of a role, until it ends
	CredentialCarried  = "carried-roles" // of compute, a service or an instance profile
	CredentialAccount  = "account"       // all principals of an account
	CredentialSignIn   = "sign-in"       // of a federated population
	CredentialOutside  = "outside"       // whatever an outsider has
)

// A SpreadSource is one place to begin, with what is reached from it.
type SpreadSource struct {
	Principal  string `json:"principal"` // as Answer.Principal; of accounts "account:ID"
	Kind       string `json:"kind"`
	Account    string `json:"account,omitempty"`
	Name       string `json:"name,omitempty"` // of an account that was declared
	Credential string `json:"credential"`
	AccessKey  string `json:"accessKey,omitempty"`
	ObtainedBy string `json:"obtainedBy,omitempty"` // of role sessions: the known hop
	// MaxSeconds is how long a role session lasts at most (STS-15); 0 no limit.
	MaxSeconds int      `json:"maxSeconds,omitempty"`
	Relation   string   `json:"relation,omitempty"` // of outsiders: "public", "federation", "vendor", …
	Marks      []string `json:"marks,omitempty"`
	// Reached are the sessions that can be used, by hops, verdict and name.
	Reached   []Reached         `json:"reached"`
	Resources []ExposedResource `json:"resources,omitempty"` // of outsiders: what a resource policy lets them do
}

// Reached is one principal whose session can be used.
type Reached struct {
	Principal string   `json:"principal"`
	Kind      string   `json:"kind"`
	Account   string   `json:"account"`
	Hops      int      `json:"hops"`
	Verdict   string   `json:"verdict"`
	Marks     []string `json:"marks"` // see the constants below
	Path      Path     `json:"path"`
}

// What makes a reached principal sensitive.
const (
	MarkAdministrator   = "administrator"             // its own policies allow everything (ESC-02)
	MarkAdministratorIf = "administrator-conditional" // so they do, under conditions
	MarkRoot            = "root"
	MarkOtherAccount    = "other-account" // than the one that the spread begins or enters in
)

// An ExposedResource is a resource whose own policy lets an outsider in.
type ExposedResource struct {
	Resource string        `json:"resource"`
	Account  string        `json:"account"`
	Verdict  string        `json:"verdict"` // the best of the actions'
	Actions  []string      `json:"actions"` // sorted
	Requires []Requirement `json:"requires"`
	Because  []Evidence    `json:"because"`
}

func (e *Engine) newSpread(kind string) *Spread {
	r := e.newResult(kind, nil)
	return &Spread{Schema: SpreadSchema, Kind: kind, AsOf: r.AsOf, Assumes: r.Assumes, Coverage: r.Coverage, Sources: []SpreadSource{}, Limits: r.Limits, Notes: r.Notes, Diagnostics: r.Diagnostics}
}

// spreader walks once for all sources and describes what each of them meets.
type spreader struct {
	w    *walker
	d    *describer
	full map[*policy.Document]bool // of administrator
	cut  int                       // rows beyond the hop limit
	own  map[graph.NodeID][]string // marks of nodes themselves, as far as they were asked for
	skip func(*graph.Node) bool    // nodes that are no rows; may be nil
}

func (e *Engine) newSpreader(ctx context.Context, origins []graph.NodeID) (*spreader, error) {
	reached, err := e.forward(ctx, origins...)
	if err != nil {
		return nil, err
	}
	w := e.newWalkerWithin(e.setOf(reached), func(graph.NodeID) policy.Requirement { return policy.True() })
	if err := w.run(ctx, origins); err != nil {
		return nil, err
	}
	return spreaderOf(w), nil
}

func spreaderOf(w *walker) *spreader {
	return &spreader{w: w, d: &describer{w: w}, full: map[*policy.Document]bool{}, own: map[graph.NodeID][]string{}}
}

// another is a spreader over the same walk, which is done, for another goroutine.
func (s *spreader) another() *spreader {
	own := *s.w // what it counts and remembers is its own; the rest is only read
	own.e = s.w.e.Another()
	x := spreaderOf(&own)
	x.skip = s.skip
	return x
}

// starts are the states in which walks from the nodes begin.
func (s *spreader) starts(nodes []graph.NodeID) []uint32 {
	var out []uint32
	for _, n := range nodes {
		if id, ok := s.w.number(state{n, facts{issuer: originIssuer(s.w.e.g.Node(n))}}); ok {
			out = append(out, id)
		}
	}
	return out
}

// arrival is how a state was first met.
type arrival struct {
	start bool // with no move
	from  uint32
	move  move
}

// met are the states that a walk met, breadth-first, and how.
type met struct {
	states map[graph.NodeID][]uint32 // of each node, in the order in which they were met
	by     map[uint32]arrival
}

// meet walks breadth-first. With outright only moves count that the caller can always
// make.
func (s *spreader) meet(starts []uint32, outright bool) met {
	out := met{map[graph.NodeID][]uint32{}, map[uint32]arrival{}}
	queue := slices.Clone(starts)
	for _, id := range starts {
		out.by[id] = arrival{start: true}
	}
	for at := 0; at < len(queue); at++ {
		id := queue[at]
		n := s.w.states[id].node
		out.states[n] = append(out.states[n], id)
		for m := range s.w.from(id) {
			if !has(out.by, m.to) && (!outright || s.w.e.outright(m.req)) {
				out.by[m.to] = arrival{from: id, move: m}
				queue = append(queue, m.to)
			}
		}
	}
	return out
}

// first is the first trace to a node that goes together; ok is false if none was met.
func (s *spreader) first(m met, n graph.NodeID) (t trace, ok bool) {
	for _, id := range m.states[n] {
		if t = s.back(id, m.by); s.w.consistent(t) {
			return t, true
		}
	}
	return trace{}, false
}

// shortest is the first trace to a node, or, where those that were met do not go
// together, another.
func (s *spreader) shortest(starts []uint32, m met, n graph.NodeID) (t trace, ok bool) {
	if t, ok = s.first(m, n); ok {
		return t, true
	}
	for _, id := range starts {
		if u, found := s.w.wayTo(id, n); found && (!ok || len(u.moves) < len(t.moves)) {
			t, ok = u, true
		}
	}
	return t, ok
}

func has[K comparable, V any](m map[K]V, k K) bool {
	_, ok := m[k]
	return ok
}

// back is the trace to a state.
func (s *spreader) back(id uint32, by map[uint32]arrival) trace {
	var moves []move
	for a := by[id]; !a.start; a = by[id] {
		moves = append(moves, a.move)
		id = a.from
	}
	slices.Reverse(moves)
	return trace{id, moves}
}

// reached lists whose sessions the starts lead to: by a path that works outright
// where there is one, else by the shortest.
func (s *spreader) reached(starts []uint32) []Reached {
	e := s.w.e
	all, sure := s.meet(starts, false), s.meet(starts, true)
	out := make([]Reached, 0, len(all.states))
	for _, n := range slices.Sorted(maps.Keys(all.states)) {
		if !e.g.Node(n).Acts() || s.skip != nil && s.skip(e.g.Node(n)) {
			continue
		}
		t, ok := s.shortest(starts, all, n)
		switch {
		case !ok:
			continue
		case s.tooFar(t):
			s.cut++
			continue
		}
		if u, ok := s.first(sure, n); ok {
			if !s.tooFar(u) {
				t = u
			} else {
				s.w.beyond.Store(true)
			}
		}
		out = append(out, s.row(n, t))
	}
	slices.SortStableFunc(out, func(a, b Reached) int {
		return cmp.Or(cmp.Compare(a.Hops, b.Hops), cmp.Compare(verdictRank(a.Verdict), verdictRank(b.Verdict)), cmp.Compare(a.Principal, b.Principal))
	})
	return out
}

func (s *spreader) tooFar(t trace) bool {
	most := s.w.e.o.MaxHops
	return most > 0 && len(t.moves) > most
}

func (s *spreader) row(n graph.NodeID, t trace) Reached {
	node := s.w.e.g.Node(n)
	p := s.d.path(t)
	origin := s.w.e.g.Node(s.w.states[t.origin].node)
	p.Population, _ = populationOf(origin, &p)
	return Reached{Principal: node.ID, Kind: kindOf(node), Account: node.Account, Hops: len(t.moves), Verdict: p.Verdict, Marks: s.marks(n, t), Path: p}
}

// marks says what makes a reached principal sensitive.
func (s *spreader) marks(id graph.NodeID, t trace) []string {
	e, n, out := s.w.e, s.w.e.g.Node(id), slices.Clone(s.ownMarks(id))
	for _, id := range s.w.nodes(t) {
		if entry := e.g.Node(id); entry.Acts() || entry.Kind == graph.KindCompute || entry.Kind == graph.KindInstanceProfile {
			if entry.Account != n.Account {
				out = append(out, MarkOtherAccount)
			}
			break
		}
	}
	return out
}

// ownMarks are the marks of a node that do not hang on how it is reached; not nil.
func (s *spreader) ownMarks(id graph.NodeID) []string {
	out, ok := s.own[id]
	if ok {
		return out
	}
	out = []string{}
	n := s.w.e.g.Node(id)
	if a, ok := s.w.e.administrator(n, s.full); ok {
		if s.w.e.outright(a.Requires) {
			out = append(out, MarkAdministrator)
		} else {
			out = append(out, MarkAdministratorIf)
		}
	}
	if n.Kind == graph.KindRoot || n.Kind == graph.KindRootSession {
		out = append(out, MarkRoot)
	}
	s.own[id] = out
	return out
}

// limits records what the walk left out.
func (s *spreader) limits(r *Limits) {
	if s.cut > 0 {
		r.add(fmt.Sprintf("%d sessions need more than %d hops", s.cut, s.w.e.o.MaxHops))
	}
	s.w.limits(r)
}

func (l *Limits) add(reason string) {
	l.Truncated = true
	l.Reasons = append(l.Reasons, reason)
}
