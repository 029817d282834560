package ingest

import (
	"slices"
	"strings"
	"testing"

	"accesspath/iam"
)

// organizationFacts lists the guardrails and Identity Center of a snapshot.
func organizationFacts(s *iam.Snapshot) []string {
	var out []string
	if o := s.Organization; o != nil {
		out = append(out, "organization "+o.ID+" "+o.ManagementAccount+" "+o.SCP.String()+" "+o.RCP.String())
		for _, n := range o.Nodes {
			line := n.Kind + " " + n.ID + " below " + n.ParentID
			for _, p := range n.SCPs {
				line += " scp=" + p.Name
				if p.Document == nil {
					line += "?"
				}
			}
			out = append(out, line)
		}
		for _, a := range o.DelegatedAdmins {
			out = append(out, "delegated "+a.Account+" "+strings.Join(a.Services, ","))
		}
	}
	if c := s.IdentityCenter; c != nil {
		for _, p := range c.PermissionSets {
			line := "set " + p.Name + " managed=" + strings.Join(p.Managed, ",") + " customer=" + strings.Join(p.Customer, ",") + " boundary=" + p.Boundary
			if p.Inline != nil && p.Inline.Document != nil {
				line += " inline"
			}
			out = append(out, line)
		}
		for _, g := range c.Groups {
			out = append(out, "group "+g.Name+" "+strings.Join(g.Members, ","))
		}
		for _, a := range c.Assignments {
			out = append(out, "assigned "+a.Account+" "+a.PermissionSet+" "+a.PrincipalType+" "+a.Principal)
		}
	}
	return out
}

const (
	denyText = `{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}`
	opsARN   = "arn:aws:sso:::permissionSet/ssoins-1/ps-1"
)

// An organization and Identity Center as Terraform states them, with ids that
// are known and ids that are not yet.
func TestTerraformOrganization(t *testing.T) {
	config := `{"root_module":{"resources":[
		{"address":"aws_organizations_policy_attachment.deny","provider_config_key":"aws","expressions":{"policy_id":{"references":["aws_organizations_policy.deny.id","aws_organizations_policy.deny"]}}},
		{"address":"aws_organizations_organizational_unit.new","provider_config_key":"aws","expressions":{"parent_id":{"references":["aws_organizations_organization.o.roots[0].id","aws_organizations_organization.o.roots[0]","aws_organizations_organization.o.roots","aws_organizations_organization.o"]}}}]}}`
	s := load(t, "plan.json", planOf(config,
		`aws_organizations_organization.o|"no-op"|null|{"id":"o-1","arn":"arn:aws:organizations::999999999999:organization/o-1","master_account_id":"999999999999","feature_set":"ALL","enabled_policy_types":["SERVICE_CONTROL_POLICY"],"roots":[{"id":"r-1","name":"Root"}],"accounts":[{"id":"111122223333","name":"shop","status":"ACTIVE"}]}|{}`,
		`aws_organizations_organizational_unit.u|"no-op"|null|{"id":"ou-1-a","name":"U","parent_id":"r-1"}|{}`,
		`aws_organizations_organizational_unit.new|"create"|null|{"name":"N"}|{"id":true,"parent_id":true}`,
		`aws_organizations_account.shop|"no-op"|null|{"id":"111122223333","name":"shop","parent_id":"ou-1-a","status":"ACTIVE"}|{}`,
		`aws_organizations_policy.deny|"create"|null|{"name":"deny","type":"SERVICE_CONTROL_POLICY","content":"`+denyText+`"}|{"id":true,"arn":true}`,
		`aws_organizations_policy_attachment.deny|"create"|null|{"target_id":"ou-1-a"}|{"policy_id":true}`,
		`aws_organizations_delegated_administrator.d|"no-op"|null|{"account_id":"111122223333","service_principal":"sso.amazonaws.com"}|{}`,
		`aws_ssoadmin_permission_set.ops|"no-op"|null|{"arn":"`+opsARN+`","name":"Ops","instance_arn":"arn:aws:sso:::instance/ssoins-1"}|{}`,
		`aws_ssoadmin_permission_set_inline_policy.ops|"no-op"|null|{"permission_set_arn":"`+opsARN+`","inline_policy":"`+denyText+`"}|{}`,
		`aws_ssoadmin_managed_policy_attachment.ops|"no-op"|null|{"permission_set_arn":"`+opsARN+`","managed_policy_arn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}|{}`,
		`aws_ssoadmin_customer_managed_policy_attachment.ops|"no-op"|null|{"permission_set_arn":"`+opsARN+`","customer_managed_policy_reference":[{"name":"p","path":"/x/"}]}|{}`,
		`aws_ssoadmin_permissions_boundary_attachment.ops|"no-op"|null|{"permission_set_arn":"`+opsARN+`","permissions_boundary":[{"managed_policy_arn":"arn:aws:iam::aws:policy/PowerUserAccess"}]}|{}`,
		`aws_ssoadmin_account_assignment.ops|"no-op"|null|{"permission_set_arn":"`+opsARN+`","principal_id":"g-1","principal_type":"GROUP","target_id":"111122223333","target_type":"AWS_ACCOUNT"}|{}`,
		`aws_identitystore_group.ops|"no-op"|null|{"group_id":"g-1","display_name":"ops"}|{}`,
		`aws_identitystore_group_membership.ops|"no-op"|null|{"group_id":"g-1","member_id":"u-1"}|{}`,
	))
	got := organizationFacts(s)
	for _, want := range []string{
		"organization o-1 999999999999 present known-empty", "root r-1 below ", "unit ou-1-a below r-1 scp=deny", "account 111122223333 below ou-1-a",
		"unit (aws_organizations_organizational_unit.new) below r-1", "delegated 111122223333 sso.amazonaws.com",
		"set Ops managed=arn:aws:iam::aws:policy/ReadOnlyAccess customer=/x/p boundary=arn:aws:iam::aws:policy/PowerUserAccess inline",
		"group ops u-1", "assigned 111122223333 " + opsARN + " GROUP g-1",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no %q in\n%s\n%s", want, strings.Join(got, "\n"), diagnosticLines(s))
		}
	}
}

// A plan that detaches a service control policy, laid over the listing.
func TestTerraformDetach(t *testing.T) {
	list := `{"Organization":{"Id":"o-1","MasterAccountId":"999999999999","FeatureSet":"ALL"}}
{"TargetId":"ou-1-a","Policies":[{"Id":"p-1","Arn":"arn:aws:organizations::999999999999:policy/o-1/service_control_policy/p-1","Name":"deny","Type":"SERVICE_CONTROL_POLICY","AwsManaged":false},{"Id":"p-2","Arn":"arn:aws:organizations::999999999999:policy/o-1/service_control_policy/p-2","Name":"stays","Type":"SERVICE_CONTROL_POLICY","AwsManaged":false}]}`
	s := load(t, "org.json", list, "plan.json", planOf("", `aws_organizations_policy_attachment.deny|"delete"|{"policy_id":"p-1","target_id":"ou-1-a"}|null`))
	if got := strings.Join(organizationFacts(s), "\n"); strings.Contains(got, "scp=deny") || !strings.Contains(got, "scp=stays") {
		t.Errorf("%s\n%s", got, diagnosticLines(s))
	}
}

// The same in a template.
func TestCloudFormationOrganization(t *testing.T) {
	s := load(t, "t.yaml", stack(`
Resources:
  Deny:
    Type: AWS::Organizations::Policy
    Properties: {Name: deny, Type: SERVICE_CONTROL_POLICY, TargetIds: [ou-1-a], Content: {Statement: [{Effect: Deny, Action: "*", Resource: "*"}]}}
  Ops:
    Type: AWS::SSO::PermissionSet
    Properties:
      Name: Ops
      InstanceArn: arn:aws:sso:::instance/ssoins-1
      InlinePolicy: {Statement: []}
      ManagedPolicies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
      CustomerManagedPolicyReferences: [{Name: p, Path: /x/}]
  Assigned:
    Type: AWS::SSO::Assignment
    Properties: {PermissionSetArn: !GetAtt Ops.PermissionSetArn, PrincipalId: g-1, PrincipalType: GROUP, TargetId: "111122223333", TargetType: AWS_ACCOUNT}
`))
	got := organizationFacts(s)
	for _, want := range []string{
		"unit ou-1-a below  scp=deny", "set Ops managed=arn:aws:iam::aws:policy/ReadOnlyAccess customer=/x/p boundary= inline", "assigned 111122223333 Ops GROUP g-1",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no %q in\n%s\n%s", want, strings.Join(got, "\n"), diagnosticLines(s))
		}
	}
}
