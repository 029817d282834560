package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"accesspath/graph"
	"accesspath/iam"
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
	name, same, err := e.sameStored(ctx, places, asOf)
	if err != nil {
		return x, y, err
	}
	if same {
		places[1] = place{}
	}
	if err := e.graphs(ctx, places, asOf, [2]*compare.Input{&x, &y}); err != nil {
		return x, y, err
	}
	if same {
		y = compare.Input{Name: name, Graph: x.Graph}
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

// graphs reads the snapshots of the places, but for empty ones, and makes their
// graphs: the second takes over from the first what is the same in both.
func (e *env) graphs(ctx context.Context, places [2]place, asOf time.Time, into [2]*compare.Input) error {
	sides, common, err := e.readSides(ctx, places, asOf)
	if err != nil {
		return err
	}
	defer e.progress("building the graphs")()
	first, second := 0, 1
	if sides[1].form != nil {
		first, second = 1, 0
	}
	if sides[first].snapshot == nil {
		first, second = second, first
	}
	var other *graph.Graph
	var otherErr error
	var making sync.WaitGroup
	making.Go(func() { other, otherErr = sides[first].graph(ctx, nil, common) })
	var g *graph.Graph
	if sides[second].snapshot != nil {
		g, err = sides[second].graph(ctx, func() *graph.Graph { making.Wait(); return other }, common)
	}
	making.Wait()
	if err = cmp.Or(otherErr, err); err != nil {
		return err
	}
	into[first].Name, into[first].Graph = sides[first].name, other
	if g != nil {
		into[second].Name, into[second].Graph = sides[second].name, g
	}
	return nil
}

// A sideRead is a snapshot that was read, with its compiled form if there is one.
type sideRead struct {
	name     string
	snapshot *iam.Snapshot
	asOf     time.Time
	form     *store.Compiled
}

// graph makes the graph of the snapshot; other is that of another one, and may be nil.
func (s *sideRead) graph(ctx context.Context, other func() *graph.Graph, common graph.Common) (*graph.Graph, error) {
	if s.form != nil {
		if g, ok := s.form.Resume(ctx, s.snapshot); ok {
			return g, nil
		}
	}
	if other != nil {
		return graph.BuildLike(ctx, s.snapshot, graphOptions(s.asOf), func() (*graph.Graph, graph.Common) { return other(), common })
	}
	return graph.Build(ctx, s.snapshot, graphOptions(s.asOf))
}

// readSides reads the snapshots of the places, those of one database together.
func (e *env) readSides(ctx context.Context, places [2]place, asOf time.Time) (sides [2]sideRead, common graph.Common, err error) {
	if places[0].db != "" && places[0].db == places[1].db {
		list, common, err := e.readStored(ctx, places[0].db, asOf, places[0].snapshot, places[1].snapshot)
		copy(sides[:], list)
		return sides, common, err
	}
	for i, p := range places {
		switch {
		case p == (place{}):
		case p.db != "":
			var list []sideRead
			if list, _, err = e.readStored(ctx, p.db, asOf, p.snapshot); err == nil {
				sides[i] = list[0]
			}
		default:
			if sides[i].snapshot, sides[i].name, err = e.readPlace(ctx, p); err == nil {
				sides[i].asOf, err = e.momentAt(asOf, sides[i].snapshot)
			}
		}
		if err != nil {
			return sides, common, err
		}
	}
	return sides, common, nil
}

// momentAt is asOf, or else the moment of the snapshot.
func (e *env) momentAt(asOf time.Time, s *iam.Snapshot) (time.Time, error) {
	if !asOf.IsZero() {
		return asOf, nil
	}
	return e.moment("", s)
}

// readStored reads one or two snapshots of a database, with the compiled forms
// that fit.
func (e *env) readStored(ctx context.Context, path string, asOf time.Time, names ...string) (sides []sideRead, common graph.Common, err error) {
	defer e.progress("reading the database")()
	db, err := store.Open(ctx, path, store.Options{ReadOnly: true, Version: version()})
	if err != nil {
		return nil, common, err
	}
	defer db.Close()
	sides = make([]sideRead, len(names))
	infos := make([]store.Info, len(names))
	for i, name := range names {
		if infos[i], err = choose(ctx, db, name); err != nil {
			return nil, common, err
		}
		sides[i].name = snapshotName(path, infos[i])
	}
	roomForSnapshots(infos...)
	if len(names) == 2 {
		sides[0].snapshot, sides[1].snapshot, common, err = db.LoadTwo(ctx, infos[0].ID, infos[1].ID)
	} else {
		sides[0].snapshot, err = db.Load(ctx, infos[0].ID)
	}
	if err != nil {
		return nil, common, err
	}
	for i := range sides {
		side := &sides[i]
		if side.asOf, err = e.momentAt(asOf, side.snapshot); err != nil {
			return nil, common, err
		}
		form, err := db.OpenCompiled(ctx, infos[i], engineStamp(), graphOptions(side.asOf))
		if err == nil { // else, whatever is wrong with it, the snapshot itself is there
			side.form = form
		}
	}
	return sides, common, nil
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
