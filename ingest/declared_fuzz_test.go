package ingest

import (
	"os"
	"testing"
)

// FuzzDeclared reads anything as a plan, a state or a template.
func FuzzDeclared(f *testing.F) {
	for _, name := range []string{"terraform/state.json", "terraform/state.tfstate", "terraform/plan.json", "cloudformation/template.yaml"} {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, seed := range []string{
		planOf("", `aws_iam_role.r|"create"|null|{"name":"r","path":"/"}|{"arn":true,"assume_role_policy":true,"permissions_boundary":true}`, `data.aws_caller_identity.c|"no-op"|null|{"account_id":"111122223333"}|{}`),
		planOf("", `aws_iam_role_policy_attachment.a|"delete","create"|{"role":"r","policy_arn":"a"}|{"role":"r"}|{"policy_arn":true}`),
		`{"@module":"terraform.ui"}`, `{"version":4,"terraform_version":"1","lineage":"x","resources":[]}`, `{"version":3,"lineage":"x","modules":[]}`,
		stack("Resources:\n  R: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub \"${AWS::StackName}-x\", Policies: !If [C, [], []]}}\n"),
		"Resources: &a\n  X: *a\n", "Resources: {R: {Type: AWS::IAM::User}}\nAccountId: 111122223333\n", "Parameters:\n- !Ref {a: b}\n",
		`{"Resources":{"R":{"Type":"AWS::IAM::Role","Properties":{"Path":{"Ref":"AWS::NoValue"}}}},"AccountId":"111122223333"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(survives)
}
