package query

import (
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/policy"
)

// withBelow lists a resource and what lies under it, as its policy names that: an alias
// of a function, the indexes of a table, what a domain serves. Such a policy is often
// about nothing else. Entries may be patterns. Objects of buckets are not listed:
// questions about buckets ask about them anyway.
func withBelow(r *iam.Resource) []string {
	out := []string{r.ARN}
	if r.Policy == nil || r.Policy.Document == nil || isBucket(r.ARN) {
		return out
	}
	for i := range r.Policy.Document.Statements {
		s := &r.Policy.Document.Statements[i]
		if s.Effect != policy.Allow {
			continue
		}
		for _, p := range s.Resource {
			rest, ok := strings.CutPrefix(p.String(), r.ARN)
			if ok && len(rest) > 1 && strings.ContainsAny(rest[:1], ":/") && !p.Variable() && !slices.Contains(out, p.String()) {
				out = append(out, p.String())
			}
		}
	}
	return out
}
