package query_test

import (
	"slices"
	"testing"

	"accesspath/graph"
	"accesspath/policy"
	"accesspath/query"
)

// TestAssumes: answers say what they rest on, but for what the user said (SYM-11).
func TestAssumes_SYM_11(t *testing.T) {
	w := newCaseWorld(t, "id(u): +s3:GetObject@b/*")
	want := []string{"aws:CurrentTime=asOf", "aws:SecureTransport=true", "aws:ViaAWSService=false", "aws:RequestedRegion=any", "aws:UserAgent=any", "VPC endpoint policy=none", "session policy=none"}
	if got := w.whoCan(t, "s3:GetObject", "b/x").Assumes; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	g, err := graph.Build(t.Context(), w.snapshot, graph.Options{AsOf: caseTime, Overrides: policy.MapContext{"aws:securetransport": policy.Is("false"), "aws:requestedregion": policy.NotThere()}})
	if err != nil {
		t.Fatal(err)
	}
	want = slices.DeleteFunc(want, func(s string) bool { return s == "aws:SecureTransport=true" || s == "aws:RequestedRegion=any" })
	if got := query.Assumes(g.Model); !slices.Equal(got, want) {
		t.Errorf("with overrides: %q", got)
	}
}
