package graph

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"accesspath/policy"
)

// TestSharedRuns: edges whose tails share runs are those of tails with their own.
func TestSharedRuns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	for _, tails := range []int{0, 1, 5, 40, 2000} {
		const heads = 12
		var edges []built
		for tail := range tails {
			for head := range heads {
				if (head*tail%5+head+r.IntN(40)/39)%4 == 0 { // few different runs, some odd ones
					edges = append(edges, built{tail: uint32(tail), head: NodeID(head), kind: CanAssume})
					if head%3 == 0 {
						edges = append(edges, built{tail: uint32(tail), head: NodeID(head), kind: Federates})
					}
				}
			}
		}
		own := newAdjacency(edges, tails, heads, func(policy.Requirement) uint32 { return 0 })
		table := own.table()
		if !table.check(tails, heads, 1) || tails > 1000 && table.Tails.Len() > tails/2 {
			t.Fatalf("%d tails have %d runs", tails, table.Tails.Len())
		}
		shared := table.adjacency()
		if own.edges() != shared.edges() || own.tails() != shared.tails() {
			t.Errorf("%d edges of %d tails, want %d of %d", shared.edges(), shared.tails(), own.edges(), own.tails())
		}
		var set NodeSet
		for head := range NodeID(heads) {
			if got, want := intoOf(&shared, head), intoOf(&own, head); !slices.Equal(got, want) {
				t.Errorf("into %d: %v, want %v", head, got, want)
			}
			want := slices.Compact(own.tailsInto(head, nil, nil))
			if got := shared.tailsInto(head, nil, &set); !slices.Equal(got, want) {
				t.Errorf("tails into %d: %v, want %v", head, got, want)
			}
		}
		for tail := range uint32(tails) {
			if got, want := spanOf(&shared, tail), spanOf(&own, tail); got != want {
				t.Errorf("from %d: %v, want %v", tail, got, want)
			}
		}
	}
}

func intoOf(a *adjacency, n NodeID) (out []string) {
	for i, tail := range a.into(n) {
		out = append(out, fmt.Sprint(tail, a.head[i], a.kind[i]))
	}
	return out
}

func spanOf(a *adjacency, tail uint32) string {
	from, to := a.span(tail)
	return fmt.Sprint(a.head[from:to], a.kind[from:to])
}

// Requirements that say the same and are spelled differently are two.
func TestInternerKeepsSpelling(t *testing.T) {
	atom := func(key string) policy.Requirement {
		return policy.AtomRequirement(policy.Atom{Key: key, Operator: "StringLike", Values: []string{"*:deploy"}})
	}
	x, y := atom("company:Team"), atom("company:team")
	if x.Key() != y.Key() {
		t.Fatalf("the keys are %s and %s: the test says nothing", x.Key(), y.Key())
	}
	var list []policy.Requirement
	id := interner(&list)
	if a, b, c := id(x), id(y), id(atom("company:Team")); a != 0 || b != 1 || c != 0 || len(list) != 2 {
		t.Errorf("numbers %d, %d and %d of %d, want 0, 1 and 0 of 2", a, b, c, len(list))
	}
}
