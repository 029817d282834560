package query

import (
	"strings"

	"accesspath/graph"
	"accesspath/policy"
)

// baseline is what every answer takes a request to be (SYM-11): condition keys with
// their value, "any" where all are possible, "asOf" the time that the answer says.
var baseline = [...]struct{ key, value string }{
	{"aws:CurrentTime", "asOf"}, {"aws:SecureTransport", "true"}, {"aws:ViaAWSService", "false"}, {"aws:RequestedRegion", "any"}, {"aws:UserAgent", "any"},
}

// Assumes lists what answers from a model assume of requests beyond what the user said of
// them (SYM-11): KEY=VALUE for condition keys, and the policies that nobody passes.
func Assumes(m *graph.Model) []string {
	var out []string
	for _, b := range baseline {
		if o := m.Options.Overrides; o != nil && o.Lookup(strings.ToLower(b.key)).Knowledge != policy.Unknown {
			continue // it is said, and in the question
		}
		out = append(out, b.key+"="+b.value)
	}
	return append(out, "VPC endpoint policy=none", "session policy=none")
}
