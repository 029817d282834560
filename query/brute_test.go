package query_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/policy"
	"accesspath/query"
)

// In a plain organization nothing is conditional: who-can must agree with
// trying every chain of up to five hops.
func TestBruteForceOverPlainChains(t *testing.T) {
	found := 0
	for seed := range uint64(seeds(20)) {
		g := buildGraph(t, fixture.Org(fixture.OrgOptions{Seed: seed, Accounts: 2 + int(seed%2), Users: 3, Roles: 5, Plain: true}), 0)
		r, err := query.New(g, query.Options{View: query.ViewAll}).WhoCan(t.Context(), "s3:GetObject", fixture.OrgObject)
		if err != nil {
			t.Fatal(err)
		}
		rows := map[string]query.Answer{}
		for _, a := range r.Answers {
			rows[a.Principal] = a
		}
		for i := range g.Len() {
			n := g.Node(graph.NodeID(i))
			if n.User == nil && n.Role == nil {
				continue
			}
			a, ok := rows[n.ID]
			if !ok {
				a = query.Answer{Verdict: query.VerdictDeny, Hops: -1}
			}
			want := query.Answer{Verdict: query.VerdictAllow}
			if want.Hops = (&chains{g, true}).shortest(graph.NodeID(i)); want.Hops < 0 {
				want.Verdict = query.VerdictAllowIf // U-02
				if want.Hops = (&chains{g, false}).shortest(graph.NodeID(i)); want.Hops < 0 {
					want.Verdict = query.VerdictDeny
				}
			}
			if (a.Verdict != want.Verdict || a.Hops != want.Hops) && a.Hops <= maxChain {
				t.Errorf("seed %d: %s is listed with %s, %d hops; the chains say %s, %d", seed, n.ID, a.Verdict, a.Hops, want.Verdict, want.Hops)
			}
			if want.Hops > 0 {
				found++
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d chains: the organizations are too poor to test with", found)
	}
}

// chains tries simple chains one by one; with outright only over what holds
// unconditionally. Boundaries alone leave something open here (U-02).
type chains struct {
	g        *graph.Graph
	outright bool
}

const maxChain = 5

// shortest returns the fewest hops to a principal that reads the object, -1 if
// no short chain leads there.
func (c *chains) shortest(n graph.NodeID) int {
	return c.from(n, maxChain, map[graph.NodeID]bool{n: true})
}

func (c *chains) from(n graph.NodeID, left int, seen map[graph.NodeID]bool) int {
	node := c.g.Node(n)
	if c.holds(c.g.Model.Decide(graph.Ask{Node: node, Action: "s3:GetObject", Resource: fixture.OrgObject}).Requires) {
		return 0
	}
	best := -1
	for i := range c.g.Len() {
		to := c.g.Node(graph.NodeID(i))
		if left == 0 || to.Role == nil || seen[graph.NodeID(i)] || !c.holds(c.g.Model.Assume(node, to.Role, nil, "").Requires) {
			continue
		}
		seen[graph.NodeID(i)] = true
		if hops := c.from(graph.NodeID(i), left-1, seen); hops >= 0 && (best < 0 || hops+1 < best) {
			best = hops + 1
		}
		delete(seen, graph.NodeID(i))
	}
	return best
}

func (c *chains) holds(r policy.Requirement) bool {
	return r.IsTrue() || !c.outright && !r.IsFalse()
}

// TestBruteForceOverSessions plays through what users can really do, call by
// call with every value that could matter (session names, tags, source
// identity, external ids, MFA), and holds the symbolic answers against it:
//
//   - what some play reaches is never denied (CONV-03);
//   - what is allowed outright is reached even by a user without MFA, outside
//     the network, without external ids, and where every open question of
//     section 16 is answered with no;
//   - what is allowed under conditions is reached by somebody who meets all.
func TestBruteForceOverSessions(t *testing.T) {
	verdicts := map[string]int{}
	for seed := range uint64(seeds(12)) {
		s := fixture.Org(fixture.OrgOptions{Seed: 1000 + seed, Accounts: 2, Users: 3, Roles: 5})
		g := buildGraph(t, s, 0)
		r, ok := whoCan(t, g, query.Options{View: query.ViewAll, MaxPaths: 8})
		if !ok {
			t.Logf("seed %d", 1000+seed)
			continue
		}
		rows := map[string]query.Answer{}
		for _, a := range r.Answers {
			rows[a.Principal] = a
		}
		worst, best, outside := newPlay(t, s, g, false).run(), newPlay(t, s, g, true).run(), newPlay(t, s, g, true)
		outside.away = true
		elsewhere := outside.run()
		for i := range g.Len() {
			n := g.Node(graph.NodeID(i))
			if n.User == nil {
				continue
			}
			a, ok := rows[n.ID]
			if !ok {
				a.Verdict = query.VerdictDeny
			}
			verdicts[a.Verdict]++
			text := asJSON(a.Paths)
			switch {
			case best[n.ID]+elsewhere[n.ID] != "" && a.Verdict == query.VerdictDeny:
				t.Errorf("seed %d: %s reaches the object and is denied:%s", 1000+seed, n.ID, best[n.ID]+elsewhere[n.ID])
			case worst[n.ID] == "" && a.Verdict == query.VerdictAllow:
				t.Errorf("seed %d: %s is allowed outright and cannot always do it: %s", 1000+seed, n.ID, text)
			case best[n.ID]+elsewhere[n.ID] == "" && a.Verdict == query.VerdictAllowIf && !strings.Contains(text, "PrincipalTag/goto"):
				t.Errorf("seed %d: %s is allowed under conditions that nobody can meet: %s", 1000+seed, n.ID, text)
			}
		}
	}
	t.Log(verdicts)
}

// whoCan asks about the object; the answer must come in no time.
func whoCan(t *testing.T, g *graph.Graph, o query.Options) (*query.Result, bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	r, err := query.New(g, o).WhoCan(ctx, "s3:GetObject", fixture.OrgObject)
	if err != nil {
		t.Errorf("%d principals: %v", g.Len(), err)
		return nil, false
	}
	return r, true
}

// session is one concrete session, comparable.
type session struct {
	node       graph.NodeID
	name       string // of a role session
	tag        string // team, if passed or inherited
	transitive bool   // whether tag goes on to later sessions
	source     string // source identity
	mfa        string // value of the MFA key; "" absent
	issued     bool   // temporary credentials
}

// play explores what all users can do in one world.
type play struct {
	t     *testing.T
	g     *graph.Graph
	model *graph.Model
	best  bool // the world where all that is not the caller's choice goes well
	away  bool // yet callers are outside the network
	now   map[string]policy.Value
	may   map[request]policy.Requirement // with nothing known of the context
}

func newPlay(t *testing.T, s *iam.Snapshot, g *graph.Graph, best bool) *play {
	p := &play{t: t, g: g, best: best, may: map[request]policy.Requirement{}}
	p.model = graph.NewModel(s, graph.Options{AsOf: asOf, KeyDefined: query.KeyDefined, Overrides: policy.ContextFunc(func(key string) policy.Value { return p.now[key] })})
	return p
}

// run returns which users reach the object, each with one way to play it.
func (p *play) run() map[string]string {
	var list []session
	number := map[session]int{}
	var back [][]int
	add := func(s session, from int) {
		n, ok := number[s]
		if !ok {
			n = len(list)
			number[s] = n
			list, back = append(list, s), append(back, nil)
		}
		if from >= 0 {
			back[n] = append(back[n], from)
		}
	}
	for i := range p.g.Len() {
		if p.g.Node(graph.NodeID(i)).User != nil {
			for _, s := range p.modes(graph.NodeID(i)) {
				add(s, -1)
			}
		}
	}
	users := len(list)
	for at := 0; at < len(list); at++ {
		for _, next := range p.moves(list[at]) {
			add(next, at)
		}
	}
	ok, onward := make([]bool, len(list)), make([]int, len(list))
	var queue []int
	for i, s := range list {
		if ok[i] = p.reads(s); ok[i] {
			queue, onward[i] = append(queue, i), -1
		}
	}
	for at := 0; at < len(queue); at++ {
		for _, from := range back[queue[at]] {
			if !ok[from] {
				ok[from], onward[from] = true, queue[at]
				queue = append(queue, from)
			}
		}
	}
	out := map[string]string{}
	for i, s := range list[:users] {
		if ok[i] {
			text := ""
			for at := i; at >= 0; at = onward[at] {
				text += fmt.Sprintf(" %s %+v", p.g.Node(list[at].node).ID, list[at])
			}
			out[p.g.Node(s.node).ID] = text
		}
	}
	return out
}

// modes are the ways in which a user can sign (CHAIN-05).
func (p *play) modes(n graph.NodeID) []session {
	out := []session{{node: n}, {node: n, mfa: "false", issued: true}}
	if p.best {
		out = append(out, session{node: n, mfa: "true", issued: true})
	}
	return out
}

// moves are the sessions that can be had from a session.
func (p *play) moves(s session) []session {
	var out []session
	for i := range p.g.Len() {
		to := p.g.Node(graph.NodeID(i))
		if to.Role == nil || p.open(request{s.node, "sts:AssumeRole", to.ID}).IsFalse() {
			continue
		}
		for _, c := range p.calls(s) {
			if p.assume(s, to, c) {
				out = append(out, p.issue(s, graph.NodeID(i), c))
			}
		}
	}
	return out
}

// request is one request without its context.
type request struct {
	node             graph.NodeID
	action, resource string
}

// open is what remains of a request if nothing is known of its context.
func (p *play) open(r request) policy.Requirement {
	req, ok := p.may[r]
	if !ok {
		req = p.g.Model.Decide(graph.Ask{Node: p.g.Node(r.node), Action: r.action, Resource: r.resource}).Requires
		p.may[r] = req
	}
	return req
}

// call is what the caller picks for one AssumeRole.
type call struct {
	name, tag, source string
	transitive        bool
}

func (p *play) calls(s session) []call {
	tags := []call{{}, {tag: "red"}, {tag: "blue"}, {tag: "red", transitive: true}, {tag: "blue", transitive: true}}
	if s.tag != "" && s.transitive {
		tags = tags[:1] // a transitive tag cannot be passed again (CHAIN-11)
	}
	sources := []string{"", "alice"}
	if s.source != "" {
		sources = []string{s.source} // fixed (CHAIN-13)
	}
	var out []call
	for _, c := range tags {
		for _, c.source = range sources {
			for _, c.name = range []string{"deploy", "user0", "user1", "user2"} {
				out = append(out, c)
			}
		}
	}
	return out
}

func (p *play) issue(s session, to graph.NodeID, c call) session {
	next := session{node: to, name: c.name, tag: c.tag, transitive: c.transitive, source: c.source, mfa: "false", issued: true}
	if s.tag != "" && s.transitive {
		next.tag, next.transitive = s.tag, true
	}
	if s.mfa == "true" && p.best {
		next.mfa = "true" // U-01
	}
	return next
}

// assume tries one AssumeRole with all that goes with it (STS-06 to STS-08).
func (p *play) assume(s session, to *graph.Node, c call) bool {
	externals := []string{""}
	if p.best {
		externals = []string{"", fixture.OrgExternalID, "ext-2"}
	}
	mfas := []string{s.mfa}
	if p.best && p.g.Node(s.node).User != nil && !s.issued {
		mfas = append(mfas, "true") // a code on the call itself
	}
	for _, external := range externals {
		for _, mfa := range mfas {
			s.mfa = mfa
			ask := func(action string) bool {
				p.context(s)
				p.parameters(c, external)
				return p.decide(s, action, to.ID)
			}
			if !ask("sts:AssumeRole") {
				continue
			}
			if c.source != "" && !ask("sts:SetSourceIdentity") {
				continue
			}
			if c.tag != "" && !ask("sts:TagSession") {
				continue
			}
			if s.tag != "" && s.transitive && !p.best && !ask("sts:TagSession") {
				continue // U-18
			}
			return true
		}
	}
	return false
}

func (p *play) reads(s session) bool {
	p.context(s)
	return p.decide(s, "s3:GetObject", fixture.OrgObject)
}

// context is what every request of a session carries.
func (p *play) context(s session) {
	p.now = map[string]policy.Value{"aws:sourceip": policy.Is("198.51.100.7")}
	if p.best && !p.away {
		p.now["aws:sourceip"] = policy.Is("203.0.113.7")
	}
	set := func(key, value string) {
		p.now[key] = policy.NotThere()
		if value != "" {
			p.now[key] = policy.Is(value)
		}
	}
	set("aws:multifactorauthpresent", s.mfa)
	set("aws:tokenissuetime", "")
	if s.issued {
		set("aws:tokenissuetime", asOf.Format("2006-01-02T15:04:05Z"))
	}
	set("aws:sourceidentity", s.source)
	if role := p.g.Node(s.node).Role; role != nil {
		for _, tag := range []string{"team", "goto"} {
			var own []policy.Tag
			for _, t := range role.Tags {
				own = append(own, policy.Tag(t))
			}
			p.now["aws:principaltag/"+tag] = policy.TagValue(own, tag)
		}
		if s.tag != "" {
			set("aws:principaltag/team", s.tag)
		}
	}
}

// parameters are what one AssumeRole call carries besides.
func (p *play) parameters(c call, external string) {
	set := func(key, value string) {
		p.now[key] = policy.NotThere()
		if value != "" {
			p.now[key] = policy.Is(value)
		}
	}
	set("sts:externalid", external)
	set("sts:rolesessionname", c.name)
	set("sts:sourceidentity", c.source)
	set("aws:requesttag/team", c.tag)
	set("aws:tagkeys", "")
	set("sts:transitivetagkeys", "")
	if c.tag != "" {
		set("aws:tagkeys", "team")
	}
	if c.transitive {
		set("sts:transitivetagkeys", "team")
	}
}

// decide evaluates one request in the current context. Only questions that
// AWS's documentation leaves open may remain.
func (p *play) decide(s session, action, resource string) bool {
	if open := p.open(request{s.node, action, resource}); !open.IsOpen() {
		return open.IsTrue()
	}
	d := p.model.Decide(graph.Ask{Node: p.g.Node(s.node), Action: action, Resource: resource, SessionName: s.name})
	if !d.Requires.IsOpen() {
		return d.Requires.IsTrue()
	}
	d.Requires.Mentions(func(a *policy.Atom) bool {
		if a.Code == "" {
			p.t.Errorf("%s by %s is open in %s although everything is known", action, p.g.Node(s.node).ID, fmt.Sprint(a.Key, " ", a.Operator, " ", a.Values))
		}
		return false
	})
	return p.best
}
