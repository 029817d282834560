package query_test

import (
	"fmt"
	"testing"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/query"
)

// largeOrg has about n principals in accounts of fifty.
func largeOrg(n int) fixture.OrgOptions {
	return fixture.OrgOptions{Seed: 1, Accounts: n / 50, Users: 10, Groups: 3, Roles: 40, Sparse: true}
}

func benchmarkWhoCan(b *testing.B, g *graph.Graph, action, resource string) {
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		r, err := query.New(g, query.Options{View: query.ViewAll}).WhoCan(b.Context(), action, resource)
		if err != nil {
			b.Fatal(err)
		}
		rows = len(r.Answers)
	}
	b.ReportMetric(float64(rows), "rows")
}

func BenchmarkWhoCan(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		g := buildGraph(b, fixture.Org(largeOrg(n)), 0)
		for _, q := range []struct{ name, action, resource string }{
			{"direct", "iam:CreateUser", "arn:aws:iam::" + fixture.OrgAccount(0) + ":user/new"},
			{"chained", "s3:GetObject", fixture.OrgObject},
			{"wildcard-resource", "s3:GetObject", fixture.OrgBucket + "/*"},
			{"wildcard-action", "s3:Get*", fixture.OrgObject},
		} {
			b.Run(fmt.Sprintf("%s/%d", q.name, n), func(b *testing.B) { benchmarkWhoCan(b, g, q.action, q.resource) })
		}
	}
}

func BenchmarkCan(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		g := buildGraph(b, fixture.Org(largeOrg(n)), 0)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := query.New(g, query.Options{}).Can(b.Context(), "arn:aws:iam::"+fixture.OrgAccount(2)+":user/user0", "s3:GetObject", fixture.OrgObject); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// hostile are shapes that make careless walks explode.
var hostile = []struct {
	name string
	make func() *iam.Snapshot
}{
	{"ladder-40", func() *iam.Snapshot { return fixture.OrgLadder(40) }},
	{"clique-300", func() *iam.Snapshot { return fixture.OrgClique(300, false) }},
	{"clique-60-session-names", func() *iam.Snapshot { return fixture.OrgClique(60, true) }},
	{"external-id-chain-300", func() *iam.Snapshot { return fixture.OrgSecretChain(300) }},
	{"external-id-star-1000", func() *iam.Snapshot { return fixture.OrgSecretStar(1000) }},
	{"tag-clique-20", func() *iam.Snapshot { return fixture.OrgTagClique(20) }},
}

func BenchmarkHostile(b *testing.B) {
	for _, h := range hostile {
		b.Run(h.name, func(b *testing.B) {
			benchmarkWhoCan(b, buildGraph(b, h.make(), 0), "s3:GetObject", fixture.OrgObject)
		})
	}
}

// TestHostileShapes: each must be answered within seconds, by who-can and by
// can, and the paths must hold.
func TestHostileShapes(t *testing.T) {
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			g := buildGraph(t, h.make(), 0)
			r, ok := whoCan(t, g, query.Options{View: query.ViewAll, MaxPaths: 2})
			if !ok {
				return
			}
			if len(r.Answers) < 2 {
				t.Errorf("only %d rows", len(r.Answers))
			}
			for _, a := range r.Answers {
				for _, p := range a.Paths[:1] {
					if err := query.Check(g, r.Question, p); err != nil {
						t.Errorf("%v: %v", a.Principal, err)
					}
				}
			}
			if _, err := query.New(g, query.Options{}).Can(t.Context(), "user0", "s3:GetObject", fixture.OrgObject); err != nil {
				t.Error(err)
			}
		})
	}
}
