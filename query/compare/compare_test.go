package compare

import (
	"context"
	"encoding/json"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/ingest"
	"accesspath/internal/fixture"
	"accesspath/policy"
	"accesspath/query"
)

var testTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func input(t interface{ Fatal(...any) }, name string, s *iam.Snapshot) Input {
	g, err := graph.Build(context.Background(), s, graph.Options{AsOf: testTime, KeyDefined: query.KeyDefined})
	if err != nil {
		t.Fatal(err)
	}
	return Input{Name: name, Graph: g}
}

func diff(t interface{ Fatal(...any) }, a, b Input, o Options) *Diff {
	d, err := Compare(context.Background(), a, b, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// mirror swaps the sides of a difference.
func mirror(d *Diff) *Diff {
	m := *d
	m.Old, m.New = d.New, d.Old
	m.Accounts, m.Principals, m.Trusts, m.Policies = swap(d.Accounts), swap(d.Principals), swap(d.Trusts), swap(d.Policies)
	m.Paths, m.Access, m.Findings = swap(d.Paths), swap(d.Access), swap(d.Findings)
	return &m
}

func swap[T any](s Set[T]) Set[T] {
	out := Set[T]{Added: s.Removed, Removed: s.Added, Changed: []Pair[T]{}}
	for _, p := range s.Changed {
		q := Pair[T]{Old: p.New, New: p.Old, Details: []Detail{}}
		for _, d := range p.Details {
			q.Details = append(q.Details, Detail{d.What, d.New, d.Old})
		}
		out.Changed = append(out.Changed, q)
	}
	return out
}

// drawOrg draws an organization of one of a few shapes and seeds.
func drawOrg(t *rapid.T, name string) *iam.Snapshot {
	return fixture.Org(fixture.OrgOptions{Seed: uint64(rapid.IntRange(0, 40).Draw(t, name)), Accounts: rapid.IntRange(1, 3).Draw(t, name+" accounts"),
		Roles: rapid.IntRange(1, 6).Draw(t, name+" roles"), Plain: rapid.Bool().Draw(t, name+" plain")})
}

func drawOptions(t *rapid.T) Options {
	o := Options{MaxPairs: rapid.SampledFrom([]int{0, 3}).Draw(t, "pairs")}
	if rapid.Bool().Draw(t, "question") {
		o.Action, o.Resource = "s3:GetObject", fixture.OrgObject
		o.Query.MaxPaths = rapid.IntRange(1, 5).Draw(t, "paths")
	}
	return o
}

// TestQRY25SelfIsEmpty: a snapshot does not differ from itself.
func TestQRY25SelfIsEmpty(t *testing.T) {
	t.Run("QRY-25/of a snapshot with itself", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			s := drawOrg(t, "org")
			if d := diff(t, input(t, "a", s), input(t, "b", s), drawOptions(t)); !d.Empty() || d.Trips(Gate{{verb: "any"}}) != nil {
				t.Fatalf("differs from itself: %+v", d.Counts())
			}
		})
	})
}

// TestQRY25Mirror: what one direction adds the other removes.
func TestQRY25Mirror(t *testing.T) {
	t.Run("QRY-25/there and back", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			a, b := input(t, "a", drawOrg(t, "old")), input(t, "b", drawOrg(t, "new"))
			o := drawOptions(t)
			there, back := diff(t, a, b, o), mirror(diff(t, b, a, o))
			back.Question, there.Question = nil, nil
			there.Notes, back.Notes, there.Limits, back.Limits = nil, nil, query.Limits{}, query.Limits{}
			x, _ := json.MarshalIndent(there, "", " ")
			y, _ := json.MarshalIndent(back, "", " ")
			if string(x) != string(y) {
				t.Fatalf("not a mirror image:\n%s", firstDifference(string(x), string(y)))
			}
		})
	})
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return strings.Join(x[max(i-8, 0):i+1], "\n") + "\n-- against --\n" + strings.Join(y[max(i-8, 0):i+1], "\n")
		}
	}
	return "one is longer"
}

// TestQRY25AgreesWithGraphs: trusts that differ are those of the trust graphs.
func TestQRY25AgreesWithGraphs(t *testing.T) {
	t.Run("QRY-25/against the trust graphs", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			a, b := input(t, "a", drawOrg(t, "old")), input(t, "b", drawOrg(t, "new"))
			d := diff(t, a, b, Options{MaxPairs: -1})
			old, new := edges(t, a.Graph), edges(t, b.Graph)
			check := func(name string, list []Trust, in, notIn map[string]string) {
				want := 0
				for k := range in {
					if _, ok := notIn[k]; !ok {
						want++
					}
				}
				if len(list) != want {
					t.Fatalf("%d %s, want %d", len(list), name, want)
				}
			}
			check("added", d.Trusts.Added, new, old)
			check("removed", d.Trusts.Removed, old, new)
			changed := 0
			for k, v := range new {
				if w, ok := old[k]; ok && v != w {
					changed++
				}
			}
			if len(d.Trusts.Changed) != changed {
				t.Fatalf("%d changed, want %d", len(d.Trusts.Changed), changed)
			}
		})
	})
}

func edges(t *rapid.T, g *graph.Graph) map[string]string {
	tg, err := query.NewTrustGraph(context.Background(), g)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range tg.Edges {
		if e.Kind != "member-of" {
			out[key(e.From, e.To, e.Kind)] = e.Verdict + " " + requirements(e.Requires)
		}
	}
	return out
}

// TestQRY25TailsDecide: a role whose tags change gains and loses what roles ask of
// its tags, and a user who loses the MFA device what asks for one, though no trust
// has changed.
func TestQRY25TailsDecide(t *testing.T) {
	const account = "111122223333"
	arn := func(name string) string { return "arn:aws:iam::" + account + ":" + name }
	parse := func(text string) *iam.Policy {
		d, err := policy.NewParser().Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return &iam.Policy{Name: "p", Document: d}
	}
	may := parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`)
	trust := func(key, value string) *iam.Policy {
		return parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + account + `"},"Action":["sts:AssumeRole","sts:TagSession"],
			"Condition":{"StringEquals":{"` + key + `":"` + value + `"}}}]}`)
	}
	role := func(name string, trust *iam.Policy) *iam.Role {
		return &iam.Role{Entity: iam.Entity{ARN: arn("role/" + name), Name: name, Account: account}, Trust: trust}
	}
	org := func(team string, mfa iam.State) *iam.Snapshot {
		caller := role("caller", parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`))
		caller.Inline, caller.Tags = []*iam.Policy{may}, []iam.Tag{{Key: "team", Value: team}}
		user := &iam.User{Entity: iam.Entity{ARN: arn("user/u"), Name: "u", Account: account, Inline: []*iam.Policy{may}}, Credentials: &iam.Credentials{MFA: mfa, Password: iam.Present, Keys: iam.Present}}
		a := &iam.Account{ID: account, Partition: "aws", Users: []*iam.User{user}}
		a.Roles = []*iam.Role{role("blue", trust("aws:PrincipalTag/team", "blue")), caller, role("guarded", trust("aws:MultiFactorAuthPresent", "true")), role("red", trust("aws:PrincipalTag/team", "red"))}
		return &iam.Snapshot{Accounts: []*iam.Account{a}}
	}
	d := diff(t, input(t, "a", org("red", iam.Present)), input(t, "b", org("blue", iam.KnownEmpty)), Options{MaxPairs: -1})
	list := func(trusts []Trust) (out []string) {
		for _, e := range trusts {
			out = append(out, strings.TrimPrefix(e.From, arn(""))+" "+strings.TrimPrefix(e.To, arn("")))
		}
		return out
	}
	if got := list(d.Trusts.Added); !slices.Equal(got, []string{"role/caller role/blue"}) {
		t.Errorf("added %q", got)
	}
	if got := list(d.Trusts.Removed); !slices.Equal(got, []string{"role/caller role/red", "user/u role/guarded"}) {
		t.Errorf("removed %q", got)
	}
}

// TestQRY25AgreesWithWhoCan: rows that differ are those of two answers.
func TestQRY25AgreesWithWhoCan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := input(t, "a", drawOrg(t, "old")), input(t, "b", drawOrg(t, "new"))
		d := diff(t, a, b, Options{Action: "s3:GetObject", Resource: fixture.OrgObject})
		who := func(g *graph.Graph) []string {
			r, err := query.New(g, query.Options{MaxPaths: 3}).WhoCan(context.Background(), "s3:GetObject", fixture.OrgObject)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, a := range r.Answers {
				out = append(out, a.Principal)
			}
			slices.Sort(out)
			return slices.Compact(out)
		}
		before, after := who(a.Graph), who(b.Graph)
		var added []string
		for _, r := range d.Access.Added {
			added = append(added, r.Principal)
		}
		slices.Sort(added)
		want := slices.DeleteFunc(slices.Clone(after), func(p string) bool { return slices.Contains(before, p) })
		if !reflect.DeepEqual(added, want) && len(added)+len(want) > 0 {
			t.Fatalf("added %q, want %q", added, want)
		}
	})
}

// TestQRY25PathsAreCertificates: every path that was added is one in the new
// snapshot, and every one that was removed is one in the old.
func TestQRY25PathsAreCertificates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := input(t, "a", drawOrg(t, "old")), input(t, "b", drawOrg(t, "new"))
		o := drawOptions(t)
		d := diff(t, a, b, o)
		q := query.Question{Kind: "paths"}
		if d.Question != nil {
			q = *d.Question
		}
		check := func(name string, g *graph.Graph, p *Path) {
			if err := query.Check(g, q, p.Path); err != nil {
				t.Fatalf("a path that was %s: %v", name, err)
			}
		}
		for i := range d.Paths.Added {
			check("added", b.Graph, &d.Paths.Added[i])
		}
		for i := range d.Paths.Removed {
			check("removed", a.Graph, &d.Paths.Removed[i])
		}
		for i := range d.Paths.Changed {
			check("changed", a.Graph, &d.Paths.Changed[i].Old)
			check("changed", b.Graph, &d.Paths.Changed[i].New)
		}
	})
}

const base = `{"schema": "accesspath.snapshot/1", "accounts": [{"id": "111111111111",
  "users": [{"arn": "arn:aws:iam::111111111111:user/u"}],
  "roles": [{"arn": "arn:aws:iam::111111111111:role/r", "trust": {"Version": "2012-10-17", "Statement": [%TRUST%]}}],
  "coverage": {"boundaries": "known-empty"}}]}`

func snapshot(t *testing.T, trust string) *iam.Snapshot {
	t.Helper()
	s, err := ingest.Read(t.Context(), []ingest.Source{{Name: "s.json", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(strings.ReplaceAll(base, "%TRUST%", trust))), nil
	}}}, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const trustsUser = `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:user/u"}, "Action": "sts:AssumeRole"%MORE%}`

// TestQRY25ResidualOrder: the order in which conditions stand is no difference,
// and what they ask for is a change of the same path.
func TestQRY25ResidualOrder(t *testing.T) {
	with := func(more string) Input {
		return input(t, "x", snapshot(t, strings.ReplaceAll(trustsUser, "%MORE%", more)))
	}
	const id, ip = `"StringEquals": {"sts:ExternalId": "x"}`, `"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}`
	a, b := with(`, "Condition": {`+id+`, `+ip+`}`), with(`, "Condition": {`+ip+`, `+id+`}`)
	if d := diff(t, a, b, Options{}); d.Trusts.Len() != 0 || d.Paths.Len() != 0 {
		t.Errorf("order counts: %+v", d.Trusts.Changed)
	}
	d := diff(t, with(""), a, Options{})
	if len(d.Trusts.Changed) != 1 || len(d.Paths.Changed) != 1 || len(d.Paths.Added) != 0 || d.Trusts.Changed[0].New.Verdict != query.VerdictAllowIf {
		t.Errorf("conditions were added: %+v", d.Counts())
	}
	if got := d.Policies.Changed; len(got) != 1 || got[0].New.Layer != "trust" || len(got[0].Details) != 2 {
		t.Errorf("policies: %+v", got)
	}
	d = diff(t, input(t, "x", snapshot(t, "")), a, Options{})
	if len(d.Trusts.Added) != 1 || len(d.Paths.Added) != 1 || d.Paths.Added[0].Origin != "arn:aws:iam::111111111111:user/u" {
		t.Errorf("a new trust: %+v", d.Counts())
	}
	for gate, want := range map[string]string{"new-path": "new-path: 1", "removed-path,new-trust": "new-trust: 1", "new-finding:low": "", "": ""} {
		g, err := ParseGate(gate)
		if got := strings.Join(d.Trips(g), ","); err != nil || got != want {
			t.Errorf("gate %q trips %q, want %q (%v)", gate, got, want, err)
		}
	}
}

func TestUnrelated(t *testing.T) {
	a := fixture.Org(fixture.OrgOptions{Seed: 1})
	b := fixture.Org(fixture.OrgOptions{Seed: 1})
	b.Organization.ID = "o-other"
	_, err := Compare(t.Context(), input(t, "a", a), input(t, "b", b), Options{})
	if err == nil || !strings.Contains(err.Error(), "different organizations, o-fixture01 and o-other") {
		t.Errorf("organizations: %v", err)
	}
	diff(t, input(t, "a", a), input(t, "b", b), Options{Unrelated: true})
	_, err = Compare(t.Context(), input(t, "a", a), input(t, "b", snapshot(t, "")), Options{})
	if err == nil || !strings.Contains(err.Error(), "no account in common") {
		t.Errorf("accounts: %v", err)
	}
}

func TestGateErrors(t *testing.T) {
	for text, want := range map[string]string{
		"new-paths":        `did you mean "new-path"?`,
		"something-else":   "use new-account",
		"new-path:high":    "only findings have a severity",
		"new-finding:huge": `unknown severity "huge"`,
	} {
		if _, err := ParseGate(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestFindingsGate(t *testing.T) {
	finding := func(severity string) []Finding {
		return []Finding{{Fingerprint: "f", Rule: "FIND-20", Subject: "s", Severity: severity}}
	}
	g, err := ParseGate("new-finding:high")
	if err != nil {
		t.Fatal(err)
	}
	a := input(t, "a", snapshot(t, ""))
	for _, c := range []struct {
		before, after []Finding
		want          int
	}{{nil, finding("high"), 1}, {nil, finding("medium"), 0}, {finding("medium"), finding("critical"), 1}, {finding("high"), finding("critical"), 0}, {finding("high"), nil, 0}} {
		x, y := a, a
		x.Findings, y.Findings = c.before, c.after
		if got := diff(t, x, y, Options{}).Trips(g); len(got) != c.want {
			t.Errorf("%v to %v trips %q", c.before, c.after, got)
		}
	}
}

// TestScale compares an organization of 30 accounts with 40 roles each with a
// copy of it that lacks a few trusts.
func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	s := fixture.Org(fixture.OrgOptions{Seed: 7, Accounts: 30, Roles: 40, Users: 10, Sparse: true})
	a := input(t, "a", s)
	changed := *s
	changed.Accounts = slices.Clone(s.Accounts)
	for i := range 3 {
		account := *changed.Accounts[i*9]
		account.Roles = slices.Clone(account.Roles)
		for k := range 4 {
			role := *account.Roles[k*9]
			role.Trust = account.Roles[k*9+1].Trust
			account.Roles[k*9] = &role
		}
		changed.Accounts[i*9] = &account
	}
	b := input(t, "b", &changed)
	start := time.Now()
	d := diff(t, a, b, Options{})
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v", took)
	} else {
		t.Logf("%d nodes, %v: %+v", a.Graph.Len(), took, d.Counts())
	}
}
