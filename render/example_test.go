package render_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"accesspath/graph"
	"accesspath/ingest"
	"accesspath/ingest/managed"
	"accesspath/query"
	"accesspath/render"
)

// For returns the renderer of a format. It decides nothing: the same answer as
// JSON can be read back with ReadResult and rendered again.
func ExampleFor() {
	ctx := context.Background()
	sources, _, err := ingest.Files([]string{"../testdata/accounts/shop"}, strings.NewReader(""))
	if err != nil {
		fmt.Println(err)
		return
	}
	snapshot, err := ingest.Read(ctx, sources, ingest.Options{Managed: managed.Lookup})
	if err != nil {
		fmt.Println(err)
		return
	}
	g, err := graph.Build(ctx, snapshot, graph.Options{
		AsOf: time.Date(2026, 9, 2, 12, 0, 0, 0, time.UTC), KeyDefined: query.KeyDefined, ManagedPolicy: managed.Lookup,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := query.New(g, query.Options{}).Paths(ctx, "alice", "deployer")
	if err != nil {
		fmt.Println(err)
		return
	}
	renderer, err := render.For("text", render.Options{Width: 80})
	if err != nil {
		fmt.Println(err)
		return
	}
	var text strings.Builder
	if err := renderer.Render(ctx, &text, result); err != nil {
		fmt.Println(err)
		return
	}
	head, _, _ := strings.Cut(text.String(), "\n\npath")
	fmt.Fprintln(os.Stdout, head)
	// Output:
	// 1 path from arn:aws:iam::111122223333:user/alice to
	// arn:aws:iam::111122223333:role/deployer
	// as of 2026-09-02 12:00 UTC
}
