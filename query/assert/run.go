package assert

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"accesspath/graph"
	"accesspath/policy"
	"accesspath/query"
)

// Options shape a run.
type Options struct {
	MaxViolations int               // listed for each check; 0 means 50
	Context       map[string]string // overrides that the graph was built with, for the record
}

// Run holds the snapshot of a graph against a file. The error is that of ctx; a
// check that cannot be asked as it stands is undecided and says why.
func Run(ctx context.Context, g *graph.Graph, f *File, o Options) (*Report, error) {
	r := newRunner(g, o)
	s := g.Model.Snapshot
	out := &Report{Schema: Schema, File: f.Name, AsOf: g.Model.Options.AsOf.UTC().Truncate(time.Second), Assumes: query.Assumes(g.Model), Coverage: query.Coverage(g.Model),
		Checks: []Outcome{}, Diagnostics: query.Diagnostics(s.Diagnostics)}
	for i := range f.Checks {
		outcome, err := r.check(ctx, &f.Checks[i])
		if err != nil {
			return nil, err
		}
		switch outcome.Status {
		case Passed:
			out.Passed++
		case Failed:
			out.Failed++
		default:
			out.Undecided++
		}
		out.Checks = append(out.Checks, outcome)
	}
	return out, nil
}

// runner keeps the answers that several checks may ask for.
type runner struct {
	g       *graph.Graph
	o       Options
	plain   *query.Engine
	noMFA   *query.Engine
	answers map[question]*query.Result
}

// question is what an engine is asked.
type question struct {
	action, resource, to string
	withoutMFA           bool
}

// keptPaths is how many paths of each principal are looked at.
const keptPaths = 3

func newRunner(g *graph.Graph, o Options) *runner {
	if o.MaxViolations <= 0 {
		o.MaxViolations = 50
	}
	base := query.Options{View: query.ViewAll, MaxPaths: keptPaths, Context: o.Context}
	noMFA := base
	noMFA.WithoutMFA = true
	return &runner{g: g, o: o, plain: query.New(g, base), noMFA: query.New(g, noMFA), answers: map[question]*query.Result{}}
}

func (r *runner) ask(ctx context.Context, q question) (*query.Result, error) {
	if a, ok := r.answers[q]; ok {
		return a, nil
	}
	engine := r.plain
	if q.withoutMFA {
		engine = r.noMFA
	}
	var (
		a   *query.Result
		err error
	)
	if q.to == "" {
		a, err = engine.WhoCan(ctx, q.action, q.resource)
	} else {
		a, err = r.becoming(ctx, engine, q.to)
	}
	if err != nil {
		return nil, err
	}
	a.Answers = slices.DeleteFunc(a.Answers, r.nobodys)
	r.answers[q] = a
	return a, nil
}

// nobodys reports whether a row is about a role's sessions under a session policy that
// nobody is known to get: they come from somebody who passes it, or there are none.
func (r *runner) nobodys(a query.Answer) bool {
	n, ok := r.g.Find(a.Principal)
	return ok && r.g.Node(n).Limit != nil && slices.Contains(a.Marks, "no-known-origin")
}

// becoming asks who becomes a role, its sessions under session policies among them; the
// role itself is not among the answers.
func (r *runner) becoming(ctx context.Context, engine *query.Engine, to string) (*query.Result, error) {
	n, ok, candidates := r.g.Resolve(to)
	if !ok {
		return nil, query.NotFound(r.g, to, candidates)
	}
	targets := map[graph.NodeID]policy.Requirement{}
	for _, s := range r.g.Sessions(n) {
		targets[s] = policy.True()
	}
	a, err := engine.Reaching(ctx, targets)
	if err != nil {
		return nil, err
	}
	kept := a.Answers[:0]
	for _, row := range a.Answers {
		m, ok := r.g.Find(row.Principal)
		if _, is := targets[m]; !ok || !is {
			kept = append(kept, row)
		}
	}
	a.Answers = kept
	return a, nil
}

// check decides one check.
func (r *runner) check(ctx context.Context, c *Check) (Outcome, error) {
	out := Outcome{Name: c.Name, Why: c.Why, Line: c.Line, Column: c.Column, Question: c.Question()}
	j := &judge{r: r, c: c, out: &out, from: compile(c.From), q: question{action: c.Action, resource: c.Resource, to: c.To}}
	if err := j.all(ctx); err != nil {
		if ctx.Err() != nil {
			return out, fmt.Errorf("checking %q: %w", c.Name, ctx.Err())
		}
		var bad *query.QuestionError
		var missing *query.NotFoundError
		if !errors.As(err, &bad) && !errors.As(err, &missing) {
			return out, err
		}
		j.undecided("%s", firstLine(err))
	}
	out.Statements = statements(out.Violations)
	switch {
	case len(out.Violations) > 0:
		out.Status = Failed
	case len(out.Undecided) > 0:
		out.Status = Undecided
	default:
		out.Status = Passed
	}
	out.seal()
	return out, nil
}
