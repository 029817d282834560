package assert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/ingest"
	"accesspath/internal/fixture"
	"accesspath/internal/strictyaml"
	"accesspath/query"
)

var testTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

type fataler interface{ Fatal(...any) }

func build(t fataler, s *iam.Snapshot) *graph.Graph {
	g, err := graph.Build(context.Background(), s, graph.Options{AsOf: testTime, KeyDefined: query.KeyDefined})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func drawGraph(t *rapid.T) *graph.Graph {
	return build(t, fixture.Org(fixture.OrgOptions{Seed: uint64(rapid.IntRange(0, 60).Draw(t, "seed")), Accounts: rapid.IntRange(1, 3).Draw(t, "accounts"),
		Roles: rapid.IntRange(1, 6).Draw(t, "roles"), Plain: rapid.Bool().Draw(t, "plain")}))
}

func runOne(t fataler, g *graph.Graph, c Check) Outcome {
	if c.Name == "" {
		c.Name = "c"
	}
	r, err := Run(context.Background(), g, &File{Checks: []Check{c}}, Options{MaxViolations: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return r.Checks[0]
}

func gold() Check { return Check{Action: "s3:GetObject", Resource: fixture.OrgObject, MaxHops: -1} }

// whoCan is the answer that checks are held against.
func whoCan(t fataler, g *graph.Graph) *query.Result {
	r, err := query.New(g, query.Options{View: query.ViewAll, MaxPaths: 3}).WhoCan(context.Background(), "s3:GetObject", fixture.OrgObject)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func origins(r *query.Result) []string {
	var out []string
	for _, a := range r.Answers {
		if !isRole(a.Kind) || slices.Contains(a.Marks, "no-known-origin") {
			out = append(out, a.Principal)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func violators(o *Outcome) []string {
	var out []string
	for _, v := range o.Violations {
		out = append(out, v.Principal)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestOnlyAgreesWithWhoCan: those that "only" complains about are exactly the
// origins of a who-can that it does not list.
func TestOnlyAgreesWithWhoCan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		all := origins(whoCan(t, g))
		c := gold()
		c.Only = []string{}
		var left []string
		for _, p := range all {
			if !wild(p) && rapid.Bool().Draw(t, "allowed") {
				c.Only = append(c.Only, p)
			} else {
				left = append(left, p)
			}
		}
		o := runOne(t, g, c)
		// "account:ID" stands for everyone of the account.
		left = slices.DeleteFunc(left, func(p string) bool {
			a, ok := g.Find(p)
			return ok && slices.Contains(c.Only, accountPrefix+g.Node(a).Account)
		})
		if got := violators(&o); !slices.Equal(got, left) {
			t.Fatalf("only %q: violated by %q, want %q", c.Only, got, left)
		}
		if (o.Status == Passed) != (len(left) == 0) {
			t.Fatalf("status %s with %d left", o.Status, len(left))
		}
		for _, v := range o.Violations {
			if err := query.Check(g, query.Question{Kind: "who-can", Action: "s3:GetObject", Resource: fixture.OrgObject}, *v.Path); err != nil {
				t.Fatalf("no counter-example: %v", err)
			}
		}
	})
}

// TestNeverAndMustAgreeWithCan: for every principal by itself.
func TestNeverAndMustAgreeWithCan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		n := g.Node(graph.NodeID(rapid.IntRange(0, g.Len()-1).Draw(t, "node")))
		if n.Kind == graph.KindGroup || wild(n.ID) || strings.HasPrefix(n.ID, accountPrefix) {
			return
		}
		r, err := query.New(g, query.Options{MaxPaths: 3}).Can(context.Background(), n.ID, "s3:GetObject", fixture.OrgObject)
		if err != nil {
			t.Fatal(err)
		}
		can := r.Answers[0].Verdict != query.VerdictDeny
		never, must := gold(), gold()
		never.Never, must.Must = []string{n.ID}, []string{n.ID}
		if o := runOne(t, g, never); (o.Status == Failed) != can {
			t.Fatalf("%s can: %v, and never is %s", n.ID, can, o.Status)
		}
		if o := runOne(t, g, must); (o.Status == Failed) == can {
			t.Fatalf("%s can: %v, and must is %s", n.ID, can, o.Status)
		}
	})
}

// TestToAgreesWithPaths: "never" about a role says what paths say.
func TestToAgreesWithPaths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		var roles []graph.NodeID
		for i := range g.Len() {
			if g.Node(graph.NodeID(i)).Role != nil {
				roles = append(roles, graph.NodeID(i))
			}
		}
		to := g.Node(rapid.SampledFrom(roles).Draw(t, "to"))
		from := g.Node(graph.NodeID(rapid.IntRange(0, g.Len()-1).Draw(t, "from")))
		if from.Kind == graph.KindGroup || from.ID == to.ID || wild(from.ID) || strings.HasPrefix(from.ID, accountPrefix) {
			return
		}
		r, err := query.New(g, query.Options{}).Paths(context.Background(), from.ID, to.ID)
		if err != nil {
			t.Fatal(err)
		}
		reaches := len(r.Answers[0].Paths) > 0
		if o := runOne(t, g, Check{To: to.ID, Never: []string{from.ID}, MaxHops: -1}); (o.Status == Failed) != reaches {
			t.Fatalf("%s reaches %s: %v, and never is %s", from.ID, to.ID, reaches, o.Status)
		}
	})
}

// TestMaxHopsAgreesWithWhoCan: the longest of the shortest ways decides.
func TestMaxHopsAgreesWithWhoCan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		limit := rapid.IntRange(0, 3).Draw(t, "limit")
		r := whoCan(t, g)
		var want []string
		for i := range r.Answers {
			if a := &r.Answers[i]; shortest(a) > limit && slices.Contains(origins(r), a.Principal) {
				want = append(want, a.Principal)
			}
		}
		slices.Sort(want)
		c := gold()
		c.MaxHops = limit
		if o := runOne(t, g, c); !slices.Equal(violators(&o), slices.Compact(want)) {
			t.Fatalf("violated by %q, want %q", violators(&o), want)
		}
	})
}

// TestMFAIsAPart: whoever has access without a second factor has access; and
// with no second factor needed anywhere the answers agree.
func TestMFAIsAPart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		c := gold()
		c.MFA = true
		o := runOne(t, g, c)
		all := whoCan(t, g)
		for _, v := range violators(&o) {
			if !slices.Contains(origins(all), v) {
				t.Fatalf("%s has no access at all", v)
			}
		}
		for i := range all.Answers {
			a := &all.Answers[i]
			if a.Kind == "user" && a.Verdict == query.VerdictAllow && !slices.Contains(violators(&o), a.Principal) {
				t.Fatalf("%s has access outright, and passes", a.Principal)
			}
		}
	})
}

// TestDraftPasses: what was written down from a snapshot holds there, and
// survives being written and read.
func TestDraftPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		f, err := Draft(context.Background(), g)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := Encode(&b, f); err != nil {
			t.Fatal(err)
		}
		again, err := Parse("draft.yaml", &b)
		if err != nil {
			t.Fatalf("%v in\n%s", err, b.String())
		}
		r, err := Run(context.Background(), g, again, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !r.OK() || len(r.Checks) == 0 {
			t.Fatalf("%+v", r.Checks)
		}
	})
}

func TestParseErrors(t *testing.T) {
	const head = "version: 1\nchecks:\n  - name: a\n"
	for text, want := range map[string]string{
		"":                                  "f.yaml:1:1: the file is empty",
		"version: 2\nchecks: []":            "f.yaml:1:10: this is version 2 of the form",
		"checks: []":                        `f.yaml:1:1: "version: 1" is missing`,
		"version: 1":                        `f.yaml:1:1: "checks" is missing`,
		"version: 1\nchecks: 3":             `f.yaml:2:9: this is "3", want a list`,
		"version: 1\nchek: []":              `f.yaml:2:1: unknown key "chek"; did you mean "checks"?`,
		"a: [":                              "f.yaml:1:1: not YAML:",
		head + "    onyl: []\n":             `f.yaml:4:5: unknown key "onyl"; did you mean "only"?`,
		head + "    maxhops: 2\n":           `did you mean "max-hops"?`,
		head + "    only: []\n":             `f.yaml:3:5: the question is missing`,
		head + "    to: x:y\n":              `the condition is missing`,
		head + "    to: x:y\n    mfa: yes":  `f.yaml:5:10: this is "yes", want true`,
		head + "    to: x:y\n    to: x:z":   `f.yaml:5:5: "to" is here twice`,
		head + "    to: x:y\n    only: bob": `f.yaml:5:11: "bob" is neither an identifier`,
		head + "    to: x:y\n    must: '*'": `f.yaml:5:11: "*" is a pattern`,
		head + "    to: x:y\n    action: a:b\n    only: []":                                `a check has either "to"`,
		head + "    to: x:y\n    max-hops: -1":                                             `want a whole number from 0`,
		head + "    to: &a x:y\n    only: *a":                                              "aliases are not supported",
		head + "    to: x:y\n    only: []\n  - name: a\n    to: x:y\n    only: []":         `f.yaml:6:5: the name "a" stands in line 3 already`,
		"version: 1\nchecks: []\n---\nversion: 1\nchecks: []":                              "several documents",
		head + "    action: s3:GetObject\n    only: []":                                    `"resource" is missing`,
		"version: 1\nchecks:\n  - action: s3:GetObject\n    resource: '*'\n    only: []\n": `"name" is missing`,
		"version: 1\nchecks:\n  - [a]\n":                                                   "f.yaml:3:5: this is a list, want keys and values",
	} {
		_, err := Parse("f.yaml", strings.NewReader(text))
		var bad *strictyaml.Error
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestUndecided(t *testing.T) {
	s := fixture.Org(fixture.OrgOptions{Seed: 1})
	s.Organization = nil
	g := build(t, s)
	inside := gold()
	inside.Inside = true
	for name, c := range map[string]Check{
		"a role that is not there":    {To: "arn:aws:iam::100000000001:role/nobody", Only: []string{}, MaxHops: -1},
		"an action that is not one":   {Action: "s3", Resource: "*", Only: []string{}, MaxHops: -1},
		"an unknown organization":     inside,
		"a principal that is missing": {Action: "s3:GetObject", Resource: fixture.OrgObject, Must: []string{"nobody"}, MaxHops: -1},
	} {
		if o := runOne(t, g, c); o.Status != Undecided || len(o.Undecided) == 0 {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

// The schema and the reader know the same keys.
func TestFileSchema(t *testing.T) {
	var s struct {
		Defs struct {
			Check struct {
				Properties map[string]json.RawMessage
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(FileSchema(), &s); err != nil {
		t.Fatal(err)
	}
	want := slices.Sorted(slices.Values(checkKeys()))
	if got := slices.Sorted(maps.Keys(s.Defs.Check.Properties)); !slices.Equal(got, want) {
		t.Errorf("the schema knows %q, the reader %q", got, want)
	}
}

// TestMFA: a second factor on the way counts, one that only denies without it
// counts, and one that an absent key passes does not.
func TestMFA(t *testing.T) {
	const allow, deny = `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"%s}`, `{"Effect": "Deny", "Action": "*", "Resource": "*"%s}`
	with := func(operator, value string) string {
		return `, "Condition": {"` + operator + `": {"aws:MultiFactorAuthPresent": "` + value + `"}}`
	}
	for _, c := range []struct {
		name       string
		statements []string
		passes     bool
	}{
		{"none", []string{fmt.Sprintf(allow, "")}, false},
		{"asked for", []string{fmt.Sprintf(allow, with("Bool", "true"))}, true},
		{"asked for if there", []string{fmt.Sprintf(allow, with("BoolIfExists", "true"))}, false},
		{"denied if false", []string{fmt.Sprintf(allow, ""), fmt.Sprintf(deny, with("Bool", "false"))}, false},
		{"denied if false or not there", []string{fmt.Sprintf(allow, ""), fmt.Sprintf(deny, with("BoolIfExists", "false"))}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := `{"schema": "accesspath.snapshot/1", "accounts": [{"id": "111111111111", "users": [{"arn": "arn:aws:iam::111111111111:user/u", "inline": [{"name": "i",
				"document": {"Version": "2012-10-17", "Statement": [` + strings.Join(c.statements, ",") + `]}}]}], "coverage": {"boundaries": "known-empty"}}]}`
			s, err := ingest.Read(t.Context(), []ingest.Source{{Name: "s.json", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}}, ingest.Options{})
			if err != nil {
				t.Fatal(err)
			}
			o := runOne(t, build(t, s), Check{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", From: []string{"arn:aws:iam::111111111111:user/u"}, MFA: true, MaxHops: -1})
			if (o.Status == Passed) != c.passes {
				t.Errorf("%s: %+v", o.Status, o.Violations)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("version: 1\nchecks:\n  - name: a\n    to: x:y\n    only: []\n")
	f.Add(`{"version": 1, "checks": [{"name": "a", "action": "s3:GetObject", "resource": "*", "mfa": true, "max-hops": 2}]}`)
	f.Add("a: &a [*a]\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Parse("f", strings.NewReader(text))
		if err != nil {
			var bad *strictyaml.Error
			if !errors.As(err, &bad) || len(bad.Problems) == 0 {
				t.Fatalf("%v", err)
			}
			return
		}
		var b bytes.Buffer
		if err := Encode(&b, file); err != nil {
			t.Fatal(err)
		}
		written := b.String()
		if _, err := Parse("f", &b); err != nil {
			t.Fatalf("cannot read what was written: %v\n%s", err, written)
		}
	})
}
