package query_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/ingest"
	"accesspath/internal/shared"
	"accesspath/query"
)

// accountFiles names the inputs that make an account or an organization: each
// directory of testdata/accounts, and, if they are beside the checkout, the
// real exports, each by itself and all together.
func accountFiles(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	dir := filepath.Join("..", "testdata", "accounts")
	own, err := os.ReadDir(dir)
	if err != nil || len(own) == 0 {
		t.Fatalf("no accounts in %s: %v", dir, err)
	}
	for _, d := range own {
		out[d.Name()] = filepath.Join(dir, d.Name())
	}
	data, ok := shared.Data()
	if !ok {
		t.Log("the real exports are not beside the checkout: only testdata/accounts is asked")
		return out
	}
	data = filepath.Join(data, "gaad")
	err = filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".json" && d.Name() != "expectations.json" {
			rel, _ := filepath.Rel(data, path)
			out[filepath.ToSlash(rel)] = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	out["all exports"] = data
	return out
}

// eachAccount runs a test over the graph of every account.
func eachAccount(t *testing.T, test func(t *testing.T, g *graph.Graph, questions [][2]string)) {
	for name, path := range accountFiles(t) {
		t.Run(name, func(t *testing.T) {
			sources, _, err := ingest.Files([]string{path}, nil)
			if err != nil {
				t.Fatal(err)
			}
			s, err := ingest.Read(t.Context(), sources, ingest.Options{})
			if err != nil {
				t.Fatal(err)
			}
			test(t, caseGraph(t, s).graph, accountQuestions(s))
		})
	}
}

// accountQuestions asks for data, for power over the account, for roles, and
// for what the snapshot has resources of.
func accountQuestions(s *iam.Snapshot) [][2]string {
	out := [][2]string{{"s3:GetObject", "arn:aws:s3:::example-bucket/key"}, {"ec2:DescribeInstances", "*"}}
	for i, a := range s.Accounts {
		if i == 2 {
			break
		}
		out = append(out, [2]string{"iam:CreateAccessKey", "arn:aws:iam::" + a.ID + ":user/somebody"})
		for k, r := range a.Roles {
			if k%(len(a.Roles)/2+1) == 0 {
				out = append(out, [2]string{"sts:AssumeRole", r.ARN})
			}
		}
	}
	for _, r := range s.Resources {
		if bucket, ok := strings.CutPrefix(r.ARN, "arn:aws:s3:::"); ok && !strings.Contains(bucket, "/") {
			out = append(out, [2]string{"s3:GetObject", r.ARN + "/key"}, [2]string{"s3:PutObject", r.ARN + "/*"})
		}
	}
	return out
}

// manyPrincipals is more than a single account here has. Of all exports together
// every fifth principal is asked; by itself each account is asked in full.
const manyPrincipals = 160

// Asking who can and asking each principal gives the same answer, and every
// path that either shows holds when it is evaluated again.
func TestAccountsWhoCanAgreesWithCan(t *testing.T) {
	eachAccount(t, func(t *testing.T, g *graph.Graph, questions [][2]string) {
		for _, q := range questions {
			askBothWays(t, g, q, func(i int) bool { return g.Len() <= manyPrincipals || i%5 == 0 })
		}
	})
}

// askBothWays asks who can, and can of the principals that are picked, holds
// every row and path against each other, and returns the verdicts.
func askBothWays(t *testing.T, g *graph.Graph, q [2]string, pick func(i int) bool) map[string]string {
	t.Helper()
	out := map[string]string{}
	rows := (&caseWorld{graph: g}).rows(t, q)
	for i := range g.Len() {
		n := g.Node(graph.NodeID(i))
		if n.Kind == graph.KindGroup || !pick(i) {
			continue
		}
		r, err := query.New(g, query.Options{MaxPaths: 3}).Can(t.Context(), n.ID, q[0], q[1])
		if err != nil {
			t.Fatal(err)
		}
		checkPaths(t, g, r)
		agree(t, q, n, r.Answers[0], rows)
		out[n.ID] = r.Answers[0].Verdict
	}
	return out
}

func checkPaths(t *testing.T, g *graph.Graph, r *query.Result) {
	t.Helper()
	for _, a := range r.Answers {
		for _, p := range a.Paths {
			if err := query.Check(g, r.Question, p); err != nil {
				t.Errorf("%s %s on %s: path %v does not hold: %v", r.Question.Kind, r.Question.Action, r.Question.Resource, p.Principals, err)
			}
		}
	}
}

// What is allowed on every resource of a pattern is allowed on some, and never
// under less (QRY-11).
func TestAccountsAllImpliesSome(t *testing.T) {
	patterns := [][2]string{{"s3:GetObject", "arn:aws:s3:::*/*"}, {"s3:*", "arn:aws:s3:::example-*/*"}, {"sts:AssumeRole", "arn:aws:iam::*:role/*"}}
	eachAccount(t, func(t *testing.T, g *graph.Graph, _ [][2]string) {
		for _, q := range patterns {
			some, all := ask(t, g, query.Options{View: query.ViewAll}, q), ask(t, g, query.Options{View: query.ViewAll, All: true}, q)
			checkPaths(t, g, some)
			checkPaths(t, g, all)
			for _, a := range all.Answers {
				i := slices.IndexFunc(some.Answers, func(s query.Answer) bool { return s.Principal == a.Principal })
				switch {
				case i < 0:
					t.Errorf("%v: all lists %s, some does not", q, a.Principal)
				case a.Verdict == query.VerdictAllow && some.Answers[i].Verdict != query.VerdictAllow:
					t.Errorf("%v: %s is %s for all, %s for some", q, a.Principal, a.Verdict, some.Answers[i].Verdict)
				}
			}
		}
	})
}

// what-can lists a session exactly where there is a path, and its paths hold.
func TestAccountsWhatCanAgreesWithPaths(t *testing.T) {
	eachAccount(t, func(t *testing.T, g *graph.Graph, _ [][2]string) {
		e := query.New(g, query.Options{})
		for i := range g.Len() {
			n := g.Node(graph.NodeID(i))
			if n.User == nil && n.Role == nil || i%(g.Len()/10+1) != 0 {
				continue
			}
			r, err := e.WhatCan(t.Context(), n.ID)
			if err != nil {
				t.Fatal(err)
			}
			listed := map[string]bool{}
			for _, s := range r.Answers[0].Sessions {
				listed[s.Principal] = true
				if err := query.Check(g, r.Question, s.Path); err != nil {
					t.Errorf("session %v: %v", s.Path.Principals, err)
				}
			}
			for k := range g.Len() {
				to := g.Node(graph.NodeID(k))
				if to.Role == nil || k == i {
					continue
				}
				p, err := e.Paths(t.Context(), n.ID, to.ID)
				if err != nil {
					t.Fatal(err)
				}
				checkPaths(t, g, p)
				if reached := p.Answers[0].Verdict != query.VerdictDeny; reached != listed[to.ID] {
					t.Errorf("%s to %s: paths say %s, what-can lists the session: %t", n.ID, to.ID, p.Answers[0].Verdict, listed[to.ID])
				}
			}
		}
	})
}
