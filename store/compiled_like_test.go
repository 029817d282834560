package store

import (
	"fmt"
	"slices"
	"testing"

	"accesspath/graph"
)

// TestCompiledLike: a graph that takes edges over from a form is the graph that is
// built from nothing, and nodes that have no record tell what they are.
func TestCompiledLike(t *testing.T) {
	for name, before := range compiledSnapshots(t) {
		t.Run(name, func(t *testing.T) {
			c := compiledOf(t, before)
			form := c.open(t)
			after := *before
			after.Accounts = slices.Clone(before.Accounts)
			common := graph.Common{Organization: true, Accounts: map[string]bool{}}
			for i, a := range after.Accounts {
				if common.Accounts[a.ID] = i != 0 || len(a.Roles) == 0; !common.Accounts[a.ID] {
					account, role := *a, *a.Roles[0]
					account.Roles = slices.Clone(a.Roles)
					role.Trust = a.Roles[len(a.Roles)-1].Trust
					account.Roles[0] = &role
					after.Accounts[i] = &account
				}
			}
			o := form.Graph.Model.Options
			want, err := graph.Build(t.Context(), &after, o)
			if err != nil {
				t.Fatal(err)
			}
			got, err := graph.BuildLike(t.Context(), &after, o, func() (*graph.Graph, graph.Common) { return form.Graph, common })
			if err != nil || form.Err() != nil {
				t.Fatal(err, form.Err())
			}
			a, b := got.Tables(), want.Tables()
			a.Index, b.Index = nil, nil
			if fmt.Sprint(a) != fmt.Sprint(b) {
				t.Error("the tables are not the same")
			}
			for i := range form.Graph.Len() {
				n := form.Graph.Node(graph.NodeID(i))
				if kind, ok := form.tables.Plain(graph.NodeID(i)); ok && (n.Kind != kind || n.Service != "" || n.Limit != nil) {
					t.Errorf("%s counts as a plain %s", n.ID, kind)
				}
			}
		})
	}
}
