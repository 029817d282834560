package render

import (
	"strings"
	"testing"

	"accesspath/query"
)

// QRY-24: absence is claimed only where nothing is left open.
func TestQRY24Absence(t *testing.T) {
	base := func() *query.Result {
		return &query.Result{Question: query.Question{Kind: "who-can", Action: "a:B", Resource: "*"}, Coverage: query.CoverageSummary{Accounts: 2}}
	}
	for name, c := range map[string]struct {
		change func(*query.Result)
		reason string // "" if absence may be claimed
	}{
		"all known":   {func(*query.Result) {}, ""},
		"denied rows": {func(r *query.Result) { r.Answers = []query.Answer{{Verdict: query.VerdictDeny}} }, ""},
		"unknown section": {func(r *query.Result) {
			r.Coverage.Unknown = []query.UnknownSection{{Section: "buckets", Accounts: 1}, {Section: "kms-keys", Accounts: 1}, {Section: "groups", Accounts: 2}}
		}, "not in the input: buckets, kms-keys (of 1 account)"},
		"unresolved": {func(r *query.Result) { r.Coverage.UnresolvedPolicies = 1 }, "1 attached policy without a document in the input"},
		"incomplete": {func(r *query.Result) { r.Coverage.Incomplete = []string{"1"} }, "1 account incomplete in the input: 1"},
		"cut short":  {func(r *query.Result) { r.Limits.Truncated = true }, "the search was cut short"},
	} {
		r := base()
		c.change(r)
		for _, format := range []string{"text", "markdown", "html"} {
			got := string(rendered(t, format, r, Options{}))
			claims, doubts := strings.Contains(got, "nobody can a:B on"), strings.Contains(got, "nobody known can a:B on")
			if claims != (c.reason == "") || doubts == claims {
				t.Errorf("%s as %s: claims %v, doubts %v", name, format, claims, doubts)
			}
			if format == "text" && !strings.Contains(got, c.reason) {
				t.Errorf("%s: no %q in\n%s", name, c.reason, got)
			}
		}
	}
}

func TestHeadlines(t *testing.T) {
	allow, maybe, no := query.Answer{Verdict: "ALLOW", Hops: 2}, query.Answer{Verdict: "ALLOW_IF", Direct: true}, query.Answer{Verdict: "DENY"}
	q := func(kind, view string) query.Question {
		return query.Question{Kind: kind, View: view, Principal: "P", Action: "a:B", Resource: "R", Target: map[string]string{"paths": "T"}[kind]}
	}
	for _, c := range []struct {
		q       query.Question
		answers []query.Answer
		want    string
	}{
		{q("who-can", "origins"), []query.Answer{allow, maybe, maybe}, "3 origins reach a:B on R: 1 outright, 2 under conditions"},
		{q("who-can", "holders"), []query.Answer{allow}, "1 principal holds a:B on R: outright"},
		{q("who-can", "all"), []query.Answer{maybe, no}, "1 principal reaches a:B on R: under conditions"},
		{q("can", ""), []query.Answer{allow}, "yes: P can a:B on R in 2 hops"},
		{q("can", ""), []query.Answer{maybe}, "yes, under conditions: P can a:B on R directly"},
		{q("can", ""), []query.Answer{no}, "no: P cannot a:B on R"},
		{q("can", ""), nil, "P cannot a:B on R"},
		{q("paths", ""), []query.Answer{{Verdict: "ALLOW", Paths: make([]query.Path, 2), MorePaths: 3}}, "5 paths from P to T, 2 shown"},
		{q("paths", ""), nil, "no path leads from P to T"},
		{q("what-can", ""), []query.Answer{{Sessions: []query.Session{{Permissions: make([]query.Permission, 3)}}}}, "P can act in 1 session, with 3 statements"},
		{q("what-can", ""), nil, "P can do nothing"},
	} {
		if got, _ := headline(&query.Result{Question: c.q, Answers: c.answers}); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
