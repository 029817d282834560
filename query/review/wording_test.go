package review

import (
	"testing"

	"accesspath/query"
)

// SYM-10: a finding says how many alternatives it does not list.
func TestSYM10Alternatives(t *testing.T) {
	mfa, key := query.Requirement{Text: "MFA"}, query.Requirement{Text: "external ID “x”"}
	for _, c := range []struct {
		list []query.Requirement
		want string
	}{
		{[]query.Requirement{mfa, key}, "MFA and external ID “x”"},
		{[]query.Requirement{{AnyOf: []query.Requirement{mfa, key}}}, "one of (MFA; external ID “x”)"},
		{[]query.Requirement{mfa, {AnyOf: []query.Requirement{mfa, key}, Text: "and 3 other ways"}}, "MFA and one of (MFA; external ID “x”; and 3 other ways)"},
	} {
		if got := requirementsText(c.list); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}
