package graph_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"accesspath/graph"
	"accesspath/ingest"
	"accesspath/ingest/managed"
	"accesspath/query"
)

// Build evaluates the trust of every role in a snapshot. The graph does not
// change afterwards and may be walked from several goroutines.
func ExampleBuild() {
	sources, _, err := ingest.Files([]string{"../testdata/accounts/shop"}, strings.NewReader(""))
	if err != nil {
		fmt.Println(err)
		return
	}
	snapshot, err := ingest.Read(context.Background(), sources, ingest.Options{Managed: managed.Lookup})
	if err != nil {
		fmt.Println(err)
		return
	}
	g, err := graph.Build(context.Background(), snapshot, graph.Options{
		AsOf:          time.Date(2026, 9, 2, 12, 0, 0, 0, time.UTC),
		KeyDefined:    query.KeyDefined,
		ManagedPolicy: managed.Lookup,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	deployer, _, _ := g.Resolve("deployer")
	for edge := range g.In(deployer) {
		fmt.Println(g.Node(edge.From).ID, edge.Kind)
	}
	// Output:
	// arn:aws:iam::111122223333:user/alice can-assume
	// arn:aws:iam::111122223333:user/erin can-assume
}
