package review

import "testing"

func TestFIND62ApplicationUser(t *testing.T) {
	s := func(userName, roleName string) scene {
		return scene{users: []string{entity("user/" + userName)}, roles: []string{role(roleName, toEC2)}}
	}
	testRule(t, "FIND-62", []ruleCase{
		{name: "same application", scene: s("billing-app", "BillingServiceRole"), want: []string{"info user/billing-app"}},
		{name: "a pipeline that signs in with OpenID Connect", scene: scene{users: []string{entity("user/github-release")}, roles: []string{role("github-release-role", `"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": "arn:aws:iam::A:oidc-provider/token.actions.githubusercontent.com"}`)}}, want: []string{"info user/github-release"}},
		{name: "people who sign in with SAML", scene: scene{users: []string{entity("user/github-release")}, roles: []string{role("github-release-role", `"Effect": "Allow", "Action": "sts:AssumeRoleWithSAML", "Principal": {"Federated": "arn:aws:iam::A:saml-provider/x"}`)}}},
		{name: "another application", scene: s("billing-app", "ShippingRole")},
		{name: "a person", scene: s("billing", "BillingRole")},
		{name: "role for people", scene: scene{users: []string{entity("user/billing-app")}, roles: []string{role("BillingRole", assumable(`{"AWS": "arn:aws:iam::A:root"}`, ""))}}},
	})
}
