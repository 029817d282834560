package store

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"accesspath/graph"
	"accesspath/iam"

	"github.com/go-json-experiment/json"
)

// Most of a compiled form hangs on the snapshot and the nodes of its graph, and
// not on the edges: it is made while these are found, and while the snapshot is
// saved, which then gets its number.

// Prepared is what a compiled form has besides the edges.
type Prepared struct {
	schema string
	w      *compiling
	docs   *documentPacks
	index  *graph.IndexTable
	err    error
}

// Prepare makes what a compiled form has besides the edges of the graph that has
// the nodes. What goes wrong shows in Compile.
func Prepare(ctx context.Context, snapshot *iam.Snapshot, nodes *graph.Nodes) *Prepared {
	schema, err := schemaOf(compiledRoots)
	if err != nil {
		return &Prepared{err: err}
	}
	p := &Prepared{schema: schema.text, w: newCompiling(schema, nodes.Len())}
	index := aside(func() *graph.IndexTable { return nodes.Index(ctx) })
	if p.err = p.w.add(ctx, snapshot, nodes); p.err == nil {
		docs := aside(func() *documentPacks { return packDocuments(ctx, p.w.docs) })
		p.err = p.w.settle(ctx)
		p.docs = <-docs
	}
	if p.index = <-index; p.index == nil {
		p.err = cmp.Or(p.err, ctx.Err())
	}
	return p
}

// Compile is the function Compile for what is prepared, with the graph.
func (p *Prepared) Compile(database string, info Info, engine string, g *graph.Graph) error {
	path := database + compiledSuffix
	err := p.err
	if err == nil {
		err = replaceFile(path, func(f *os.File) error { return p.write(newFileWriter(f), info, engine, g) })
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func (p *Prepared) write(out *fileWriter, info Info, engine string, g *graph.Graph) error {
	tables := aside(func() *graph.Tables { return g.TablesWith(p.index) })
	head := compiledHead{Engine: engine, Schema: p.schema, Snapshot: info.ID, IngestedAt: info.IngestedAt, Digest: info.Digest[:],
		AsOf: g.Model.Options.AsOf, Moments: p.w.moments, Certain: !p.w.uncertain, Inventory: g.Model.Inventory()}
	text, err := json.Marshal(head)
	if err != nil {
		return err
	}
	out.bytes(text)
	p.w.write(out)
	out.fail(p.docs.write(out))
	writeTables(out, <-tables)
	return out.finish()
}
