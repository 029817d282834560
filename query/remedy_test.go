package query_test

import (
	"strings"
	"testing"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/query"
)

// remedyCases are denials with the size of the smallest remedies, and a piece of
// the text of one of their changes.
var remedyCases = []struct {
	id, world, who, action, resource string
	size                             int
	text                             string
}{
	{"CONV-02: nothing allows", ``, "u", "s3:GetObject", "b/x", 1, "allow s3:GetObject on arn:aws:s3:::b/x in an identity policy of arn:aws:iam::111111111111:user/u"},
	{"CONV-02: one deny", `id(u): +s3:*@* ; -s3:GetObject@b/*`, "u", "s3:GetObject", "b/x", 1, "remove or narrow the Deny in statement 1"},
	{"CONV-02: two denies", `
		id(u): +s3:*@* ; -s3:GetObject@b/*
		rp(b): -s3:GetObject@b/* P=*`, "u", "s3:GetObject", "b/x", 2, "remove or narrow the Deny in statement 0"},
	{"CONV-02: a boundary", `
		id(u): +s3:*@*
		pb(u): +ec2:*@*`, "u", "s3:GetObject", "b/x", 1, "in the permissions boundary"},
	{"CONV-02: a guardrail", `
		id(u): +s3:*@*
		scp(A): none`, "u", "s3:GetObject", "b/x", 1, "in a service control policy at 111111111111"},
	{"CONV-02: a guardrail denies", `
		id(u): +s3:*@*
		scp(root): -s3:*@*`, "u", "s3:GetObject", "b/x", 1, "remove or narrow the Deny"},
	{"CONV-02: another account", ``, "u", "s3:GetObject", "bb/x", 2, "in the policy of arn:aws:s3:::bb"},
	{"CONV-02: the first hop", `
		tp(r): P=A
		id(r): +s3:GetObject@b/*
		pb(u): +sts:AssumeRole@*`, "u", "s3:GetObject", "b/x", 1, "allow sts:AssumeRole on arn:aws:iam::111111111111:role/r in an identity policy of arn:aws:iam::111111111111:user/u"},
	{"CONV-02: the trust", `
		id(u): +sts:AssumeRole@A:role/reader
		pb(u): +sts:AssumeRole@*
		tp(A:role/reader): P=q
		id(A:role/reader): +s3:GetObject@b/*`, "u", "s3:GetObject", "b/x", 1, "name arn:aws:iam::111111111111:user/u in the trust policy of arn:aws:iam::111111111111:role/reader"},
	{"CONV-02: a condition", `
		tags(u): team=b
		id(u): +s3:GetObject@b/* ?{StringEquals aws:PrincipalTag/team=a}`, "u", "s3:GetObject", "b/x", 1, "meet, or drop, the condition"},
	{"CONV-02: a group's deny", `
		id(u): +s3:*@*
		group(G u): -s3:*@*`, "u", "s3:GetObject", "b/x", 1, "remove or narrow the Deny"},
}

// Each remedy, applied to the whole snapshot, allows what was denied, and none
// of its changes can be left out.
func TestRemedies(t *testing.T) {
	for _, c := range remedyCases {
		t.Run(c.id, func(t *testing.T) {
			w := newCaseWorld(t, c.world)
			a := w.canWith(t, w.engine(func(o *query.Options) { o.WhyNot = true }), c.who, c.action, c.resource)
			if a.Verdict != query.VerdictDeny || len(a.WhyNot) == 0 {
				t.Fatalf("%s with %d remedies", caseObserve(a), len(a.WhyNot))
			}
			found := false
			for _, r := range a.WhyNot {
				if len(r.Changes) != c.size {
					t.Errorf("remedy of %d changes, want %d: %+v", len(r.Changes), c.size, r.Changes)
				}
				for i := range r.Changes {
					found = found || strings.Contains(r.Changes[i].Text, c.text)
				}
				w.holdsRemedy(t, r, c.who, actionAsked{c.action, fixture.ARN(c.resource)})
			}
			if !found {
				for _, r := range a.WhyNot {
					for _, x := range r.Changes {
						t.Logf("%s", x.Text)
					}
				}
				t.Logf("near %v broken at %d", a.NearPath, a.BrokenAt)
				t.Errorf("no change says %q", c.text)
			}
		})
	}
}

// holdsRemedy makes the changes and asks again; and once more without each.
func (w *caseWorld) holdsRemedy(t *testing.T, r query.Remedy, who string, q actionAsked) {
	t.Helper()
	for leave := -1; leave < len(r.Changes); leave++ {
		if leave >= 0 && len(r.Changes) == 1 {
			continue
		}
		s := w.snapshot
		for i, c := range r.Changes {
			if i == leave {
				continue
			}
			var err error
			if s, err = query.ApplyChange(s, c); err != nil {
				t.Fatalf("%s: %v", c.Text, err)
			}
		}
		changed := caseGraph(t, s)
		a := changed.single(t, askCan(changed.engine(), fixture.ARN(who), q))
		if denied := a.Verdict == query.VerdictDeny; denied != (leave >= 0) {
			t.Errorf("without change %d of %+v: %s", leave, r.Changes, caseObserve(a))
		}
	}
}

// On random worlds, too, every remedy holds; and what no change of policies
// can bring about has none.
func TestRemediesOnCases_CONV_02(t *testing.T) {
	seen, with := 0, 0
	eachWorld(t, func(t *testing.T, c *microCase, w *caseWorld) {
		for _, q := range c.asked() {
			for _, who := range []string{"u", "r"} {
				if seen%4 == 0 {
					e := w.engine(func(o *query.Options) { o.WhyNot = true })
					for _, r := range w.single(t, askCan(e, fixture.ARN(who), q)).WhyNot {
						w.holdsRemedy(t, r, who, q)
						with++
					}
				}
				seen++
			}
		}
	})
	if with < 20 {
		t.Errorf("only %d remedies in %d questions", with, seen)
	}
}

// Paths that are missing have remedies as well.
func TestRemedyOfPaths_CONV_02(t *testing.T) {
	w := newCaseWorld(t, `
		id(u): +sts:AssumeRole@r1
		tp(r1): P=u
		tp(r2): P=A
		id(r1): +s3:*@*`)
	r, err := w.engine(func(o *query.Options) { o.WhyNot = true }).Paths(t.Context(), fixture.ARN("u"), fixture.ARN("r2"))
	if err != nil {
		t.Fatal(err)
	}
	a := r.Answers[0]
	if len(a.WhyNot) == 0 || len(a.WhyNot[0].Changes) != 1 {
		t.Fatalf("%+v", a.WhyNot)
	}
	for _, remedy := range a.WhyNot {
		s := w.snapshot
		for _, c := range remedy.Changes {
			if s, err = query.ApplyChange(s, c); err != nil {
				t.Fatal(err)
			}
		}
		if a := caseGraph(t, s).paths(t, "u", "r2"); a.Verdict == query.VerdictDeny {
			t.Errorf("%+v does not help: %s", remedy, caseObserve(a))
		}
	}
}

// TestRemedyOverOthers_CONV_02: what is lifted for one hop is lifted for all, and what
// that opens over other principals needs no further change.
func TestRemedyOverOthers_CONV_02(t *testing.T) {
	w := newCaseWorld(t, `
		id(u): +sts:AssumeRole@q
		tp(A:role/s): P=u
		id(A:role/s): +sts:AssumeRole@q
		tp(q): P=A:role/s
		rcp(root): -sts:AssumeRole@*`)
	r, err := w.engine(func(o *query.Options) { o.WhyNot = true }).Paths(t.Context(), fixture.ARN("u"), fixture.ARN("q"))
	if err != nil {
		t.Fatal(err)
	}
	if a := r.Answers[0]; len(a.WhyNot) != 1 || len(a.WhyNot[0].Changes) != 1 || a.WhyNot[0].Changes[0].Kind != query.ChangeDeny {
		t.Errorf("near %v: %+v", a.NearPath, a.WhyNot)
	}
}

// TestRemedyOfExisting: what a change would allow is asked of all resources that the
// question is about.
func TestRemedyOfExisting(t *testing.T) {
	for _, c := range []struct {
		name, world, who, action, resource string
		all                                bool
		remedies                           int
	}{
		{"one bucket of three is not all", "bucket(c1): A\nbucket(c2): A\nbucket(c3): A", fixture.ARN("u"), "s3:PutBucketPolicy", "arn:aws:s3:::c*", true, 0},
		{"policies are things, too", "pb(q): +s3:*@*", fixture.ARN("q"), "iam:CreatePolicyVersion", "arn:aws:iam::222222222222:policy/*", false, 1},
	} {
		s, err := fixture.Parse(c.world)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if len(s.Account("222222222222").Policies) == 0 {
			s.Account("222222222222").Policies = append(s.Account("222222222222").Policies, &iam.ManagedPolicy{ARN: "arn:aws:iam::222222222222:policy/p", Name: "p", Account: "222222222222"})
		}
		g, err := graph.Build(t.Context(), s, graph.Options{AsOf: caseTime, KeyDefined: query.KeyDefined})
		if err != nil {
			t.Fatal(err)
		}
		r, err := query.New(g, query.Options{Existing: true, All: c.all, WhyNot: true}).Can(t.Context(), c.who, c.action, c.resource)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if a := r.Answers[0]; a.Verdict != query.VerdictDeny || len(a.WhyNot) != c.remedies {
			t.Errorf("%s: %s with %d remedies, want %d: %+v", c.name, a.Verdict, len(a.WhyNot), c.remedies, a.WhyNot)
		}
	}
}
