package query_test

import (
	"slices"
	"testing"
)

// TestExpiry: what ends by time alone says when (SYM-31), unless something else allows the
// same for good.
func TestExpiry_SYM_31(t *testing.T) {
	for _, c := range []struct{ name, world, want string }{
		{"the trust ends", "tp(r): P=u ?{DateLessThan aws:CurrentTime=2026-12-31T00:00:00Z}\nid(r): +s3:GetObject@b/*", "expires 2026-12-31T00:00:00Z"},
		{"the permission ends, in seconds", "id(u): +s3:GetObject@b/* ?{NumericLessThan aws:EpochTime=1800000000}", "expires 2027-01-15T08:00:00Z"},
		{"sessions of the first days", "tp(r): P=u\nid(r): +s3:GetObject@b/* ?{DateLessThan aws:TokenIssueTime=2026-12-31T00:00:00Z}", "expires 2026-12-31T00:00:00Z"},
		{"keys that last", "id(u): +s3:GetObject@b/* ?{DateLessThanIfExists aws:TokenIssueTime=2026-12-31T00:00:00Z}", ""},
		{"sessions, if there are any", "tp(r): P=u\nid(r): +s3:GetObject@b/* ?{DateLessThanIfExists aws:TokenIssueTime=2026-12-31T00:00:00Z}", "expires 2026-12-31T00:00:00Z"},
		{"the later of two grants", "id(u): +s3:GetObject@b/* ?{DateLessThan aws:CurrentTime=2026-12-01T00:00:00Z} ; +s3:Get*@b/* ?{DateLessThan aws:CurrentTime=2026-12-31T00:00:00Z}", "expires 2026-12-31T00:00:00Z"},
		{"another grant does not end", "id(u): +s3:GetObject@b/* ?{DateLessThan aws:CurrentTime=2026-12-31T00:00:00Z} ; +s3:GetObject@b/*", ""},
		{"a window that has opened", "id(u): +s3:GetObject@b/* ?{DateGreaterThan aws:CurrentTime=2026-01-01T00:00:00Z}", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newCaseWorld(t, c.world).can(t, "u", "s3:GetObject", "b/x")
			var want []string
			if c.want != "" {
				want = []string{c.want}
			}
			if a.Verdict != "ALLOW" || !slices.Equal(a.Codes, want) && len(a.Codes)+len(want) > 0 {
				t.Errorf("%s, codes %q, want %q", a.Verdict, a.Codes, want)
			}
		})
	}
}

// TestOpens_SYM_31: a denial that ends by time alone says when, whatever lifts it; one that
// stays, whatever the time, says nothing.
func TestOpens_SYM_31(t *testing.T) {
	const grant = "+s3:GetObject@b/*"
	for _, c := range []struct{ name, world, want string }{
		{"the permission begins", "id(u): " + grant + " ?{DateGreaterThan aws:CurrentTime=2027-01-01T00:00:00Z}", "opens 2027-01-01T00:00:00Z"},
		{"the permission begins, in seconds", "id(u): " + grant + " ?{NumericGreaterThanEquals aws:EpochTime=1800000000}", "opens 2027-01-15T08:00:00Z"},
		{"the trust begins", "tp(r): P=u ?{DateGreaterThan aws:CurrentTime=2027-01-01T00:00:00Z}\nid(r): " + grant, "opens 2027-01-01T00:00:00Z"},
		{"the role's permission begins", "tp(r): P=u\nid(r): " + grant + " ?{DateGreaterThan aws:CurrentTime=2027-01-01T00:00:00Z}", "opens 2027-01-01T00:00:00Z"},
		{"the later of two that are needed", "tp(r): P=u ?{DateGreaterThan aws:CurrentTime=2027-02-01T00:00:00Z}\nid(r): " + grant + " ?{DateGreaterThan aws:CurrentTime=2027-01-01T00:00:00Z}", "opens 2027-02-01T00:00:00Z"},
		{"the sooner of two grants", "id(u): " + grant + " ?{DateGreaterThan aws:CurrentTime=2027-02-01T00:00:00Z} ; +s3:Get*@b/* ?{DateGreaterThan aws:CurrentTime=2027-01-01T00:00:00Z}", "opens 2027-01-01T00:00:00Z"},
		{"a deny ends", "id(u): " + grant + " ; -s3:*@* ?{DateLessThan aws:CurrentTime=2027-01-01T00:00:00Z}", "opens 2027-01-01T00:00:00Z"},
		{"a guardrail ends", "scp(A): -s3:*@* ?{DateLessThan aws:CurrentTime=2027-01-01T00:00:00Z}\nid(u): " + grant, "opens 2027-01-01T00:00:00Z"},
		{"a boundary begins", "id(u): " + grant + "\npb(u): +s3:*@* ?{DateGreaterThan aws:CurrentTime=2027-01-01T00:00:00Z}", "opens 2027-01-01T00:00:00Z"},
		{"the policy of the resource begins", "rp(b): -s3:*@* P=* ?{DateLessThan aws:CurrentTime=2027-01-01T00:00:00Z}\nid(u): " + grant, "opens 2027-01-01T00:00:00Z"},
		{"sessions are revoked beforehand", "tp(r): P=u\nid(r): " + grant + " ; -*@* ?{DateLessThan aws:TokenIssueTime=2027-01-01T00:00:00Z}", "opens 2027-01-01T00:00:00Z"},
		{"it is denied for good besides", "id(u): " + grant + " ?{DateGreaterThan aws:CurrentTime=2027-01-01T00:00:00Z} ; -s3:*@*", ""},
		{"a window that closes before it opens", "id(u): " + grant + " ?{DateGreaterThan aws:CurrentTime=2027-02-01T00:00:00Z, DateLessThan aws:CurrentTime=2027-01-01T00:00:00Z}", ""},
		{"a window that is over", "id(u): " + grant + " ?{DateLessThan aws:CurrentTime=2026-01-01T00:00:00Z}", ""},
		{"a permission for something else begins", "id(u): +s3:PutObject@b/* ?{DateGreaterThan aws:CurrentTime=2027-01-01T00:00:00Z}", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newCaseWorld(t, c.world).can(t, "u", "s3:GetObject", "b/x")
			var want []string
			if c.want != "" {
				want = []string{c.want}
			}
			if a.Verdict != "DENY" || !slices.Equal(a.Codes, want) && len(a.Codes)+len(want) > 0 {
				t.Errorf("%s, codes %q, want %q", a.Verdict, a.Codes, want)
			}
		})
	}
	a := newCaseWorld(t, "tp(r): P=u\ntp(r1): P=r ?{DateGreaterThan aws:CurrentTime=2027-01-01T00:00:00Z}").paths(t, "u", "r1")
	if want := []string{"opens 2027-01-01T00:00:00Z"}; a.Verdict != "DENY" || !slices.Equal(a.Codes, want) {
		t.Errorf("paths: %s, codes %q, want %q", a.Verdict, a.Codes, want)
	}
}
