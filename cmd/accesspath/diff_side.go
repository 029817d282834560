package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"accesspath/query"
	"accesspath/query/compare"
	"accesspath/query/review"
	"accesspath/store"
)

// findingsLimit is the number of principals up to which findings are compared
// unless a flag says otherwise: a review of both snapshots takes far longer than
// all the rest.
const findingsLimit = 20_000

// sides reads both snapshots and, where findings are compared, reviews them.
func (e *env) sides(ctx context.Context, f *diffFlags, before, after string) (x, y compare.Input, err error) {
	var asOf time.Time
	if f.asOf != "" {
		if asOf, err = parseTime(f.asOf); err != nil {
			return x, y, err
		}
	}
	var places [2]place
	for i, name := range []string{before, after} {
		if places[i], err = parsePlace(name, f.db); err != nil {
			return x, y, err
		}
	}
	if x, err = e.side(ctx, places[0], asOf); err != nil {
		return x, y, err
	}
	name, same, err := e.sameStored(ctx, places, asOf)
	switch {
	case err != nil:
		return x, y, err
	case same:
		y = compare.Input{Name: name, Graph: x.Graph}
	default:
		if y, err = e.side(ctx, places[1], asOf); err != nil {
			return x, y, err
		}
	}
	size := max(x.Graph.Len(), y.Graph.Len())
	switch {
	case f.noFindings:
		return x, y, nil
	case size > findingsLimit && !f.findings && !strings.Contains(f.failOn, "finding"):
		f.left = fmt.Sprintf("findings are left out, since %d principals take long to review: --findings compares them", size)
		return x, y, nil
	}
	if x.Findings, err = e.findings(ctx, &x); err != nil {
		return x, y, err
	}
	if y.Findings = x.Findings; same {
		return x, y, nil
	}
	y.Findings, err = e.findings(ctx, &y)
	return x, y, err
}

// side reads one snapshot and builds its graph.
func (e *env) side(ctx context.Context, p place, asOf time.Time) (compare.Input, error) {
	s, name, err := e.readPlace(ctx, p)
	if err != nil {
		return compare.Input{}, err
	}
	g, err := e.graphOf(ctx, s, asOf, nil)
	return compare.Input{Name: name, Graph: g}, err
}

func (e *env) findings(ctx context.Context, in *compare.Input) ([]compare.Finding, error) {
	defer e.progress("reviewing " + in.Name)()
	r, err := review.Run(ctx, in.Graph, review.Options{})
	if err != nil {
		return nil, err
	}
	return comparable(r), nil
}

// sameStored reports whether two places hold the same snapshot, by the digests
// that databases keep, so that it is read once; and what the second is called.
func (e *env) sameStored(ctx context.Context, p [2]place, asOf time.Time) (name string, same bool, err error) {
	if p[0].db == "" || p[1].db == "" {
		return "", false, nil
	}
	var infos [2]store.Info
	for i := range p {
		if infos[i], err = e.infoOf(ctx, p[i]); err != nil {
			return "", false, err
		}
	}
	same = infos[0].Digest == infos[1].Digest && (!asOf.IsZero() || momentOf(infos[0]).Equal(momentOf(infos[1])))
	return snapshotName(p[1].db, infos[1]), same, nil
}

// infoOf describes the stored snapshot of a place.
func (e *env) infoOf(ctx context.Context, p place) (store.Info, error) {
	db, err := store.Open(ctx, p.db, store.Options{ReadOnly: true, Version: version()})
	if err != nil {
		return store.Info{}, err
	}
	defer db.Close()
	return choose(ctx, db, p.snapshot)
}

// comparable takes from a review what a comparison needs.
func comparable(r *review.Report) []compare.Finding {
	out := make([]compare.Finding, 0, len(r.Findings))
	for i := range r.Findings {
		f := &r.Findings[i]
		c := compare.Finding{Fingerprint: f.Fingerprint, Rule: f.Rule, Severity: string(f.Severity), Subject: f.Subject, About: f.About,
			Account: f.Account, Title: f.Title, Text: f.Text}
		if len(f.Evidence) > 0 {
			c.Position = f.Evidence[0].Position
		}
		out = append(out, c)
	}
	return out
}

func (e *env) compare(ctx context.Context, f *diffFlags, x, y compare.Input) (*compare.Diff, error) {
	defer e.progress("comparing")()
	d, err := compare.Compare(ctx, x, y, compare.Options{
		Action: f.action, Resource: f.resource, Unrelated: f.unrelated,
		Query: query.Options{View: query.View(f.view), MaxHops: f.maxHops, MaxPaths: f.maxPaths},
	})
	var other *compare.UnrelatedError
	if errors.As(err, &other) {
		return nil, fmt.Errorf("%w\nhint: check the names; to compare them nevertheless, add --unrelated", err)
	}
	if err == nil && f.left != "" {
		d.Limits.Truncated, d.Limits.Reasons = true, append(d.Limits.Reasons, f.left)
	}
	return d, err
}
