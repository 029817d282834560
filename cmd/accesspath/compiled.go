package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/ingest/managed"
	"accesspath/policy/catalog"
	"accesspath/query"
	"accesspath/store"
)

// engineStamp says which program evaluated the policies of a compiled form.
// Builds without a version, and those of a working copy with changes, are told
// apart by the file that they are.
func engineStamp() string {
	if v := version(); v != "(devel)" && !strings.HasSuffix(v, "+dirty") {
		return v
	}
	path, err := os.Executable()
	if err != nil {
		return "(devel)"
	}
	info, err := os.Stat(path)
	if err != nil {
		return "(devel)"
	}
	return fmt.Sprintf("(devel) %d %d", info.Size(), info.ModTime().UnixNano())
}

// compiled tells whether the question can be answered from a compiled form: it
// is about a stored snapshot as it is, and reads no lists of whole accounts.
func (f *askFlags) compiled() bool {
	return f.storable && len(f.in.files) == 0 && !f.escalation && !f.strictData && !f.existing && len(f.resourceTags) == 0 && f.horizon == ""
}

// A stored is the snapshot in a database that a session is about.
type stored struct {
	path  string
	info  store.Info
	form  *store.Compiled // nil if there is none
	stale bool            // a form could be written
}

// openStored opens the compiled form of the snapshot that the flags name, or
// says which snapshot it would be of.
func (s *session) openStored(ctx context.Context) error {
	path, err := databaseOf(&s.flags.in)
	if err != nil {
		return err
	}
	go catalog.Prepare() // the question needs it next
	db, err := store.Open(ctx, path, store.Options{ReadOnly: true, Version: version()})
	if err != nil {
		return err
	}
	defer db.Close()
	s.stored = &stored{path: path}
	if s.stored.info, err = choose(ctx, db, s.flags.in.snapshot); err != nil {
		return err
	}
	asOf, err := s.env.moment(s.flags.asOf, &iam.Snapshot{AsOf: s.stored.info.AsOf})
	if err != nil {
		return err
	}
	s.stored.form, err = db.OpenCompiled(ctx, s.stored.info, engineStamp(), graphOptions(asOf))
	switch {
	case errors.Is(err, store.ErrNotCompiled):
		latest, err := db.Latest(ctx)
		s.stored.stale = err == nil && latest.ID == s.stored.info.ID
		return err
	case err != nil:
		return err
	}
	s.snapshot, s.asOf = s.stored.form.Snapshot(), asOf
	s.env.diagnose(s.snapshot.Diagnostics)
	return nil
}

func graphOptions(asOf time.Time) graph.Options {
	return graph.Options{AsOf: asOf, KeyDefined: query.KeyDefined, ManagedPolicy: managed.Lookup}
}

// load reads the whole snapshot, and opens the compiled form of it if there is
// one, whose edges need not be found again.
func (s *session) load(ctx context.Context) (err error) {
	if len(s.flags.in.files) > 0 {
		s.snapshot, err = s.env.load(ctx, &s.flags.in)
		return err
	}
	var asOf time.Time
	if s.flags.asOf != "" {
		if asOf, err = parseTime(s.flags.asOf); err != nil {
			return err
		}
	}
	path, err := databaseOf(&s.flags.in)
	if err != nil {
		return err
	}
	sides, _, err := s.env.readStored(ctx, path, asOf, s.flags.in.snapshot)
	if err != nil {
		return err
	}
	s.snapshot, s.edges = sides[0].snapshot, sides[0].form
	s.env.diagnose(s.snapshot.Diagnostics)
	return nil
}

// whole reads the snapshot itself, which the compiled form was not enough for.
func (s *session) whole(ctx context.Context) error {
	defer s.env.progress("reading the database")()
	db, err := store.Open(ctx, s.stored.path, store.Options{ReadOnly: true, Version: version()})
	if err != nil {
		return err
	}
	defer db.Close()
	roomForSnapshots(s.stored.info)
	s.snapshot, err = db.Load(ctx, s.stored.info.ID)
	if form := s.stored.form; form != nil && form.Err() == nil {
		s.edges = form
	}
	s.stored.form = nil
	return err
}

// keep writes the compiled form of the newest snapshot where it is missing. Who
// may not write there goes on without.
func (s *session) keep(ctx context.Context, g *graph.Graph) {
	if s.stored == nil || !s.stored.stale {
		return
	}
	s.stored.stale = false
	defer s.env.progress("keeping the graph")()
	_ = store.Compile(ctx, s.stored.path, s.stored.info, engineStamp(), s.snapshot, g) // the answer does not hang on it
}

// building is the graph of a snapshot while it is built, and what is kept with it.
type building struct {
	done     chan struct{} // closed when all is there
	stop     func()        // ends it early, and waits until it has
	g        *graph.Graph
	prepared *store.Prepared
	again    *store.Compiled // that of another snapshot, which the graph is, too; else nil
	asOf     time.Time
	err      error
}

// build begins to build the graph of a snapshot, which nobody may change until it
// is done.
func (e *env) build(ctx context.Context, t *taken) *building {
	s, like := t.snapshot, t.like // and not t, which goes when it is saved
	b := &building{done: make(chan struct{})}
	ctx, cancel := context.WithCancel(ctx)
	b.stop = func() { cancel(); <-b.done }
	go func() {
		defer close(b.done)
		asOf, err := e.moment("", s)
		if err != nil {
			b.err = err
			return
		}
		if b.asOf = asOf; like.again(ctx, asOf) {
			b.again = like.form
			return
		}
		b.make(ctx, s, like, graphOptions(asOf))
	}()
	return b
}

// make builds the graph, and meanwhile makes of its nodes what is kept with it.
func (b *building) make(ctx context.Context, s *iam.Snapshot, like *like, o graph.Options) {
	numbering, err := graph.Number(ctx, s, o)
	if err != nil {
		b.err = err
		return
	}
	prepared := make(chan *store.Prepared, 1)
	go func() { prepared <- store.Prepare(ctx, s, numbering.Nodes()) }()
	b.g, b.err = like.build(ctx, numbering)
	select {
	case b.prepared = <-prepared:
	case <-ctx.Done(): // it may sort a while before it looks; nobody waits for that
		b.err = cmp.Or(b.err, ctx.Err())
	}
}

// compile keeps the graph of a snapshot that was saved beside the database. What
// goes wrong costs later questions time, and nothing else.
func (e *env) compile(path string, info store.Info, b *building) error {
	done := e.progress("building the graph")
	<-b.done
	done()
	if b.err != nil {
		return b.err
	}
	defer e.progress("keeping the graph")()
	if b.again != nil {
		return b.again.Again(path, info, engineStamp(), b.asOf)
	}
	return b.prepared.Compile(path, info, engineStamp(), b.g)
}
