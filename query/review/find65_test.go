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
	testRule(t, "FIND-65", []ruleCase{
		{name: "neither", scene: scene{top: organization}, want: []string{"medium " + rcp, "medium " + scp}},
		{name: "SCP attached", scene: scene{top: attach("scps")}, want: []string{"medium " + rcp}},
		{name: "RCP attached", scene: scene{top: attach("rcps")}, want: []string{"medium " + scp}},
		{name: "ORG-15 attached and turned off", scene: scene{top: off}, want: []string{"medium " + rcp, "medium " + scp}},
		{name: "attachments unknown", scene: scene{top: unread}, want: []string{"medium " + scp}, missing: []string{"the resource control policies of the organization"}},
		{name: "no organization", scene: scene{}, missing: []string{"the organization and its policies"}},
	})
}
