package graph

import (
	"testing"

	"accesspath/internal/fixture"
)

// A role that trusts its whole organization has one edge for the administrators
// of all accounts but its own, however many accounts there are (EVAL-20).
func TestCirclesStandForManyAccounts_EVAL_20(t *testing.T) {
	for _, accounts := range []int{4, 8} {
		edges, stands := 0, 0
		for seed := range uint64(6) {
			g, err := Build(t.Context(), fixture.Org(fixture.OrgOptions{Seed: seed, Accounts: accounts, Users: 4, Roles: 8, Plain: seed%2 == 0}), Options{Workers: 2})
			if err != nil {
				t.Fatal(err)
			}
			for i, head := range g.broad.head {
				edges++
				for m := range g.circleMembers(CircleID(g.broad.tail[i]), head) {
					stands++
					if g.nodes[m].Account == g.nodes[head].Account {
						t.Errorf("%s is of the account of %s", g.nodes[m].ID, g.nodes[head].ID)
					}
				}
			}
		}
		if stands <= edges {
			t.Errorf("%d accounts: %d edges of circles stand for %d edges", accounts, edges, stands)
		}
		t.Logf("%d accounts: %d edges of circles stand for %d edges", accounts, edges, stands)
	}
}
