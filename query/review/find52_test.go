package review

import (
	"testing"

	"accesspath/iam"
)

func TestFIND52WorkloadPower(t *testing.T) {
	const writes = `"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*"`
	r := func(trust, permissions string) scene {
		return scene{roles: []string{role("r", trust, inlinePolicy(permissions))}}
	}
	known := cover(iam.SectionCompute)
	testRule(t, "FIND-52", []ruleCase{
		{name: "FIND-00 writes IAM, and so escalates", scene: r(toEC2, writes), edit: known, want: []string{"high role/r"}},
		{name: "FIND-00 administrator", scene: r(toEC2, allowAll), edit: known, want: []string{"high role/r"}},
		{name: "carried by an instance", scene: r(assumable(`{"AWS": "arn:aws:iam::A:root"}`, ""), writes), edit: withInstance(iam.KnownEmpty, "arn:aws:iam::111111111111:role/r"), want: []string{"high role/r"}},
		{name: "writes IAM within a boundary", scene: scene{roles: []string{role("r", toEC2, inlinePolicy(writes), `"boundary": {"arn": "arn:aws:iam::A:policy/b"}`)}, policies: []string{customerPolicy("b", writes)}}, edit: known, want: []string{"medium role/r"}},
		{name: "reads IAM", scene: r(toEC2, `"Effect": "Allow", "Action": "iam:Get*", "Resource": "*"`), edit: known},
		{name: "writes one role", scene: r(toEC2, `"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "arn:aws:iam::A:role/one"`), edit: known},
		{name: "ESC-10 writes its own policies", scene: r(toEC2, `"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "arn:aws:iam::A:role/r"`), edit: known, want: []string{"high role/r"}},
		{name: "ESC-31 makes roles of some names", scene: r(toEC2, `"Effect": "Allow", "Action": ["iam:CreateRole", "iam:PutRolePolicy"], "Resource": "arn:aws:iam::A:role/app-*"`), edit: known, want: []string{"high role/r"}},
		{name: "no workload", scene: r(assumable(`{"Service": "config.amazonaws.com"}`, ""), writes), edit: known},
		{name: "compute unknown", scene: r(toEC2, writes), want: []string{"high role/r"}, missing: []string{"the compute of the account"}},
	})
}
