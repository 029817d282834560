package review

import "testing"

func TestFIND62ApplicationUser(t *testing.T) {
	s := func(userName, roleName string) scene {
		return scene{users: []string{entity("user/" + userName)}, roles: []string{role(roleName, toEC2)}}
	}
	testRule(t, "FIND-62", []ruleCase{
		{name: "same application", scene: s("billing-app", "BillingServiceRole"), want: []string{"info user/billing-app"}},
		{name: "another application", scene: s("billing-app", "ShippingRole")},
		{name: "a person", scene: s("billing", "BillingRole")},
		{name: "role for people", scene: scene{users: []string{entity("user/billing-app")}, roles: []string{role("BillingRole", assumable(`{"AWS": "arn:aws:iam::A:root"}`, ""))}}},
	})
}
