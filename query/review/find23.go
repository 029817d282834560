package review

import (
	"fmt"

	"accesspath/policy"
)

// noExternalID is FIND-23.
func noExternalID() Rule {
	return Rule{ID: "FIND-23", Doc: Doc{
		Title:       "Third party is trusted without an external id",
		Why:         "A third party uses one account of its own for all its customers. Without an external id one customer can make it use another's role: it is a confused deputy.",
		Severity:    High,
		Reach:       true,
		Remediation: "Require sts:ExternalId with a value that the third party chose for this customer alone, and that cannot be guessed.",
		References:  []string{"AWS IAM User Guide: The confused deputy problem", "AWS IAM User Guide: Access to AWS accounts owned by third parties"},
		Since:       "0.1",
		Needs:       []Need{NeedRoles},
	}, check: checkExternalID}
}

func checkExternalID(p *pass) []Finding {
	return p.eachTrusted(func(e *trusted) (Finding, bool) {
		if e.relation != ThirdParty && e.relation != Outside && e.relation != Unknown || !withoutExternalID(e.requires) {
			return Finding{}, false
		}
		f := e.finding()
		f.Text = fmt.Sprintf("account %s can assume the role without a particular external id", p.accountName(e.account))
		if e.relation != ThirdParty {
			f.Severity, f.Confidence = Medium, Probable
			f.Text += "; nobody declared whose account it is"
		}
		return f, true
	})
}

// withoutExternalID reports whether some way in needs no external id, or takes
// any.
func withoutExternalID(ways []policy.Requirement) bool {
	const key = "sts:externalid"
	for _, r := range ways {
		for _, v := range []policy.Value{policy.NotThere(), policy.Is("accesspath-probe-7f3a")} {
			if possible(withKey(r, key, v)) {
				return true
			}
		}
	}
	return false
}
