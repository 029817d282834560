package ingest

import (
	"testing"

	"accesspath/iam"
)

func TestIN26Cognito(t *testing.T) {
	const (
		pool  = `{"IdentityPoolId":"eu-west-1:p","IdentityPoolName":"app","AllowUnauthenticatedIdentities":true,"AllowClassicFlow":false,"CognitoIdentityProviders":[{"ProviderName":"x"}],"IdentityPoolTags":{}}`
		roles = `{"IdentityPoolId":"eu-west-1:p","Roles":{"authenticated":"arn:aws:iam::111111111111:role/in","unauthenticated":"arn:aws:iam::111111111111:role/guest"},"RoleMappings":{"x":{"Type":"Token"}}}`
		list  = `{"IdentityPools":[{"IdentityPoolId":"eu-west-1:p","IdentityPoolName":"app"}]}`
	)
	s := load(t, "1.json", pool, "2.json", roles, "3.json", list)
	a := only(t, s)
	if len(a.Pools) != 1 {
		t.Fatalf("%+v %v", a.Pools, s.Diagnostics)
	}
	p := a.Pools[0]
	if p.ID != "eu-west-1:p" || p.Name != "app" || p.Unauthenticated != iam.Present || p.Classic != iam.KnownEmpty || !p.RolesKnown ||
		p.GuestRole != "arn:aws:iam::111111111111:role/guest" || p.SignedInRole != "arn:aws:iam::111111111111:role/in" || p.Account != "111111111111" {
		t.Errorf("%+v", p)
	}
	for _, files := range [][]string{{"1.json", pool}, {"2.json", roles}, {"3.json", list}} {
		wantNo(t, load(t, append(files, "people.json", people)...), "unrecognized")
	}
	s = load(t, "1.json", `{"AccountId":"111111111111","IdentityPoolId":"eu-west-1:p","IdentityPoolName":"app","AllowUnauthenticatedIdentities":false}`)
	if p := only(t, s).Pools[0]; p.Unauthenticated != iam.KnownEmpty || p.Classic != iam.KnownEmpty || p.RolesKnown {
		t.Errorf("AWS leaves out what is false: %+v", p)
	}
	s = load(t, "1.json", `{"AccountId":"111111111111","IdentityPoolId":"eu-west-1:p"}`)
	if p := only(t, s).Pools[0]; !p.RolesKnown || p.GuestRole != "" || p.Unauthenticated != iam.Unknown {
		t.Errorf("a pool without roles: %+v", p)
	}
}

func TestIN27RolesAnywhere(t *testing.T) {
	const (
		anchor  = "arn:aws:rolesanywhere:eu-west-1:111111111111:trust-anchor/t"
		profile = "arn:aws:rolesanywhere:eu-west-1:111111111111:profile/p"
	)
	s := load(t,
		"1.json", `{"trustAnchors":[{"trustAnchorId":"t","trustAnchorArn":"`+anchor+`","name":"ca","enabled":true,"source":{"sourceType":"CERTIFICATE_BUNDLE","sourceData":{"x509CertificateData":"x"}}}]}`,
		"2.json", `{"profiles":[{"profileId":"p","profileArn":"`+profile+`","name":"ci","enabled":false,"roleArns":["arn:aws:iam::111111111111:role/r"],"managedPolicyArns":["arn:aws:iam::aws:policy/ReadOnlyAccess"],"sessionPolicy":`+quote(readDoc)+`}]}`)
	a := only(t, s)
	if len(a.Anchors) != 1 || a.Anchors[0].ARN != anchor || !a.Anchors[0].Enabled || a.Anchors[0].Name != "ca" {
		t.Errorf("%+v", a.Anchors)
	}
	if len(a.Profiles) != 1 {
		t.Fatalf("%+v %v", a.Profiles, s.Diagnostics)
	}
	p := a.Profiles[0]
	if p.ARN != profile || p.Enabled || p.Name != "ci" || len(p.Roles) != 1 || len(p.ManagedPolicies) != 1 {
		t.Errorf("%+v", p)
	}
	allows(t, p.SessionPolicy, "s3:GetObject")
	wantNo(t, s, "unrecognized")
	s = load(t, "1.json", `{"trustAnchor":{"trustAnchorArn":"`+anchor+`","enabled":false}}`, "2.json", `{"profile":{"profileArn":"`+profile+`","enabled":true,"roleArns":[]}}`)
	if a := only(t, s); len(a.Anchors) != 1 || len(a.Profiles) != 1 || !a.Profiles[0].Enabled || a.Profiles[0].SessionPolicy != nil {
		t.Errorf("%+v %+v", a.Anchors, a.Profiles)
	}
	s = load(t, "a.json", roles(role("r")), "1.json", `{"profiles":[{"name":"somebody else's"}]}`)
	if a := only(t, s); len(a.Profiles) != 0 {
		t.Errorf("%+v", a.Profiles)
	}
}
