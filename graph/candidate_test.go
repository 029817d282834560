package graph_test

import (
	"slices"
	"testing"

	"accesspath/graph"
	"accesspath/internal/fixture"
)

// Whom Candidates leaves out is denied: evaluating every node by itself finds
// nobody else (EVAL-10, EVAL-20).
func TestCandidatesLeaveNobodyOut(t *testing.T) {
	left, all := 0, 0
	seeds(t, 60, func(t *testing.T, g *graph.Graph) {
		candidates(t, g, &left, &all)
	})
	if left*2 < all {
		t.Errorf("only %d of %d were left out: the test says little", left, all)
	}
}

// The same where unread policies stay open (EVAL-19), and where nobody says whose
// the resources are (NAT-02).
func TestCandidatesOfOpenTargets(t *testing.T) {
	left, all := 0, 0
	for seed := range uint64(12) {
		s := fixture.Org(fixture.OrgOptions{Seed: seed, Accounts: 3, Users: 4, Groups: 2, Roles: 6})
		if seed%2 == 1 {
			for _, r := range s.Resources {
				r.Account = ""
			}
		}
		g, err := graph.Build(t.Context(), s, graph.Options{AsOf: asOf, StrictData: seed%4 < 2})
		if err != nil {
			t.Fatal(err)
		}
		candidates(t, g, &left, &all)
	}
}

// What a graph remembers of earlier questions changes no answer.
func TestCandidatesOfLaterQuestions(t *testing.T) {
	found := 0
	for seed := range uint64(6) {
		s := fixture.Org(fixture.OrgOptions{Seed: seed, Accounts: 3, Users: 4, Groups: 2, Roles: 6})
		build := func() *graph.Graph {
			g, err := graph.Build(t.Context(), s, graph.Options{AsOf: asOf})
			if err != nil {
				t.Fatal(err)
			}
			return g
		}
		asked := build()
		for range 2 {
			asked.Candidates("s3:GetObject", fixture.OrgObject, false)
		}
		for _, q := range candidateQuestions(asked) {
			first, later := build().Candidates(q[0], q[1], false), asked.Candidates(q[0], q[1], false)
			if !slices.Equal(first, later) {
				t.Errorf("seed %d, %v: %d candidates at first, %d later", seed, q, len(first), len(later))
			}
			found += len(first)
		}
	}
	if found == 0 {
		t.Error("no question has candidates: the test says nothing")
	}
}

func candidateQuestions(g *graph.Graph) [][2]string {
	questions := [][2]string{
		{"s3:GetObject", fixture.OrgObject}, {"s3:DeleteBucket", fixture.OrgBucket}, {"s3:GetObject", "arn:aws:s3:::nobody-knows/x"},
		{"iam:PassRole", "*"}, {"ec2:DescribeInstances", "*"}, {"sts:GetCallerIdentity", "*"}, {"s3:ListAllMyBuckets", "*"},
		{"dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:" + fixture.OrgAccount(0) + ":table/t"},
		{"kms:Decrypt", "arn:aws:kms:eu-west-1:" + fixture.OrgAccount(1) + ":key/1"},
	}
	for _, a := range g.Model.Snapshot.Accounts {
		if len(a.Roles) > 0 {
			questions = append(questions, [2]string{"sts:AssumeRole", a.Roles[0].ARN}, [2]string{"iam:PassRole", a.Roles[0].ARN})
		}
	}
	return questions
}

// candidates holds Candidates against Decide for every node and some questions.
func candidates(t *testing.T, g *graph.Graph, left, all *int) {
	t.Helper()
	for _, q := range candidateQuestions(g) {
		list := g.Candidates(q[0], q[1], false)
		if !slices.IsSorted(list) {
			t.Errorf("%v: out of order", q)
		}
		for i := range g.Len() {
			id := graph.NodeID(i)
			n := g.Node(id)
			if !n.Acts() {
				continue
			}
			*all++
			if _, in := slices.BinarySearch(list, id); in {
				continue
			}
			*left++
			if d := g.Model.Decide(graph.Ask{Node: n, Action: q[0], Resource: q[1]}); !d.Requires.IsFalse() {
				t.Errorf("%v: %s is no candidate and may, if %s", q, n.ID, d.Requires.Key())
			}
		}
	}
}

// Whom Candidates leaves out of a question about all objects of a bucket is denied each
// of them that some policy names (QRY-12).
func TestCandidatesOfBuckets(t *testing.T) {
	left, all := 0, 0
	seeds(t, 40, func(t *testing.T, g *graph.Graph) {
		for _, r := range g.Model.Snapshot.Resources {
			list := g.Candidates("s3:GetObject", r.ARN+"/*", true)
			for i := range g.Len() {
				id := graph.NodeID(i)
				if !g.Node(id).Acts() {
					continue
				}
				all++
				if _, in := slices.BinarySearch(list, id); in {
					continue
				}
				left++
				for _, key := range []string{"x", "shared/x", "a/b/c", g.Node(id).Name + "/x", fixture.OrgObject[len(fixture.OrgBucket)+1:]} {
					if d := g.Model.Decide(graph.Ask{Node: g.Node(id), Action: "s3:GetObject", Resource: r.ARN + "/" + key}); !d.Requires.IsFalse() {
						t.Errorf("%s/%s: %s is no candidate and may, if %s", r.ARN, key, g.Node(id).ID, d.Requires.Key())
					}
				}
			}
		}
	})
	if left*3 < all {
		t.Errorf("only %d of %d were left out: the test says little", left, all)
	}
}

// Verdict is what Decide requires, for everybody.
func TestVerdictIsWhatDecideRequires(t *testing.T) {
	open := 0
	seeds(t, 60, func(t *testing.T, g *graph.Graph) {
		for _, q := range append(candidateQuestions(g), [2]string{"sts:AssumeRoot", "arn:aws:iam::" + fixture.OrgAccount(1) + ":root"}) {
			for i := range g.Len() {
				a := graph.Ask{Node: g.Node(graph.NodeID(i)), Action: q[0], Resource: q[1]}
				if !a.Node.Acts() {
					continue
				}
				want, got := g.Model.Decide(a).Requires, g.Model.Verdict(a)
				if want.Key() != got.Key() {
					t.Errorf("%v: %s: %s, want %s", q, a.Node.ID, got.Key(), want.Key())
				}
				if got.IsOpen() {
					open++
				}
			}
		}
	})
	if open == 0 {
		t.Error("no verdict is open: the test says little")
	}
}
