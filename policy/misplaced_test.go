package policy

import (
	"slices"
	"testing"
)

// What a statement may have hangs on what its document is attached as.
func TestMisplaced(t *testing.T) {
	const everyone, me = `,"Principal":"*"`, `,"Principal":{"AWS":"111111111111"}`
	const deny, noResource = `"Effect":"Deny","Action":"*","Resource":"*"`, `"Effect":"Allow","Action":"*"`
	for _, c := range []struct {
		name, members string
		use           Use
		want          []string
	}{
		{"GRAM-08 in order", readAll, UseIdentity, nil},
		{"GRAM-08 no resource", noResource, UseIdentity, []string{"missing-resource"}},
		{"GRAM-08 principal", readAll + everyone, UseIdentity, []string{"misplaced-principal"}},
		{"GRAM-08 both", noResource + everyone, UseIdentity, []string{"missing-resource", "misplaced-principal"}},
		{"GRAM-08 principal in a Deny", deny + everyone, UseIdentity, []string{"misplaced-principal"}},
		{"GRAM-09 no resource", noResource + me, UseResource, nil},
		{"GRAM-11 no principal", readAll, UseResource, []string{"missing-principal"}},
		{"GRAM-11 no principal in a trust policy", noResource, UseTrust, []string{"missing-principal"}},
		{"GRAM-10 in order", noResource + me, UseTrust, nil},
		{"GRAM-10 resource", readAll + me, UseTrust, []string{"misplaced-resource"}},
		{"GRAM-10 not-resource", noResource + me + `,"NotResource":"*"`, UseTrust, []string{"misplaced-resource"}},
		{"GRAM-10 not-principal", noResource + `,"NotPrincipal":{"AWS":"111111111111"}`, UseTrust, []string{"misplaced-principal"}},
		{"GRAM-21 in order", deny + everyone, UseRCP, nil},
		{"GRAM-21 full access", `"Effect":"Allow","Action":"*","Resource":"*"` + everyone, UseRCP, nil},
		{"GRAM-21 allow", readAll + everyone, UseRCP, []string{"misplaced-in-rcp"}},
		{"GRAM-21 somebody", deny + me, UseRCP, []string{"misplaced-in-rcp"}},
		{"GRAM-21 not-principal", deny + `,"NotPrincipal":"*"`, UseRCP, []string{"misplaced-in-rcp"}},
		{"GRAM-21 not-action", `"Effect":"Deny","NotAction":"s3:*","Resource":"*"` + everyone, UseRCP, []string{"misplaced-in-rcp"}},
		{"GRAM-21 no resource", `"Effect":"Deny","Action":"*"` + everyone, UseRCP, []string{"misplaced-in-rcp"}},
		{"GRAM-15 both readings are told of once", `"Effect":"Allow","Action":"s3:*","Action":"*"`, UseIdentity, []string{"missing-resource"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, p := range mustParse(t, statementJSON(c.members)).Misplaced(c.use) {
				if got = append(got, p.Code); p.Message == "" || p.Statement != 0 {
					t.Errorf("%+v, want a message about the first statement", p)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
