package review

import "testing"

func TestFIND67CloudShell(t *testing.T) {
	g := func(attachment string) scene { return scene{groups: []string{entity("group/g", attachment)}} }
	testRule(t, "FIND-67", []ruleCase{
		{name: "attached", scene: g(`"attached": [{"arn": "arn:aws:iam::aws:policy/AWSCloudShellFullAccess"}]`), want: []string{"low group/g"}},
		{name: "another policy", scene: g(`"attached": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]`)},
		{name: "own policy of that name", scene: scene{groups: []string{entity("group/g", attached("AWSCloudShellFullAccess"))}, policies: []string{customerPolicy("AWSCloudShellFullAccess", allowS3)}}},
	})
}
