package ingest

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"accesspath/iam"
)

// collected is a small tree as iam-collect stores it, by path.
func collected() map[string]string {
	const (
		a   = "data/aws/aws/accounts/111111111111/"
		org = "data/aws/aws/organizations/o-example/"
	)
	return map[string]string{
		a + "organization.json":                                                   `{"organizationId":"o-example"}`,
		a + "s3-bpa.json":                                                         `{"BlockPublicAcls":true,"IgnorePublicAcls":true,"BlockPublicPolicy":true,"RestrictPublicBuckets":true}`,
		a + "iam/role/app%2fdeploy/metadata.json":                                 `{"arn":"arn:aws:iam::111111111111:role/app/Deploy","name":"Deploy","id":"AROA1","path":"/app/","created":"2023-03-16T12:54:47.000Z","permissionBoundary":"arn:aws:iam::111111111111:policy/Edge"}`,
		a + "iam/role/app%2fdeploy/trust-policy.json":                             trustDoc,
		a + "iam/role/app%2fdeploy/inline-policies.json":                          `[{"PolicyName":"read","PolicyDocument":` + readDoc + `}]`,
		a + "iam/role/app%2fdeploy/managed-policies.json":                         `["arn:aws:iam::aws:policy/AdministratorAccess","arn:aws:iam::111111111111:policy/Edge"]`,
		a + "iam/role/app%2fdeploy/instance-profiles.json":                        `["arn:aws:iam::111111111111:instance-profile/Deploy"]`,
		a + "iam/role/app%2fdeploy/tags.json":                                     `{"team":"a"}`,
		a + "iam/user/ann/metadata.json":                                          `{"arn":"arn:aws:iam::111111111111:user/ann","path":"/","id":"AIDA1","name":"ann"}`,
		a + "iam/user/ann/groups.json":                                            `["arn:aws:iam::111111111111:group/ops/Admins"]`,
		a + "iam/group/ops%2fadmins/metadata.json":                                `{"arn":"arn:aws:iam::111111111111:group/ops/Admins","path":"/ops/","name":"Admins","id":"AGPA1"}`,
		a + "iam/policy/edge/metadata.json":                                       `{"arn":"arn:aws:iam::111111111111:policy/Edge","name":"Edge","id":"ANPA1","defaultVersionId":"v3","path":"/"}`,
		a + "iam/policy/edge/current-policy.json":                                 readDoc,
		a + "iam/aws/policy/administratoraccess/metadata.json":                    `{"arn":"arn:aws:iam::aws:policy/AdministratorAccess","name":"AdministratorAccess","defaultVersionId":"v1","path":"/"}`,
		a + "iam/aws/policy/administratoraccess/current-policy.json":              adminDoc,
		a + "iam/oidc-provider/token.actions.githubusercontent.com/metadata.json": `{"arn":"arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com","audiences":["sts.amazonaws.com"],"url":"token.actions.githubusercontent.com"}`,
		a + "s3/shared/metadata.json":                                             `{"name":"shared","region":"eu-west-1","arn":"arn:aws:s3:::shared"}`,
		a + "s3/shared/policy.json":                                               `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::shared/*"}]}`,
		a + "s3/shared/encryption.json":                                           `[{}]`,
		a + "s3/plain/metadata.json":                                              `{"name":"plain","region":"eu-west-1","arn":"arn:aws:s3:::plain"}`,
		a + "s3/eu-west-1/accesspoint/p/metadata.json":                            `{"arn":"arn:aws:s3:eu-west-1:111111111111:accesspoint/p","name":"p","bucket":"shared","bucketAccount":"111111111111"}`,
		a + "kms/eu-west-1/key/k1/metadata.json":                                  `{"id":"k1","arn":"` + keyARN + `"}`,
		a + "lambda/eu-west-1/function/f/metadata.json":                           `{"role":"arn:aws:iam::111111111111:role/app/Deploy","arn":"arn:aws:lambda:eu-west-1:111111111111:function:f","name":"f"}`,
		a + "sso/permissionset/ssoins-1%2fps-1/metadata.json":                     `{"name":"Admin","arn":"` + setARN + `","region":"eu-west-1"}`,
		a + "sso/permissionset/ssoins-1%2fps-1/awsmanagedpolicies.json":           `[{"Name":"AdministratorAccess","Arn":"arn:aws:iam::aws:policy/AdministratorAccess"}]`,
		a + "identitystore/group/g1/metadata.json":                                `{"arn":"arn:aws:identitystore:::group/g1","id":"g1","displayName":"admins"}`,
		a + "identitystore/group/g1/members.json":                                 `["arn:aws:identitystore:::user/u1"]`,
		a + "identitystore/user/u1/metadata.json":                                 `{"arn":"arn:aws:identitystore:::user/u1","id":"u1","userName":"ann"}`,
		a + "ec2/eu-west-1/vpc-endpoint/vpce-1/metadata.json":                     `{"arn":"arn:aws:ec2:eu-west-1:111111111111:vpc-endpoint/vpce-1"}`,
		a + "ram/eu-west-1/arn-aws-ec2.json":                                      `{"arn":"arn:aws:ec2:eu-west-1:111111111111:subnet/s","shares":[]}`,
		org + "metadata.json":                                                     `{"id":"o-example","rootOu":"r-abcd","rootAccountId":"999999999999","features":{"SERVICE_CONTROL_POLICY":true}}`,
		org + "ous.json":                                                          `{"r-abcd":{"scps":["` + fullARN + `"],"rcps":[]},"ou-abcd-11111111":{"parent":"r-abcd","scps":["arn:aws:organizations::999999999999:policy/o-example/service_control_policy/p-deny0001"],"rcps":[]}}`,
		org + "accounts.json":                                                     `{"111111111111":{"ou":"ou-abcd-11111111","scps":["` + fullARN + `"],"rcps":[]}}`,
		org + "delegated-admins.json":                                             `{"sso.amazonaws.com":["111111111111"]}`,
		org + "structure.json":                                                    `{"r-abcd":{"children":{}}}`,
		org + "ous/ou-abcd-11111111/metadata.json":                                `{"arn":"arn:aws:organizations::999999999999:ou/o-example/ou-abcd-11111111","name":"Work"}`,
		org + "scps/p-fullawsaccess/metadata.json":                                `{"arn":"` + fullARN + `","name":"FullAWSAccess","awsManaged":true}`,
		org + "scps/p-fullawsaccess/policy.json":                                  adminDoc,
		org + "scps/p-deny0001/metadata.json":                                     `{"arn":"arn:aws:organizations::999999999999:policy/o-example/service_control_policy/p-deny0001","name":"deny"}`,
		org + "scps/p-deny0001/policy.json":                                       `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}`,
		"data/aws/aws/indexes/accounts-to-orgs.json":                              `{"111111111111":"o-example"}`,
	}
}

const fullARN = "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"

func loadTree(t testing.TB, tree map[string]string) *iam.Snapshot {
	t.Helper()
	var files []string
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		files = append(files, name, tree[name])
	}
	return load(t, files...)
}

// A copy of one account or of the organization reads as the whole tree does.
func TestCollectedWithoutPartition(t *testing.T) {
	short := map[string]string{}
	for name, text := range collected() {
		short[strings.TrimPrefix(name, "data/aws/aws/")] = text
	}
	s := loadTree(t, short)
	a := s.Account("111111111111")
	if a == nil || len(a.Roles) != 1 || a.Roles[0].Trust.Document == nil || len(a.Users) != 1 || s.Organization.ManagementAccount != "999999999999" {
		t.Fatalf("%+v %+v %v", a, s.Organization, s.Diagnostics)
	}
	if s.Resource("arn:aws:s3:::shared").Policy == nil {
		t.Error("the bucket has no policy")
	}
}

// A directory of iam-collect reads as its parts, and says what it passes over.
func TestCollectedPrincipals(t *testing.T) {
	s := loadTree(t, collected())
	a := s.Account("111111111111")
	if a == nil || len(a.Roles) != 1 || len(a.Users) != 1 || len(a.Groups) != 1 || len(a.Policies) != 1 {
		t.Fatalf("%+v %v", a, s.Diagnostics)
	}
	r := a.Roles[0]
	if r.ARN != "arn:aws:iam::111111111111:role/app/Deploy" || r.Path != "/app/" || r.UniqueID != "AROA1" || r.Created.Year() != 2023 ||
		r.Boundary.Document() == nil || len(r.Attached) != 2 || r.Attached[0].Document() == nil || len(r.Tags) != 1 || len(r.InstanceProfiles) != 1 {
		t.Errorf("%+v", r)
	}
	allows(t, r.Inline[0], "s3:GetObject")
	if r.Trust.Document == nil || r.Trust.Origin.File != "data/aws/aws/accounts/111111111111/iam/role/app%2fdeploy/trust-policy.json" {
		t.Errorf("%+v", r.Trust)
	}
	if u := a.Users[0]; len(u.Groups) != 1 || u.Groups[0].Name != "Admins" {
		t.Errorf("%+v", u)
	}
	if p := a.Policies[0]; p.Default() == nil || p.Default().VersionID != "v3" {
		t.Errorf("%+v", p)
	}
	for _, section := range []iam.Section{iam.SectionUsers, iam.SectionRoles, iam.SectionOIDC} {
		if a.Coverage[section] != iam.Present {
			t.Errorf("%s is %v", section, a.Coverage[section])
		}
	}
	if len(a.OIDC) != 1 || a.OIDC[0].ClientIDs[0] != "sts.amazonaws.com" || !a.OIDC[0].ClientsKnown {
		t.Errorf("%+v", a.OIDC)
	}
	if len(a.Compute) != 1 || a.Compute[0].Roles[0] != r.ARN || a.PublicAccessBlock == nil || !a.PublicAccessBlock.RestrictPublicBuckets {
		t.Errorf("%+v %+v", a.Compute, a.PublicAccessBlock)
	}
}

func TestCollectedResources(t *testing.T) {
	s := loadTree(t, collected())
	shared, plain, key := s.Resource("arn:aws:s3:::shared"), s.Resource("arn:aws:s3:::plain"), s.Resource(keyARN)
	allows(t, shared.Policy, "s3:GetObject")
	if shared.Account != "111111111111" || shared.Region != "eu-west-1" || len(shared.AccessPoints) != 1 {
		t.Errorf("%+v", shared)
	}
	if plain.PolicyState != iam.KnownEmpty || key.PolicyState != iam.Unknown {
		t.Errorf("a bucket without policy.json is %v, a key is %v", plain.PolicyState, key.PolicyState)
	}
	if c := s.IdentityCenter; c == nil || len(c.PermissionSets) != 1 || c.PermissionSets[0].Name != "Admin" || len(c.PermissionSets[0].Managed) != 1 ||
		len(c.Groups) != 1 || c.Groups[0].Members[0] != "u1" || c.AssignmentState != iam.Unknown {
		t.Errorf("%+v", c)
	}
}

func TestCollectedOrganization(t *testing.T) {
	o := loadTree(t, collected()).Organization
	if o.ID != "o-example" || o.ManagementAccount != "999999999999" || o.SCP != iam.Present || o.RCP != iam.KnownEmpty || len(o.DelegatedAdmins) != 1 {
		t.Errorf("%+v", o)
	}
	if got := o.OrgPath("111111111111"); got != "o-example/r-abcd/ou-abcd-11111111/" {
		t.Errorf("path %q", got)
	}
	n := o.Node("ou-abcd-11111111")
	if n.SCPState != iam.Present || len(n.SCPs) != 1 || n.Name != "Work" || n.SCPs[0].Document == nil || n.SCPs[0].Name != "deny" {
		t.Errorf("%+v", n)
	}
}

func TestCollectedDiagnostics(t *testing.T) {
	s := loadTree(t, collected())
	var got []string
	for _, d := range s.Diagnostics {
		if d.Code == "ignored-file" || d.Code == "assumed-no-policy" {
			got = append(got, d.Message)
		} else if d.Severity != iam.Note {
			t.Errorf("unexpected %v", d)
		}
	}
	want := []string{
		"2 resources have no policy.json and count as having no policy",
		"ec2/…/metadata.json: resources of this service do not count (1 files)",
		"ram/…/arn-aws-ec2.json: shares of Resource Access Manager do not count yet (1 files)",
		"s3/…/encryption.json: nothing in it bears on access as accesspath sees it (1 files)",
		"indexes/…/accounts-to-orgs.json: an index of that tool, made of what else is here (1 files)",
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A file that cannot be read, or is missing, costs what it says and no more.
func TestCollectedBroken(t *testing.T) {
	const dir = "data/aws/aws/accounts/111111111111/iam/role/app%2fdeploy/"
	for name, change := range map[string]func(map[string]string){
		"no trust":        func(m map[string]string) { delete(m, dir+"trust-policy.json") },
		"broken trust":    func(m map[string]string) { m[dir+"trust-policy.json"] = `{"Statement":` },
		"no document":     func(m map[string]string) { m[dir+"inline-policies.json"] = `[{"PolicyName":"read"}]` },
		"other types":     func(m map[string]string) { m[dir+"managed-policies.json"] = `{"a":1}`; m[dir+"tags.json"] = `7` },
		"broken policies": func(m map[string]string) { m[dir+"managed-policies.json"] = `[` },
		"unknown file":    func(m map[string]string) { m[dir+"more.json"] = `{}` },
		"broken bucket":   func(m map[string]string) { m["data/aws/aws/accounts/111111111111/s3/plain/policy.json"] = `[` },
		"empty metadata":  func(m map[string]string) { m["data/aws/aws/accounts/111111111111/s3/plain/metadata.json"] = `{}` },
	} {
		t.Run(name, func(t *testing.T) {
			tree := collected()
			change(tree)
			s := loadTree(t, tree)
			a := s.Account("111111111111")
			if a == nil || len(a.Roles) != 1 || len(a.Users) != 1 {
				t.Fatalf("%v", s.Diagnostics)
			}
			if !slices.ContainsFunc(s.Diagnostics, func(d iam.Diagnostic) bool { return d.Origin.File != "" && strings.HasPrefix(d.Origin.File, "data/") }) {
				t.Errorf("nothing is said: %v", s.Diagnostics)
			}
			open := slices.ContainsFunc(a.Roles[0].Inline, func(p *iam.Policy) bool { return p.Document == nil })
			if want := name == "no document" || name == "other types" || name == "broken policies"; open != want {
				t.Errorf("some policy of the role is unknown: %t, want %t", open, want)
			}
			if r := s.Resource("arn:aws:s3:::plain"); name == "broken bucket" && r.PolicyState == iam.KnownEmpty {
				t.Error("a policy that cannot be read is no sign that there is none")
			}
		})
	}
	tree := collected()
	delete(tree, dir+"metadata.json")
	if s := loadTree(t, tree); len(s.Account("111111111111").Roles) != 0 || len(find(s, "no-arn")) != 1 || !s.Account("111111111111").Incomplete {
		t.Errorf("a directory without metadata: %v", s.Diagnostics)
	}
}
