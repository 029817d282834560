package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/ingest/managed"
	"accesspath/internal/fixture"
	"accesspath/query"
)

// A compiledCase is a snapshot in a database with its compiled form, and the graph
// that this is of.
type compiledCase struct {
	s       *Store
	path    string
	info    Info
	plain   *graph.Graph
	options graph.Options
}

func compiledOf(t testing.TB, snapshot *iam.Snapshot) compiledCase {
	t.Helper()
	ctx := context.Background()
	c := compiledCase{path: filepath.Join(t.TempDir(), "x.db"), options: graph.Options{AsOf: testTime, KeyDefined: query.KeyDefined, ManagedPolicy: managed.Lookup}}
	c.s = openTest(t, c.path, testOptions())
	id := save(t, c.s, snapshot)
	var err error
	if c.info, err = c.s.Show(ctx, id); err != nil {
		t.Fatal(err)
	}
	whole := load(t, c.s, id)
	if c.plain, err = graph.Build(ctx, whole, c.options); err != nil {
		t.Fatal(err)
	}
	if err := Compile(ctx, c.path, c.info, "engine", whole, c.plain); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *compiledCase) open(t testing.TB) *Compiled {
	t.Helper()
	form, err := c.s.OpenCompiled(context.Background(), c.info, "engine", c.options)
	if err != nil {
		t.Fatal(err)
	}
	return form
}

// compiledSnapshots are snapshots of all kinds.
func compiledSnapshots(t *testing.T) map[string]*iam.Snapshot {
	out := map[string]*iam.Snapshot{
		"empty":  {},
		"ladder": fixture.OrgLadder(4),
		"clique": fixture.OrgClique(5, true),
		"tags":   fixture.OrgTagClique(3),
		"lab":    ingested(t, filepath.Join("..", "testdata", "accounts", "lab")),
		"shop":   ingested(t, filepath.Join("..", "testdata", "accounts", "shop")),
	}
	world, err := fixture.NewWorld().Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	out["world"] = world
	for _, seed := range []uint64{0, 1, 4} {
		out[fmt.Sprintf("org %d", seed)] = fixture.Org(fixture.OrgOptions{Seed: seed, Accounts: 1 + int(seed%4), Sparse: seed%2 == 0})
	}
	return out
}

// TestCompiledIsTheGraph compares a graph with what its compiled form gives.
func TestCompiledIsTheGraph(t *testing.T) {
	for name, snapshot := range compiledSnapshots(t) {
		t.Run(name, func(t *testing.T) {
			c := compiledOf(t, snapshot)
			form := c.open(t)
			got, want := form.Graph, c.plain
			if got.Len() != want.Len() {
				t.Fatalf("%d nodes, want %d", got.Len(), want.Len())
			}
			for i := range want.Len() {
				n := graph.NodeID(i)
				sameNode(t, got, want, n)
				if a, b := edgesOf(got, n), edgesOf(want, n); !slices.Equal(a, b) {
					t.Errorf("%s: edges\n%q, want\n%q", want.Node(n).ID, a, b)
				}
			}
			for _, question := range questionsOf(want) {
				if a, b := got.Candidates(question[0], question[1], false), want.Candidates(question[0], question[1], false); !slices.Equal(a, b) {
					t.Errorf("%v: candidates %v, want %v", question, a, b)
				}
			}
			if a, b := got.Model.Inventory(), want.Model.Inventory(); a != b {
				t.Errorf("inventory %+v, want %+v", a, b)
			}
			if err := form.Err(); err != nil {
				t.Error(err)
			}
		})
	}
}

func sameNode(t *testing.T, got, want *graph.Graph, n graph.NodeID) {
	t.Helper()
	a, b := got.Node(n), want.Node(n)
	if d := firstDifference(b.ID, reflect.ValueOf(a), reflect.ValueOf(b), 0); d != "" {
		t.Error(d)
	}
	if got.AccountOf(n) != want.AccountOf(n) || got.IDOf(n) != want.IDOf(n) || got.NameOf(n) != want.NameOf(n) || a.Role != nil && got.Node(n).Role != a.Role {
		t.Errorf("%s: another account, or another role each time", b.ID)
	}
	for _, name := range []string{b.ID, b.Name} {
		id, ok, list := got.Resolve(name)
		wantID, wantOK, wantList := want.Resolve(name)
		if id != wantID || ok != wantOK || !slices.Equal(list, wantList) {
			t.Errorf("%q is %v %v %v, want %v %v %v", name, id, ok, list, wantID, wantOK, wantList)
		}
	}
	if a, b := got.Sessions(n), want.Sessions(n); !slices.Equal(a, b) {
		t.Errorf("sessions %v, want %v", a, b)
	}
}

func edgesOf(g *graph.Graph, n graph.NodeID) []string {
	var out []string
	for e := range g.Out(n) {
		out = append(out, fmt.Sprint("to ", e.To, e.Kind, e.Requires.Key()))
	}
	for e := range g.In(n) {
		out = append(out, fmt.Sprint("from ", e.From, e.Kind, e.Requires.Key()))
	}
	return out
}

// questionsOf are actions on resources that a snapshot has something to do with.
func questionsOf(g *graph.Graph) [][2]string {
	list := [][2]string{
		{"s3:GetObject", fixture.OrgObject}, {"s3:GetObject", "arn:aws:s3:::nowhere/x"}, {"s3:ListAllMyBuckets", "*"}, {"iam:CreateUser", "*"},
		{"sts:GetCallerIdentity", "*"}, {"ec2:RunInstances", "*"},
	}
	for r := range g.Model.Resources() {
		action := map[string]string{"s3:bucket": "s3:ListBucket", "kms:key": "kms:Decrypt", "sqs:queue": "sqs:SendMessage"}[r.Type]
		if action != "" {
			list = append(list, [2]string{action, r.ARN})
		}
	}
	for i := 0; i < g.Len(); i += 1 + g.Len()/4 {
		if n := g.Node(graph.NodeID(i)); n.Kind == graph.KindRole {
			list = append(list, [2]string{"sts:AssumeRole", n.ID}, [2]string{"iam:PassRole", n.ID})
		}
	}
	return list
}

// TestCompiledAnswers asks both graphs the same questions. The answers have to be
// the same bytes.
func TestCompiledAnswers(t *testing.T) {
	ctx := context.Background()
	for name, snapshot := range compiledSnapshots(t) {
		t.Run(name, func(t *testing.T) {
			c := compiledOf(t, snapshot)
			form := c.open(t)
			for i, o := range []query.Options{{MaxPaths: 3, WhyNot: true}, {View: query.ViewAll, Strict: true}} {
				if i > 0 && testing.Short() {
					break
				}
				got, want := query.New(form.Graph, o), query.New(c.plain, o)
				same := func(what string, ask func(*query.Engine) (*query.Result, error)) {
					t.Helper()
					if a, b := asJSON(t, got, want, ask), asJSON(t, want, want, ask); a != b {
						t.Errorf("%s: got\n%s\nwant\n%s", what, a, b)
					}
				}
				for _, q := range append(questionsOf(c.plain), [2]string{"s3:*", "*"}) {
					same(fmt.Sprint("who-can ", q), func(e *query.Engine) (*query.Result, error) { return e.WhoCan(ctx, q[0], q[1]) })
				}
				for i := 0; i < c.plain.Len(); i += 1 + c.plain.Len()/6 {
					id, to := c.plain.Node(graph.NodeID(i)).ID, c.plain.Node(graph.NodeID(c.plain.Len()-1-i)).ID
					same("can "+id, func(e *query.Engine) (*query.Result, error) { return e.Can(ctx, id, "s3:GetObject", fixture.OrgObject) })
					same("paths "+id+" "+to, func(e *query.Engine) (*query.Result, error) { return e.Paths(ctx, id, to) })
					same("what-can "+id, func(e *query.Engine) (*query.Result, error) { return e.WhatCan(ctx, id) })
				}
			}
			if err := form.Err(); err != nil {
				t.Error(err)
			}
		})
	}
}

func asJSON(t *testing.T, e, plain *query.Engine, ask func(*query.Engine) (*query.Result, error)) string {
	t.Helper()
	r, err := ask(e)
	if errors.Is(err, graph.ErrOutline) {
		return asJSON(t, plain, plain, ask) // whoever asks does so again of the whole snapshot
	}
	if err != nil {
		return err.Error()
	}
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestCompiledUnfit: a compiled form that is of something else, or not as it was
// written, is no compiled form.
func TestCompiledUnfit(t *testing.T) {
	ctx := context.Background()
	c := compiledOf(t, fixture.Org(fixture.OrgOptions{Seed: 3}))
	file := c.path + compiledSuffix
	unfit := func(what string, info Info, engine string, o graph.Options) {
		t.Helper()
		if _, err := c.s.OpenCompiled(ctx, info, engine, o); !errors.Is(err, ErrNotCompiled) {
			t.Errorf("%s: %v", what, err)
		}
	}
	unfit("another engine", c.info, "engine 2", c.options)
	for what, change := range map[string]func(*Info){
		"id": func(i *Info) { i.ID++ }, "digest": func(i *Info) { i.Digest[0]++ }, "time": func(i *Info) { i.IngestedAt = i.IngestedAt.Add(1) },
	} {
		info := c.info
		change(&info)
		unfit("another "+what, info, "engine", c.options)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write := func(data []byte) {
		t.Helper()
		if err := replaceFile(file, func(f *os.File) error { _, err := f.Write(data); return err }); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []int{0, 1, compiledStart, len(data) / 2, len(data) - 1} {
		write(data[:n])
		unfit(fmt.Sprintf("the first %d bytes", n), c.info, "engine", c.options)
	}
	for at := 0; at < len(data); at += 1 + len(data)/97 {
		bad := slices.Clone(data)
		bad[at] ^= 1 << (at % 8)
		write(bad)
		if at < compiledStart-4 || at >= compiledStart {
			unfit(fmt.Sprintf("a flipped bit in byte %d", at), c.info, "engine", c.options)
		}
	}
	write(data)
	c.open(t)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	unfit("no file", c.info, "engine", c.options)
}

// TestCompiledMoment: conditions on the time (TRUST-32, SYM-31) were decided for
// the moment of the form. It holds as long as none of them changes.
func TestCompiledMoment(t *testing.T) {
	at := func(text string) time.Time {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	h := compiledHead{AsOf: at("2026-10-01T12:00:00Z"), Moments: []time.Time{at("2020-01-01T00:00:00Z"), at("2026-12-31T00:00:00Z")}, Certain: true}
	for text, want := range map[string]bool{
		"2026-10-01T12:00:00Z": true, "2026-12-30T23:59:59Z": true, "2020-01-01T00:00:01Z": true,
		"2026-12-31T00:00:00Z": false, "2027-01-01T00:00:00Z": false, "2020-01-01T00:00:00Z": false, "2019-01-01T00:00:00Z": false,
	} {
		if got := h.at(at(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	h.Certain = false
	if h.at(at("2026-10-01T12:00:01Z")) || !h.at(h.AsOf) {
		t.Error("a form of uncertain moments holds for its own only")
	}
}

func BenchmarkCompile(b *testing.B) {
	c := compiledOf(b, fixture.Org(fixture.OrgOptions{Seed: 1, Accounts: 20, Users: 10, Groups: 3, Roles: 40, Sparse: true}))
	b.ReportAllocs()
	for b.Loop() {
		if err := Compile(b.Context(), c.path, c.info, "engine", c.plain.Model.Snapshot, c.plain); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenCompiled(b *testing.B) {
	c := compiledOf(b, fixture.Org(fixture.OrgOptions{Seed: 1, Accounts: 20, Users: 10, Groups: 3, Roles: 40, Sparse: true}))
	b.ReportAllocs()
	for b.Loop() {
		c.open(b)
	}
}

// TestCompiledResumes: a graph of the whole snapshot with the edges of the form is
// the one that was built, and a snapshot of something else has none.
func TestCompiledResumes(t *testing.T) {
	for name, snapshot := range compiledSnapshots(t) {
		t.Run(name, func(t *testing.T) {
			c := compiledOf(t, snapshot)
			got, ok := c.open(t).Resume(t.Context(), load(t, c.s, c.info.ID))
			if !ok {
				t.Fatal("the form is not of its own snapshot")
			}
			if got.Len() != c.plain.Len() {
				t.Fatalf("%d nodes, want %d", got.Len(), c.plain.Len())
			}
			a, b := got.Tables(), c.plain.Tables()
			a.Index, b.Index = nil, nil // of the requirements and edges, in an order of its own
			if fmt.Sprint(a) != fmt.Sprint(b) {
				t.Error("the tables are not the same")
			}
			for i := range got.Len() {
				n := graph.NodeID(i)
				sameNode(t, got, c.plain, n)
				if a, b := edgesOf(got, n), edgesOf(c.plain, n); !slices.Equal(a, b) {
					t.Errorf("%s: edges\n%q, want\n%q", got.Node(n).ID, a, b)
				}
			}
			if _, ok := c.open(t).Resume(t.Context(), fixture.Org(fixture.OrgOptions{Seed: 33, Accounts: 5, Users: 9, Roles: 9})); ok {
				t.Error("a form was taken for that of another snapshot")
			}
		})
	}
}

// TestCompiledDeterministic: a form is the same bytes each time, on one processor
// and on more.
func TestCompiledDeterministic(t *testing.T) {
	c := compiledOf(t, fixture.Org(fixture.OrgOptions{Seed: 1, Accounts: 4, Roles: 40}))
	want, err := os.ReadFile(c.path + compiledSuffix)
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, processors := range []int{1, 2, 4} {
		runtime.GOMAXPROCS(processors)
		whole := load(t, c.s, c.info.ID)
		g, err := graph.Build(t.Context(), whole, c.options)
		if err != nil {
			t.Fatal(err)
		}
		if err := Compile(t.Context(), c.path, c.info, "engine", whole, g); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(c.path + compiledSuffix); err != nil || !bytes.Equal(got, want) {
			t.Errorf("with %d processors the form has other bytes, or is not there: %v", processors, err)
		}
	}
}
