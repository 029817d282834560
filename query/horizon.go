package query

import (
	"context"
	"fmt"
	"slices"
	"time"

	"accesspath/graph"
	"accesspath/policy"
)

// A Change is a row whose verdict is another one from some moment on, because a
// window of time opens or closes (SYM-31).
type Change struct {
	At        time.Time `json:"at"` // UTC
	Principal string    `json:"principal"`
	From      string    `json:"from"` // verdict before
	To        string    `json:"to"`   // verdict from then on
	Text      string    `json:"text"` // "opens …" or "expires …"
}

// maxMoments bounds how many moments a horizon looks at.
const maxMoments = 12

// Until asks a question now and again at every moment up to the horizon at which
// a condition on the time changes its truth, and adds what is then different.
func (e *Engine) Until(ctx context.Context, horizon time.Time, question func(*Engine) (*Result, error)) (*Result, error) {
	now, err := question(e)
	if err != nil {
		return nil, err
	}
	moments, open, err := e.moments(ctx, horizon)
	if err != nil {
		return nil, err
	}
	now.Horizon = []Change{}
	if open {
		now.note("horizon-open", "some policies compare the time as text, or with variables; what changes by those is not said (SYM-31)")
	}
	if len(moments) > maxMoments {
		now.cut(fmt.Sprintf("only the first %d of %d moments before the horizon were looked at", maxMoments, len(moments)))
		moments = moments[:maxMoments]
	}
	before := verdicts(now)
	for _, at := range moments {
		o := e.g.Model.Options
		o.AsOf = at.Add(time.Second)
		g, err := graph.Build(ctx, e.g.Model.Snapshot, o)
		if err != nil {
			return nil, err
		}
		later := New(g, e.o)
		later.silent = true
		r, err := question(later)
		if err != nil {
			return nil, err
		}
		after := verdicts(r)
		now.Horizon = append(now.Horizon, changes(at, before, after)...)
		before = after
	}
	return now, nil
}

func verdicts(r *Result) map[string]string {
	out := map[string]string{}
	for _, a := range r.Answers {
		out[a.Principal] = a.Verdict
	}
	return out
}

func changes(at time.Time, before, after map[string]string) []Change {
	var names []string
	for name := range before {
		names = append(names, name)
	}
	for name := range after {
		if _, ok := before[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out []Change
	for _, name := range names {
		from, to := orDeny(before[name]), orDeny(after[name])
		if from == to {
			continue
		}
		word := "opens "
		if verdictRank(to) > verdictRank(from) {
			word = "expires "
		}
		out = append(out, Change{At: at, Principal: name, From: from, To: to, Text: word + at.Format(time.RFC3339)})
	}
	return out
}

func orDeny(verdict string) string {
	if verdict == "" {
		return VerdictDeny
	}
	return verdict
}

// moments are the instants from now to the horizon at which conditions on the time of
// the request, or on that of the session, which is a new one, change their truth
// (SYM-31, STS-19), in order. open is true if there may be others.
func (e *Engine) moments(ctx context.Context, horizon time.Time) (out []time.Time, open bool, err error) {
	m := momentsFound{}
	if err := e.eachPolicy(ctx, m.read); err != nil {
		return nil, false, err
	}
	return m.within(e.asOf(), horizon), m.open, nil
}

// momentsFound are those of the policies that it read. Its zero value is ready.
type momentsFound struct {
	list []time.Time
	open bool // there may be others
	seen map[*policy.Document]bool
}

func (m *momentsFound) read(list []policy.Attached) {
	for _, p := range list {
		if p.Document == nil || m.seen[p.Document] {
			continue
		}
		if m.seen == nil {
			m.seen = map[*policy.Document]bool{}
		}
		m.seen[p.Document] = true
		for _, of := range [...]func() ([]time.Time, bool){p.Document.Moments, p.Document.IssueMoments} {
			list, certain := of()
			m.list, m.open = append(m.list, list...), m.open || !certain
		}
	}
}

// within are those from one time to another, in order. A zero horizon is none.
func (m *momentsFound) within(now, horizon time.Time) []time.Time {
	now = now.Truncate(time.Second)
	out := slices.DeleteFunc(m.list, func(t time.Time) bool { return t.Before(now) || !horizon.IsZero() && t.After(horizon) })
	for i := range out {
		out[i] = out[i].UTC()
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}
