package main

import (
	"context"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/ingest"
	"accesspath/store"
)

// taken is a snapshot that was read to be kept.
type taken struct {
	snapshot *iam.Snapshot
	exports  []*iam.Export
	like     *like          // nil if there is nothing to take over
	encoded  *store.Encoded // once it is
}

// encode encodes the snapshot; after that the exports are not held any more.
func (t *taken) encode(ctx context.Context) (err error) {
	if t.encoded == nil {
		engine := engineStamp()
		for _, x := range t.exports {
			x.Engine = engine
		}
		t.encoded, err = store.Encode(ctx, t.snapshot, t.exports)
		t.exports = nil
	}
	return err
}

// like is an earlier state of what is read: the newest snapshot of a database, of
// which most files have not changed.
type like struct {
	earlier *ingest.Earlier
	id      int64
	form    *store.Compiled // of the earlier snapshot
	whole   bool            // all exports of the snapshot are there, and have not changed

	told   chan struct{} // closed when it is known what follows; zero if nobody knows
	common graph.Common  // of the snapshots
	same   bool          // they say the same, down to positions
}

// likeNewest loads the newest snapshot of a database if it spares more than it
// costs: nil if most of the sources are new or have changed, if this program has
// not made it, or if anything is wrong with it. Then all is read, as the first time.
func (e *env) likeNewest(ctx context.Context, db *store.Store, sources []ingest.Source) *like {
	info, err := db.Latest(ctx)
	if err != nil || info.Engine != version() {
		return nil
	}
	if info, err = db.Show(ctx, info.ID); err != nil { // its sources as well
		return nil
	}
	known, err := db.ExportNames(ctx, info.ID)
	if err != nil {
		return nil
	}
	var candidates []ingest.Source
	for _, s := range sources {
		if known[s.Name] && rereadable(s.Name) {
			candidates = append(candidates, s)
		}
	}
	if len(candidates) == 0 {
		return nil
	}
	asOf, err := e.moment("", &iam.Snapshot{AsOf: info.AsOf})
	if err != nil {
		return nil
	}
	form, err := db.OpenCompiled(ctx, info, engineStamp(), graphOptions(asOf))
	if err != nil {
		return nil
	}
	defer e.progress("looking for what has changed")()
	unchanged := ingest.Unchanged(ctx, candidates, info.Sources, ingest.Options{})
	if bytesOf(maps.Values(unchanged))*2 < bytesOf(slices.Values(info.Sources)) {
		return nil
	}
	snapshot, exports, err := db.LoadExports(ctx, info.ID)
	// The compiled form tells who built the graph, which may be later than reading.
	engine := engineStamp()
	if err != nil || slices.ContainsFunc(exports, func(x *iam.Export) bool { return x.Engine != engine }) {
		return nil
	}
	return &like{id: info.ID, form: form, whole: len(unchanged) == len(known), told: make(chan struct{}),
		earlier: &ingest.Earlier{Snapshot: snapshot, Exports: exports, Unchanged: unchanged}}
}

// rereadable reports whether a source gives the same when it is opened twice, as a
// file does: what a pipe or a process substitution gives is gone after that.
func rereadable(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular() && !strings.HasPrefix(name, "/dev/") && !strings.HasPrefix(name, "/proc/")
}

func bytesOf(sources iter.Seq[iam.Source]) (n int64) {
	for s := range sources {
		n += s.Bytes
	}
	return n
}

// tell says what the snapshots have in common, which shows once the new one is
// encoded.
func (l *like) tell(ctx context.Context, db *store.Store, encoded *store.Encoded, s *iam.Snapshot) {
	if l == nil {
		return
	}
	defer close(l.told)
	if common, same, err := db.Common(ctx, encoded, s, l.id, l.earlier.Snapshot); err == nil {
		l.common, l.same = common, same
	}
}

// again reports whether the graph of the new snapshot is that of the old one. It
// waits for the answer only if that is to be expected: else the graph is better begun.
func (l *like) again(ctx context.Context, asOf time.Time) bool {
	if l == nil || !l.whole {
		return false
	}
	select {
	case <-l.told:
		return l.same && l.form.At(asOf)
	case <-ctx.Done():
		return false
	}
}

// build finds the edges of the new snapshot's graph. Those that the change does not
// bear on come from the compiled form of the old one, unless that turns out to be
// damaged.
func (l *like) build(ctx context.Context, n *graph.Numbering) (*graph.Graph, error) {
	if l == nil {
		return n.Build(ctx)
	}
	g, err := n.BuildLike(ctx, func() (*graph.Graph, graph.Common) {
		select {
		case <-l.told:
			return l.form.Graph, l.common
		case <-ctx.Done():
			return nil, graph.Common{}
		}
	})
	if err == nil && l.form.Err() != nil {
		return graph.Build(ctx, g.Model.Snapshot, g.Model.Options)
	}
	return g, err
}
