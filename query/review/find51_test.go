package review

import (
	"testing"

	"accesspath/iam"
)

// withInstance adds an instance that holds role/r.
func withInstance(v1 iam.State, roles ...string) func(*iam.Snapshot) {
	return withAccount(func(a *iam.Account) {
		a.Coverage[iam.SectionCompute] = iam.Present
		a.Compute = []*iam.Compute{{ARN: "arn:aws:ec2:eu-west-1:111111111111:instance/i-1", Kind: "ec2:instance", Service: "ec2.amazonaws.com", Account: a.ID, Roles: roles, IMDSv1: v1}}
	})
}

// withProfile adds an instance that has an instance profile.
func withProfile(v1 iam.State) func(*iam.Snapshot) {
	return edits(withInstance(v1), withAccount(func(a *iam.Account) {
		a.Compute[0].InstanceProfile = "arn:aws:iam::" + a.ID + ":instance-profile/p"
	}))
}

func TestFIND51OldMetadata(t *testing.T) {
	const r, instance = "arn:aws:iam::111111111111:role/r", "arn:aws:ec2:eu-west-1:A:instance/i-1"
	plain, admin := scene{roles: []string{role("r", toEC2)}}, scene{roles: []string{role("r", toEC2, inlinePolicy(allowAll))}}
	testRule(t, "FIND-51", []ruleCase{
		{name: "SVC-04 version 1", scene: plain, edit: withInstance(iam.Present, r), want: []string{"medium " + instance}},
		{name: "FIND-00 administrator's role", scene: admin, edit: withInstance(iam.Present, r), want: []string{"high " + instance}},
		{name: "SVC-03 role of a profile that was not read", scene: plain, edit: withProfile(iam.Present), want: []string{"medium " + instance}},
		{name: "tokens required", scene: plain, edit: withInstance(iam.KnownEmpty, r)},
		{name: "no role", scene: plain, edit: withInstance(iam.Present)},
		{name: "options unknown", scene: plain, edit: withInstance(iam.Unknown, r), missing: []string{"the metadata options of instances"}},
		{name: "compute unknown", scene: plain, missing: []string{"the compute of the account"}},
	})
}
