package query_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/ingest/managed"
	"accesspath/internal/fixture"
	"accesspath/policy"
	"accesspath/query"
)

// caseTime is the instant of all worked cases.
var caseTime = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

// A microCase is one worked case of section 14: a world in the shorthand of
// package fixture, and questions with their answers.
//
// A question is "subject action resource -> answer". The single request is
// evaluated (users sign with long-term keys, roles as a session named n), and
// can has to give the same verdict. A prefix chooses one form only:
//
//	request: r as deploy s3:GetObject b/x -> …  the single request
//	can: …                                      the principal, alone or through chains
//	paths: u to r2 -> ALLOW via r1              how one becomes the other
//	who: s3:GetObject b/x -> u ALLOW via r1     one row; "u nobody": no such row
//
// Answers are ALLOW, ALLOW requires(…), ALLOW_IF, ALLOW_IF(…), DENY,
// DENY(cause, …), "not DENY";
// behind them #CODE asks for a code, #via=G for evidence, #text=a_b for words
// in a cause, #api for a mode.
type microCase struct {
	id    string
	world string
	ask   string
	check func(t *testing.T, w *caseWorld)
	skip  string // what is missing
}

func allCases() []microCase {
	return slices.Concat(parsingCases(), sameAccountCases(), crossAccountCases(), assumeCases(), federationCases(), chainCases(), conditionCases(), ruleCases(), chainRuleCases(), signInRuleCases(), jointRuleCases(), callRuleCases(),
		trustCases(), trustConditionCases(), stsCases(), chainModelCases(), carriedCases(), laterHopCases(), searchCases(),
		symbolicCases(), tagCases(), contradictionCases(), keyCases(), requestCases(), serviceCases(), layerCases(), questionCases(), computeCases(), rootCases(), federationRuleCases(), carrierCases(),
		snapshotCases())
}

func TestCases(t *testing.T) {
	for _, c := range allCases() {
		t.Run(c.id, func(t *testing.T) {
			if c.skip != "" {
				t.Skipf("%s: %s", c.id, c.skip)
			}
			w := newCaseWorld(t, c.world)
			for _, line := range strings.Split(c.ask, "\n") {
				if line = strings.TrimSpace(line); line != "" {
					w.ask(t, line)
				}
			}
			if c.check != nil {
				c.check(t, w)
			}
		})
	}
}

// caseWorld is a snapshot with its graph.
type caseWorld struct {
	snapshot *iam.Snapshot
	graph    *graph.Graph
}

func newCaseWorld(t *testing.T, text string) *caseWorld {
	t.Helper()
	s, err := fixture.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return caseGraph(t, s)
}

func caseGraph(t *testing.T, s *iam.Snapshot) *caseWorld {
	t.Helper()
	g, err := graph.Build(t.Context(), s, graph.Options{AsOf: caseTime, KeyDefined: query.KeyDefined, ManagedPolicy: managed.Lookup})
	if err != nil {
		t.Fatal(err)
	}
	return &caseWorld{s, g}
}

func (w *caseWorld) engine(change ...func(*query.Options)) *query.Engine {
	o := query.Options{View: query.ViewAll, MaxPaths: 8}
	for _, f := range change {
		f(&o)
	}
	return query.New(w.graph, o)
}

// ask runs one line of a case.
func (w *caseWorld) ask(t *testing.T, line string) {
	t.Helper()
	question, answer, ok := strings.Cut(line, " -> ")
	if !ok {
		t.Fatalf("question %q has no answer", line)
	}
	want := parseAnswer(answer)
	form, rest, ok := strings.Cut(question, ": ")
	if !ok {
		form, rest = "", question
	}
	f := strings.Fields(rest)
	switch form {
	case "":
		got := w.request(t, f[0], "n", f[1], f[2])
		want.compare(t, line, got)
		w.sameVerdict(t, line, f, got.verdict)
	case "request":
		name := "n"
		if f[1] == "as" {
			name = f[2]
			f = append(f[:1:1], f[3:]...)
		}
		want.compare(t, line, w.request(t, f[0], name, f[1], f[2]))
	case "can":
		want.compare(t, line, caseObserve(w.can(t, f[0], f[1], f[2])))
	case "paths":
		want.compare(t, line, caseObserve(w.paths(t, f[0], f[2])))
	case "who":
		w.askWho(t, line, f, answer)
	default:
		t.Fatalf("question %q: unknown form %q", line, form)
	}
}

// sameVerdict holds can, and for roles paths, against the single request.
func (w *caseWorld) sameVerdict(t *testing.T, line string, f []string, verdict string) {
	t.Helper()
	if _, known := w.graph.Find(fixture.ARN(f[0])); !known {
		return
	}
	if a := w.can(t, f[0], f[1], f[2]); a.Verdict != verdict {
		t.Errorf("%s\n  can says %s", line, caseObserve(a))
	}
	if _, known := w.graph.Find(fixture.ARN(f[2])); f[1] == "sts:AssumeRole" && known && f[0] != f[2] {
		if a := w.paths(t, f[0], f[2]); a.Verdict != verdict {
			t.Errorf("%s\n  paths says %s", line, caseObserve(a))
		}
	}
}

func (w *caseWorld) askWho(t *testing.T, line string, f []string, answer string) {
	t.Helper()
	name, rest, _ := strings.Cut(answer, " ")
	r := w.whoCan(t, f[0], f[1])
	i := slices.IndexFunc(r.Answers, func(a query.Answer) bool { return fixture.Short(a.Principal) == name })
	switch {
	case rest == "nobody" && i >= 0:
		t.Errorf("%s\n  got %s", line, caseObserve(r.Answers[i]))
	case rest == "nobody":
	case i < 0:
		var names []string
		for _, a := range r.Answers {
			names = append(names, fixture.Short(a.Principal))
		}
		t.Errorf("%s\n  no such row; there are %v", line, names)
	default:
		parseAnswer(rest).compare(t, line, caseObserve(r.Answers[i]))
	}
}

func (w *caseWorld) can(t *testing.T, who, action, resource string) query.Answer {
	t.Helper()
	return w.canWith(t, w.engine(), who, action, resource)
}

func (w *caseWorld) canWith(t *testing.T, e *query.Engine, who, action, resource string) query.Answer {
	t.Helper()
	return w.single(t, askCan(e, fixture.ARN(who), actionAsked{action, fixture.ARN(resource)}))
}

func askCan(e *query.Engine, who string, q actionAsked) func(context.Context) (*query.Result, error) {
	return func(ctx context.Context) (*query.Result, error) { return e.Can(ctx, who, q.action, q.resource) }
}

func (w *caseWorld) paths(t *testing.T, from, to string) query.Answer {
	t.Helper()
	return w.single(t, func(ctx context.Context) (*query.Result, error) {
		return w.engine().Paths(ctx, fixture.ARN(from), fixture.ARN(to))
	})
}

func (w *caseWorld) whoCan(t *testing.T, action, resource string) *query.Result {
	t.Helper()
	r, err := w.engine().WhoCan(t.Context(), action, fixture.ARN(resource))
	if err != nil {
		t.Fatal(err)
	}
	w.checked(t, r)
	return r
}

func (w *caseWorld) single(t *testing.T, ask func(context.Context) (*query.Result, error)) query.Answer {
	t.Helper()
	r, err := ask(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.checked(t, r)
	if len(r.Answers) != 1 {
		t.Fatalf("%d answers, want 1", len(r.Answers))
	}
	return r.Answers[0]
}

// checked verifies every path of a result from the snapshot alone.
func (w *caseWorld) checked(t *testing.T, r *query.Result) {
	t.Helper()
	for _, a := range r.Answers {
		for _, p := range a.Paths {
			if err := query.Check(w.graph, r.Question, p); err != nil {
				t.Errorf("%s %s %s: path %v does not hold: %v", r.Question.Kind, r.Question.Action, r.Question.Resource, p.Principals, err)
			}
		}
	}
}

// node finds a principal; "anonymous" and services need not be in the graph.
func (w *caseWorld) node(t *testing.T, who string) *graph.Node {
	t.Helper()
	if who == "anonymous" {
		return &graph.Node{ID: graph.PublicID, Kind: graph.KindPublic, Name: graph.AnonymousName}
	}
	n, ok := w.graph.Find(fixture.ARN(who))
	if !ok {
		t.Fatalf("no principal %q", who)
	}
	return w.graph.Node(n)
}

// request decides one request: users sign with long-term keys, roles with a
// plain session of the given name.
func (w *caseWorld) request(t *testing.T, who, session, action, resource string) caseObservation {
	t.Helper()
	n := w.node(t, who)
	ask := graph.Ask{Node: n, Action: action, Resource: fixture.ARN(resource), Session: sessionOf(n)}
	if n.Kind == graph.KindRole {
		ask.SessionName = session
	}
	d := w.graph.Model.Decide(ask)
	if target, ok := w.graph.Find(ask.Resource); ok && action == "sts:AssumeRole" && w.graph.Node(target).Role != nil {
		d = w.graph.Model.Assume(n, w.graph.Node(target).Role, ask.Session, "").Decision
		d.Requires = d.Requires.Given(policy.MapContext{strings.ToLower(policy.SessionNameKey): policy.Is(ask.SessionName)})
	}
	return observeDecision(&d)
}

// sessionOf is what plain credentials carry.
func sessionOf(n *graph.Node) policy.Context {
	switch n.Kind {
	case graph.KindUser, graph.KindRoot:
		return policy.ContextFunc(func(string) policy.Value { return policy.NotThere() })
	case graph.KindRole:
		return policy.ContextFunc(func(key string) policy.Value {
			if tag, ok := strings.CutPrefix(key, "aws:principaltag/"); ok {
				var tags []policy.Tag
				for _, t := range n.Role.Tags {
					tags = append(tags, policy.Tag(t))
				}
				return policy.TagValue(tags, tag)
			}
			switch key {
			case "aws:multifactorauthpresent":
				return policy.Is("false")
			case "aws:tokenissuetime":
				return policy.Is(caseTime.Format(time.RFC3339))
			}
			return policy.NotThere()
		})
	}
	return nil
}
