package store

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/policy"

	"github.com/go-json-experiment/json"
)

// The compiled form of a snapshot is its graph, with everything that questions
// look up, in one file beside the database: flat lists that are used as they are,
// and a record for each principal, document and resource that is read when it is
// needed. Who has it answers without reading the snapshot and without evaluating
// a trust policy.
//
// It holds nothing that cannot be made again. It belongs to one snapshot, one
// version of the program and one moment, has a checksum, and replaces the one
// before it as a whole. Whatever is wrong with it, it counts as not there.

// compiledSuffix is what the file's name has after that of the database.
const compiledSuffix = ".graph"

// ErrNotCompiled is wrapped when there is no compiled form that could be used.
var ErrNotCompiled = errors.New("no compiled form")

// compiledHead says what a compiled form is of.
type compiledHead struct {
	Engine     string // of the program that made it
	Schema     string // of the records
	Snapshot   int64
	IngestedAt time.Time
	Digest     []byte // of the snapshot
	AsOf       time.Time
	Moments    []time.Time // at which conditions on the time change their truth; sorted
	Certain    bool        // there are no others
	Inventory  graph.Inventory
}

func (h *compiledHead) of(info *Info, engine string) bool {
	return h.Engine == engine && h.Snapshot == info.ID && h.IngestedAt.Equal(info.IngestedAt) && bytes.Equal(h.Digest, info.Digest[:])
}

// at reports whether what was evaluated at the moment of the form holds at another.
func (h *compiledHead) at(asOf time.Time) bool {
	return h.AsOf.Equal(asOf) || h.Certain && policy.Unmoved(h.AsOf, asOf, h.Moments)
}

// A Compiled is a compiled form that was opened.
type Compiled struct {
	// Graph answers who-can, can, paths, what-can and blast-radius. The accounts of its
	// snapshot are outlines, and its sources are not told; it cannot be extended
	// by escalations.
	Graph  *graph.Graph
	edges  *graph.Tables
	tables *compiledTables
	head   compiledHead
	file   []byte
}

// Resume makes the graph of the snapshot itself, whole, with the edges of the
// form: what asks for lists of whole accounts has it without evaluating a trust
// policy. The options are those that the form was opened with. It is false if
// the snapshot is not that of the form, or ctx is done.
func (c *Compiled) Resume(ctx context.Context, whole *iam.Snapshot) (*graph.Graph, bool) {
	return graph.Resume(ctx, whole, c.Graph.Model.Options, c.edges)
}

// Snapshot is the snapshot, its accounts as outlines.
func (c *Compiled) Snapshot() *iam.Snapshot { return c.Graph.Model.Snapshot }

// Err returns the first error that reading a record met. Answers before which
// there was one are worth nothing.
func (c *Compiled) Err() error { return c.tables.failure() }

// The kinds of records.
var compiledRoots = []reflect.Type{
	reflect.TypeFor[iam.Snapshot](), reflect.TypeFor[iam.Account](), reflect.TypeFor[iam.User](), reflect.TypeFor[iam.Group](), reflect.TypeFor[iam.Role](),
	reflect.TypeFor[iam.InstanceProfile](), reflect.TypeFor[iam.ManagedPolicy](), reflect.TypeFor[iam.Resource](), reflect.TypeFor[nodeRecord](),
}

// Compile writes the compiled form of a snapshot that info describes beside its
// database, which it does not open. The graph is that of the whole snapshot, with
// no overrides; engine says which program built it.
func Compile(ctx context.Context, database string, info Info, engine string, snapshot *iam.Snapshot, g *graph.Graph) error {
	return Prepare(ctx, snapshot, g.Nodes()).Compile(database, info, engine, g)
}

// replaceFile puts a file in the place of another, so that readers see the one
// or the other.
func replaceFile(path string, write func(*os.File) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nameless(err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // the first error is the one that tells
		}
	}()
	err = write(f)
	if err = cmp.Or(err, f.Close()); err != nil {
		return nameless(err)
	}
	return nameless(os.Rename(f.Name(), path))
}

// nameless is an error without the name of the file in between.
func nameless(err error) error {
	var file *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &file):
		return file.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// OpenCompiled opens the compiled form of a snapshot. The error wraps
// ErrNotCompiled, and says why, if there is none that fits.
func (s *Store) OpenCompiled(ctx context.Context, info Info, engine string, o graph.Options) (*Compiled, error) {
	path := s.path + compiledSuffix
	file, err := mapFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = errors.New("it is not there")
		}
		return nil, fmt.Errorf("%s: %w: %w", path, ErrNotCompiled, err)
	}
	c, err := openCompiled(ctx, file, info, engine, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrNotCompiled, err)
	}
	return c, nil
}

// aside makes something meanwhile. It comes once.
func aside[T any](work func() T) <-chan T {
	out := make(chan T, 1)
	go func() { out <- work() }()
	return out
}

func openCompiled(ctx context.Context, file []byte, info Info, engine string, o graph.Options) (*Compiled, error) {
	in, err := newFileReader(file)
	if err != nil {
		return nil, err
	}
	var head compiledHead
	if err := json.Unmarshal(in.bytes(), &head); err != nil {
		return nil, err
	}
	schema, err := schemaOf(compiledRoots)
	switch {
	case err != nil:
		return nil, err
	case head.Schema != schema.text || !head.of(&info, engine):
		return nil, errors.New("it is of another snapshot, or made by another version")
	case !head.at(o.AsOf):
		return nil, errors.New("it is of another time, and what policies say has changed since")
	}
	t := readCompiledTables(in, schema)
	if in.err != nil {
		return nil, in.err
	}
	var s *iam.Snapshot
	outlined := aside(func() (err error) { s, err = t.snapshot(ctx); return err })
	graphTables, err := readTables(in, t.nodes.ids.Len())
	if err = cmp.Or(<-outlined, err); err != nil {
		return nil, err
	}
	return &Compiled{Graph: graph.Restore(graphTables, t, s, head.Inventory, o), edges: graphTables, tables: t, head: head, file: file}, nil
}
