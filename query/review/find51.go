package review

import (
	"slices"
	"strings"

	"accesspath/iam"
)

// oldMetadata is FIND-51.
func oldMetadata() Rule {
	return Rule{ID: "FIND-51", Doc: Doc{
		Title:       "Instance hands out its role's credentials without a token",
		Why:         "Version 1 of the instance metadata service answers a plain GET. A program on the instance that fetches addresses given by strangers, such as a proxy, then hands them the session of the role.",
		Severity:    Medium,
		Remediation: "Require tokens (IMDSv2) on the instance and in the launch template.",
		References:  []string{"Amazon EC2 User Guide: Configure the instance metadata options"},
		Since:       "0.2",
		Needs:       []Need{NeedCompute},
		Wants:       []Need{NeedMetadata},
	}, check: checkOldMetadata}
}

func isInstance(c *iam.Compute) bool {
	return strings.HasPrefix(c.Kind, "ec2:") || c.Service == "ec2.amazonaws.com"
}

func checkOldMetadata(p *pass) []Finding {
	var out []Finding
	for _, a := range p.s.Accounts {
		if len(a.Compute) == 0 && !p.has(a) {
			continue
		}
		for _, c := range a.Compute {
			if c.IMDSv1 != iam.Present || len(c.Roles) == 0 && c.InstanceProfile == "" {
				continue
			}
			f := Finding{Subject: c.ARN, Account: a.ID, Evidence: accountFact(c.ARN, c.Origin)}
			if len(c.Roles) > 0 {
				f.Text, f.rights = "whoever makes a program on it fetch an address gets a session of "+some(c.Roles), p.strongest(c.Roles)
			} else { // SVC-03
				f.Text, f.Confidence = "whoever makes a program on it fetch an address gets a session of the role in "+c.InstanceProfile+", which was not read", Probable
			}
			if c.Running == iam.KnownEmpty {
				f.Text += "; it is stopped at present"
			}
			out = append(out, f)
		}
	}
	return out
}

// strongest picks the administrator of some roles, else the first.
func (p *pass) strongest(roles []string) string {
	if i := slices.IndexFunc(roles, p.isAdmin); i >= 0 {
		return roles[i]
	}
	return roles[0]
}
