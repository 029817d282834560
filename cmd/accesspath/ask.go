package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/internal/heap"
	"accesspath/query"
	"accesspath/render"
	"accesspath/store"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// askFlags are the flags that questions share.
type askFlags struct {
	in      inputFlags
	out     outputFlags
	picture pictureFlags

	context    []string
	asOf       string
	maxHops    int
	maxPaths   int
	view       string
	some, all  bool
	strict     bool
	strictData bool
	oneNetwork bool
	escalation bool
	resource   string // that the question is about, if it is about one
	failOn     string

	accessLevel  string
	allActions   bool
	existing     bool
	resourceTags []string
	knows        []string
	assume       string
	horizon      string
	whyNot       bool
	storable     bool // the question may be answered from a compiled form

	owners map[string]string // names of accounts' owners by id
}

// What flags with few values take.
var (
	views       = []string{string(query.ViewOrigins), string(query.ViewHolders), string(query.ViewAll)}
	failures    = []string{"any", "allow"}
	assumptions = []string{"caller-chosen", "strict"}
)

func (f *askFlags) register(cmd *cobra.Command, formats []string) {
	fs := cmd.Flags()
	fs.SortFlags = false
	f.in.register(fs)
	f.out.register(fs, formats)
	registerKnown(fs, &f.context, &f.asOf, "requests")
	f.registerStrictData(fs)
	f.picture.register(fs)
}

// registerKnown adds the flags that say what is known of requests. about names those whose
// time --as-of is.
func registerKnown(fs *pflag.FlagSet, keys *[]string, asOf *string, about string) {
	fs.StringArrayVar(keys, "context", nil, "condition key that is known: key=value, or key=absent; may be repeated")
	fs.StringVar(asOf, "as-of", "", "time of the "+about+", such as 2026-01-31 (default that of the snapshot, else now)")
}

func (f *askFlags) registerStrictData(fs *pflag.FlagSet) {
	fs.BoolVar(&f.strictData, "strict-data", false, "leave the answer open where a resource policy was not read")
}

func (f *askFlags) registerMaxHops(fs *pflag.FlagSet) {
	fs.IntVar(&f.maxHops, "max-hops", 0, "longest chain (default no limit)")
}

func (f *askFlags) registerMaxPaths(cmd *cobra.Command) {
	cmd.Flags().IntVar(&f.maxPaths, "max-paths", 3, "paths kept for each answer, best first")
}

// registerWalk adds the flags of questions that follow chains.
func (f *askFlags) registerWalk(cmd *cobra.Command) {
	fs := cmd.Flags()
	f.registerMaxHops(fs)
	fs.StringVar(&f.assume, "assume", "", "whether what callers choose for themselves, such as a session name, is a condition: caller-chosen (no, the default) or strict (yes)")
	choices(fs, "assume", assumptions...)
	fs.BoolVar(&f.strict, "strict", false, "the same as --assume strict")
	fs.StringArrayVar(&f.knows, "knows", nil, "what the actor knows, so that it is no condition: external-id=VALUE; may be repeated")
	fs.BoolVar(&f.oneNetwork, "one-network", false, "the actor has one network address for the whole chain")
	f.registerEscalation(cmd)
}

func (f *askFlags) registerFailOn(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.failOn, "fail-on", "", "exit with 3 if there is access: any (conditional, too) or allow (outright)")
	choices(cmd.Flags(), "fail-on", failures...)
}

// check settles what can be wrong with the flags before anything is read.
func (f *askFlags) check(formats []string) error {
	if f.maxHops < 0 || f.maxPaths < 0 {
		return usagef("--max-hops and --max-paths cannot be negative")
	}
	if f.some && f.all {
		return usagef("--some and --all exclude each other")
	}
	if f.view != "" && !slices.Contains(views, f.view) {
		return usagef("unknown view %q\nhint: use origins, holders or all", f.view)
	}
	if f.failOn != "" && !slices.Contains(failures, f.failOn) {
		return usagef("unknown --fail-on %q\nhint: use any or allow", f.failOn)
	}
	if f.assume != "" && !slices.Contains(assumptions, f.assume) {
		return usagef("unknown --assume %q\nhint: use caller-chosen or strict", f.assume)
	}
	if f.accessLevel != "" && !slices.Contains(query.AccessLevels(), f.accessLevel) {
		return usagef("unknown --access-level %q\nhint: use one of %s", f.accessLevel, strings.Join(query.AccessLevels(), ", "))
	}
	if _, err := pairs("--resource-tag", f.resourceTags); err != nil {
		return err
	}
	if _, err := known(f.knows); err != nil {
		return err
	}
	if f.horizon != "" {
		if _, err := timeOf("--horizon", f.horizon); err != nil {
			return err
		}
	}
	if err := f.picture.check(); err != nil {
		return err
	}
	return f.out.resolve(formats)
}

// session is a loaded snapshot, ready to be asked.
type session struct {
	env      *env
	flags    *askFlags
	known    map[string]string // condition keys of --context
	snapshot *iam.Snapshot
	asOf     time.Time
	stored   *stored         // of questions that a compiled form may answer; else nil
	edges    *store.Compiled // of the snapshot when it was read whole, if it has a form; else nil
}

func (e *env) open(ctx context.Context, f *askFlags) (*session, error) {
	known, err := parseContext(f.context)
	if err != nil {
		return nil, err
	}
	s := &session{env: e, flags: f, known: known}
	e.noteOddKeys(known)
	if f.asOf != "" {
		if _, err := parseTime(f.asOf); err != nil {
			return nil, err
		}
	}
	if f.compiled() {
		if err := s.openStored(ctx); err != nil || s.stored.form != nil {
			return s, err
		}
	}
	if s.stored != nil {
		if err = s.whole(ctx); err == nil {
			e.diagnose(s.snapshot.Diagnostics)
		}
	} else {
		err = s.load(ctx)
	}
	if err != nil {
		return nil, err
	}
	s.asOf, err = e.moment(f.asOf, s.snapshot)
	return s, err
}

// graph builds the graph; overrides are known condition keys.
func (s *session) graph(ctx context.Context, overrides map[string]string) (*graph.Graph, error) {
	if s.stored != nil && s.stored.form != nil {
		if len(overrides) == 0 {
			return s.stored.form.Graph, nil
		}
		if g, ok := s.stored.form.Graph.Knowing(knownKeys(overrides)); ok {
			return g, nil
		}
		if err := s.whole(ctx); err != nil {
			return nil, err
		}
	}
	o := graphOptions(s.asOf)
	o.Overrides, o.StrictData = overridden(overrides), s.flags.strictData
	defer s.env.progress("building the graph")()
	if s.edges != nil && len(overrides) == 0 && !s.flags.strictData {
		if g, ok := s.edges.Resume(ctx, s.snapshot); ok {
			return g, nil
		}
	}
	g, err := graph.Build(ctx, s.snapshot, o)
	if err == nil && len(overrides) == 0 && s.flags.asOf == "" {
		s.keep(ctx, g)
	}
	return g, err
}

// engine prepares for questions with the given condition keys known.
func (s *session) engine(ctx context.Context, overrides map[string]string) (*query.Engine, error) {
	g, err := s.graph(ctx, overrides)
	if err != nil {
		return nil, err
	}
	o, err := s.flags.options(overrides)
	if err != nil {
		return nil, err
	}
	return query.New(g, o), nil
}

// again reports whether a question has to be asked of the whole snapshot after
// all: it makes another graph of it, or a record could not be read.
func (s *session) again(err error) bool { return insufficient(s.form(), err) }

// wholeEngine is an engine over the whole snapshot, which takes the place of a form
// that was not enough.
func (s *session) wholeEngine(ctx context.Context) (*query.Engine, error) {
	if err := s.whole(ctx); err != nil {
		return nil, err
	}
	return s.engine(ctx, s.known)
}

// form is the compiled form that answers; nil if there is none, or not any more.
func (s *session) form() *store.Compiled {
	if s.stored == nil {
		return nil
	}
	return s.stored.form
}

// insufficient is again for an answer from a form; nil is the whole snapshot.
func insufficient(form *store.Compiled, err error) bool {
	return form != nil && (errors.Is(err, graph.ErrOutline) || form.Err() != nil)
}

// ask asks one question and prints the answer.
func (e *env) ask(ctx context.Context, f *askFlags, question func(*query.Engine) (*query.Result, error)) error {
	if err := f.check(render.Formats()); err != nil {
		return err
	}
	defer heap.Percent(garbage)()
	s, err := e.open(ctx, f)
	if err != nil {
		return err
	}
	engine, err := s.engine(ctx, s.known)
	if err != nil {
		return err
	}
	if f.horizon != "" {
		until, err := timeOf("--horizon", f.horizon)
		if err != nil {
			return err
		}
		if until.Before(s.asOf) {
			return usagef("--horizon %s is before the time of the requests, %s\nhint: name a later time; --as-of sets that of the requests", f.horizon, s.asOf.Format(time.RFC3339))
		}
		now := question
		question = func(q *query.Engine) (*query.Result, error) { return q.Until(ctx, until, now) }
	}
	result, err := s.escalated(ctx, engine, question)
	if s.again(err) {
		if engine, err = s.wholeEngine(ctx); err != nil {
			return err
		}
		result, err = s.escalated(ctx, engine, question)
	}
	if err != nil {
		return err
	}
	if err := e.print(ctx, f, result); err != nil {
		return err
	}
	return found(result, f.failOn)
}

func (s *session) answer(engine *query.Engine, question func(*query.Engine) (*query.Result, error)) (*query.Result, error) {
	defer s.env.progress("searching")()
	return question(engine)
}

func (e *env) print(ctx context.Context, f *askFlags, r *query.Result) error {
	renderer, err := render.For(f.out.format, e.renderOptions(&f.out, &f.picture))
	if err != nil {
		return err
	}
	return e.write(f.out.file, func(w io.Writer) error { return renderer.Render(ctx, w, r) })
}

// found is the error behind exit code 3.
func found(r *query.Result, failOn string) error {
	for i := range r.Answers {
		v := r.Answers[i].Verdict
		if failOn != "" && (v == query.VerdictAllow || v == query.VerdictAllowIf && failOn == "any") {
			return errFound
		}
	}
	return nil
}
