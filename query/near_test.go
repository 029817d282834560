package query_test

import (
	"slices"
	"strings"
	"testing"

	"accesspath/internal/fixture"
	"accesspath/query"
)

// TestNearPath: a denial is explained by the path that comes closest to what the
// policies say was meant.
func TestNearPath(t *testing.T) {
	for _, c := range []struct {
		name, world, want string
		brokenAt          int
	}{
		{"CHAIN-45/a statement about the very resource, not one with another name beside a star", `
			tp(r1): P=A
			id(r1): +s3:GetObject@[*,another/*]
			tp(r2): P=A
			id(r2): +s3:GetObject@elsewhere/*`, "u r2", 1},
		{"CHAIN-45/fewest hops to go", `
			tp(r1): P=A
			id(r1): +sts:AssumeRole@*
			tp(r2): P=A
			id(r2): +sts:AssumeRole@q
			tp(q): P=r2
			id(q): +s3:GetObject@elsewhere/*`, "u r2", 1},
		{"CHAIN-45/a chain that ends at a role without permissions was meant to go on", `
			tp(r1): P=u
			tp(r2): +sts:AssumeRole P=Service:ec2.amazonaws.com
			id(r2): +s3:GetObject@elsewhere/*`, "u r1 r2", 2},
		{"CHAIN-45/whom the whole account may become is no way on", `
			tp(r1): P=u
			tp(r): P=* ?{StringEquals aws:PrincipalAccount=111111111111}
			id(r): +sqs:SendMessage@*
			tp(r2): +sts:AssumeRole P=Service:ec2.amazonaws.com
			id(r2): +s3:GetObject@elsewhere/*`, "u r1 r2", 2},
		{"CHAIN-45/into another account", `
			tp(r1): P=u
			tp(q): P=A
			id(q): +s3:GetObject@elsewhere/*`, "u r1 q", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newCaseWorld(t, c.world).can(t, "u", "s3:GetObject", "elsewhere/x")
			var got []string
			for _, id := range a.NearPath {
				got = append(got, fixture.Short(id))
			}
			if a.Verdict != query.VerdictDeny || !slices.Equal(got, strings.Fields(c.want)) || a.BrokenAt != c.brokenAt {
				t.Errorf("%s: %v broken at %d, want %s at %d; %s", a.Verdict, got, a.BrokenAt, c.want, c.brokenAt, asJSON(a.Causes))
			}
		})
	}
}
