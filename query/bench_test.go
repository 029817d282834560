package query_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
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

func BenchmarkPaths(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		g := buildGraph(b, fixture.Org(largeOrg(n)), 0)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := query.New(g, query.Options{}).Paths(b.Context(), "arn:aws:iam::"+fixture.OrgAccount(2)+":user/user0", "arn:aws:iam::"+fixture.OrgAccount(2)+":role/role1"); err != nil {
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
	{"everything-star-1000", func() *iam.Snapshot { return fixture.OrgHopStar(1000) }},
	{"everything-chain-30", func() *iam.Snapshot { return fixture.OrgHopChain(30) }},
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
			if !slices.ContainsFunc(r.Answers, func(a query.Answer) bool { return a.Kind == "user" }) {
				t.Errorf("the user is lost; limits %v", r.Limits.Reasons)
			}
			for _, a := range r.Answers {
				for _, p := range a.Paths[:1] {
					if err := query.Check(g, r.Question, p); err != nil {
						t.Errorf("%v: %v", a.Principal, err)
					}
				}
			}
			can, err := query.New(g, query.Options{}).Can(t.Context(), "user0", "s3:GetObject", fixture.OrgObject)
			if err != nil {
				t.Fatal(err)
			}
			if can.Answers[0].Verdict == query.VerdictDeny {
				t.Errorf("denied, limits %v", can.Limits.Reasons)
			}
		})
	}
}

// TestLongWayOfChoices: hundreds of hops, each with an external id, a tag and a
// source identity of its own, have more combinations than can be tried. The way
// that there is must be found all the same, and what was left out be said by
// every question.
func TestLongWayOfChoices(t *testing.T) {
	const hops = 300
	g := buildGraph(t, fixture.OrgHopChain(hops), 0)
	e := query.New(g, query.Options{})
	for name, ask := range map[string]func() (*query.Result, error){
		"can":      func() (*query.Result, error) { return e.Can(t.Context(), "user0", "s3:GetObject", fixture.OrgObject) },
		"paths":    func() (*query.Result, error) { return e.Paths(t.Context(), "user0", "role0029") },
		"what-can": func() (*query.Result, error) { return e.WhatCan(t.Context(), "user0") },
	} {
		t.Run(name, func(t *testing.T) {
			r, err := ask()
			if err != nil {
				t.Fatal(err)
			}
			switch a := r.Answers[0]; {
			case a.Verdict == query.VerdictDeny:
				t.Errorf("denied, limits %v", r.Limits.Reasons)
			case name == "can" && a.Hops != hops:
				t.Errorf("%d hops, want %d", a.Hops, hops)
			case name == "what-can" && len(a.Sessions) != hops+1:
				t.Errorf("%d sessions, want %d", len(a.Sessions), hops+1)
			case name == "can":
				if err := query.Check(g, r.Question, a.Paths[0]); err != nil {
					t.Error(err)
				}
			}
			if !r.Limits.Truncated || len(r.Limits.Reasons) == 0 {
				t.Error("combinations were left out, and the result does not say so")
			}
		})
	}
}

// called is a context that is called off after it was asked so many times, and
// counts how often it was asked after that.
type called struct {
	context.Context
	left  int
	after int
}

func (c *called) Err() error {
	if c.left > 0 {
		c.left--
		return nil
	}
	c.after++
	return context.Canceled
}

// TestCalledOff: a long question asks its context so often that it can be called
// off at any moment, and then does no more than leave.
func TestCalledOff(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // how often it is asked hangs on who does what
	for _, h := range hostile {
		if h.name == "everything-chain-30" {
			continue // runs into its limit each time; the star has as much to choose from
		}
		g := buildGraph(t, h.make(), 0)
		for name, ask := range map[string]func(context.Context, *query.Engine) error{
			"who-can": func(ctx context.Context, e *query.Engine) error {
				_, err := e.WhoCan(ctx, "s3:GetObject", fixture.OrgObject)
				return err
			},
			"can": func(ctx context.Context, e *query.Engine) error {
				_, err := e.Can(ctx, "user0", "s3:GetObject", fixture.OrgObject)
				return err
			},
			"paths": func(ctx context.Context, e *query.Engine) error {
				_, err := e.Paths(ctx, "user0", "role0019")
				return err
			},
			"what-can": func(ctx context.Context, e *query.Engine) error {
				_, err := e.WhatCan(ctx, "user0")
				return err
			},
		} {
			t.Run(h.name+"/"+name, func(t *testing.T) {
				const plenty = 1 << 40
				whole := &called{Context: t.Context(), left: plenty}
				if err := ask(whole, query.New(g, query.Options{View: query.ViewAll})); err != nil {
					t.Fatal(err)
				}
				polls := plenty - whole.left
				if polls < 3 {
					t.Fatalf("asked its context %d times", polls)
				}
				for _, at := range []int{0, polls / 4, polls / 2, polls - 1} {
					ctx := &called{Context: t.Context(), left: at}
					if err := ask(ctx, query.New(g, query.Options{View: query.ViewAll})); !errors.Is(err, context.Canceled) {
						t.Errorf("called off at %d of %d: %v", at, polls, err)
					}
					if ctx.after > 64 {
						t.Errorf("called off at %d of %d: went on for %d more looks", at, polls, ctx.after)
					}
				}
			})
		}
	}
}
