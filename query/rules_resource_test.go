package query_test

import (
	"slices"
	"strings"
	"testing"

	"accesspath/internal/fixture"
	"accesspath/query"
)

// TestResourceSide: whom a resource's own side lets in, asked of who-can and of can.
func TestResourceSide(t *testing.T) {
	const ap = "arn:aws:s3:us-east-1:A:accesspoint/ap/object/k"
	const behind = "A:accesspoint/ap/object/" // what is in bucket b
	for _, c := range []questionCase{
		{"PRINC-17/saml", "rp(b): +s3:GetObject@b/* P=Federated:A:saml-provider/idp", "s3:GetObject", "b/x", "r", "ALLOW_IF"},
		{"PRINC-17/saml-across", "rp(bb): +s3:GetObject@bb/* P=Federated:A:saml-provider/idp\nid(r): +s3:*@*", "s3:GetObject", "bb/x", "r", "ALLOW_IF"},
		{"PRINC-17/saml-across-unnamed", "rp(bb): +s3:GetObject@bb/* P=Federated:A:saml-provider/idp", "s3:GetObject", "bb/x", "r", "DENY"},
		{"PRINC-17/saml-elsewhere", "rp(bb): +s3:GetObject@bb/* P=Federated:B:saml-provider/idp\nid(r): +s3:*@*", "s3:GetObject", "bb/x", "r", "DENY"},
		{"PRINC-17/oidc", "rp(b): +s3:GetObject@b/* P=Federated:A:oidc-provider/idp.example", "s3:GetObject", "b/x", "r", "DENY"},
		{"CHAIN-43/denied-session", "rp(b): -s3:*@* P=A:sess/r/n\nid(r): +s3:*@*\ntp(r): P=u ?{StringEquals sts:RoleSessionName=n}", "s3:GetObject", "b/x", "u", "DENY"},
		{"CHAIN-43/denied-sessions", "rp(b): -s3:*@* P=[A:sess/r/n,A:sess/r/m]\nid(r): +s3:*@*\ntp(r): P=u ?{StringEquals sts:RoleSessionName=[n,m]}", "s3:GetObject", "b/x", "u", "DENY"},
		{"CHAIN-43/other-session", "rp(b): -s3:*@* P=A:sess/r/n\nid(r): +s3:*@*\ntp(r): P=u ?{StringEquals sts:RoleSessionName=[n,m]}", "s3:GetObject", "b/x", "u", "ALLOW_IF"},
		{"CHAIN-43/free-session", "rp(b): -s3:*@* P=A:sess/r/n\nid(r): +s3:*@*\ntp(r): P=u", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"CHAIN-43/session-of-user", "rp(b): -s3:*@* P=A:sess/r/u\nid(r): +s3:*@*\ntp(r): P=A ?{StringEquals sts:RoleSessionName=${aws:username}}\nid(u): +sts:AssumeRole@*", "s3:GetObject", "b/x", "u", "DENY"},
		{"CHAIN-43/denied-id", "rp(b): -s3:*@* P=* ?{StringLike aws:userid=*:n}\nid(r): +s3:*@*\ntp(r): P=u ?{StringEquals sts:RoleSessionName=n}", "s3:GetObject", "b/x", "u", "DENY"},
		{"CHAIN-43/pattern-of-names", "rp(b): -s3:*@* P=A:sess/r/n\nid(r): +s3:*@*\ntp(r): P=u ?{StringLike sts:RoleSessionName=n*}", "s3:GetObject", "b/x", "u", "ALLOW"},
		{"RPOL-07/some-of-identity", "point(b A:accesspoint/ap): none\nid(u): +s3:GetObject@" + behind + "docs/*", "s3:GetObject", behind + "*", "u", "ALLOW"},
		{"RPOL-07/some-of-bucket", "point(b A:accesspoint/ap): +s3:*@* P=u\nrp(b): +s3:*@b/docs/* P=u", "s3:GetObject", behind + "*", "u", "ALLOW"},
		{"RPOL-07/denied-by-bucket", "point(b A:accesspoint/ap): none\nrp(b): -s3:*@b/docs/* P=*\nid(u): +s3:GetObject@" + behind + "docs/*", "s3:GetObject", behind + "*", "u", "DENY"},
		{"RPOL-07/all-but-denied", "point(b A:accesspoint/ap): none\nrp(b): -s3:*@b/docs/* P=*\nid(u): +s3:GetObject@" + behind + "*", "ALL s3:GetObject", behind + "*", "u", "DENY"},
		{"RPOL-07/apart", "point(b A:accesspoint/ap): +s3:*@" + behind + "*y P=u\nrp(b): +s3:*@b/x* P=u", "s3:GetObject", behind + "*", "u", "ALLOW_IF"},
		{"RPOL-07/point-only", "point(b A:accesspoint/ap): +s3:*@" + behind + "*y P=u\nrp(b): +s3:*@b/x* P=r", "s3:GetObject", behind + "*", "u", "DENY"},
		{"NAT-02/own", "bucket(x):\nid(u): +s3:*@*", "s3:GetObject", "x/k", "u", "ALLOW_IF"},
		{"NAT-02/either", "bucket(x):\nrp(x): +s3:*@* P=A\nid(u): +s3:*@*", "s3:GetObject", "x/k", "u", "ALLOW"},
		{"NAT-02/denied", "bucket(x):\nrp(x): -s3:*@* P=A\nid(u): +s3:*@*", "s3:GetObject", "x/k", "u", "DENY"},
		{"NAT-02/everybody", "bucket(x):\nrp(x): +s3:*@* P=*\nbpa(x): off", "s3:GetObject", "x/k", "u", "ALLOW_IF"},
		{"NAT-02/pattern", "bucket(x):\nid(u): +s3:*@*", "s3:GetObject", "x/*", "u", "ALLOW_IF"},
		{"NAT-02/actions", "bucket(x):\nid(u): +s3:Get*@*", "s3:*", "x/k", "u", "ALLOW_IF"},
		{"NAT-02/access-point", "bucket(x):\npoint(x A:accesspoint/ap): none\nid(u): +s3:*@*", "s3:GetObject", ap, "u", "ALLOW_IF"},
		{"NAT-02/access-point-pattern", "bucket(x):\npoint(x A:accesspoint/ap): none\nid(u): +s3:*@*", "s3:GetObject", "arn:aws:s3:us-east-1:A:accesspoint/ap/object/*", "u", "ALLOW_IF"},
		{"NAT-02/access-point-let", "bucket(x):\nrp(x): +s3:*@* P=A\npoint(x A:accesspoint/ap): none\nid(u): +s3:*@*", "s3:GetObject", ap, "u", "ALLOW"},
		{"NAT-02/access-point-foreign", "bucket(x):\nadd: B:user/v\npoint(x A:accesspoint/ap): +s3:*@* P=B\nid(B:user/v): +s3:*@*", "s3:GetObject", ap, "B:user/v", "ALLOW_IF"},
		{"NAT-02/not-own", "bucket(x):\nrp(x): +s3:*@* P=A\nid(u): +s3:*@* ?{StringNotEquals aws:ResourceAccount=A}", "s3:GetObject", "x/k", "u", "ALLOW_IF"},
		{"NAT-02/neither", "bucket(x):\nid(u): +s3:*@* ?{StringNotEquals aws:ResourceAccount=A}", "s3:GetObject", "x/k", "u", "DENY"},
		{"NAT-02/own-guardrail", "rcp(A): -s3:*@*\nbucket(x):\nrp(x): +s3:*@* P=A\nid(u): +s3:*@*", "s3:GetObject", "x/k", "u", "ALLOW_IF"},
		{"NAT-02/own-guardrail-only", "rcp(A): -s3:*@*\nbucket(x):\nid(u): +s3:*@*", "s3:GetObject", "x/k", "u", "DENY"},
	} {
		c.check(t)
	}
}

// TestAccessPointNote: what identity policies allow on the ARN of an access point is not
// said of the bucket, and the answer about the bucket says so (RPOL-07).
func TestAccessPointNote(t *testing.T) {
	w := newCaseWorld(t, "point(b A:accesspoint/ap): none\nid(u): +s3:GetObject@arn:aws:s3:us-east-1:A:accesspoint/ap/object/*")
	for resource, want := range map[string]bool{"b/x": true, "b/*": true, "bb/x": false, "A:accesspoint/ap/object/x": false} {
		r := w.whoCan(t, "s3:GetObject", resource)
		if noted := slices.ContainsFunc(r.Notes, func(n query.Note) bool { return n.Code == "access-points" }); noted != want {
			t.Errorf("RPOL-07 %s: note %t, want %t: %v", resource, noted, want, r.Notes)
		}
	}
	w.ask(t, "u s3:GetObject A:accesspoint/ap/object/x -> ALLOW")
}

// TestWhatCanByResources: what-can lists what resources of its own account let a principal
// do without an identity policy, as can says (QRY-02, EVAL-10, RPOL-12).
func TestWhatCanByResources(t *testing.T) {
	w := newCaseWorld(t, `
		rp(b): +s3:GetObject@b/* P=u ; +s3:PutObject@b/* P=A ; -s3:DeleteObject@b/* P=u ; +s3:ListBucket@* P=r
		rp(bb): +s3:GetObject@bb/* P=u
		rp(key): +kms:*@* P=A
		grant(key): u Decrypt
		rp(A:queue/x): +sqs:SendMessage@* P=*
		rp(A:queue/y): +sqs:SendMessage@* !P=u
		rp(A:queue/z): +sqs:SendMessage@* P=[A:sess/r/n,B:user/u]
		tp(r): P=u`)
	r, err := w.engine().WhatCan(t.Context(), fixture.ARN("u"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range r.Answers[0].Sessions {
		for _, p := range s.Permissions {
			got = append(got, fixture.Short(s.Principal)+" "+p.Effect+" "+strings.Join(p.Actions, ",")+" "+strings.Join(p.Resources, ",")+" "+p.Evidence.Layer)
		}
	}
	const queue = "arn:aws:sqs:us-east-1:111111111111:"
	want := []string{
		"u Allow kms:Decrypt arn:aws:kms:us-east-1:111111111111:key/k resource",
		"u Allow s3:GetObject arn:aws:s3:::b/* resource",
		"u Allow sqs:SendMessage " + queue + "x resource",
		"r Allow s3:ListBucket arn:aws:s3:::b,arn:aws:s3:::b/* resource",
		"r Allow sqs:SendMessage " + queue + "x resource",
		"r Allow sqs:SendMessage " + queue + "y resource",
		"r Allow sqs:SendMessage " + queue + "z resource",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n %s\nwant\n %s", strings.Join(got, "\n "), strings.Join(want, "\n "))
	}
	for _, ask := range []string{"u s3:GetObject b/x", "u kms:Decrypt key", "u sqs:SendMessage A:queue/x", "r s3:ListBucket b", "r sqs:SendMessage A:queue/y"} {
		w.ask(t, ask+" -> ALLOW")
	}
}
