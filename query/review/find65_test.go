package review

import (
	"strings"
	"testing"
)

func TestFIND65Guardrails(t *testing.T) {
	const scp, rcp = "o-ex (service control policies)", "o-ex (resource control policies)"
	deny := `{"name": "trail", "document": ` + doc(`"Effect": "Deny", "Action": "cloudtrail:StopLogging", "Resource": "*"`) + `}`
	attach := func(kind string) string {
		return strings.Replace(organization, `"`+kind+`": [`, `"`+kind+`": [`+deny+`, `, 1)
	}
	off := strings.Replace(attach("scps"), `"serviceControlPolicies": "present"`, `"serviceControlPolicies": "known-empty"`, 1)
	unread := strings.ReplaceAll(organization, `, "rcps": ["p-RCPFullAWSAccess"]`, "")
	inline := func(statements string) string { return `{"name": "own", "document": ` + doc(statements) + `}` }
	// at attaches service control policies to the account of a name, besides or in place of the one that allows everything.
	at := func(account, policies string) string {
		return strings.Replace(organization, `{"id": "`+account+`", "scps": ["p-FullAWSAccess"]`, `{"id": "`+account+`", "scps": [`+policies+`]`, 1)
	}
	const some, everything = `"Effect": "Allow", "Action": "s3:*", "Resource": "*"`, `"Effect": "Allow", "Action": "*", "Resource": "*"`
	testRule(t, "FIND-65", []ruleCase{
		{name: "ORG-04 SCP of the management account", scene: scene{top: at("M", `"p-FullAWSAccess", `+deny)}, want: []string{"medium " + rcp, "medium " + scp}},
		{name: "SCP of a member", scene: scene{top: at("A", `"p-FullAWSAccess", `+deny)}, want: []string{"medium " + rcp}},
		{name: "ORG-01 allow list", scene: scene{top: at("A", inline(some))}, want: []string{"medium " + rcp}},
		{name: "ORG-01 allow list besides full access", scene: scene{top: at("A", `"p-FullAWSAccess", `+inline(some))}, want: []string{"medium " + rcp, "medium " + scp}},
		{name: "ORG-01 full access said twice", scene: scene{top: at("A", inline(everything+"}, {"+some))}, want: []string{"medium " + rcp, "medium " + scp}},
		{name: "neither", scene: scene{top: organization}, want: []string{"medium " + rcp, "medium " + scp}},
		{name: "SCP attached", scene: scene{top: attach("scps")}, want: []string{"medium " + rcp}},
		{name: "RCP attached", scene: scene{top: attach("rcps")}, want: []string{"medium " + scp}},
		{name: "ORG-15 attached and turned off", scene: scene{top: off}, want: []string{"medium " + rcp, "medium " + scp}},
		{name: "attachments unknown", scene: scene{top: unread}, want: []string{"medium " + scp}, missing: []string{"the resource control policies of the organization"}},
		{name: "no organization", scene: scene{}, missing: []string{"the organization and its policies"}},
	})
}
