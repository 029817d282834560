package escalate_test

import (
	"slices"
	"testing"

	"accesspath/internal/fixture"
)

// TestIDC07WritersReachEveryAccount: whoever writes Identity Center from the
// account that administers it reaches every account that has a role of the
// permission set; from any other account nobody does.
func TestIDC07WritersReachEveryAccount(t *testing.T) {
	t.Run("IDC-07/from the administering account", func(t *testing.T) {
		const name = "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef"
		for _, actions := range []string{"sso:CreateAccountAssignment", "identitystore:CreateGroupMembership"} {
			_, f := find(t, &wayCase{world: `
				add: A:` + name + ` B:` + name + `
				id(M:user/a): +[` + actions + `,identitystore:CreateUser]@*
				id(u): +[` + actions + `,identitystore:CreateUser]@*`})
			got := map[string][]string{}
			for e := range f.Graph.AllEscalations() {
				if e.Rule != "ESC-30" {
					continue
				}
				to := f.Graph.Node(e.To)
				if to.Supposed != nil {
					to = f.Graph.Node(to.Supposed.Base)
				}
				from := fixture.Short(f.Graph.Node(e.From).ID)
				got[from] = append(got[from], fixture.Short(to.ID))
			}
			for _, account := range []string{"A:", "B:"} {
				if !slices.Contains(got["M:user/a"], account+name) {
					t.Errorf("%s: the management account's user does not reach %s%s; reached %v", actions, account, name, got["M:user/a"])
				}
			}
			if len(got["u"]) > 0 {
				t.Errorf("%s: a member's user reaches %v", actions, got["u"])
			}
		}
	})
}
