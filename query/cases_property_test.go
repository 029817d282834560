package query_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/ingest/native"
	"accesspath/internal/fixture"
	"accesspath/query"
)

// actionAsked is an action on a resource that some case asks about.
type actionAsked struct{ action, resource string }

// asked lists what a case asks about.
func (c *microCase) asked() []actionAsked {
	var out []actionAsked
	for _, line := range strings.Split(c.ask, "\n") {
		question, _, ok := strings.Cut(line, " -> ")
		if !ok || strings.Contains(question, "paths: ") {
			continue
		}
		f := strings.Fields(question)
		a := actionAsked{f[len(f)-2], fixture.ARN(f[len(f)-1])}
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	if len(out) == 0 {
		out = append(out, actionAsked{"s3:GetObject", "arn:aws:s3:::b/x"})
	}
	return out
}

// eachWorld runs a test over the worlds of all cases, skipped ones included.
func eachWorld(t *testing.T, test func(t *testing.T, c *microCase, w *caseWorld)) {
	for _, c := range allCases() {
		t.Run(c.id, func(t *testing.T) { test(t, &c, newCaseWorld(t, c.world)) })
	}
}

// TestCasesAgree: the backward question gives, for every principal, the verdict
// of the forward question. Principals whom only the resource's policy names are
// rows of who-can alone.
func TestCasesAgree(t *testing.T) {
	eachWorld(t, func(t *testing.T, c *microCase, w *caseWorld) {
		for _, q := range slices.Concat(c.asked(), w.signIns()) {
			r, err := w.engine().WhoCan(t.Context(), q.action, q.resource)
			if err != nil {
				t.Fatal(err)
			}
			w.checked(t, r)
			w.compareRows(t, q, r)
		}
	})
}

// signIns asks of each role who may call for a session of it.
func (w *caseWorld) signIns() []actionAsked {
	var out []actionAsked
	for i := range w.graph.Len() {
		if n := w.graph.Node(graph.NodeID(i)); n.Kind == graph.KindRole && n.Limit == nil {
			for _, action := range []string{"sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"} {
				out = append(out, actionAsked{action, n.ID})
			}
		}
	}
	return out
}

func (w *caseWorld) compareRows(t *testing.T, q actionAsked, r *query.Result) {
	t.Helper()
	rows := map[string]query.Answer{}
	for _, a := range r.Answers {
		if old, ok := rows[a.Principal]; ok && a.Kind != "public" {
			t.Errorf("%s twice: %s and %s", a.Principal, caseObserve(old), caseObserve(a))
		}
		rows[a.Principal] = a
	}
	for i := range w.graph.Len() {
		n := w.graph.Node(graph.NodeID(i))
		row, listed := rows[n.ID]
		if n.Kind == graph.KindGroup {
			if listed {
				t.Errorf("%s: the group %s is a row", q.action, n.ID)
			}
			continue
		}
		a := w.single(t, askCan(w.engine(), n.ID, q))
		switch {
		case !listed && a.Verdict != query.VerdictDeny:
			t.Errorf("%s %s: can says %s %s; who-can has no row", q.action, q.resource, n.ID, caseObserve(a))
		case listed && caseObserve(row).text != caseObserve(a).text:
			t.Errorf("%s %s by %s: who-can says %s, can %s", q.action, q.resource, n.ID, caseObserve(row), caseObserve(a))
		}
	}
}

// TestCasesAllImpliesSome: what is allowed on every object is allowed on some,
// and never under less (QRY-11).
func TestCasesAllImpliesSome(t *testing.T) {
	eachWorld(t, func(t *testing.T, _ *microCase, w *caseWorld) {
		for _, pattern := range []string{"arn:aws:s3:::b/*", "arn:aws:s3:::bb/*", "arn:aws:s3:::b/x*"} {
			q := actionAsked{"s3:GetObject", pattern}
			some, err := w.engine().WhoCan(t.Context(), q.action, q.resource)
			if err != nil {
				t.Fatal(err)
			}
			all, err := w.engine(func(o *query.Options) { o.All = true }).WhoCan(t.Context(), q.action, q.resource)
			if err != nil {
				t.Fatal(err)
			}
			w.checked(t, some)
			w.checked(t, all)
			for _, a := range all.Answers {
				i := slices.IndexFunc(some.Answers, func(s query.Answer) bool { return s.Principal == a.Principal })
				switch {
				case i < 0:
					t.Errorf("%s: all lists %s, some does not", pattern, a.Principal)
				case a.Verdict == query.VerdictAllow && some.Answers[i].Verdict != query.VerdictAllow:
					t.Errorf("%s by %s: all %s, some %s", pattern, a.Principal, caseObserve(a), caseObserve(some.Answers[i]))
				}
			}
		}
	})
}

// TestCasesOrder: the order of inputs does not show in answers (CONV-04).
func TestCasesOrder(t *testing.T) {
	eachWorld(t, func(t *testing.T, c *microCase, w *caseWorld) {
		shuffled, err := fixture.Parse(c.world)
		if err != nil {
			t.Fatal(err)
		}
		shuffle(shuffled)
		shuffled.Sort()
		other := caseGraph(t, shuffled)
		for _, q := range c.asked() {
			if a, b := w.resultJSON(t, q), other.resultJSON(t, q); a != b {
				t.Errorf("%s %s: the answer depends on the order of the input:\n%s\n%s", q.action, q.resource, a, b)
			}
		}
	})
}

// TestCasesStored: a world that was written as a snapshot file and read again
// gives the same answers.
func TestCasesStored(t *testing.T) {
	eachWorld(t, func(t *testing.T, c *microCase, w *caseWorld) {
		var file strings.Builder
		if err := native.Encode(&file, w.snapshot); err != nil {
			t.Fatal(err)
		}
		other := ingested(t, map[string]string{"world.json": file.String()})
		for _, q := range c.asked() {
			r, err := other.engine().WhoCan(t.Context(), q.action, q.resource)
			if err != nil {
				t.Fatal(err)
			}
			w.sameRows(t, q, r)
		}
	})
}

// sameRows compares verdicts, requirements and ways with a result from another
// reading of the same world.
func (w *caseWorld) sameRows(t *testing.T, q actionAsked, other *query.Result) {
	t.Helper()
	r, err := w.engine().WhoCan(t.Context(), q.action, q.resource)
	if err != nil {
		t.Fatal(err)
	}
	var a, b []string
	for _, row := range r.Answers {
		a = append(a, row.Principal+" "+caseObserve(row).String())
	}
	for _, row := range other.Answers {
		b = append(b, row.Principal+" "+caseObserve(row).String())
	}
	if !slices.Equal(a, b) {
		t.Errorf("%s %s: rows before and after storing differ\n%s\n\n%s", q.action, q.resource, strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
}

func (w *caseWorld) resultJSON(t *testing.T, q actionAsked) string {
	t.Helper()
	r, err := w.engine().WhoCan(t.Context(), q.action, q.resource)
	if err != nil {
		t.Fatal(err)
	}
	out := []any{r}
	for i := range w.graph.Len() {
		n := w.graph.Node(graph.NodeID(i))
		if n.Kind == graph.KindGroup {
			continue
		}
		r, err := askCan(w.engine(), n.ID, q)(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	text, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// shuffle reorders what AWS returns in no order of its own. Policies of one
// entity keep theirs: it shows in evidence.
func shuffle(s *iam.Snapshot) {
	r := rand.New(rand.NewPCG(1, 2))
	mix := func(n int, swap func(i, j int)) { r.Shuffle(n, swap) }
	mix(len(s.Accounts), func(i, j int) { s.Accounts[i], s.Accounts[j] = s.Accounts[j], s.Accounts[i] })
	mix(len(s.Resources), func(i, j int) { s.Resources[i], s.Resources[j] = s.Resources[j], s.Resources[i] })
	for _, a := range s.Accounts {
		mix(len(a.Users), func(i, j int) { a.Users[i], a.Users[j] = a.Users[j], a.Users[i] })
		mix(len(a.Groups), func(i, j int) { a.Groups[i], a.Groups[j] = a.Groups[j], a.Groups[i] })
		mix(len(a.Roles), func(i, j int) { a.Roles[i], a.Roles[j] = a.Roles[j], a.Roles[i] })
		mix(len(a.Policies), func(i, j int) { a.Policies[i], a.Policies[j] = a.Policies[j], a.Policies[i] })
	}
}
