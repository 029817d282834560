package escalate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"accesspath/iam"
)

// The tags that its own policies ask for come first, however many others do; what is
// not tried for want of room is told.
func TestManyTags_ESC_29(t *testing.T) {
	var w strings.Builder
	w.WriteString("id(u): +iam:TagUser@u ; +s3:*@* ?{StringEquals aws:PrincipalTag/own=red}")
	for i := range 100 {
		fmt.Fprintf(&w, "\ntp(A:role/t%d): P=u ?{StringEquals aws:PrincipalTag/k%d=v}", i, i)
	}
	_, f := find(t, &wayCase{world: w.String()})
	if !f.Cut {
		t.Error("a hundred tags and nothing is cut")
	}
	if got := ways(f); !slices.Contains(got, "u tag-user u+ ALLOW") {
		t.Errorf("no tag-user among %v", got)
	}
	labels := 0
	for e := range f.Graph.AllEscalations() {
		if to := f.Graph.Node(e.To); e.Entry == "tag-user" && slices.ContainsFunc(to.User.Tags, func(tag iam.Tag) bool { return tag.Key == "own" }) {
			labels++
		}
	}
	if labels == 0 {
		t.Error("the tag that its own policy asks for was not given")
	}
}

// Whom a policy names is looked at once each, however many they are.
func TestTagAskedOfManyNames_ESC_29(t *testing.T) {
	names := make([]string, 20_000)
	for i := range names {
		names[i] = fmt.Sprintf("A:user/team/%05d", i)
	}
	world := "id(u): +iam:TagUser@u\nrp(b): +s3:GetObject@b/* P=[" + strings.Join(names, ",") + ",u] ?{StringEquals aws:PrincipalTag/team=red}"
	_, f := find(t, &wayCase{world: world})
	if got := ways(f); !slices.Contains(got, "u tag-user u+ ALLOW") {
		t.Errorf("no tag-user among %v", got)
	}
}
