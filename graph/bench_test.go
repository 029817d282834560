package graph_test

import (
	"fmt"
	"testing"

	"accesspath/graph"
	"accesspath/internal/fixture"
)

// largeOrg has about n principals in accounts of fifty.
func largeOrg(n int) fixture.OrgOptions {
	return fixture.OrgOptions{Seed: 1, Accounts: n / 50, Users: 10, Groups: 3, Roles: 40, Sparse: true}
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		s := fixture.Org(largeOrg(n))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			edges := 0
			for b.Loop() {
				g, err := graph.Build(b.Context(), s, graph.Options{AsOf: asOf})
				if err != nil {
					b.Fatal(err)
				}
				edges, _ = g.Edges()
			}
			b.ReportMetric(float64(edges), "edges")
		})
	}
}

func BenchmarkReverse(b *testing.B) {
	g := build(b, fixture.Org(largeOrg(10000)), 0)
	target, ok := g.Find("arn:aws:iam::" + fixture.OrgAccount(0) + ":role/role1")
	if !ok {
		b.Fatal("no target")
	}
	b.ReportAllocs()
	for b.Loop() {
		g.Reverse([]graph.NodeID{target})
	}
}
