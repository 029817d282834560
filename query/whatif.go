package query

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"accesspath/graph"
)

// WhatIfSchema is the version of WhatIf's JSON form.
const WhatIfSchema = "accesspath.whatif/1"

// WhatIf is how the rows of an answer differ once the snapshot is changed
// (QRY-28). Lists are never nil and their order is final.
type WhatIf struct {
	Schema      string           `json:"schema"` // WhatIfSchema
	Question    Question         `json:"question"`
	AsOf        time.Time        `json:"asOf"`
	Assumes     []string         `json:"assumes,omitzero"` // of requests, beyond what was said of them (SYM-11); see Assumes
	Coverage    CoverageSummary  `json:"coverage"`         // of the snapshot as it is
	Changes     []string         `json:"changes"`          // made to the snapshot, in words
	Before      int              `json:"before"`           // rows with access, as it is
	After       int              `json:"after"`            // and with the changes
	Rows        []WhatIfRow      `json:"rows"`             // that differ
	Limits      Limits           `json:"limits"`           // of both answers
	Notes       []Note           `json:"notes"`
	Diagnostics []DiagnosticJSON `json:"diagnostics"`
}

// What a change does to a row.
const (
	RowRemoved = "removed" // there is no access any more
	RowAdded   = "added"
	RowChanged = "changed" // another verdict, path or condition
)

// A WhatIfRow is one row that differs.
type WhatIfRow struct {
	Change    string      `json:"change"`
	Principal string      `json:"principal"`
	Kind      string      `json:"kind"`
	Account   string      `json:"account"`
	Before    *WhatIfSide `json:"before,omitempty"` // nil: no access
	After     *WhatIfSide `json:"after,omitempty"`
	Causes    []Cause     `json:"causes,omitempty"` // of a denial after the change, where the answer says
}

// A WhatIfSide is the row in one of the two answers.
type WhatIfSide struct {
	Verdict string `json:"verdict"`
	Hops    int    `json:"hops"`
	Path    Path   `json:"path"` // the best one
}

// WhatIf asks a question of the snapshot as it is and of a changed copy. The
// second result is the answer after the changes.
func (e *Engine) WhatIf(ctx context.Context, edits []Edit, ask func(*Engine) (*Result, error)) (*WhatIf, *Result, error) {
	before, err := ask(e)
	if err != nil {
		return nil, nil, err
	}
	x := editing{e: e, snapshot: e.g.Model.Snapshot}
	for i := range edits {
		if err := x.apply(&edits[i]); err != nil {
			return nil, nil, err
		}
	}
	g, err := graph.Build(ctx, x.snapshot, e.g.Model.Options)
	if err != nil {
		return nil, nil, err
	}
	if err := x.check(g); err != nil {
		return nil, nil, err
	}
	after, err := ask(New(g, e.o))
	if err != nil {
		return nil, nil, fmt.Errorf("with the changes: %w", err)
	}
	w := &WhatIf{Schema: WhatIfSchema, Question: before.Question, AsOf: before.AsOf, Assumes: before.Assumes, Coverage: before.Coverage, Changes: x.changes, Limits: before.Limits, Notes: before.Notes, Diagnostics: before.Diagnostics}
	for _, reason := range after.Limits.Reasons {
		if !slices.Contains(w.Limits.Reasons, reason) {
			w.Limits.add(reason)
		}
	}
	w.compare(before.Answers, after.Answers)
	return w, after, nil
}

// compare finds the rows that differ. Rows are told apart by their principal, and
// paths by their hops and conditions, whatever the order of those (QRY-25).
func (w *WhatIf) compare(before, after []Answer) {
	w.Rows = []WhatIfRow{}
	old, now := reaching(before), reaching(after)
	w.Before, w.After = len(old), len(now)
	seen, causes := make(map[string]bool, max(len(before), len(after))), make(map[string][]Cause, len(after))
	for i := range after {
		causes[after[i].Principal] = after[i].Causes
	}
	for _, list := range [][]Answer{before, after} {
		for i := range list {
			a := &list[i]
			if seen[a.Principal] {
				continue
			}
			seen[a.Principal] = true
			b, c := old[a.Principal], now[a.Principal]
			row := WhatIfRow{Principal: a.Principal, Kind: a.Kind, Account: a.Account, Before: sideOf(b), After: sideOf(c)}
			switch {
			case b == nil && c == nil, b != nil && c != nil && rowKey(b) == rowKey(c):
				continue
			case c == nil:
				row.Change, row.Causes = RowRemoved, causes[a.Principal]
			case b == nil:
				row.Change = RowAdded
			default:
				row.Change = RowChanged
			}
			w.Rows = append(w.Rows, row)
		}
	}
	order := []string{RowRemoved, RowAdded, RowChanged}
	slices.SortStableFunc(w.Rows, func(a, b WhatIfRow) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Change), slices.Index(order, b.Change)), cmp.Compare(a.Principal, b.Principal))
	})
}

func reaching(list []Answer) map[string]*Answer {
	out := map[string]*Answer{}
	for i := range list {
		if a := &list[i]; a.Verdict != VerdictDeny && len(a.Paths) > 0 {
			out[a.Principal] = a
		}
	}
	return out
}

func sideOf(a *Answer) *WhatIfSide {
	if a == nil {
		return nil
	}
	best := a.Paths[0]
	for _, p := range a.Paths {
		if p.Verdict == a.Verdict {
			best = p
			break
		}
	}
	return &WhatIfSide{Verdict: a.Verdict, Hops: a.Hops, Path: best}
}

// rowKey is the same for rows that say the same.
func rowKey(a *Answer) string {
	parts := []string{a.Verdict}
	for _, p := range a.Paths {
		key := strings.Join(p.Principals, "\n") + "\n" + requirementKey(p.Requires)
		for _, s := range p.Steps {
			key += "\n" + s.Kind + "\n" + requirementKey(s.Requires)
		}
		parts = append(parts, key)
	}
	slices.Sort(parts[1:])
	return strings.Join(parts, "\n\n")
}

func requirementKey(list []Requirement) string {
	parts := make([]string, 0, len(list))
	for i := range list {
		text, err := json.Marshal(list[i])
		if err != nil {
			continue // strings and numbers always marshal
		}
		parts = append(parts, string(text))
	}
	slices.Sort(parts)
	return strings.Join(parts, "\n")
}
