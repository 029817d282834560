package escalate

import (
	"testing"

	"accesspath/graph"
	"accesspath/internal/fixture"
)

// An account whose tries are spent says so, and others go on.
func TestTriesOfAccounts(t *testing.T) {
	s := &search{}
	few, many := &account{tries: 2}, &account{tries: 10}
	for i, want := range []bool{true, true, false, false} {
		if got := s.spend(few, 1); got != want {
			t.Errorf("spending %d: %t", i, got)
		}
	}
	if !few.untried || !s.spend(many, 10) || many.untried || !s.spend(nil, 1) {
		t.Error("another account is out of tries as well")
	}
}

// A search with too few tries finds what it would find without changes to others, and tells
// what it left out.
func TestUntried(t *testing.T) {
	snapshot, err := fixture.Parse(`
		add: A:user/x
		id(A:user/x): +s3:GetObject@*
		pb(A:user/x): +ec2:*@*
		id(u): +[iam:DeleteUserPermissionsBoundary,iam:CreateAccessKey]@A:user/x`)
	if err != nil {
		t.Fatal(err)
	}
	for tries, enough := range map[int]bool{0: true, 1: false} {
		g, err := graph.Build(t.Context(), snapshot, graph.Options{})
		if err != nil {
			t.Fatal(err)
		}
		f, err := Find(t.Context(), g, Options{Tries: tries})
		if err != nil {
			t.Fatal(err)
		}
		freed := false
		for e := range f.Graph.AllEscalations() {
			to := f.Graph.Node(e.To)
			freed = freed || to.Supposed != nil && to.User != nil && to.User.Boundary == nil && to.ID == fixture.ARN("A:user/x")
		}
		if freed != enough || (f.Untried > 0) == enough {
			t.Errorf("enough tries %t: x without its boundary %t, %d accounts untried", enough, freed, f.Untried)
		}
	}
}
