package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND31Providers(t *testing.T) {
	r := oidcRole("idp.example.com", `"StringEquals": {"idp.example.com:sub": "x"}`)
	elsewhere := scene{roles: []string{role("r", `"Effect": "Allow", "Action": "sts:AssumeRoleWithSAML", "Principal": {"Federated": "arn:aws:iam::B:saml-provider/okta"}`)}}
	testRule(t, "FIND-31", []ruleCase{
		{name: "FED-04 missing", scene: r, edit: cover(iam.SectionOIDC), want: []string{"medium role/r (oidc-provider/idp.example.com)"}},
		{name: "FED-02 of another account", scene: elsewhere, edit: cover(iam.SectionSAML), want: []string{"medium role/r (arn:aws:iam::B:saml-provider/okta)"}},
		{name: "there", scene: r, edit: withProvider("idp.example.com", "app")},
		{name: "built in", scene: cognitoRole(poolCondition(""), allowS3), edit: cover(iam.SectionOIDC)},
		{name: "not trusted", scene: scene{}, edit: withProvider("idp.example.com", "app"), want: []string{"low oidc-provider/idp.example.com"}},
		{name: "unknown", scene: r, missing: []string{"the OpenID Connect providers of the account"}},
	})
}
