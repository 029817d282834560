package query_test

import (
	"fmt"
	"strings"
	"testing"

	"accesspath/query"
)

// TestLargeRequirement: access that needs an address stays under that condition, however
// many denies there are that the caller can avoid by a choice of its own (SYM-13).
func TestLargeRequirement(t *testing.T) {
	var world strings.Builder
	world.WriteString("id(u): +s3:GetObject@b/* ?{IpAddress aws:SourceIp=203.0.113.0/24} ; +s3:GetObject@b/* ?{IpAddress aws:VpcSourceIp=192.0.2.0/24}")
	for i := range 13 {
		fmt.Fprintf(&world, " ; -s3:GetObject@* ?{StringEquals aws:Referer=v%d, StringEquals aws:UserAgent=w%d}", i, i)
	}
	a := newCaseWorld(t, world.String()).can(t, "u", "s3:GetObject", "b/x")
	if a.Verdict != query.VerdictAllowIf {
		t.Errorf("%s", caseObserve(a))
	}
}
