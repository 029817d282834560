package compare

import (
	"testing"

	"accesspath/internal/fixture"
)

// world is a snapshot of the fixture's shorthand.
func world(t *testing.T, text string) Input {
	t.Helper()
	s, err := fixture.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return input(t, "x", s)
}

// TestQRY25Passing: who may pass tags or a source identity opens a path over hops that are
// the same.
func TestQRY25Passing(t *testing.T) {
	const tags = "add: r1\ntp(r1): P=r ?{StringEquals aws:PrincipalTag/k=shop}\n"
	const source = "add: r1\ntp(r1): +[sts:AssumeRole,sts:SetSourceIdentity] P=r ?{StringEquals aws:SourceIdentity=bob}\n"
	const both = "tp(r): +[sts:AssumeRole,sts:TagSession,sts:SetSourceIdentity] P=A\n"
	for _, c := range []struct {
		name, old, new string
		added          int
	}{
		{"tags by the caller", tags + both + "id(u): +sts:AssumeRole@*", tags + both + "id(u): +[sts:AssumeRole,sts:TagSession]@*", 1},
		{"tags by the role", tags + "id(u): +sts:*@*\ntp(r): +sts:AssumeRole P=A", tags + "id(u): +sts:*@*\n" + both, 1},
		{"source identity by the caller", source + both + "id(u): +sts:AssumeRole@*", source + both + "id(u): +[sts:AssumeRole,sts:SetSourceIdentity]@*", 1},
		{"nothing asks for it", both + "id(u): +sts:AssumeRole@*", both + "id(u): +[sts:AssumeRole,sts:TagSession]@*", 0},
	} {
		a, b := world(t, c.old), world(t, c.new)
		d := diff(t, a, b, Options{})
		if len(d.Paths.Added) != c.added || len(d.Paths.Removed) != 0 {
			t.Errorf("%s: added %v, removed %v", c.name, d.Paths.Added, d.Paths.Removed)
		}
		if d := diff(t, b, a, Options{}); len(d.Paths.Removed) != c.added || len(d.Paths.Added) != 0 {
			t.Errorf("%s, back: added %v, removed %v", c.name, d.Paths.Added, d.Paths.Removed)
		}
	}
}

// TestQRY25WhatSessionsCarry: paths differ over hops that are the same to their tail by
// itself. A session that says more, or less, of its owner opens and closes those that ask
// for it later.
func TestQRY25WhatSessionsCarry(t *testing.T) {
	const mfa = "tp(r): P=u\ntp(r1): P=r ?{Bool aws:MultiFactorAuthPresent=true}\n"
	const tags = "tp(r): +[sts:AssumeRole,sts:TagSession] P=u\ntp(r1): +sts:AssumeRole P=r\nid(r1): +sts:*@r2 ?{StringEquals aws:PrincipalTag/k=shop}\ntp(r2): "
	for _, c := range []struct{ name, old, new string }{
		{"a device (CHAIN-05)", mfa + "mfa(u): none", mfa},
		{"the right to enable one (CHAIN-05)", mfa + "mfa(u): none", mfa + "mfa(u): none\nid(u): +iam:EnableMFADevice@*"},
		{"a tag that is handed on (CHAIN-11)", tags + "P=q", tags + "P=A"},
	} {
		a, b := world(t, c.old), world(t, c.new)
		if d := diff(t, a, b, Options{}); len(d.Trusts.Added) != 0 || len(d.Paths.Added) != 1 || len(d.Paths.Removed) != 0 {
			t.Errorf("%s: trusts %v, added %v, removed %v", c.name, d.Trusts.Added, d.Paths.Added, d.Paths.Removed)
		}
		if d := diff(t, b, a, Options{}); len(d.Paths.Removed) != 1 || len(d.Paths.Added) != 0 {
			t.Errorf("%s, back: added %v, removed %v", c.name, d.Paths.Added, d.Paths.Removed)
		}
	}
}
