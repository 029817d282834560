package catalog_test

import (
	"strings"
	"testing"

	"accesspath/policy"
	"accesspath/policy/catalog"
)

// ACTM-01, ACTM-02: what Expand lists is what the policy language matches.
func FuzzExpand(f *testing.F) {
	for _, pattern := range []string{"s3:Get*", "*", "*:*", "iam:*Role", "st?:Assume*", "S3:getobject", "s3:*t*A?l", "s3:", ":", "", "s3:**", "s3:Get\xff*"} {
		f.Add(pattern)
	}
	all := catalog.Expand("*")
	f.Fuzz(func(t *testing.T, pattern string) {
		prefix, _, ok := strings.Cut(pattern, ":")
		if !ok && pattern != "*" || strings.ContainsAny(prefix, "*?") && len(prefix) > 1 {
			catalog.Expand(pattern)
			return // a matter of reading (ACTM-05), not of matching
		}
		found := map[string]bool{}
		for _, action := range catalog.Expand(pattern) {
			found[action] = true
		}
		compiled := policy.CompileAction(pattern)
		for _, action := range all {
			if want := compiled.Match(strings.ToLower(action)); found[action] != want {
				t.Fatalf("Expand(%q) has %s: %v, the policy language matches it: %v", pattern, action, found[action], want)
			}
		}
		catalog.Suggest(pattern)
	})
}
