package query_test

import (
	"slices"
	"testing"

	"accesspath/policy"
	"accesspath/policy/catalog"
)

// The evaluator and the catalogue each carry the services that RCPs act on.
func TestRCPServices_ORG_11(t *testing.T) {
	var want []string
	for _, s := range catalog.Services() {
		if catalog.RCPSupported(s) {
			want = append(want, s)
		}
	}
	slices.Sort(want)
	if got := policy.RCPServices(); !slices.Equal(got, want) {
		t.Errorf("evaluator %v\ncatalogue %v", got, want)
	}
}
