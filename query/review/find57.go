package review

import (
	"slices"
	"strings"
	"time"

	"accesspath/iam"
)

// oldCredential is FIND-57.
func oldCredential() Rule {
	return Rule{ID: "FIND-57", Doc: Doc{
		Title:       "Old or expired further credential",
		Why:         "SSH keys for CodeCommit, passwords of single services and certificates are forgotten more easily than access keys, and are as good to sign in with. An expired server certificate breaks whatever still uses it.",
		Severity:    Low,
		Remediation: "Replace what is in use, and delete the rest.",
		References:  []string{"CIS AWS Foundations Benchmark: Ensure that all expired SSL/TLS certificates stored in AWS IAM are removed", "AWS IAM User Guide: Use IAM with CodeCommit"},
		Since:       "0.2",
		Wants:       []Need{NeedOldKinds, NeedCertificates},
	}, check: checkOldCredentials}
}

// certificateLife is how long browsers take a public server certificate for good after it
// was issued: one that is older was not renewed since.
const certificateLife = 398 * 24 * time.Hour

func checkOldCredentials(p *pass) []Finding {
	out := p.eachHolder(func(_ *iam.Account, _ *iam.User, c *iam.Credentials) (Finding, bool) {
		var parts []string
		for _, kind := range []struct {
			name string
			list []iam.Certificate
		}{{"SSH key", c.SSHKeys}, {"service-specific credential", c.Passwords}, {"signing certificate", c.Certificates}} {
			for _, k := range kind.list {
				if k.Active && p.before(k.Created, p.o.KeyAge) {
					parts = append(parts, kind.name+" "+k.ID+" dates from "+date(k.Created))
				}
			}
		}
		return says("%s; the limit is %s", strings.Join(parts, "; "), count(days(p.o.KeyAge), "day")), len(parts) > 0
	})
	for a := range p.accounts() {
		for _, c := range a.Certificates {
			f := Finding{}
			switch {
			case !c.Expires.IsZero() && !c.Expires.After(p.asOf):
				f = says("the server certificate expired on %s", date(c.Expires))
			case p.before(c.Created, certificateLife):
				f = says("the server certificate dates from %s; public ones are valid for %s at most", date(c.Created), count(days(certificateLife), "day"))
			}
			if f.Text != "" {
				f.Subject, f.About, f.Account, f.Evidence = a.ID, "server certificate "+c.Name, a.ID, accountFact("server certificate "+c.Name, iam.Origin{})
				out = append(out, f)
			}
		}
	}
	return slices.Clip(out)
}
