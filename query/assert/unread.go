package assert

import (
	"fmt"
	"slices"

	"accesspath/iam"
)

// notRead says which inputs are missing in part or as a whole, so that it proves
// nothing that somebody is not there (GAAD-08, QRY-24).
func notRead(s *iam.Snapshot) []string {
	var out []string
	for _, file := range s.LostFiles() {
		out = append(out, fmt.Sprintf("the input %s was not read as a whole", file))
	}
	for _, a := range s.Accounts {
		// Where Terraform or CloudFormation is all there is, that is known beforehand,
		// and the check is about what they state.
		stated := func(d iam.Diagnostic) bool { return d.Code == "managed-only" && d.Entity == a.ID }
		if a.Incomplete && !slices.ContainsFunc(s.Diagnostics, stated) {
			out = append(out, fmt.Sprintf("the export of account %s was cut short", a.ID))
		}
	}
	return out
}
