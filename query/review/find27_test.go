package review

import (
	"testing"

	"accesspath/iam"
)

// withProvider adds an OpenID Connect provider with clients.
func withProvider(issuer string, clients ...string) func(*iam.Snapshot) {
	return withAccount(func(a *iam.Account) {
		a.Coverage[iam.SectionOIDC] = iam.Present
		a.OIDC = append(a.OIDC, &iam.OIDCProvider{ARN: "arn:aws:iam::111111111111:oidc-provider/" + issuer, URL: issuer, ClientIDs: clients, ClientsKnown: clients != nil})
	})
}

func TestFIND27AnyAudience(t *testing.T) {
	const issuer, subject = "idp.example.com", `"StringEquals": {"idp.example.com:sub": "x"}`
	testRule(t, "FIND-27", []ruleCase{
		{name: "two clients", scene: oidcRole(issuer, subject), edit: withProvider(issuer, "app", "tool"), want: []string{"high role/r (oidc-provider/idp.example.com)"}},
		{name: "one client", scene: oidcRole(issuer, subject), edit: withProvider(issuer, "app")},
		{name: "audience named", scene: oidcRole(issuer, `"StringEquals": {"idp.example.com:aud": "app"}`), edit: withProvider(issuer, "app", "tool")},
		{name: "any audience", scene: oidcRole(issuer, subject+`, "StringLike": {"idp.example.com:aud": "*"}`), edit: withProvider(issuer, "app", "tool"), want: []string{"high role/r (oidc-provider/idp.example.com)"}},
		{name: "any audience but one", scene: oidcRole(issuer, subject+`, "StringNotEquals": {"idp.example.com:aud": "x"}`), edit: withProvider(issuer, "app", "tool"), want: []string{"high role/r (oidc-provider/idp.example.com)"}},
		{name: "party named", scene: oidcRole(issuer, subject+`, "StringLike": {"idp.example.com:azp": "app*"}`), edit: withProvider(issuer, "app", "tool")},
		{name: "clients unknown", scene: oidcRole(issuer, subject), edit: withProvider(issuer), missing: []string{"the clients of OpenID Connect providers"}},
		{name: "providers unknown", scene: oidcRole(issuer, subject), missing: []string{"the OpenID Connect providers of the account"}},
	})
}
