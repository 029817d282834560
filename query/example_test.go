package query_test

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

// shop reads the example accounts and builds their graph.
func shop(ctx context.Context) (*graph.Graph, error) {
	sources, _, err := ingest.Files([]string{"../testdata/accounts/shop"}, strings.NewReader(""))
	if err != nil {
		return nil, err
	}
	snapshot, err := ingest.Read(ctx, sources, ingest.Options{Managed: managed.Lookup})
	if err != nil {
		return nil, err
	}
	return graph.Build(ctx, snapshot, graph.Options{
		AsOf: time.Date(2026, 9, 2, 12, 0, 0, 0, time.UTC), KeyDefined: query.KeyDefined, ManagedPolicy: managed.Lookup,
	})
}

// An Engine answers questions over one graph.
func ExampleEngine_WhoCan() {
	ctx := context.Background()
	g, err := shop(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := query.New(g, query.Options{}).WhoCan(ctx, "s3:GetObject", "arn:aws:s3:::example-shop-orders/2026/09.csv")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range r.Answers {
		fmt.Println(a.Verdict, a.Hops, a.Principal)
	}
	// Output:
	// ALLOW_IF 1 account:777788889999
	// ALLOW 0 arn:aws:iam::444455556666:root
	// ALLOW 1 arn:aws:iam::444455556666:instance-profile/etl
	// ALLOW_IF 2 arn:aws:iam::111122223333:user/alice
	// ALLOW_IF 2 arn:aws:iam::111122223333:user/erin
}

// What a path requires stays with its hop. Check holds a path against the
// snapshot alone, without the graph.
func ExampleEngine_Paths() {
	ctx := context.Background()
	g, err := shop(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := query.New(g, query.Options{}).Paths(ctx, "alice", "orders-reader")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range r.Answers[0].Paths {
		for i, s := range p.Steps {
			for _, need := range s.Requires {
				fmt.Printf("hop %d to %s needs %s %s %q\n", i+1, s.To, need.Key, need.Operator, need.Values)
			}
		}
		fmt.Println("holds:", query.Check(g, r.Question, p) == nil)
	}
	// Output:
	// hop 1 to arn:aws:iam::111122223333:role/deployer needs aws:MultiFactorAuthPresent Bool ["true"]
	// hop 2 to arn:aws:iam::444455556666:role/orders-reader needs sts:ExternalId StringEquals ["shop-orders-7f3a"]
	// holds: true
}

// WhatIf asks the same question of a changed copy of the snapshot.
func ExampleEngine_WhatIf() {
	ctx := context.Background()
	g, err := shop(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	edits := []query.Edit{{Without: "deployer->orders-reader"}}
	difference, _, err := query.New(g, query.Options{}).WhatIf(ctx, edits, func(e *query.Engine) (*query.Result, error) {
		return e.WhoCan(ctx, "s3:GetObject", "arn:aws:s3:::example-shop-orders/2026/09.csv")
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range difference.Rows {
		fmt.Println(row.Change, row.Principal)
	}
	// Output:
	// removed arn:aws:iam::111122223333:user/alice
	// removed arn:aws:iam::111122223333:user/erin
}
