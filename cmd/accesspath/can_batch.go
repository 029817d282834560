package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"accesspath/internal/evaluate"
	"accesspath/internal/heap"
	"accesspath/query"
	"accesspath/render"
	"accesspath/store"
)

// canQuestion is one line of a batch.
type canQuestion struct {
	ID        json.RawMessage            `json:"id"`
	Principal string                     `json:"principal"`
	Action    string                     `json:"action"`
	Resource  string                     `json:"resource"`
	Context   map[string]json.RawMessage `json:"context"`
}

// canAnswer is one line of the answers.
type canAnswer struct {
	ID json.RawMessage `json:"id"`
	*query.Result
	Error string `json:"error,omitempty"`
}

func (e *env) canBatch(ctx context.Context, f *askFlags, batch string) error {
	if f.out.format != "" && f.out.format != "json" {
		return usagef("--batch prints JSON lines\nhint: leave --format out")
	}
	f.out.format = "json"
	if err := f.check(render.Formats()); err != nil {
		return err
	}
	if batch == "-" && slices.Contains(f.in.files, "-") {
		return usagef("both --batch and --input read standard input\nhint: put one of them into a file")
	}
	s, err := e.open(ctx, f)
	if err != nil {
		return err
	}
	defer heap.Percent(garbage)()
	a := &answerer{session: s, engines: map[string]*engines{}}
	err = e.eachLine(ctx, batch, f.out.file, func(line []byte) (any, bool) {
		answer := a.answer(ctx, line)
		return answer, answer.Error == ""
	})
	if err == nil && a.found.Load() {
		return errFound
	}
	return err
}

// garbage lets garbage take twice the room that it usually does, in percent of
// what is in use: a question makes much of it, and is over soon; of a batch, most
// of the rest stays.
const garbage = 200

// answerer keeps engines for each set of known condition keys: a graph is folded
// with them when it is built. Safe for concurrent use.
type answerer struct {
	session *session
	found   atomic.Bool

	mu      sync.Mutex
	engines map[string]*engines
}

// engines are those over one graph. An engine answers one question at a time.
type engines struct {
	first *query.Engine
	form  *store.Compiled // that the graph is of; nil if it is of the whole snapshot
	free  []*query.Engine
}

// maxEngines bounds the graphs that are kept.
const maxEngines = 8

func (a *answerer) answer(ctx context.Context, line []byte) canAnswer {
	var q canQuestion
	if err := evaluate.Decode(line, &q, "question"); err != nil {
		return canAnswer{ID: orNull(q.ID), Error: err.Error()}
	}
	if unknown := evaluate.Unknown(line, q); len(unknown) > 0 {
		return canAnswer{ID: orNull(q.ID), Error: unknown[0]}
	}
	r, err := a.ask(ctx, &q)
	if err != nil {
		return canAnswer{ID: orNull(q.ID), Error: strings.ReplaceAll(err.Error(), "\n", "; ")}
	}
	if errors.Is(found(r, a.session.flags.failOn), errFound) {
		a.found.Store(true)
	}
	short := *r
	short.Diagnostics = []query.DiagnosticJSON{} // the same for every line; they are on standard error
	return canAnswer{ID: orNull(q.ID), Result: &short}
}

func orNull(id json.RawMessage) json.RawMessage {
	if len(id) == 0 {
		return json.RawMessage("null")
	}
	return id
}

func (a *answerer) ask(ctx context.Context, q *canQuestion) (*query.Result, error) {
	for _, m := range []struct{ name, value string }{{"principal", q.Principal}, {"action", q.Action}, {"resource", q.Resource}} {
		if m.value == "" {
			return nil, fmt.Errorf("%q is missing", m.name)
		}
	}
	known := maps.Clone(a.session.known)
	for _, key := range slices.Sorted(maps.Keys(q.Context)) {
		value, err := contextText(q.Context[key])
		if err != nil {
			return nil, fmt.Errorf("context key %q: %w", key, err)
		}
		if err := checkValue(key, value); err != nil {
			return nil, fmt.Errorf("context key %q: %w", key, err)
		}
		if known == nil {
			known = map[string]string{}
		}
		known[key] = value
	}
	return a.put(ctx, q, known)
}

// put asks a question, and asks it of the whole snapshot if the compiled form is
// not enough for it.
func (a *answerer) put(ctx context.Context, q *canQuestion, known map[string]string) (*query.Result, error) {
	of, err := a.enginesFor(ctx, known, nil)
	if err != nil {
		return nil, err
	}
	r, err := a.can(ctx, of, q)
	if !insufficient(of.form, err) {
		return r, err
	}
	if of, err = a.enginesFor(ctx, known, of.form); err != nil {
		return nil, err
	}
	return a.can(ctx, of, q)
}

// can asks a question with an engine that is free.
func (a *answerer) can(ctx context.Context, of *engines, q *canQuestion) (*query.Result, error) {
	a.mu.Lock()
	var engine *query.Engine
	if n := len(of.free); n > 0 {
		engine, of.free = of.free[n-1], of.free[:n-1]
	} else {
		engine = of.first.Another()
	}
	a.mu.Unlock()
	r, err := engine.Can(ctx, q.Principal, q.Action, q.Resource)
	a.mu.Lock()
	of.free = append(of.free, engine)
	a.mu.Unlock()
	return r, err
}

// enginesFor are the engines for a set of known keys; not those over a form that
// proved insufficient, unless it is nil. Whoever comes first prepares them, and
// others wait: a graph takes as much memory as all they do.
func (a *answerer) enginesFor(ctx context.Context, known map[string]string, not *store.Compiled) (*engines, error) {
	var key strings.Builder
	for _, k := range slices.Sorted(maps.Keys(known)) {
		fmt.Fprintf(&key, "%q=%q ", k, known[k])
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if not != nil {
		maps.DeleteFunc(a.engines, func(_ string, of *engines) bool { return of.form == not })
		if a.session.form() == not {
			if err := a.session.whole(ctx); err != nil {
				return nil, err
			}
		}
	}
	if of, ok := a.engines[key.String()]; ok {
		return of, nil
	}
	if len(a.engines) >= maxEngines {
		clear(a.engines)
	}
	engine, err := a.session.engine(ctx, known)
	if err != nil {
		return nil, err
	}
	of := &engines{first: engine, form: a.session.form(), free: []*query.Engine{engine}}
	a.engines[key.String()] = of
	return of, nil
}

// contextText reads a value as --context has it: null is absent, lists are
// joined with commas.
func contextText(raw json.RawMessage) (string, error) {
	var v any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		return "", err
	}
	switch v := v.(type) {
	case nil:
		return absentWord, nil
	case string:
		return v, nil
	case bool, json.Number:
		return fmt.Sprint(v), nil
	case []any:
		var list []string
		for _, item := range v {
			if _, nested := item.([]any); nested {
				return "", errors.New("a list inside a list")
			}
			list = append(list, fmt.Sprint(item))
		}
		return strings.Join(list, ","), nil
	}
	return "", errors.New("want a string, a number, true, false, null or a list of these")
}
