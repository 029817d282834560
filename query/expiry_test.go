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
