package graph_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/policy"
)

// everything is a document that allows all.
func everything(t *testing.T) *policy.Document {
	t.Helper()
	d, err := policy.ParseDocument([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// supposition is a copy of a user or role with a change.
func supposition(n *graph.Node, base graph.NodeID, change func(*graph.Supposition, *iam.Entity)) graph.Node {
	c := *n
	c.Supposed = &graph.Supposition{Base: base}
	if n.User != nil {
		u := *n.User
		change(c.Supposed, &u.Entity)
		c.User = &u
	} else {
		r := *n.Role
		change(c.Supposed, &r.Entity)
		c.Role = &r
	}
	return c
}

// Supposed principals share classes and circles as others do, which must give the
// edges that each has by itself.
func TestEdgesOfSupposedEqualEvaluationOfAllPairs(t *testing.T) {
	all := everything(t)
	changes := []func(*graph.Supposition, *iam.Entity){
		func(_ *graph.Supposition, e *iam.Entity) {
			e.Inline = append(slices.Clone(e.Inline), &iam.Policy{Name: "more", Document: all})
		},
		func(_ *graph.Supposition, e *iam.Entity) { e.Boundary = nil },
		func(s *graph.Supposition, _ *iam.Entity) { s.Unguarded = true },
		func(s *graph.Supposition, _ *iam.Entity) {
			s.Known = policy.MapContext{"aws:multifactorauthpresent": policy.Is("true")}
		},
		func(_ *graph.Supposition, e *iam.Entity) {
			e.Tags = append(slices.Clone(e.Tags), iam.Tag{Key: "team", Value: "red"})
		},
	}
	edges := 0
	seeds(t, 40, func(t *testing.T, g *graph.Graph) {
		var nodes []graph.Node
		for i := range g.Len() {
			if n := g.Node(graph.NodeID(i)); n.User != nil || n.Role != nil && n.Limit == nil {
				nodes = append(nodes, supposition(n, graph.NodeID(i), changes[i%len(changes)]), supposition(n, graph.NodeID(i), changes[i/2%len(changes)]))
			}
		}
		x, err := g.Extend(t.Context(), &graph.Extension{Nodes: nodes})
		if err != nil {
			t.Fatal(err)
		}
		for i := g.Len(); i < x.Len(); i++ {
			from, got := x.Node(graph.NodeID(i)), map[graph.NodeID]policy.Requirement{}
			for e := range x.Out(graph.NodeID(i)) {
				got[e.To] = policy.Or(got[e.To], e.Requires)
				edges++
			}
			for k := range g.Len() {
				to := x.Node(graph.NodeID(k))
				if to.Role == nil || to.Limit != nil {
					continue
				}
				want := x.Model.Assume(from, to.Role, nil, "").Requires
				if is := got[graph.NodeID(k)]; is.IsFalse() != want.IsFalse() || is.IsTrue() != want.IsTrue() {
					t.Errorf("%s (%d) -> %s: %s, evaluated by itself %s", from.ID, i, to.ID, is.Key(), want.Key())
				}
			}
		}
	})
	if edges < 1000 {
		t.Errorf("%d edges compared", edges)
	}
}

// What a change makes known of one principal is not known of another whose policies
// say the same about roles (ESC-24, ESC-30).
func TestSupposedOfOneClass(t *testing.T) {
	s, err := fixture.Parse(`
		add: A:user/x A:user/y
		id(A:user/x): +sts:AssumeRole@*
		id(A:user/y): +sts:AssumeRole@*
		tp(r): P=A:root ?{Bool aws:MultiFactorAuthPresent=true}
		tp(q): P=A:root
		scp(A): -sts:AssumeRole@q`)
	if err != nil {
		t.Fatal(err)
	}
	g := build(t, s, 2)
	find := func(name string) graph.NodeID {
		n, ok := g.Find(fixture.ARN(name))
		if !ok {
			t.Fatal(name)
		}
		return n
	}
	x, y, r, q := find("A:user/x"), find("A:user/y"), find("r"), find("q")
	mfa := func(s *graph.Supposition, _ *iam.Entity) {
		s.Known = policy.MapContext{"aws:multifactorauthpresent": policy.Is("true")}
	}
	unguarded := func(s *graph.Supposition, _ *iam.Entity) { s.Unguarded = true }
	same := func(*graph.Supposition, *iam.Entity) {}
	extended, err := g.Extend(t.Context(), &graph.Extension{Nodes: []graph.Node{
		supposition(g.Node(x), x, mfa), supposition(g.Node(y), y, same), supposition(g.Node(x), x, unguarded)}})
	if err != nil {
		t.Fatal(err)
	}
	first := graph.NodeID(g.Len())
	for _, c := range []struct {
		id       string
		from, to graph.NodeID
		want     string // "true", "false" or "open"
	}{
		{"ESC-24 with MFA", first, r, "true"},
		{"ESC-24 without", first + 1, r, "open"},
		{"ESC-30 guarded", first + 1, q, "false"},
		{"ESC-30 unguarded", first + 2, q, "true"},
	} {
		all := policy.False()
		for e := range extended.Out(c.from) {
			if e.To == c.to {
				all = policy.Or(all, e.Requires)
			}
		}
		got := "open"
		if all.IsTrue() {
			got = "true"
		} else if all.IsFalse() {
			got = "false"
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s (%s)", c.id, got, c.want, all.Key())
		}
	}
}

func TestExtendStops(t *testing.T) {
	g := build(t, fixture.Org(fixture.OrgOptions{Accounts: 2, Users: 4, Groups: 1, Roles: 4}), 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.Extend(ctx, &graph.Extension{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
