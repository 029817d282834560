package query_test

import (
	"slices"
	"strings"
	"testing"

	"accesspath/internal/fixture"
	"accesspath/query"
)

// TestRegionsAliasesAndCatalogues: what a question about a pattern makes up decides
// nothing, and what counts beside a resource's own policy counts.
func TestRegionsAliasesAndCatalogues(t *testing.T) {
	const regional = "?{StringEquals aws:RequestedRegion=eu-west-1}"
	const scp = "scp(A): -!iam:*@* ?{StringNotEquals aws:RequestedRegion=[us-east-1,us-west-2]}"
	for _, c := range []questionCase{
		// the region of a name that stands for others (CKEY-24, QRY-12)
		{"region/any", "id(u): +*@* " + regional, "sqs:SendMessage", "*", "u", "ALLOW"},
		{"region/scp", "id(u): +*@*\n" + scp, "ecr:BatchGetImage", "*", "u", "ALLOW"},
		{"region/boundary", "id(u): +*@*\npb(u): +*@* " + regional, "dynamodb:GetItem", "*", "u", "ALLOW"},
		{"region/hop", "tp(r): P=u\nid(r): +*@* " + regional, "lambda:InvokeFunction", "*", "u", "ALLOW"},
		{"region/some", "id(u): +*@* " + regional, "sqs:SendMessage", "arn:aws:sqs:eu-*:111111111111:*", "u", "ALLOW"},
		{"region/one-letter", "id(u): +*@* " + regional, "sqs:SendMessage", "arn:aws:sqs:eu-west-?:111111111111:*", "u", "ALLOW"},
		{"region/another", "id(u): +*@* " + regional, "sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:*", "u", "DENY"},
		{"region/gov", "id(u): +*@* ?{StringEquals aws:RequestedRegion=us-gov-west-1}", "sqs:SendMessage", "arn:aws:sqs:us-gov-east-1:111111111111:w", "u", "DENY"},
		// an account by another name (QRY-12)
		{"account/named-otherwise", "id(u): +*@*", "chime:GetMeeting", "*", "u", "ALLOW"},
		// lists and grants beside a policy that was not read (RPOL-06, RPOL-12)
		{"unread/list", "rp(b): unread\nacl(b): AllUsers READ", "s3:ListBucket", "b", "*", "ALLOW"},
		{"unread/grant", "rp(A:key/k): unread\ngrant(A:key/k): u Decrypt", "kms:Decrypt", "A:key/k", "u", "ALLOW"},
		{"unread/grant-elsewhere", "rp(A:key/k): unread\ngrant(A:key/k): q Decrypt\nid(q): +*@*", "kms:Decrypt", "A:key/k", "q", "ALLOW"},
		{"none/grant", "rp(A:key/k): none\ngrant(A:key/k): u Decrypt", "kms:Decrypt", "A:key/k", "u", "ALLOW"},
		// aliases have no policy (RPOL-13)
		{"alias/create", "id(u): +*@*", "kms:CreateAlias", "arn:aws:kms:us-east-1:111111111111:alias/x", "u", "ALLOW"},
		{"alias/not-allowed", "id(u): +kms:CreateKey@*", "kms:CreateAlias", "arn:aws:kms:us-east-1:111111111111:alias/x", "u", "DENY"},
		{"alias/of-aws", "id(u): +*@*", "kms:UpdateAlias", "arn:aws:kms:us-east-1:111111111111:alias/aws/s3", "u", "DENY"},
		// the catalog's policy is about what is in it (EVAL-02, EVAL-20)
		{"glue/allow", "rp(arn:aws:glue:us-east-1:111111111111:catalog): +glue:GetTable@* P=B\nid(q): +glue:*@*", "glue:GetTable", "arn:aws:glue:us-east-1:111111111111:table/d/t", "q", "ALLOW"},
		{"glue/deny", "rp(arn:aws:glue:us-east-1:111111111111:catalog): -glue:*@* P=*\nid(u): +*@*", "glue:GetTable", "arn:aws:glue:us-east-1:111111111111:table/d/t", "u", "DENY"},
		{"glue/no-job", "rp(arn:aws:glue:us-east-1:111111111111:catalog): -glue:*@* P=*\nid(u): +*@*", "glue:GetJob", "arn:aws:glue:us-east-1:111111111111:job/j", "u", "ALLOW"},
		// what a policy grants below its resource (QRY-12)
		{"below/alias", "rp(A:function/f): +lambda:InvokeFunction@arn:aws:lambda:us-east-1:111111111111:function:f:PROD P=B\nid(q): +lambda:*@*", "lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111111111111:function:f*", "q", "ALLOW"},
		{"below/index", "rp(arn:aws:dynamodb:us-east-1:111111111111:table/t): +dynamodb:Query@arn:aws:dynamodb:us-east-1:111111111111:table/t/index/* P=B\nid(q): +dynamodb:*@*", "dynamodb:Query", "arn:aws:dynamodb:us-east-1:111111111111:table/*", "q", "ALLOW"},
		{"below/public", "rp(arn:aws:es:us-east-1:111111111111:domain/d): +es:ESHttpGet@arn:aws:es:us-east-1:111111111111:domain/d/* P=*", "es:ESHttpGet", "arn:aws:es:us-east-1:111111111111:domain/*", "*", "ALLOW"},
		// everybody, but only through a service (EVAL-30, PRINC-02, TRUST-31)
		{"service/by-source", "rp(arn:aws:sns:us-east-1:111111111111:t): +sns:Publish@* P=* ?{ArnLike aws:SourceArn=arn:aws:s3:::b}", "sns:Publish", "arn:aws:sns:us-east-1:111111111111:t", "service:s3", "ALLOW_IF"},
		{"service/by-account", "rp(arn:aws:sns:us-east-1:111111111111:t): +sns:Publish@* P=* ?{StringEquals aws:SourceAccount=111111111111}", "sns:Publish", "arn:aws:sns:us-east-1:111111111111:t", "service:*", "ALLOW_IF"},
		{"service/nobody-else", "rp(arn:aws:sns:us-east-1:111111111111:t): +sns:Publish@* P=* ?{ArnLike aws:SourceArn=arn:aws:s3:::b}", "sns:Publish", "arn:aws:sns:us-east-1:111111111111:t", "q", "DENY"},
	} {
		c.check(t)
	}
}

// TestExposedBelow: what a policy grants outsiders below its resource, and principals of
// accounts that were loaded and are outside the organization, is exposed (CONV-03).
func TestExposedBelow(t *testing.T) {
	for _, c := range []struct{ id, world, source, resource string }{
		{"domain", "rp(arn:aws:es:us-east-1:111111111111:domain/d): +es:ESHttpGet@arn:aws:es:us-east-1:111111111111:domain/d/* P=*", "*", "arn:aws:es:us-east-1:111111111111:domain/d"},
		{"alias", "rp(A:function/f): +lambda:InvokeFunction@arn:aws:lambda:us-east-1:111111111111:function:f:PROD P=*", "*", "A:function/f"},
		{"foreign account", "rp(bb): +s3:*@bb/* P=C\nid(C:user/c): +*@*", "account:333333333333", "bb"},
		{"foreign user", "rp(bb): +s3:*@bb/* P=C:user/c\nid(C:user/c): +*@*", "account:333333333333", "bb"},
		{"foreign user without permission", "rp(bb): +s3:*@bb/* P=C:user/c\nid(C:user/c): +sqs:*@*", "", "bb"},
		{"everybody of a foreign account", "rp(bb): +s3:*@bb/* P=AWS:* ?{StringEquals aws:PrincipalAccount=C}\nid(C:user/c): +*@*", "account:333333333333", "bb"},
		{"everybody of some foreign name", "rp(bb): +s3:*@bb/* P=* ?{ArnLike aws:PrincipalArn=arn:aws:iam::C:user/*}\nid(C:user/c): +*@*", "account:333333333333", "bb"},
		{"everybody but one", "rp(A:queue/x): +sqs:*@* !P=u ?{StringEquals aws:PrincipalAccount=C}\nid(C:user/c): +*@*", "account:333333333333", "A:queue/x"},
		{"foreign unique id", "rp(bb): +s3:*@bb/* P=id(C:user/c)\nid(C:user/c): +*@*", "account:333333333333", "bb"},
		{"everybody", "rp(bb): +s3:*@bb/* P=*\nid(C:user/c): +*@*", "*", "bb"},
		{"own account", "rp(bb): +s3:*@bb/* P=A\nid(u): +*@*", "", "bb"},
	} {
		s, err := newCaseWorld(t, c.world).engine().Exposure(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, src := range s.Sources {
			if slices.ContainsFunc(src.Resources, func(r query.ExposedResource) bool { return r.Resource == fixture.ARN(c.resource) }) {
				found = append(found, src.Principal)
			}
		}
		if got := strings.Join(found, " "); got != c.source {
			t.Errorf("%s: exposed to %q, want %q", c.id, got, c.source)
		}
	}
}

// TestServicesByThemselves: can says of a service and of the public what who-can does
// (EVAL-30, EVAL-31).
func TestServicesByThemselves(t *testing.T) {
	w := newCaseWorld(t, `
		tp(q): P=Service:s3
		rp(A:queue/w): +sqs:*@* P=Service:s3
		rp(b): +s3:GetObject@b/* P=*
		tp(r): P=AWS:*
		id(r): +s3:PutObject@b/*
		unload: C
		tp(q2): P=C
		rp(b3): +s3:GetObject@b3/* P=C`)
	for _, c := range []struct{ who, action, resource, want string }{
		{"service:s3", "sqs:SendMessage", "A:queue/w", query.VerdictAllow},
		{"service:s3", "sqs:SendMessage", "arn:aws:sqs:us-east-1:111111111111:*", query.VerdictAllow},
		{"service:s3", "sqs:SendMessage", "A:queue/w2", query.VerdictDeny},
		{"service:s3", "s3:PutObject", "b/x", query.VerdictDeny},
		{"account:333333333333", "s3:GetObject", "b3/x", query.VerdictAllowIf},
		{"account:333333333333", "s3:PutObject", "b3/x", query.VerdictDeny},
		{"*", "s3:GetObject", "b/x", query.VerdictAllow},
		{"*", "s3:PutObject", "b/x", query.VerdictAllow},
		{"*", "s3:DeleteObject", "b/x", query.VerdictDeny},
	} {
		can, err := w.engine().Can(t.Context(), fixture.ARN(c.who), c.action, fixture.ARN(c.resource))
		if err != nil {
			t.Fatal(err)
		}
		who, err := w.engine().WhoCan(t.Context(), c.action, fixture.ARN(c.resource))
		if err != nil {
			t.Fatal(err)
		}
		row := query.VerdictDeny
		if i := slices.IndexFunc(who.Answers, func(a query.Answer) bool { return a.Principal == fixture.ARN(c.who) }); i >= 0 {
			row = who.Answers[i].Verdict
		}
		if got := can.Answers[0].Verdict; got != c.want || row != c.want {
			t.Errorf("%s %s %s: can says %s, who-can %s; want %s", c.who, c.action, c.resource, got, row, c.want)
		}
	}
}

// TestReachGoesTogether: what a principal can become is told by ways whose hops go together:
// one pod has one namespace, and one sign-in one subject (FED-15, SYM-09).
func TestReachGoesTogether(t *testing.T) {
	const namespace = " ?{StringEquals aws:PrincipalTag/kubernetes-namespace="
	pods := func(more string) string {
		return "add: A:role/r3 A:role/r4\ntp(r1): +[sts:AssumeRole,sts:TagSession] P=Service:pods.eks\ntp(r2): +[sts:AssumeRole,sts:TagSession] P=r1" + namespace + "a}\n" +
			"tp(A:role/r3): +[sts:AssumeRole,sts:TagSession] P=[r2" + more + "]" + namespace + "b}\ntp(A:role/r4): +[sts:AssumeRole,sts:TagSession] P=r1"
	}
	const web = "tp(r1): +sts:AssumeRoleWithWebIdentity P=Federated:A:oidc-provider/idp.example.com ?{StringEquals idp.example.com:sub=alice}\ntp(r2): P=r1 ?{StringEquals idp.example.com:sub=bob}"
	for _, c := range []struct{ name, world, from, to, want string }{
		{"two namespaces", pods(""), "pods.eks.amazonaws.com", "A:role/r3", ""},
		{"one namespace", pods(""), "pods.eks.amazonaws.com", "r2", "r1 r2"},
		{"another way around", pods(",A:role/r4"), "pods.eks.amazonaws.com", "A:role/r3", "r1 A:role/r4 A:role/r3"},
		{"two people", web, oidcNode, "r2", ""},
	} {
		w := newCaseWorld(t, c.world)
		want := strings.Fields(c.want)
		for i := range want {
			want[i] = fixture.ARN(want[i])
		}
		same := func(question string, got []string) {
			if len(got)+len(want) > 0 && (len(got) == 0 || !slices.Equal(got[1:], want)) {
				t.Errorf("%s: %s: by %v, want %v", c.name, question, got, want)
			}
		}
		from, to := c.from, fixture.ARN(c.to)
		if from == oidcNode {
			from = fixture.ARN(oidcNode)
		}
		r, err := w.engine().WhatCan(t.Context(), from)
		if err != nil {
			t.Fatal(err)
		}
		var by []string
		for _, s := range r.Answers[0].Sessions {
			if s.Principal == to {
				by = s.Path.Principals
			}
		}
		same("what-can", by)
		spread, err := w.engine().BlastRadius(t.Context(), from, "")
		if err != nil {
			t.Fatal(err)
		}
		by = nil
		for _, x := range spread.Sources[0].Reached {
			if x.Principal == to {
				by = x.Path.Principals
			}
		}
		same("blast-radius", by)
	}
}
