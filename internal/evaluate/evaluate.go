package evaluate

import (
	"encoding/json"
	"errors"
	"time"

	"accesspath/policy"
	"accesspath/query"
)

// Options say how to read what a request leaves out.
type Options struct {
	OpenWorld bool      // keys that are not in the context are unknown, not absent
	AsOf      time.Time // open world: the time of the request; zero leaves it unknown
}

// The decisions.
const (
	Allowed          = "Allowed" // also under conditions: see Answer.Verdict
	ImplicitlyDenied = "ImplicitlyDenied"
	ExplicitlyDenied = "ExplicitlyDenied"
)

// An Answer is the decision on one Request. Lists are never nil unless Error is
// set, and then nothing else is but the ID.
type Answer struct {
	ID          json.RawMessage     `json:"id"` // null if the request had none
	Decision    string              `json:"decision,omitempty"`
	Verdict     string              `json:"verdict,omitempty"` // ALLOW, ALLOW_IF or DENY
	Requires    []query.Requirement `json:"requires,omitzero"` // of ALLOW_IF: all of these
	Because     []query.Evidence    `json:"because,omitzero"`
	Causes      []query.Cause       `json:"causes,omitempty"` // of DENY
	Codes       []string            `json:"codes,omitempty"`
	Diagnostics []string            `json:"diagnostics,omitempty"` // defects of the request and its policies that did not stop the evaluation
	Error       string              `json:"error,omitempty"`
}

// Line decides one request given as JSON. It never fails: what is wrong with a
// request is in Answer.Error.
func Line(line []byte, o Options) Answer {
	r, err := Parse(line)
	if err != nil {
		return failed(r, err)
	}
	return Decide(r, o)
}

// Decide decides a request.
func Decide(r *Request, o Options) Answer {
	request, layers, problems, err := r.compile(o)
	if err != nil {
		return failed(r, err)
	}
	return answer(r, policy.Evaluate(request, layers), problems)
}

func failed(r *Request, err error) Answer {
	return Answer{ID: id(r), Error: err.Error()}
}

func id(r *Request) json.RawMessage {
	if len(r.ID) == 0 {
		return json.RawMessage("null")
	}
	return r.ID
}

func (r *Request) compile(o Options) (policy.Request, policy.Layers, []string, error) {
	var request policy.Request
	if r.Action == "" {
		return request, policy.Layers{}, nil, errors.New(`"action" is missing`)
	}
	values, err := r.values()
	if err != nil {
		return request, policy.Layers{}, nil, err
	}
	caller, err := r.caller(values)
	if err != nil {
		return request, policy.Layers{}, nil, err
	}
	var p reader
	layers := p.layers(r)
	if p.err != nil {
		return request, layers, nil, p.err
	}
	caller.HasBoundary = layers.HasBoundary
	request = policy.Request{Caller: caller, Action: r.Action, Resource: r.Resource}
	if r.Resource == "" {
		request.Resource = "*"
	}
	if request.Resource == "*" {
		request.Collection = policy.Collection(r.Action, caller.Account)
	}
	request.ResourceAccount = r.owner(&caller)
	request.Context = context(&request, values, o)
	return request, layers, append(r.unknown, p.problems...), nil
}

// context is what is known of condition keys.
func context(r *policy.Request, given map[string]policy.Value, o Options) policy.Context {
	if !o.OpenWorld {
		return policy.ClosedContext(given)
	}
	implied := policy.NewContext(r, &policy.Facts{AsOf: o.AsOf, KeyDefined: query.KeyDefined})
	return policy.Overlay{policy.MapContext(given), policy.ContextFunc(func(key string) policy.Value {
		if o.AsOf.IsZero() && (key == "aws:currenttime" || key == "aws:epochtime") {
			return policy.Value{Knowledge: policy.Present}
		}
		return implied.Lookup(key)
	})}
}

func answer(r *Request, d policy.Decision, problems []string) Answer {
	a := Answer{
		ID: id(r), Decision: Allowed, Verdict: query.VerdictAllow, Diagnostics: problems, Codes: d.Codes,
		Requires: []query.Requirement{}, Because: []query.Evidence{},
	}
	for _, e := range d.Because {
		a.Because = append(a.Because, query.EvidenceOf(e))
	}
	switch {
	case d.Requires.IsFalse():
		a.Decision, a.Verdict = ImplicitlyDenied, query.VerdictDeny
	case !d.Requires.IsTrue():
		a.Verdict, a.Requires = query.VerdictAllowIf, query.Requirements(d.Requires, 1)
	}
	for _, c := range d.Causes {
		cause := query.Cause{Layer: c.Layer, Explicit: c.Explicit, Text: c.Text, Rule: c.Rule}
		if c.Evidence != nil {
			e := query.EvidenceOf(*c.Evidence)
			cause.Statement = &e
		}
		if c.Explicit && d.Requires.IsFalse() {
			a.Decision = ExplicitlyDenied
		}
		a.Causes = append(a.Causes, cause)
	}
	return a
}
