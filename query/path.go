package query

import (
	"cmp"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// trace is a path through states: the first state, and the moves taken.
type trace struct {
	origin uint32
	moves  []move
}

func (t trace) last() uint32 {
	if len(t.moves) == 0 {
		return t.origin
	}
	return t.moves[len(t.moves)-1].to
}

// nodes lists the principals along the trace.
func (w *walker) nodes(t trace) []graph.NodeID {
	out := []graph.NodeID{w.states[t.origin].node}
	for _, m := range t.moves {
		out = append(out, w.states[m.to].node)
	}
	return out
}

// weight is the heaviest class that the trace asks for (CHAIN-46).
func (w *walker) weight(t trace) policy.Class {
	heaviest := w.e.weightOf(w.accept[t.last()])
	for _, m := range t.moves {
		heaviest = max(heaviest, w.e.weightOf(m.req))
	}
	return heaviest
}

// maxTraces bounds how many traces are looked at for one origin.
const maxTraces = 256

// search finds an origin's best traces. dist and out are the distances of
// walker.distances, without and with outright.
type search struct {
	w         *walker
	dist, out []int32
	maxHops   int
}

// best returns up to n traces of an origin, best first: shortest, then lightest
// requirement, then fewest calls by escalation, then by name; and a longer outright one
// if all shorter ones are conditional (CHAIN-46). Where that one is too long to be shown,
// the walk remembers it: the verdict would be another (CHAIN-06). more counts further
// shortest paths.
func (s *search) best(origin uint32, n int) (traces []trace, more int) {
	if s.dist[origin] < 0 || s.tooFar(s.dist[origin]) {
		return nil, 0
	}
	found := s.shortest(origin, s.dist, false)
	many := len(found) >= maxTraces
	switch o := s.out[origin]; {
	case o < 0:
		found = append(found, s.detours(origin)...)
	case o == s.dist[origin]:
	case s.tooFar(o):
		s.w.beyond.Store(true)
	default:
		found = append(found, s.shortest(origin, s.out, true)...)
	}
	some := len(found) > 0
	if found = slices.DeleteFunc(found, s.clashes); some && len(found) == 0 {
		found = s.longer(origin)
	}
	found = s.distinct(found)
	s.order(found)
	total := len(found)
	if many {
		total = max(total, s.count(origin, s.dist, map[uint32]int{})) // of states: an upper bound
	}
	if len(found) > n {
		found = s.keep(found, n)
	}
	return found, total - len(found)
}

// clashes reports whether what a trace asks for does not go together: of a provider, or,
// if asked for, of the network that the actor calls from (CHAIN-32).
func (s *search) clashes(t trace) bool {
	return !s.w.consistent(t) || s.w.e.o.OneNetwork && s.w.splitNetwork(t)
}

// Bounds of the search for longer ways: hops beyond the fewest, and moves looked at.
const (
	maxLonger = 8
	maxLooks  = 1 << 16
)

// longer finds the shortest simple traces that do not clash, where all of the shortest
// do.
func (s *search) longer(origin uint32) []trace {
	var out []trace
	looks := 0
	var walk func(moves []move, at uint32, left int)
	walk = func(moves []move, at uint32, left int) {
		if looks++; looks > maxLooks && len(out) == 0 {
			s.w.unseen.Store(true)
		}
		if looks > maxLooks || len(out) >= 16 || s.w.bound.interrupted() {
			return
		}
		if left == 0 {
			if t := (trace{origin, slices.Clone(moves)}); !s.w.accept[at].IsFalse() && s.simple(t) && !s.clashes(t) {
				out = append(out, t)
			}
			return
		}
		for m := range s.w.from(at) {
			if s.dist[m.to] >= 0 && int(s.dist[m.to]) <= left-1 {
				walk(append(slices.Clip(moves), m), m.to, left-1)
			}
		}
	}
	for hops := s.dist[origin]; hops <= s.dist[origin]+maxLonger && len(out) == 0; hops++ {
		if s.tooFar(hops) {
			s.w.beyond.Store(true)
			break
		}
		walk(nil, origin, int(hops))
	}
	return out
}

// splitNetwork reports whether no single address meets every hop's demand on
// aws:SourceIp.
func (w *walker) splitNetwork(t trace) bool {
	all := onlySourceIP(w.accept[t.last()])
	for _, m := range t.moves {
		all = policy.And(all, onlySourceIP(m.req))
	}
	return !all.Satisfiable()
}

// onlySourceIP weakens a requirement to what it says about the address.
func onlySourceIP(r policy.Requirement) policy.Requirement {
	return r.Map(func(a *policy.Atom) policy.Requirement {
		if !a.Opaque && strings.EqualFold(a.Key, "aws:SourceIp") {
			return policy.Keep(a)
		}
		return policy.True()
	})
}

func (s *search) tooFar(hops int32) bool { return s.maxHops > 0 && int(hops) > s.maxHops }

// keep takes the first n, and among them the best outright trace.
func (s *search) keep(found []trace, n int) []trace {
	out := slices.Clone(found[:n])
	if slices.ContainsFunc(out, s.outright) {
		return out
	}
	if i := slices.IndexFunc(found, s.outright); i >= 0 {
		out[n-1] = found[i]
	}
	return out
}

func (s *search) outright(t trace) bool {
	if !s.w.e.outright(s.w.accept[t.last()]) {
		return false
	}
	return !slices.ContainsFunc(t.moves, func(m move) bool { return !s.w.e.outright(m.req) })
}

// shortest lists shortest traces by walking down the distances.
func (s *search) shortest(origin uint32, dist []int32, outright bool) []trace {
	var out []trace
	var walk func(t trace)
	walk = func(t trace) {
		if len(out) >= maxTraces || s.w.bound.interrupted() {
			return
		}
		at := t.last()
		if dist[at] == 0 {
			out = append(out, trace{t.origin, slices.Clone(t.moves)})
			return
		}
		for m := range s.w.from(at) {
			if dist[m.to] == dist[at]-1 && (!outright || s.w.e.outright(m.req)) {
				walk(trace{t.origin, append(t.moves, m)})
			}
		}
	}
	walk(trace{origin: origin})
	return out
}

// detours looks, where every shortest trace is conditional, for longer ones
// that avoid what those ask for: each step leaves the shortest way once.
func (s *search) detours(origin uint32) []trace {
	base := s.shortest(origin, s.dist, false)
	if len(base) == 0 {
		return nil
	}
	heaviest := s.w.weight(base[0])
	var out []trace
	at := origin
	var prefix []move
	for depth := 0; depth <= len(base[0].moves) && len(out) < 16; depth++ {
		for m := range s.w.from(at) {
			if s.w.bound.interrupted() {
				return out
			}
			if s.dist[m.to] < 0 || s.dist[m.to] == s.dist[at]-1 {
				continue
			}
			if s.tooFar(int32(depth)+1+s.dist[m.to]) && s.w.beyond.Load() {
				continue // it would not be shown, and that there is one is known
			}
			for _, tail := range s.shortest(m.to, s.dist, false) {
				t := trace{origin, slices.Concat(prefix, []move{m}, tail.moves)}
				if !s.simple(t) || s.w.weight(t) >= heaviest {
					continue
				}
				if s.tooFar(int32(len(t.moves))) {
					s.w.beyond.Store(true)
				} else {
					out = append(out, t)
				}
				break
			}
			if len(out) >= 16 {
				break
			}
		}
		if depth == len(base[0].moves) {
			break
		}
		m := base[0].moves[depth]
		prefix, at = append(prefix, m), m.to
	}
	return out
}

// simple reports whether no principal stands twice on the trace (CHAIN-07).
func (s *search) simple(t trace) bool {
	nodes := s.w.nodes(t)
	slices.Sort(nodes)
	return len(slices.Compact(nodes)) == len(t.moves)+1
}

// distinct drops traces over the same principals, keeping the lighter one.
func (s *search) distinct(list []trace) []trace {
	best := map[string]int{}
	var out []trace
	for _, t := range list {
		if s.w.called() {
			return out
		}
		k := s.nodeKey(t)
		if i, ok := best[k]; ok {
			if s.w.weight(t) < s.w.weight(out[i]) {
				out[i] = t
			}
			continue
		}
		best[k] = len(out)
		out = append(out, t)
	}
	return out
}

func (s *search) nodeKey(t trace) string {
	var b strings.Builder
	for _, n := range s.w.nodes(t) {
		b.WriteString(s.w.e.g.Node(n).ID)
		b.WriteByte('\n')
	}
	return b.String()
}

// order sorts traces; what they are compared by is worked out once for each.
func (s *search) order(list []trace) {
	type keyed struct {
		trace
		weight policy.Class
		calls  int
		nodes  string
	}
	all := make([]keyed, len(list))
	for i, t := range list {
		if s.w.called() {
			return
		}
		all[i] = keyed{t, s.w.weight(t), s.w.calls(t), s.nodeKey(t)}
	}
	slices.SortStableFunc(all, func(a, b keyed) int {
		return cmp.Or(len(a.moves)-len(b.moves), int(a.weight)-int(b.weight), a.calls-b.calls, strings.Compare(a.nodes, b.nodes))
	})
	for i := range all {
		list[i] = all[i].trace
	}
}

// calls is how many calls the escalations on a trace take: of ways that are alike
// otherwise, the simplest is the one to show.
func (w *walker) calls(t trace) int {
	n, from := 0, w.states[t.origin].node
	for _, m := range t.moves {
		to := w.states[m.to].node
		if ways := w.e.g.Escalations(from, to, m.kind); len(ways) > 0 {
			n += len(simplest(ways)[0].Requests)
		}
		from = to
	}
	return n
}

// simplest sorts ways along one edge: by what they ask for, then by how many
// calls they take.
func simplest(ways []graph.Escalation) []graph.Escalation {
	return slices.SortedStableFunc(slices.Values(ways), func(a, b graph.Escalation) int {
		return cmp.Or(cmp.Compare(a.Requires.Weight(), b.Requires.Weight()), cmp.Compare(len(a.Requests), len(b.Requests)))
	})
}

// maxCount is where counting paths stops to be exact.
const maxCount = 1 << 30

// count counts the shortest traces of an origin.
func (s *search) count(at uint32, dist []int32, seen map[uint32]int) int {
	if dist[at] == 0 {
		return 1
	}
	if n, ok := seen[at]; ok {
		return n
	}
	n := 0
	for m := range s.w.from(at) {
		if dist[m.to] == dist[at]-1 {
			n = min(n+s.count(m.to, dist, seen), maxCount)
		}
	}
	seen[at] = n
	return n
}
