package compare

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/query"
)

// Options shape a comparison.
type Options struct {
	// Action and Resource ask who can do something in both snapshots; empty
	// compares paths to roles instead.
	Action, Resource string
	Query            query.Options
	// Unrelated compares snapshots that have neither an organization nor an
	// account in common.
	Unrelated bool
	// MaxPairs bounds the pairs between which paths are compared without a
	// question; 0 means 500, less than 0 none.
	MaxPairs int
}

const defaultMaxPairs = 500

// An Input is one snapshot, ready to be compared.
type Input struct {
	Name     string
	Graph    *graph.Graph
	Findings []Finding // nil if no review was made; then there are none to compare
}

// An UnrelatedError is a comparison of snapshots that have nothing in common,
// which is nearly always a mistake.
type UnrelatedError struct{ Old, New, Why string }

func (e *UnrelatedError) Error() string {
	return fmt.Sprintf("%s and %s cannot be compared: %s", e.Old, e.New, e.Why)
}

// Compare says what differs. The error is that of ctx, a *query.QuestionError,
// or an *UnrelatedError.
func Compare(ctx context.Context, before, after Input, o Options) (*Diff, error) {
	a, b := before.Graph.Model.Snapshot, after.Graph.Model.Snapshot
	if why := unrelated(a, b); why != "" && !o.Unrelated {
		return nil, &UnrelatedError{before.Name, after.Name, why}
	}
	c := &comparison{old: newSide(before, o), new: newSide(after, o), options: o, diff: &Diff{Schema: Schema}}
	d := c.diff
	d.Old, d.New = c.old.describe(), c.new.describe()
	d.Accounts = merge(accounts(a), accounts(b), differentAccounts)
	d.Principals = c.principals()
	if err := c.trusts(ctx); err != nil {
		return nil, err
	}
	if err := c.companions(ctx); err != nil {
		return nil, err
	}
	d.Policies = comparePolicies(a, b)
	d.Findings = merge(findings(before.Findings), findings(after.Findings), differentFindings)
	var err error
	if o.Action != "" {
		err = c.ask(ctx)
	} else {
		err = c.paths(ctx)
	}
	if err != nil {
		return nil, err
	}
	d.Notes = append(d.Notes, coverageNotes(d.Old.Coverage, d.New.Coverage)...)
	d.Notes = append(append(d.Notes, lossNotes("old", a)...), lossNotes("new", b)...)
	d.Limits.Truncated = len(d.Limits.Reasons) > 0
	d.seal()
	return d, nil
}

// comparison is the work in progress.
type comparison struct {
	old, new *side
	options  Options
	diff     *Diff
	changed  []ends // of trusts that differ, in order
	affected []ends // other hops that paths may differ over
}

// side is one snapshot with what is needed to ask it.
type side struct {
	input  Input
	g      *graph.Graph
	engine *query.Engine
	groups map[graph.NodeID][]string // of users
	nodes  []entry[located]          // see principals
}

func newSide(in Input, o Options) *side {
	q := o.Query
	q.MaxPaths = max(q.MaxPaths, 3)
	s := &side{input: in, g: in.Graph, engine: query.New(in.Graph, q), groups: map[graph.NodeID][]string{}}
	for u, group := range in.Graph.Memberships() {
		s.groups[u] = append(s.groups[u], in.Graph.Node(group).ID)
	}
	return s
}

func (s *side) describe() Side {
	return Side{Name: s.input.Name, AsOf: s.g.Model.Options.AsOf.UTC().Truncate(time.Second), Assumes: query.Assumes(s.g.Model), Coverage: query.Coverage(s.g.Model)}
}

// unrelated says why two snapshots have nothing in common; "" if they may have.
func unrelated(a, b *iam.Snapshot) string {
	if a.Organization != nil && b.Organization != nil && a.Organization.ID != "" && b.Organization.ID != "" && a.Organization.ID != b.Organization.ID {
		return fmt.Sprintf("they are of different organizations, %s and %s", a.Organization.ID, b.Organization.ID)
	}
	if len(a.Accounts) == 0 || len(b.Accounts) == 0 {
		return ""
	}
	for _, x := range a.Accounts {
		if b.Account(x.ID) != nil {
			return ""
		}
	}
	return fmt.Sprintf("they have no account in common; the first are %s and %s", a.Accounts[0].ID, b.Accounts[0].ID)
}

func accounts(s *iam.Snapshot) []entry[Account] {
	var out []entry[Account]
	for _, a := range s.Accounts {
		if a.Loaded() {
			out = append(out, entry[Account]{a.ID, Account{a.ID, a.Name}})
		}
	}
	return sorted(out)
}

func differentAccounts(a, b Account) []Detail { return details(Detail{"name", a.Name, b.Name}) }

func findings(list []Finding) []entry[Finding] {
	out := make([]entry[Finding], 0, len(list))
	for _, f := range list {
		out = append(out, entry[Finding]{key(f.Rule, f.Subject, f.About, f.Fingerprint), f})
	}
	return sorted(out)
}

func differentFindings(a, b Finding) []Detail {
	return details(Detail{"severity", a.Severity, b.Severity}, Detail{"text", a.Text, b.Text}, Detail{"title", a.Title, b.Title})
}

// coverageNotes warn where a difference may be one of what was read.
func coverageNotes(a, b query.CoverageSummary) []query.Note {
	var out []query.Note
	if a.Guardrails != b.Guardrails {
		out = append(out, query.Note{Code: "guardrails", Text: fmt.Sprintf("the organization's policies were %s for the old snapshot and %s for the new one: differences may come from that", a.Guardrails, b.Guardrails)})
	}
	for _, side := range []struct {
		name        string
		from, other []query.UnknownSection
	}{{"old", a.Unknown, b.Unknown}, {"new", b.Unknown, a.Unknown}} {
		var names []string
		for _, u := range side.from {
			if !slices.ContainsFunc(side.other, func(o query.UnknownSection) bool { return o.Section == u.Section }) {
				names = append(names, u.Section)
			}
		}
		if len(names) > 0 {
			out = append(out, query.Note{Code: "coverage", Text: "only the " + side.name + " snapshot lacks " + strings.Join(names, ", ") + ": differences may come from that"})
		}
	}
	return out
}

// lossNotes warn where a snapshot lacks what its input would have told: what seems
// to be gone may be there, and what is new may be missing (GAAD-08).
func lossNotes(side string, s *iam.Snapshot) []query.Note {
	var lost []string
	for _, file := range s.LostFiles() {
		lost = append(lost, file+" was not read as a whole")
	}
	for _, a := range s.Accounts {
		if a.Incomplete {
			lost = append(lost, "the export of account "+a.ID+" is incomplete")
		}
	}
	if len(lost) == 0 {
		return nil
	}
	return []query.Note{{Code: "incomplete", Text: "of the " + side + " snapshot, " + strings.Join(lost, ", and ") + ": differences may come from that, and others be hidden"}}
}
