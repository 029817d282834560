package review

import (
	"testing"
	"time"

	"accesspath/iam"
)

func TestFIND57OldCredential(t *testing.T) {
	known := cover(iam.SectionCertificates)
	ssh := func(age int, active bool) func(*iam.Snapshot) {
		return edits(known, withUser(func(_ *iam.User, c *iam.Credentials) {
			c.SSH, c.SSHKeys = iam.Present, []iam.Certificate{{ID: "APKA1", Active: active, Created: ago(age)}}
		}))
	}
	server := func(expires time.Time) func(*iam.Snapshot) {
		return edits(known, withUser(func(*iam.User, *iam.Credentials) {}), withAccount(func(a *iam.Account) {
			a.Certificates = []iam.Certificate{{ID: "ASCA1", Name: "www", Expires: expires}}
		}))
	}
	testRule(t, "FIND-57", []ruleCase{
		{name: "SSH key", scene: user("u"), edit: ssh(91, true), want: []string{"low user/u"}},
		{name: "young", scene: user("u"), edit: ssh(10, true)},
		{name: "inactive", scene: user("u"), edit: ssh(91, false)},
		{name: "server certificate", scene: user("u"), edit: server(ago(1)), want: []string{"low A (server certificate www)"}},
		{name: "server certificate that is valid", scene: user("u"), edit: server(ago(-1))},
		{name: "old server certificate that is valid", scene: user("u"), edit: edits(server(ago(-1000)), withAccount(func(a *iam.Account) { a.Certificates[0].Created = ago(399) })), want: []string{"low A (server certificate www)"}},
		{name: "server certificate of a year", scene: user("u"), edit: edits(server(ago(-30)), withAccount(func(a *iam.Account) { a.Certificates[0].Created = ago(360) }))},
		{name: "unknown", scene: user("u"), missing: []string{"the certificates, SSH keys and service-specific credentials of users", "the server certificates of the account"}},
	})
}
