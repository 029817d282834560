package query

import (
	"fmt"
	"slices"
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// An EscalationBlock holds the answers that take a step of section 12. They
// stand apart from the others and change none of their verdicts (QRY-07): who
// reaches it without escalation, outright, is not listed again.
type EscalationBlock struct {
	Answers []Answer `json:"answers"`
	Limits  Limits   `json:"limits"`
	Notes   []Note   `json:"notes"`
}

// EscalationStep says what is done in a step.
type EscalationStep struct {
	Rule     string   `json:"rule"`  // "ESC-13"
	Entry    string   `json:"entry"` // of the escalation catalogue
	Title    string   `json:"title"`
	Requests []Call   `json:"requests"`
	Also     []string `json:"also,omitempty"` // further entries that lead there
}

// A Call is one request that a step takes.
type Call struct {
	Action   string `json:"action"`
	Resource string `json:"resource"`
}

// Escalations is a graph with escalation edges, and what was left out of it.
type Escalations struct {
	Graph  *graph.Graph
	Unread []string // policies without a document: what they allow is not in it
	Cut    bool     // there were too many edges to keep
	// Untried is in how many accounts not all was tried that principals may change in others.
	Untried int
}

// escalate adds the move along an escalation edge. What the actor holds
// afterwards is a session that carries nothing but what the edge gives; one that
// is changed in place carries what it did.
func (w *walker) escalate(s state, e graph.Edge) {
	req := e.Requires
	if s.facts.issuer == longTerm {
		req = w.e.escalatesByKeys(e)
	} else {
		req = w.fold(s, req)
	}
	next := s.facts
	switch e.Kind {
	case graph.EscalatesToKeys:
		next = facts{issuer: longTerm}
	case graph.EscalatesByCall:
		next = facts{issuer: assumed}
	case graph.EscalatesByService:
		next = facts{issuer: delivered}
	}
	w.move(e, req, next)
}

// escalatesByKeys is what an edge asks of somebody with long-term keys. The ways
// that the edge stands for may differ in what they call.
func (e *Engine) escalatesByKeys(edge graph.Edge) policy.Requirement {
	n := e.g.Node(edge.From)
	if !mentionsMode(edge.Requires) {
		return edge.Requires.Simplify()
	}
	out := policy.False()
	for _, way := range e.g.Escalations(edge.From, edge.To, edge.Kind) {
		call := anyCall
		if slices.ContainsFunc(way.Requests, func(r graph.Request) bool { return strings.HasPrefix(r.Action, "iam:") }) {
			call = iamCall
		}
		plain, _ := e.byModes(n, way.Requires, call)
		out = policy.Or(out, plain)
	}
	return out.Simplify()
}

// escalation describes a step that is no role assumption, by the way that asks
// for least.
func (d *describer) escalation(from, to graph.NodeID, m move, hop int) (Step, []string) {
	g := d.w.e.g
	s := Step{From: g.Node(from).ID, To: g.Node(to).ID, Kind: m.kind.String(), Verdict: VerdictAllow, Because: []Evidence{}}
	s.Requires = d.requires(m.req, hop)
	if !d.w.e.outright(m.req) {
		s.Verdict = VerdictAllowIf
	}
	ways := simplest(g.Escalations(from, to, m.kind))
	if len(ways) == 0 {
		return s, nil
	}
	way := ways[0]
	step := &EscalationStep{Rule: way.Rule, Entry: way.Entry, Title: way.Title, Requests: []Call{}}
	var codes []string
	holds := []*graph.Node{g.Node(from)}
	for _, r := range way.Requests {
		if c := (Call{r.Action, r.Resource}); !slices.Contains(step.Requests, c) {
			step.Requests = append(step.Requests, c)
		}
		decision := d.w.e.decideAs(holds, r)
		for _, ev := range evidence(&decision) {
			if !slices.Contains(s.Because, ev) {
				s.Because = append(s.Because, ev)
			}
		}
		codes = append(codes, decision.Codes...)
		if n, ok := g.Find(r.Resource); ok && slices.Contains(becoming, r.Action) {
			holds = append(holds, g.Node(n)) // what follows may be done as that one
		}
	}
	for _, other := range ways[1:] {
		if other.Entry != way.Entry && !slices.Contains(step.Also, other.Entry) {
			step.Also = append(step.Also, other.Entry)
		}
	}
	s.Escalation = step
	return s, codesIn(s.Requires, codes)
}

// becoming are calls on a principal that is at hand after them.
var becoming = []string{"sts:AssumeRole", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"}

// decideAs decides a request of a way as the principal that makes it: of those at hand,
// the last who may.
func (e *Engine) decideAs(holds []*graph.Node, r graph.Request) policy.Decision {
	last := e.decide(holds[len(holds)-1], r.Action, r.Resource, nil)
	for i := len(holds) - 2; i >= 0 && last.Requires.IsFalse(); i-- {
		if d := e.decide(holds[i], r.Action, r.Resource, nil); !d.Requires.IsFalse() {
			return d
		}
	}
	return last
}

// Graph returns the graph that the engine answers from.
func (e *Engine) Graph() *graph.Graph { return e.g }

// WithEscalation asks a question twice: as it is, and over escalation edges as
// well. What only those add comes in a block of its own.
func (e *Engine) WithEscalation(x Escalations, question func(*Engine) (*Result, error)) (*Result, error) {
	r, err := question(e)
	if err != nil {
		return nil, err
	}
	wider, err := question(New(x.Graph, e.o))
	if err != nil {
		return nil, err
	}
	r.Escalation = x.block(r, wider)
	return r, nil
}

// block keeps of a wider result what takes escalation.
func (x *Escalations) block(r, wider *Result) *EscalationBlock {
	outright := map[string]bool{}
	for i := range r.Answers {
		if r.Question.Kind != "what-can" && r.Answers[i].Verdict == VerdictAllow {
			outright[r.Answers[i].Principal] = true
		}
	}
	b := &EscalationBlock{Answers: []Answer{}, Limits: wider.Limits, Notes: []Note{}}
	for _, a := range wider.Answers {
		if outright[a.Principal] {
			continue
		}
		if a, ok := onlyEscalation(a); ok {
			b.Answers = append(b.Answers, a)
		}
	}
	if n := len(x.Unread); n > 0 {
		b.Notes = append(b.Notes, Note{"policies-unread", fmt.Sprintf("attached policies without a document in the input: %d; what they allow was not looked at for escalation", n)})
	}
	if x.Cut {
		b.Limits.Truncated = true
		b.Limits.Reasons = append(slices.Clip(b.Limits.Reasons), "there are more escalation edges than are kept; further paths may exist")
	}
	if x.Untried > 0 {
		b.Limits.Truncated = true
		b.Limits.Reasons = append(slices.Clip(b.Limits.Reasons), fmt.Sprintf("not all changes that one principal makes to another were tried, of which there are too many (accounts: %d); further paths may exist", x.Untried))
	}
	return b
}

// onlyEscalation keeps the paths and sessions of an answer that escalate.
func onlyEscalation(a Answer) (Answer, bool) {
	a.Paths = slices.DeleteFunc(slices.Clone(a.Paths), func(p Path) bool { return !p.Escalates() || atHome(&a, &p) })
	a.Sessions = slices.DeleteFunc(slices.Clone(a.Sessions), func(s Session) bool { return !s.Path.Escalates() })
	if len(a.Paths) == 0 {
		return a, len(a.Sessions) > 0
	}
	best := a.Paths[0]
	if i := slices.IndexFunc(a.Paths, func(p Path) bool { return p.Verdict == VerdictAllow }); i >= 0 {
		best = a.Paths[i]
	}
	a.Verdict, a.Hops, a.Direct = best.Verdict, len(best.Steps), false
	a.Codes, a.Confidence, a.Layers = best.Codes, best.Confidence, nil
	return a, true
}

// atHome reports whether a path says of a root user that it can have its own
// account's principals act for it: it may do everything there as it is (ROOT-01).
func atHome(a *Answer, p *Path) bool {
	return a.Kind == graph.KindRoot.String() && !slices.ContainsFunc(p.Principals, func(id string) bool {
		arn, ok := policy.ParseARN(id)
		return !ok || arn.Account != a.Account
	})
}

// Escalates reports whether some step of the path is an escalation.
func (p *Path) Escalates() bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Escalation != nil })
}
