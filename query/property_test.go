package query_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/query"
)

// questions are asked of every organization: a concrete object, patterns of
// resources and of actions, and a role.
var questions = [][2]string{
	{"s3:GetObject", fixture.OrgObject},
	{"s3:GetObject", fixture.OrgBucket + "/*"},
	{"s3:Get*", fixture.OrgObject},
	{"sts:AssumeRole", "arn:aws:iam::" + fixture.OrgAccount(0) + ":role/role1"},
	{"s3:GetObject", "*"},
	{"s3:*Object", "arn:aws:s3:::*"},
	{"sts:AssumeRole", "arn:aws:iam::*:role/*"},
	{"sts:AssumeRoleWithWebIdentity", "arn:aws:iam::" + fixture.OrgAccount(0) + ":role/role1"},
	{"sts:AssumeRoleWithSAML", "arn:aws:iam::*:role/*"},
}

// seeds is how many organizations a test makes: n, or as many times more as
// ACCESSPATH_SEEDS says.
func seeds(n int) int {
	if times, err := strconv.Atoi(os.Getenv("ACCESSPATH_SEEDS")); err == nil && times > 1 {
		return n * times
	}
	return n
}

// orgs runs a test over organizations of different makings.
func orgs(t *testing.T, n int, f func(t *testing.T, g *graph.Graph)) {
	t.Helper()
	for seed := range seeds(n) {
		o := fixture.OrgOptions{Seed: uint64(seed), Accounts: 1 + seed%4, Users: 3, Groups: 2, Roles: 5, Plain: seed%5 == 0, Sparse: seed%3 == 0}
		t.Run(fmt.Sprintf("seed-%d", seed), func(t *testing.T) { f(t, buildGraph(t, fixture.Org(o), 2)) })
	}
}

func ask(t *testing.T, g *graph.Graph, o query.Options, q [2]string) *query.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	r, err := query.New(g, o).WhoCan(ctx, q[0], q[1])
	if err != nil {
		t.Fatalf("%v of %d principals: %v", q, g.Len(), err)
	}
	return r
}

// beyond reports whether a row may come from two sides: from a walk and from a
// resource policy that names somebody outside the graph.
func beyond(kind string) bool {
	return slices.Contains([]string{"public", "account", "external", "service"}, kind)
}

// Every path that is shown holds when it is evaluated again from the snapshot.
func TestEveryPathPassesCheck(t *testing.T) {
	paths := 0
	orgs(t, 60, func(t *testing.T, g *graph.Graph) {
		for _, q := range questions {
			r := ask(t, g, query.Options{View: query.ViewAll, MaxPaths: 20}, q)
			for _, a := range r.Answers {
				for _, p := range a.Paths {
					paths++
					if err := query.Check(g, r.Question, p); err != nil {
						t.Errorf("%v: %v %v: %v", q, p.Verdict, p.Principals, err)
					}
				}
			}
		}
	})
	t.Logf("%d paths", paths)
}

// Asking who can and asking each principal gives the same verdict, the same
// hops and the same best path.
func TestWhoCanAgreesWithCan(t *testing.T) {
	orgs(t, 8, func(t *testing.T, g *graph.Graph) {
		for _, q := range questions {
			rows := map[string]query.Answer{}
			for _, a := range ask(t, g, query.Options{View: query.ViewAll}, q).Answers {
				rows[a.Principal] = a
			}
			for i := range g.Len() {
				n := g.Node(graph.NodeID(i))
				if n.Kind == graph.KindGroup {
					continue
				}
				r, err := query.New(g, query.Options{}).Can(t.Context(), n.ID, q[0], q[1])
				if err != nil {
					t.Fatal(err)
				}
				agree(t, q, n, r.Answers[0], rows)
			}
		}
	})
}

func agree(t *testing.T, q [2]string, n *graph.Node, can query.Answer, rows map[string]query.Answer) {
	row, ok := rows[n.ID]
	if !ok {
		row.Verdict = query.VerdictDeny
	}
	if can.Verdict == query.VerdictDeny && len(can.Causes) == 0 {
		t.Errorf("%v: %s is denied without a cause", q, n.ID)
	}
	if row.Verdict != can.Verdict || row.Hops != can.Hops {
		t.Errorf("%v: %s: who-can says %s in %d hops, can says %s in %d", q, n.ID, row.Verdict, row.Hops, can.Verdict, can.Hops)
	}
	if len(row.Paths) > 0 && len(can.Paths) > 0 && !slices.Equal(row.Paths[0].Principals, can.Paths[0].Principals) {
		t.Errorf("%v: %s: who-can shows %v, can shows %v", q, n.ID, row.Paths[0].Principals, can.Paths[0].Principals)
	}
}

// what-can lists exactly the roles to which there is a path.
func TestWhatCanAgreesWithPaths(t *testing.T) {
	sessions := 0
	orgs(t, 25, func(t *testing.T, g *graph.Graph) {
		for i := range g.Len() {
			n := g.Node(graph.NodeID(i))
			if n.User == nil && n.Role == nil {
				continue
			}
			e := query.New(g, query.Options{})
			r, err := e.WhatCan(t.Context(), n.ID)
			if err != nil {
				t.Fatal(err)
			}
			listed := map[string]int{}
			for _, s := range r.Answers[0].Sessions {
				listed[s.Principal] = len(s.Path.Steps)
				if err := query.Check(g, r.Question, s.Path); err != nil {
					t.Errorf("session %v: %v", s.Path.Principals, err)
				}
			}
			sessions += len(listed)
			for k := range g.Len() {
				to := g.Node(graph.NodeID(k))
				if to.Role == nil || k == i {
					continue
				}
				p, err := e.Paths(t.Context(), n.ID, to.ID)
				if err != nil {
					t.Fatal(err)
				}
				a := p.Answers[0]
				hops, ok := listed[to.ID]
				if ok != (a.Verdict != query.VerdictDeny) || ok && len(a.Paths) > 0 && hops > a.Hops {
					t.Errorf("%s -> %s: a session %t with %d hops, paths say %s in %d hops", n.ID, to.ID, ok, hops, a.Verdict, a.Hops)
				}
				for _, path := range a.Paths {
					if err := query.Check(g, p.Question, path); err != nil {
						t.Errorf("path %v: %v", path.Principals, err)
					}
				}
			}
		}
	})
	t.Logf("%d sessions", sessions)
}

// Limits only take away: fewer hops mean fewer rows with the same first paths,
// fewer paths mean the same rows.
func TestLimitsOnlyRemove(t *testing.T) {
	orgs(t, 20, func(t *testing.T, g *graph.Graph) {
		for _, q := range questions {
			full := map[string]query.Answer{}
			for _, a := range ask(t, g, query.Options{View: query.ViewAll, MaxPaths: 50}, q).Answers {
				full[a.Principal+a.Kind] = a
			}
			for hops := 1; hops <= 3; hops++ {
				r := ask(t, g, query.Options{View: query.ViewAll, MaxPaths: 50, MaxHops: hops}, q)
				for _, a := range r.Answers {
					whole, ok := full[a.Principal+a.Kind]
					if !ok || whole.Verdict != a.Verdict && whole.Verdict != query.VerdictAllow {
						t.Errorf("%v: with at most %d hops %s is %s, without limit %q", q, hops, a.Principal, a.Verdict, whole.Verdict)
					}
					for _, p := range a.Paths {
						if len(p.Steps) > hops {
							t.Errorf("%v: %v has more than %d hops", q, p.Principals, hops)
						}
					}
				}
				if len(r.Answers) < len(full) && !r.Limits.Truncated {
					t.Errorf("%v: at most %d hops leave out rows and the result does not say so", q, hops)
				}
			}
			for _, a := range ask(t, g, query.Options{View: query.ViewAll, MaxPaths: 1}, q).Answers {
				whole := full[a.Principal+a.Kind]
				if beyond(a.Kind) {
					continue
				}
				if a.Verdict != whole.Verdict || len(a.Paths)+a.MorePaths != len(whole.Paths)+whole.MorePaths || len(a.Paths) != 1 {
					t.Errorf("%v: %s with one path is %s, %d+%d paths; with many %s, %d+%d", q, a.Principal, a.Verdict, len(a.Paths), a.MorePaths, whole.Verdict, len(whole.Paths), whole.MorePaths)
				}
			}
		}
	})
}

// The views are parts of the whole, and every row is in one of them.
func TestViewsArePartsOfAll(t *testing.T) {
	orgs(t, 20, func(t *testing.T, g *graph.Graph) {
		for _, q := range questions {
			all := rowTexts(t, ask(t, g, query.Options{View: query.ViewAll, MaxPaths: 3}, q))
			for _, view := range []query.View{query.ViewOrigins, query.ViewHolders} {
				for id, text := range rowTexts(t, ask(t, g, query.Options{View: view, MaxPaths: 3}, q)) {
					if all[id] != text {
						t.Errorf("%v: %s in view %s differs from view all:\n%s\n%s", q, id, view, text, all[id])
					}
				}
			}
		}
	})
}

func rowTexts(t *testing.T, r *query.Result) map[string]string {
	out := map[string]string{}
	for _, a := range r.Answers {
		if _, ok := out[a.Principal]; ok {
			t.Errorf("two rows for %s", a.Principal)
		}
		if out[a.Principal] = asJSON(a); beyond(a.Kind) {
			out[a.Principal] = a.Verdict
		}
	}
	return out
}

// Neither the order of the input nor the number of workers shows.
func TestSameBytesInAnyOrder(t *testing.T) {
	for seed := range uint64(seeds(10)) {
		o := fixture.OrgOptions{Seed: seed, Accounts: 3, Users: 4, Roles: 5, Sparse: true}
		want := answers(t, buildGraph(t, fixture.Org(o), 1))
		s := fixture.Org(o)
		shuffleOrg(s, seed)
		if got := answers(t, buildGraph(t, s, 2)); !bytes.Equal(got, want) {
			t.Errorf("seed %d: shuffled input and two workers give other bytes", seed)
		}
		if got := answers(t, buildGraph(t, fixture.Org(o), 2)); !bytes.Equal(got, want) {
			t.Errorf("seed %d: asking twice gives other bytes", seed)
		}
	}
}

func shuffleOrg(s *iam.Snapshot, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 2))
	for _, a := range s.Accounts {
		r.Shuffle(len(a.Users), func(i, j int) { a.Users[i], a.Users[j] = a.Users[j], a.Users[i] })
		r.Shuffle(len(a.Roles), func(i, j int) { a.Roles[i], a.Roles[j] = a.Roles[j], a.Roles[i] })
		r.Shuffle(len(a.Groups), func(i, j int) { a.Groups[i], a.Groups[j] = a.Groups[j], a.Groups[i] })
	}
}

func answers(t *testing.T, g *graph.Graph) []byte {
	t.Helper()
	var out []byte
	for _, q := range questions {
		text, err := json.Marshal(ask(t, g, query.Options{View: query.ViewAll, MaxPaths: 5}, q))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, text...)
	}
	return out
}
