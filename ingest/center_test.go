package ingest

import (
	"slices"
	"strings"
	"testing"

	"accesspath/iam"
)

const (
	instanceARN = "arn:aws:sso:::instance/ssoins-1"
	setARN      = "arn:aws:sso:::permissionSet/ssoins-1/ps-1"
)

// outputsOfCenter are the outputs about Identity Center with the parameters
// beside those that do not say them.
var outputsOfCenter = map[string]string{
	"instances":   `{"Instances":[{"InstanceArn":"` + instanceARN + `","IdentityStoreId":"d-1","OwnerAccountId":"111111111111","Status":"ACTIVE"}]}`,
	"sets":        `{"PermissionSets":["` + setARN + `","arn:aws:sso:::permissionSet/ssoins-1/ps-2"]}`,
	"set":         `{"PermissionSet":{"Name":"Admin","PermissionSetArn":"` + setARN + `","SessionDuration":"PT1H"}}`,
	"inline":      `{"InlinePolicy":` + quote(readDoc) + `,"PermissionSetArn":"` + setARN + `"}`,
	"managed":     `{"AttachedManagedPolicies":[{"Name":"AdministratorAccess","Arn":"arn:aws:iam::aws:policy/AdministratorAccess"}],"PermissionSetArn":"` + setARN + `"}`,
	"customer":    `{"CustomerManagedPolicyReferences":[{"Name":"team","Path":"/app/"},{"Name":"plain","Path":"/"}],"PermissionSetArn":"` + setARN + `"}`,
	"boundary":    `{"PermissionsBoundary":{"ManagedPolicyArn":"arn:aws:iam::aws:policy/PowerUserAccess"},"PermissionSetArn":"` + setARN + `"}`,
	"assignments": `{"AccountAssignments":[{"AccountId":"111111111111","PermissionSetArn":"` + setARN + `","PrincipalType":"GROUP","PrincipalId":"g1"}],"AccountId":"111111111111","PermissionSetArn":"` + setARN + `"}`,
	"users":       `{"Users":[{"UserName":"ann","UserId":"u1","DisplayName":"Ann","IdentityStoreId":"d-1","Emails":[{"Value":"a@example.com"}]}]}`,
	"groups":      `{"Groups":[{"GroupId":"g1","DisplayName":"admins","IdentityStoreId":"d-1"},{"GroupId":"g2","DisplayName":"none","IdentityStoreId":"d-1"}]}`,
	"members":     `{"GroupMemberships":[{"IdentityStoreId":"d-1","MembershipId":"m1","GroupId":"g1","MemberId":{"UserId":"u1"}}],"GroupId":"g1"}`,
	"nobody":      `{"GroupMemberships":[],"GroupId":"g2"}`,
}

func centerFiles() []string {
	var out []string
	for name, text := range outputsOfCenter {
		out = append(out, name+".json", text)
	}
	return out
}

func TestIN24IdentityCenter(t *testing.T) {
	s := load(t, centerFiles()...)
	c := s.IdentityCenter
	if c == nil {
		t.Fatalf("no Identity Center: %v", s.Diagnostics)
	}
	if c.InstanceARN != instanceARN || c.IdentityStore != "d-1" || len(c.PermissionSets) != 2 {
		t.Errorf("%+v", c)
	}
	i := slices.IndexFunc(c.PermissionSets, func(p *iam.PermissionSet) bool { return p.ARN == setARN })
	p := c.PermissionSets[i]
	allows(t, p.Inline, "s3:GetObject")
	if p.Name != "Admin" || !slices.Equal(p.Managed, []string{"arn:aws:iam::aws:policy/AdministratorAccess"}) ||
		!slices.Equal(p.Customer, []string{"/app/team", "plain"}) || p.Boundary != "arn:aws:iam::aws:policy/PowerUserAccess" {
		t.Errorf("%+v", p)
	}
	if len(c.Users) != 1 || c.Users[0] != (iam.IdentityUser{ID: "u1", Name: "ann", DisplayName: "Ann"}) || c.UsersState != iam.Present {
		t.Errorf("%+v %v", c.Users, c.UsersState)
	}
	if len(c.Groups) != 2 || c.Groups[0].Name != "admins" || !slices.Equal(c.Groups[0].Members, []string{"u1"}) || !c.Groups[0].Known || !c.Groups[1].Known || len(c.Groups[1].Members) != 0 {
		t.Errorf("%+v", c.Groups)
	}
	if len(c.Assignments) != 1 || c.Assignments[0].Principal != "g1" || c.Assignments[0].PrincipalType != "GROUP" || c.Assignments[0].Account != "111111111111" || c.Assignments[0].PermissionSet != setARN {
		t.Errorf("%+v", c.Assignments)
	}
	for _, code := range []string{"unrecognized", "incomplete-output", NotUsedCode} {
		wantNo(t, s, code)
	}
}

// NotUsedCode is the code of outputs that do not count.
const NotUsedCode = "recognized-not-used"

// Each output is recognised on its own, and one that lacks its parameters says
// what to do.
func TestIN24Alone(t *testing.T) {
	account := roles(role("r"))
	for name, text := range outputsOfCenter {
		s := load(t, "a.json", account, "b.json", text)
		if s.IdentityCenter == nil {
			t.Errorf("%s: nothing was read: %v", name, s.Diagnostics)
		}
		wantNo(t, s, "unrecognized")
	}
	for name, want := range map[string]string{
		`{"InlinePolicy":"{}"}`:                    "an output about a permission set does not name the set; it is skipped",
		`{"CustomerManagedPolicyReferences":[]}`:   "an output about a permission set does not name the set; it is skipped",
		`{"AccountAssignments":[]}`:                "an empty list of assignments does not say of which account and permission set",
		`{"GroupMemberships":[]}`:                  "an empty list of memberships does not say of which group",
		`{"AccountAssignments":[{"AccountId":1}]}`: "an empty list of assignments does not say of which account and permission set",
	} {
		s := load(t, "a.json", account, "b.json", name)
		if d := find(s, "incomplete-output"); len(d) != 1 || d[0].Message != want || d[0].Hint == "" {
			t.Errorf("%s: %v", name, s.Diagnostics)
		}
	}
}

// IAM has lists of users and groups too (IN-24, GAAD-02).
func TestIN24NotIAM(t *testing.T) {
	s := load(t, "a.json", roles(role("r")),
		"b.json", `{"Groups":[{"GroupName":"g","GroupId":"AGPA1","Arn":"arn:aws:iam::111111111111:group/g","Path":"/"}]}`,
		"c.json", `{"Users":[{"UserName":"u","UserId":"AIDA1","Arn":"arn:aws:iam::111111111111:user/u","Path":"/"}]}`)
	if s.IdentityCenter != nil {
		t.Errorf("%+v", s.IdentityCenter)
	}
}

// Only an export that asked for every permission-set role's pair knows all
// assignments (IDC-04), and a page that others follow is not the whole.
func TestIN24Known(t *testing.T) {
	sso := func(name string) string {
		return strings.ReplaceAll(strings.ReplaceAll(role(name), `:role/`+name, `:role/aws-reserved/sso.amazonaws.com/`+name), `"Path":"/"`, `"Path":"/aws-reserved/sso.amazonaws.com/"`)
	}
	account := roles(sso("AWSReservedSSO_Admin_0123456789abcdef"))
	files := append(centerFiles(), "z.json", account)
	if got := load(t, files...).IdentityCenter.AssignmentState; got != iam.Present {
		t.Errorf("assignments are %v, want present", got)
	}
	files = append(centerFiles(), "z.json", roles(sso("AWSReservedSSO_Other_0123456789abcdef")))
	if got := load(t, files...).IdentityCenter.AssignmentState; got != iam.Unknown {
		t.Errorf("assignments are %v, want unknown: nobody asked for Other", got)
	}
	s := load(t, "a.json", `{"Users":[{"UserId":"u1","UserName":"ann","IdentityStoreId":"d-1"}],"NextToken":"x"}`)
	if got := s.IdentityCenter.UsersState; got != iam.Unknown {
		t.Errorf("a page of users is %v, want unknown", got)
	}
}
