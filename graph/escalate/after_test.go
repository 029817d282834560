package escalate_test

import (
	"slices"
	"testing"

	"accesspath/graph"
	"accesspath/graph/escalate"
	"accesspath/internal/fixture"
)

// An afterCase is what u can do after an entry: may is an action that what it then
// holds is allowed on everything, or is not.
type afterCase struct {
	rule, name string
	world      string
	edit       func(*world)
	entry      string
	may        string
	want       bool
}

// mayAfter reports whether u holds something after the entry that is allowed the action.
func mayAfter(f *escalate.Found, entry, action string) bool {
	for e := range f.Graph.AllEscalations() {
		from := f.Graph.Node(e.From)
		if e.Entry != entry || from.ID != fixture.ARN("u") || from.Supposed != nil {
			continue
		}
		if _, ok := f.Graph.Model.Verdict(graph.Ask{Node: f.Graph.Node(e.To), Action: action, Resource: "*"}).Outright(); ok {
			return true
		}
	}
	return false
}

func TestAfter(t *testing.T) {
	for _, c := range slices.Concat(anewCases, madeCases, becomeAfterCases) {
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			_, f := find(t, &wayCase{world: c.world, edit: c.edit})
			if got := mayAfter(f, c.entry, c.may); got != c.want {
				t.Errorf("after %s %s is allowed: %t among %q", c.entry, c.may, got, ways(f))
			}
		})
	}
}

func versions(of string, documents ...string) func(*world) {
	return func(w *world) { w.Versions(of, documents...) }
}

const setVersion = "id(u): +iam:SetDefaultPolicyVersion@*"

// anewCases are about what goes when something is written in its place.
var anewCases = []afterCase{
	{"ESC-03", "the version that counts denies", setVersion, versions("u", "+*@*", "+*@* ; -[ec2:*,iam:Put*]@*"), "default-policy-version", "ec2:RunInstances", true},
	{"ESC-03", "the version that counts denies the call itself", setVersion, versions("u", "+*@*", "+*@* ; -iam:*@*"), "default-policy-version", "ec2:RunInstances", false},
	{"ESC-03", "both versions deny", setVersion, versions("u", "+*@* ; -[ec2:*,s3:*]@*", "+*@* ; -[ec2:*,s3:*]@* ; -kms:*@*"), "default-policy-version", "ec2:RunInstances", false},
	{"ESC-03", "the version that counts has a condition", setVersion, versions("u", "+*@*", "+*@* ?{Bool aws:MultiFactorAuthPresent=true}"), "default-policy-version", "ec2:RunInstances", true},
	{"ESC-03", "the version that counted has the condition", setVersion, versions("u", "+*@* ?{Bool aws:MultiFactorAuthPresent=true}", "+*@*"), "default-policy-version", "ec2:RunInstances", false},
	{"ESC-23", "a version that denies less", "id(u): +*@*", versions("u", "+s3:Get*@*", "-!iam:SetDefaultPolicyVersion@*"), "default-policy-version", "ec2:RunInstances", true},
	{"ESC-16", "a version of a role's policy that denies less", setVersion + "\ntp(r): P=u\nid(r): +*@*", versions("r", "+s3:Get*@*", "-!iam:SetDefaultPolicyVersion@*"), "default-policy-version-assume", "ec2:RunInstances", true},

	{"ESC-11", "a version in place of one that denies", "id(u): +*@*", versions("u", "-!iam:CreatePolicyVersion@*"), "create-policy-version", "ec2:RunInstances", true},
	{"ESC-11", "another policy denies", "id(u): +iam:CreatePolicyVersion@* ; -ec2:*@*", versions("u", "+s3:Get*@*"), "create-policy-version", "ec2:RunInstances", false},
	{"ESC-10", "an own inline policy in place of one that denies", "id(u): +*@*\nid(u): -!iam:PutUserPolicy@*", nil, "put-user-policy", "ec2:RunInstances", true},
	{"ESC-10", "of one who may not do everything", "id(u): +iam:PutUserPolicy@u\nid(u): -ec2:*@*", nil, "put-user-policy", "ec2:RunInstances", true},
	{"ESC-10", "an attached policy denies", "id(u): +iam:PutUserPolicy@u", versions("u", "-ec2:*@*"), "put-user-policy", "ec2:RunInstances", false},
	{"ESC-10", "a boundary denies", "id(u): +iam:PutUserPolicy@u\nid(u): -ec2:*@*\npb(u): +iam:*@*", nil, "put-user-policy", "ec2:RunInstances", false},
	{"ESC-10", "a policy of the group in place of one that denies", "id(u): +*@*\ngroup(G u): -!iam:PutGroupPolicy@*", nil, "put-group-policy", "ec2:RunInstances", true},
	{"ESC-10", "a policy of another group", "id(u): +*@* ; -iam:PutGroupPolicy@A:group/H\ngroup(H u): -ec2:*@*\ngroup(G u): +s3:*@*", nil, "put-group-policy", "s3:ListAllMyBuckets", false},
	{"ESC-10", "a new group leaves what denies", "id(u): +[iam:CreateGroup,iam:PutGroupPolicy,iam:AddUserToGroup]@*\ngroup(H u): -ec2:*@*", nil, "new-group", "ec2:RunInstances", false},
	{"ESC-16", "an inline policy of a role in place of one that denies", "tp(r): P=u\nid(r): -!iam:PutRolePolicy@*\nid(u): +iam:PutRolePolicy@r", nil, "put-role-policy-assume", "ec2:RunInstances", true},
}

// madeCases are about what a principal that is made may be given.
var madeCases = []afterCase{
	{"ESC-31", "a user with the policy for IAM", onlyIAM, nil, "new-user", "iam:CreateRole", true},
	{"ESC-31", "a user with the policy for IAM at first", onlyIAM, nil, "new-user", "ec2:RunInstances", false},
}

const onlyIAM = "id(u): +[iam:CreateUser,iam:CreateAccessKey]@* ; +iam:AttachUserPolicy@* ?{ArnEquals iam:PolicyARN=arn:aws:iam::aws:policy/IAMFullAccess}"
