package query_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"accesspath/internal/fixture"
	"accesspath/query"
)

// questionCases follow section 11: what is asked and what an answer owes.
func questionCases() []microCase {
	return []microCase{
		{id: "QRY-01", world: chainToObject, ask: `
			who: s3:GetObject b/x -> u ALLOW via r1 r2
			can: u s3:GetObject b/x -> ALLOW via r1 r2
			paths: u to r2 -> ALLOW via r1 r2
			can: q s3:GetObject b/x -> DENY`, check: questionSessions},
		{id: "QRY-02", world: `
			tp(r): P=u
			id(r): +s3:GetObject@b/*
			id(u): +s3:GetObject@b/x`,
			check: func(t *testing.T, w *caseWorld) {
				for resource, hops := range map[string]int{"b/x": 0, "b/y": 1} {
					if a := w.can(t, "u", "s3:GetObject", resource); a.Hops != hops || a.Direct != (hops == 0) {
						t.Errorf("%s: %d hops, direct %t", resource, a.Hops, a.Direct)
					}
				}
			}},
		{id: "QRY-03", world: chainToObject, check: questionViews},
		{id: "QRY-04", world: `id(r): +s3:GetObject@b/*`, check: questionOrphan},
		{id: "QRY-05", world: `group(G u A:user/v): +s3:GetObject@b/*`, ask: `
			who: s3:GetObject b/x -> u ALLOW #via=A:group/G
			who: s3:GetObject b/x -> A:user/v ALLOW #via=A:group/G
			who: s3:GetObject b/x -> A:group/G nobody`},
		{id: "QRY-08", world: `
			rp(b): +s3:GetObject@b/1 P=C:user/x ; +s3:GetObject@b/2 P=C
			id(C:user/x): +s3:GetObject@b/*`, ask: `
			who: s3:GetObject b/1 -> C:user/x ALLOW
			who: s3:GetObject b/2 -> C:user/x ALLOW`, check: noHop("C:user/x", "s3:GetObject", "b/1")},
		{id: "QRY-08/not-loaded", world: `
			unload: C
			rp(b): +s3:GetObject@b/* P=C`,
			ask: `who: s3:GetObject b/x -> account:C ALLOW_IF(DATA DATA:account Known 333333333333@1)`},
		{id: "QRY-09, QRY-22", world: `
			rp(b): +s3:GetObject@b/* P=* ; +s3:GetObject@b/* P=C
			bpa(b): off
			unload: C
			id(u): +s3:GetObject@b/*
			add: A:user/v`, check: questionOrder},
		{id: "QRY-11, QRY-12", world: `
			id(u): +s3:GetObject@b/* ; -s3:GetObject@b/secret/*
			id(A:user/v): +s3:GetObject@b/secret/* ; -s3:GetObject@b/sec*
			id(A:user/w): +s3:GetObject@elsewhere/*`, ask: `
			can: u s3:GetObject b/* -> ALLOW
			can: u s3:GetObject b/secret/* -> DENY
			can: A:user/v s3:GetObject b/* -> DENY
			can: A:user/w s3:GetObject b/* -> DENY`, check: questionWitness},
		{id: "QRY-12/one character", world: `
			id(u): +iam:PassRole@r
			id(A:user/v): +s3:GetObject@b/k`, ask: `
			can: u iam:PassRole * -> ALLOW
			can: A:user/v s3:GetObject b/?* -> ALLOW
			can: A:user/v s3:GetObject b/??* -> DENY`},
		{id: "QRY-12/parts of the ARN", world: `
			raw(u): {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:lambda:us-east-1:111111111111:layer:*"}}`, ask: `
			can: u lambda:InvokeFunction * -> DENY
			can: u lambda:GetLayerVersion * -> ALLOW`},
		{id: "QRY-12/many denied", world: `
			id(u): +s3:GetObject@[` + numbered("b/k%d*", 100) + `,b/z] ; -s3:GetObject@b/k*`, ask: `
			can: u s3:GetObject b/* -> ALLOW`},
		{id: "QRY-12/undecided", world: `
			id(u): +s3:GetObject@[` + numbered("b/k%d*", 100) + `] ?{StringEquals aws:ResourceAccount=444444444444} ; +s3:GetObject@b/z
			id(A:user/v): +s3:GetObject@[` + numbered("b/k%d*", 100) + `] ; -s3:GetObject@b/*
			id(A:user/w): +s3:GetObject@elsewhere/*`, ask: `
			can: u s3:GetObject b/* -> ALLOW_IF(DATA DATA:witness Known arn:aws:s3:::b/*@1) #DATA:witness
			can: u s3:GetObject b/z -> ALLOW
			can: A:user/w s3:GetObject b/* -> DENY`},
		{id: "QRY-13", world: `
			id(u): +s3:GetObject@b/*
			id(A:user/v): +s3:GetObject@[b/a*,b/c*]
			id(A:user/w): +s3:GetObject@b/* ; -s3:GetObject@b/a/b`,
			check: questionAll(map[string]string{
				"u b/*": "ALLOW", "u b/a/*": "ALLOW", "A:user/v b/*": "DENY", "A:user/v b/a/*": "ALLOW", "A:user/w b/*": "DENY", "A:user/w b/b/*": "ALLOW"})},
		{id: "QRY-13/undecided", world: `
			id(u): +s3:GetObject@b/* ; -s3:GetObject@[` + numbered("b/k%d*", 100) + `] ?{StringEquals aws:ResourceAccount=444444444444} ; -s3:GetObject@b/z`,
			check: questionAll(map[string]string{"u b/*": "ALLOW_IF", "u b/y/*": "ALLOW"})},
		{id: "QRY-14", world: `id(u): +s3:GetObject@not-in-the-snapshot/*`, ask: `can: u s3:GetObject arn:aws:s3:::not-in-*/* -> ALLOW`},
		{id: "QRY-15", world: `id(u): +s3:GetObject@b/*`, check: bucketAsObjects},
		{id: "QRY-16", world: `
			id(u): +s3:GetObjectTagging@b/*
			id(A:user/v): +s3:PutObject@b/*`, ask: `
			can: u s3:Get* b/x -> ALLOW
			can: A:user/v s3:Get* b/x -> DENY`, check: questionAction},
		{id: "QRY-16/condition keys", world: `
			raw(u): {"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"glue:C*","Resource":"arn:aws:glue:us-east-1:111111111111:session/*","Condition":{"StringEquals":{"aws:RequestTag/env":"prod"}}}}`, ask: `
			can: u glue:CreateSession * -> ALLOW requires(REQUEST aws:RequestTag/env StringEquals prod@1)
			can: u glue:CancelStatement * -> DENY
			can: u glue:* * -> ALLOW requires(REQUEST aws:RequestTag/env StringEquals prod@1)`},
		{id: "QRY-16/session policies", world: anywhere(``) + ` ; +glue:*@*
			anchor(A): a1
			anyprofile(A p r): +glue:GetJob@*`, ask: `
			who: glue:GetJob * -> A:anchor/a1 ALLOW via A:role/r#profile/p #kind=trust-anchor
			who: glue:* * -> A:anchor/a1 ALLOW via A:role/r#profile/p #kind=trust-anchor`},
		{id: "QRY-17", world: `
			id(u): +ec2:DescribeInstances@*
			id(A:user/v): +ec2:DescribeInstances@A:instance/i-1`, ask: `
			can: u ec2:DescribeInstances A:instance/i-1 -> ALLOW
			can: A:user/v ec2:DescribeInstances A:instance/i-1 -> DENY`, check: questionOnStar},
		{id: "QRY-18", check: questionMismatch},
		{id: "QRY-20", world: `
			id(u): +s3:GetObject@b/* ?{StringEquals aws:SourceVpc=vpc-1} ; +s3:GetObject@b/public/* ?{IpAddress aws:SourceIp=203.0.113.0/24}
			pb(u): +s3:GetObject@b/private/* ; +s3:GetObject@b/public/* ?{StringEquals aws:SourceVpc=vpc-2}
			id(A:user/v): +s3:GetObject@b/a/* ?{StringEquals aws:SourceVpc=vpc-1}
			pb(A:user/v): +s3:GetObject@b/b/*`, ask: `
			can: u s3:GetObject b/* -> ALLOW_IF(NETWORK aws:SourceVpc StringEquals vpc-1@1)
			can: A:user/v s3:GetObject b/* -> DENY`},
	}
}

const chainToObject = `
	tp(r1): P=u
	tp(r2): P=r1
	id(r2): +s3:GetObject@b/*`

// questionSessions: what-can groups permissions by session.
func questionSessions(t *testing.T, w *caseWorld) {
	r, err := w.engine().WhatCan(t.Context(), fixture.ARN("u"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, s := range r.Answers[0].Sessions {
		got[fixture.Short(s.Principal)] = len(s.Permissions)
	}
	if got["r2"] != 1 || got["r1"] != 0 {
		t.Errorf("sessions %v", got)
	}
}

// questionViews: origins are users and the like, holders are who has the
// permission, all is both and what is between.
func questionViews(t *testing.T, w *caseWorld) {
	for view, want := range map[query.View][]string{
		query.ViewOrigins: {"A:root", "u"},
		query.ViewHolders: {"A:root", "r2"},
		query.ViewAll:     {"A:root", "r1", "r2", "u"},
	} {
		r, err := w.engine(func(o *query.Options) { o.View = view }).WhoCan(t.Context(), "s3:GetObject", fixture.ARN("b/x"))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range r.Answers {
			got = append(got, fixture.Short(a.Principal))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("view %s: %v, want %v", view, got, want)
		}
	}
}

// questionOrphan: a role that nobody is known to reach stays, with a mark.
func questionOrphan(t *testing.T, w *caseWorld) {
	for view, want := range map[query.View]bool{query.ViewHolders: true, query.ViewAll: true, query.ViewOrigins: false} {
		r, err := w.engine(func(o *query.Options) { o.View = view }).WhoCan(t.Context(), "s3:GetObject", fixture.ARN("b/x"))
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(r.Answers, func(a query.Answer) bool { return a.Principal == fixture.ARN("r") })
		switch {
		case want && (i < 0 || !slices.Contains(r.Answers[i].Marks, "no-known-origin")):
			t.Errorf("view %s: no marked row for the role", view)
		case !want && i < 0 && !slices.ContainsFunc(r.Notes, func(n query.Note) bool { return n.Code == "no-known-origin" }):
			t.Errorf("view %s: the role is dropped without a note", view)
		}
	}
}

// questionOrder: the public first, then others from outside, then by verdict,
// hops and name; the public does not suppress the rest.
func questionOrder(t *testing.T, w *caseWorld) {
	r := w.whoCan(t, "s3:GetObject", "b/x")
	var got []string
	for _, a := range r.Answers {
		got = append(got, fixture.Short(a.Principal))
	}
	if len(got) < 4 || got[0] != "*" || got[1] != "account:C" || !slices.Contains(got, "u") || !slices.Contains(got, "A:user/v") {
		t.Errorf("rows %v", got)
	}
}

// questionWitness: the resource that proves a verdict on a pattern is shown, and
// no Deny covers it.
func questionWitness(t *testing.T, w *caseWorld) {
	p := w.can(t, "u", "s3:GetObject", "b/*").Paths[0]
	if !strings.HasPrefix(p.Witness, "arn:aws:s3:::b/") || strings.HasPrefix(p.Witness, "arn:aws:s3:::b/secret/") {
		t.Errorf("witness %q", p.Witness)
	}
	r := w.whoCan(t, "s3:GetObject", "b/*")
	if r.Question.Quantify != "some" {
		t.Errorf("quantifier %q", r.Question.Quantify)
	}
}

// questionAll asks "user resource" for every resource of the pattern.
func questionAll(want map[string]string) func(*testing.T, *caseWorld) {
	return func(t *testing.T, w *caseWorld) {
		all := func(o *query.Options) { o.All = true }
		for asked, verdict := range want {
			who, resource, _ := strings.Cut(asked, " ")
			if a := w.canWith(t, w.engine(all), who, "s3:GetObject", resource); a.Verdict != verdict {
				t.Errorf("%s: %s, want %s", asked, caseObserve(a), verdict)
			}
		}
		r, err := w.engine(all).WhoCan(t.Context(), "s3:GetObject", fixture.ARN("b/*"))
		if err != nil {
			t.Fatal(err)
		}
		if r.Question.Quantify != "all" {
			t.Errorf("quantifier %q", r.Question.Quantify)
		}
	}
}

// questionAction: an answer to a pattern of actions says which one it is.
func questionAction(t *testing.T, w *caseWorld) {
	if p := w.can(t, "u", "s3:Get*", "b/x").Paths[0]; p.Action != "s3:GetObjectTagging" {
		t.Errorf("action %q", p.Action)
	}
}

// questionOnStar: an action without resources is asked on "*", and that is said.
func questionOnStar(t *testing.T, w *caseWorld) {
	r, err := w.engine().Can(t.Context(), fixture.ARN("u"), "ec2:DescribeInstances", fixture.ARN("A:instance/i-1"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.Notes, func(n query.Note) bool { return n.Code == "no-resource-level" }) {
		t.Errorf("notes %v", r.Notes)
	}
}

// questionMismatch: an action that does not work on such a resource is an
// error; one that the catalogue does not know is taken literally.
func questionMismatch(t *testing.T, w *caseWorld) {
	var wrong *query.QuestionError
	if _, err := w.engine().WhoCan(t.Context(), "s3:GetObject", fixture.ARN("A:queue/w")); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "action-resource-mismatch") {
		t.Errorf("error %v", err)
	}
	if _, err := w.engine().WhoCan(t.Context(), "unheard:GetThing", "arn:aws:unheard:us-east-1:111111111111:thing/x"); err != nil {
		t.Error(err)
	}
}

// numbered lists names with the numbers below n.
func numbered(format string, n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(format, i))
	}
	return strings.Join(list, ",")
}
