package query

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"accesspath/graph"
	"accesspath/internal/fixture"
	"accesspath/policy"
)

func topicOrg(t *testing.T, seed uint64) *graph.Graph {
	t.Helper()
	o := fixture.OrgOptions{Seed: seed, Accounts: 3, Users: 4, Groups: 2, Roles: 8, Sparse: seed%2 == 0}
	g, err := graph.Build(t.Context(), fixture.Org(o), graph.Options{AsOf: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), KeyDefined: KeyDefined})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// askedOf is the answer to a question, as JSON.
func askedOf(t *testing.T, e *Engine, principal string, q [2]string) string {
	t.Helper()
	r, err := e.Can(t.Context(), principal, q[0], q[1])
	if err != nil {
		return err.Error()
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// What engines remember for each other changes no answer: each is that of a new
// engine, whatever was asked before, by whom, and at the same time.
func TestEnginesRememberWithoutHarm(t *testing.T) {
	for seed := range uint64(3) {
		g := topicOrg(t, seed)
		questions := [][2]string{
			{"s3:GetObject", fixture.OrgObject}, {"s3:GetObject", fixture.OrgBucket + "/*"}, {"s3:Get*", fixture.OrgObject}, {"s3:DeleteBucket", fixture.OrgBucket},
			{"sts:AssumeRole", "arn:aws:iam::" + fixture.OrgAccount(0) + ":role/role1"}, {"iam:PassRole", "*"},
			{"dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:" + fixture.OrgAccount(1) + ":table/t"},
		}
		want := map[string]string{}
		each := func(f func(key, principal string, q [2]string)) {
			for i := range g.Len() {
				for k, q := range questions {
					f(fmt.Sprint(i, k), g.Node(graph.NodeID(i)).ID, q)
				}
			}
		}
		each(func(key, principal string, q [2]string) { want[key] = askedOf(t, New(g, Options{}), principal, q) })
		one := New(g, Options{})
		var workers sync.WaitGroup
		for range 3 {
			e := one.Another()
			workers.Go(func() {
				each(func(key, principal string, q [2]string) {
					if got := askedOf(t, e, principal, q); got != want[key] {
						t.Errorf("seed %d: %s, %v:\n%s\nwant\n%s", seed, principal, q, got, want[key])
					}
				})
			})
		}
		workers.Wait()
	}
}

// Beyond its bounds everything is forgotten, and found again.
func TestTopicsAreBounded(t *testing.T) {
	e := New(topicOrg(t, 1), Options{})
	ask := func(i int) *topic {
		return e.topicOf(&question{targets: []target{{action: "s3:GetObject", resource: fmt.Sprintf("arn:aws:s3:::b%d/x", i)}}})
	}
	first := ask(0)
	if ask(0) != first {
		t.Error("a topic is not remembered")
	}
	for i := range maxTopics + 10 {
		ask(i)
	}
	if n := len(e.common.topics); n > maxTopics {
		t.Errorf("%d topics are kept", n)
	}
	if ask(0) == first {
		t.Error("nothing was forgotten")
	}
	e.common.held = maxHeld + 1
	ask(maxTopics + 20)
	if n := len(e.common.topics); n != 1 || e.common.held != 0 {
		t.Errorf("%d topics that hold %d things are kept beyond the bound", n, e.common.held)
	}
}

// What a question found that was cancelled may lack something: it is asked again.
func TestTopicsForgetWhatWasCancelled(t *testing.T) {
	e := New(topicOrg(t, 1), Options{})
	of := e.newTopic(target{action: "s3:GetObject", resource: fixture.OrgObject})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	allowed := access{req: policy.True(), action: "s3:GetObject"}
	if a := of.access(ctx, 0, func() access { return access{} }); !a.req.IsFalse() {
		t.Error("nothing was found, and something is answered")
	}
	if a := of.access(t.Context(), 0, func() access { return allowed }); !a.req.IsTrue() {
		t.Error("what a cancelled question did not find is remembered")
	}
	if a := of.access(t.Context(), 0, func() access { t.Error("it is looked for again"); return access{} }); !a.req.IsTrue() {
		t.Error("what was found is not remembered")
	}
}
