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

	"accesspath/query"
	"accesspath/render"
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
	base, err := parseContext(f.context)
	if err != nil {
		return err
	}
	a := &answerer{session: s, base: base, engines: map[string]*query.Engine{}}
	err = e.eachLine(ctx, batch, f.out.file, func(line []byte) (any, bool) {
		answer := a.answer(ctx, line)
		return answer, answer.Error == ""
	})
	if err == nil && a.found {
		return errFound
	}
	return err
}

// answerer keeps an engine for each set of known condition keys: a graph is
// folded with them when it is built.
type answerer struct {
	session *session
	base    map[string]string
	engines map[string]*query.Engine
	found   bool
}

// maxEngines bounds the graphs that are kept.
const maxEngines = 8

func (a *answerer) answer(ctx context.Context, line []byte) canAnswer {
	var q canQuestion
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&q); err != nil {
		return canAnswer{ID: orNull(q.ID), Error: "not a question in JSON: " + err.Error()}
	}
	r, err := a.ask(ctx, &q)
	if err != nil {
		return canAnswer{ID: orNull(q.ID), Error: strings.ReplaceAll(err.Error(), "\n", "; ")}
	}
	a.found = a.found || errors.Is(found(r, a.session.flags.failOn), errFound)
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
	known := maps.Clone(a.base)
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
	engine, err := a.engine(ctx, known)
	if err != nil {
		return nil, err
	}
	r, err := engine.Can(ctx, q.Principal, q.Action, q.Resource)
	if a.session.again(r, err) {
		clear(a.engines)
		if err := a.session.whole(ctx); err != nil {
			return nil, err
		}
		if engine, err = a.engine(ctx, known); err == nil {
			r, err = engine.Can(ctx, q.Principal, q.Action, q.Resource)
		}
	}
	return r, err
}

func (a *answerer) engine(ctx context.Context, known map[string]string) (*query.Engine, error) {
	var key strings.Builder
	for _, k := range slices.Sorted(maps.Keys(known)) {
		fmt.Fprintf(&key, "%q=%q ", k, known[k])
	}
	if engine, ok := a.engines[key.String()]; ok {
		return engine, nil
	}
	if len(a.engines) >= maxEngines {
		clear(a.engines)
	}
	engine, err := a.session.engine(ctx, known)
	if err == nil {
		a.engines[key.String()] = engine
	}
	return engine, err
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
