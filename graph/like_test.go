package graph

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"accesspath/iam"
	"accesspath/internal/fixture"
)

// likeOrgs draws two states of one organization that have some accounts in common.
func likeOrgs(t *rapid.T) (before, after *iam.Snapshot) {
	o := fixture.OrgOptions{Seed: uint64(rapid.IntRange(0, 60).Draw(t, "seed")), Accounts: 4, Users: 3, Groups: 2, Roles: rapid.IntRange(2, 8).Draw(t, "roles"), Plain: rapid.Bool().Draw(t, "plain"), Sparse: rapid.Bool().Draw(t, "sparse")}
	before = fixture.Org(o)
	o.Seed = uint64(rapid.IntRange(61, 120).Draw(t, "other seed"))
	other := fixture.Org(o)
	copied := *before
	copied.Accounts = slices.Clone(before.Accounts)
	for i, a := range copied.Accounts {
		b := other.Account(a.ID)
		if b == nil || !rapid.Bool().Draw(t, "changed") {
			continue
		}
		if copied.Accounts[i] = b; rapid.Bool().Draw(t, "slightly") {
			account := *a
			account.Roles = slices.Clone(a.Roles)
			k := rapid.IntRange(0, len(a.Roles)-1).Draw(t, "role")
			role := *a.Roles[k]
			role.Trust = a.Roles[(k+1)%len(a.Roles)].Trust
			account.Roles[k] = &role
			account.Users = account.Users[1:]
			copied.Accounts[i] = &account
		}
	}
	if rapid.IntRange(0, 2).Draw(t, "gone") == 0 {
		k := rapid.IntRange(0, len(copied.Accounts)-1).Draw(t, "which")
		copied.Accounts = slices.Delete(copied.Accounts, k, k+1)
	}
	return before, &copied
}

// TestBuildLike: a graph that takes edges over from another one is the graph that
// is built from nothing, whichever of the two was first.
func TestBuildLike(t *testing.T) {
	taken, circles, asked := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		x, y := likeOrgs(t)
		if rapid.Bool().Draw(t, "the other way") {
			x, y = y, x
		}
		o := Options{AsOf: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
		before, err := Build(t.Context(), x, o)
		if err != nil {
			t.Fatal(err)
		}
		o.AsOf = o.AsOf.AddDate(0, rapid.IntRange(-12, 12).Draw(t, "months"), 0)
		want, err := Build(t.Context(), y, o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := BuildLike(t.Context(), y, o, func() (*Graph, Common) { return before, commonOf(x, y) })
		if err != nil {
			t.Fatal(err)
		}
		for i := range want.Len() {
			if n := NodeID(i); outOf(got, n) != outOf(want, n) {
				t.Fatalf("the edges of %s are\n%s, want\n%s", want.Node(n).ID, outOf(got, n), outOf(want, n))
			}
		}
		a, b := got.Tables(), want.Tables()
		a.Index, b.Index = nil, nil
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Fatal("the tables are not the same")
		}
		count, broad, all := takenOver(y, o, before, commonOf(x, y))
		taken, circles, asked = taken+count, circles+broad, asked+all
	})
	if taken == 0 || taken == asked || circles == 0 {
		t.Errorf("edges of %d of %d roles were taken over, %d from circles", taken, asked, circles)
	}
	t.Logf("edges of %d of %d roles were taken over, %d from circles", taken, asked, circles)
}

// commonOf compares by pointers.
func commonOf(a, b *iam.Snapshot) Common {
	c := Common{Organization: a.Organization == b.Organization, Accounts: map[string]bool{}}
	for _, x := range a.Accounts {
		c.Accounts[x.ID] = b.Account(x.ID) == x
	}
	return c
}

// takenOver counts the roles whose edges are taken over, and all.
func takenOver(s *iam.Snapshot, o Options, other *Graph, common Common) (taken, circles, all int) {
	b := newBuilder(s, o)
	if err := b.number(context.Background()); err != nil {
		panic(err)
	}
	if err := b.classify(context.Background()); err != nil {
		panic(err)
	}
	l := newLikeness(b, other, common)
	reads := &listReader{lists: &b.lists}
	for i, r := range b.roles {
		if l == nil {
			continue
		}
		if out, ok := l.edgesInto(r, &b.scans[i], reads); ok {
			taken++
			for _, e := range out {
				if e.span == spanCircle {
					circles++
				}
			}
		}
	}
	return taken, circles, len(b.roles)
}

// TestBuildLikeNothing: another organization, or a moment beyond one that a
// condition names, leaves nothing to take over.
func TestBuildLikeNothing(t *testing.T) {
	s := fixture.Org(fixture.OrgOptions{Seed: 2, Accounts: 3})
	o := Options{AsOf: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	g, err := Build(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	if taken, _, all := takenOver(s, o, g, commonOf(s, s)); taken == 0 {
		t.Errorf("nothing of %d roles is taken over from the same snapshot", all)
	}
	other := *s
	organization := *s.Organization
	other.Organization = &organization
	if taken, _, _ := takenOver(&other, o, g, commonOf(s, &other)); taken != 0 {
		t.Errorf("%d were taken over from another organization", taken)
	}
	dated := *s
	dated.Accounts = slices.Clone(s.Accounts)
	account := *s.Accounts[0]
	user := *account.Users[0]
	user.Inline = append(slices.Clone(user.Inline), &iam.Policy{Name: "dated", Document: mustParse(`{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2026-04-01T00:00:00Z"}}}]}`)})
	account.Users = append([]*iam.User{&user}, account.Users[1:]...)
	dated.Accounts[0] = &account
	before, err := Build(t.Context(), &dated, o)
	if err != nil {
		t.Fatal(err)
	}
	if taken, _, _ := takenOver(&dated, o, before, commonOf(&dated, &dated)); taken == 0 {
		t.Error("nothing is taken over at the same moment")
	}
	o.AsOf = o.AsOf.AddDate(0, 2, 0)
	if taken, _, _ := takenOver(&dated, o, before, commonOf(&dated, &dated)); taken != 0 {
		t.Errorf("%d were taken over although a condition has changed its truth", taken)
	}
}
