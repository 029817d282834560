package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accesspath/query"
	"accesspath/query/compare"
	"accesspath/query/review"
)

// side reads one of the snapshots and reviews it.
func (e *env) side(ctx context.Context, f *diffFlags, name string) (compare.Input, error) {
	p, err := parsePlace(name, f.db)
	if err != nil {
		return compare.Input{}, err
	}
	s, name, err := e.readPlace(ctx, p)
	if err != nil {
		return compare.Input{}, err
	}
	var asOf time.Time
	if f.asOf != "" {
		if asOf, err = parseTime(f.asOf); err != nil {
			return compare.Input{}, err
		}
	}
	in := compare.Input{Name: name}
	if in.Graph, err = e.graphOf(ctx, s, asOf, nil); err != nil || f.noFindings {
		return in, err
	}
	defer e.progress("reviewing")()
	r, err := review.Run(ctx, in.Graph, review.Options{})
	if err != nil {
		return in, err
	}
	in.Findings = comparable(r)
	return in, nil
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
	return d, err
}
