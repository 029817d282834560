package ingest

import (
	"slices"
	"strings"
	"testing"

	"accesspath/iam"
)

// What stands in place of a list is no empty list: shells cut a list of one down
// to its element, or write a text in place of what lies deep. What an entity has
// is then read, or unknown, and a diagnostic tells (CONV-03, GAAD-20).
func TestGAAD20ValuesInPlaceOfLists(t *testing.T) {
	const policies = `"Policies":[{"PolicyName":"m","Arn":"arn:aws:iam::111111111111:policy/m","DefaultVersionId":"v1","PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}}]}],` +
		`"GroupDetailList":[{"GroupName":"g","Arn":"arn:aws:iam::111111111111:group/g"}]`
	const inline = `{"PolicyName":"p","PolicyDocument":{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}}`
	const attached = `{"PolicyName":"m","PolicyArn":"arn:aws:iam::111111111111:policy/m"}`
	for _, test := range []struct{ name, members, want, code string }{
		{"inline policy without its list", `"UserPolicyList":` + inline, "inline p", "invalid-list"},
		{"text in place of inline policies", `"UserPolicyList":"System.Object[]"`, "inline  unknown", "invalid-list"},
		{"number in place of inline policies", `"UserPolicyList":7`, "inline  unknown", "invalid-list"},
		{"inline policy that is a text", `"UserPolicyList":["@{PolicyName=p}"]`, "inline  unknown", "unreadable-policy"},
		{"attached policy without its list", `"AttachedManagedPolicies":` + attached, "attached arn:aws:iam::111111111111:policy/m resolved=true", "invalid-list"},
		{"text in place of attached policies", `"AttachedManagedPolicies":"System.Object[]"`, "attached System.Object[] resolved=false", "invalid-list"},
		{"attached policy without ARN", `"AttachedManagedPolicies":[{"PolicyName":"m"}]`, "inline an attached policy unknown", "invalid-entity"},
		{"ARN that is no text", `"AttachedManagedPolicies":[{"PolicyName":"m","PolicyArn":{}}]`, "inline an attached policy unknown", "invalid-entity"},
		{"group without its list", `"GroupList":"g"`, "in arn:aws:iam::111111111111:group/g", "invalid-list"},
		{"group that is no name", `"GroupList":[{"GroupName":"g"}]`, "inline a group unknown", "invalid-entity"},
		{"boundary without ARN", `"PermissionsBoundary":{"PermissionsBoundaryType":"Policy"}`, "boundary unknown:/UserDetailList/0/PermissionsBoundary resolved=false", "invalid-entity"},
		{"boundary that is a list", `"PermissionsBoundary":["arn:aws:iam::111111111111:policy/m"]`, "boundary unknown:/UserDetailList/0/PermissionsBoundary resolved=false", "invalid-entity"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := load(t, "a.json", `{"UserDetailList":[{"UserName":"u","Arn":"arn:aws:iam::111111111111:user/u",`+test.members+`}],`+policies+`}`)
			if got := strings.Join(facts(s), "\n"); !strings.Contains(got, "user/u "+test.want) {
				t.Errorf("want %q in\n%s", test.want, got)
			}
			if len(find(s, test.code)) != 1 {
				t.Errorf("want %s, got\n%s", test.code, diagnosticLines(s))
			}
		})
	}
}

// What is empty in any form says that there is nothing.
func TestGAAD12EmptyInOtherForms(t *testing.T) {
	for _, empty := range []string{`null`, `[]`, `{}`, `""`} {
		s := load(t, "a.json", `{"UserDetailList":[{"UserName":"u","Arn":"arn:aws:iam::111111111111:user/u","UserPolicyList":`+empty+`,"AttachedManagedPolicies":`+empty+
			`,"GroupList":`+empty+`,"PermissionsBoundary":`+empty+`,"Tags":`+empty+`}],"GroupDetailList":[],"RoleDetailList":[],"Policies":[]}`)
		u := only(t, s).Users[0]
		if len(u.Inline)+len(u.Attached)+len(u.GroupNames)+len(u.Tags) != 0 || u.Boundary != nil || len(s.Diagnostics) != 0 {
			t.Errorf("%s: %+v\n%s", empty, u, diagnosticLines(s))
		}
	}
}

// A tag without a key is none, and one in KMS's spelling is one (GAAD-21).
func TestGAAD21TagsInOtherForms(t *testing.T) {
	const key = "arn:aws:kms:eu-west-1:111111111111:key/k"
	s := load(t, "k.json", `{"KeyId":"`+key+`","Policy":{"Statement":[]},"Tags":[{"TagKey":"team","TagValue":"a"},"x"]}`)
	if r := s.Resources[0]; !slices.Equal(r.Tags, []iam.Tag{{Key: "team", Value: "a"}}) || len(find(s, "invalid-entity")) != 1 {
		t.Errorf("%+v\n%s", r.Tags, diagnosticLines(s))
	}
}

// A list of an account in our own format that is none leaves the account incomplete,
// with an error (CONV-03, NAT-04).
func TestNAT04ListsOfAnotherKind(t *testing.T) {
	for _, list := range []string{"gaad", "users", "groups", "roles", "policies", "instanceProfiles", "credentials", "compute"} {
		s := load(t, "a.json", `{"schema":"accesspath.snapshot/1","accounts":[{"id":"111111111111","`+list+`":"System.Object[]","coverage":{"oidc-providers":"known-empty"}}]}`)
		if a := only(t, s); !a.Incomplete || a.Coverage[iam.Section(list)] != iam.Unknown || len(find(s, "invalid-list")) != 1 {
			t.Errorf("%s: incomplete %v, %v\n%s", list, a.Incomplete, a.Coverage, diagnosticLines(s))
		}
	}
}

// Whoever cannot be read may still exist: the account is not whole (CONV-03,
// GAAD-08), and who trusts them is not left with nobody (PRINC-10).
func TestGAAD08SkippedEntities(t *testing.T) {
	const role = `{"RoleName":"r","Arn":"arn:aws:iam::111111111111:role/r"}`
	for _, test := range []struct{ name, text string }{
		{"no object", `{"RoleDetailList":[` + role + `,"System.Object"],"UserDetailList":[],"GroupDetailList":[],"Policies":[]}`},
		{"no ARN", `{"RoleDetailList":[` + role + `,{"RoleName":"s","Arn":"role/s"}],"UserDetailList":[],"GroupDetailList":[],"Policies":[]}`},
		{"no list", `{"RoleDetailList":[` + role + `],"UserDetailList":"System.Object[]","GroupDetailList":[],"Policies":[]}`},
		{"own format", `{"schema":"accesspath.snapshot/1","accounts":[{"id":"111111111111","roles":[{"arn":"arn:aws:iam::111111111111:role/r"},{"arn":"role/s"}]}]}`},
	} {
		if s := load(t, "a.json", test.text); !only(t, s).Incomplete || len(find(s, "incomplete-snapshot")) != 1 {
			t.Errorf("%s: the account counts as whole\n%s", test.name, diagnosticLines(s))
		}
	}
	if s := load(t, "a.json", `{"RoleDetailList":[`+role+`],"UserDetailList":[],"GroupDetailList":[],"Policies":[]}`); only(t, s).Incomplete {
		t.Error("an account of which all is read is whole")
	}
}

// Of a member that an entity has twice nobody knows which holds: of lists both
// count, and what can be one thing only is unknown (GRAM-15, CONV-03).
func TestGRAM15RepeatedMembers(t *testing.T) {
	const head = `"RoleName":"r","Arn":"arn:aws:iam::111111111111:role/r"`
	inline := func(name string) string {
		return `"RolePolicyList":[{"PolicyName":"` + name + `","PolicyDocument":{"Statement":[]}}]`
	}
	attached := func(name string) string {
		return `"AttachedManagedPolicies":[{"PolicyArn":"arn:aws:iam::aws:policy/` + name + `"}]`
	}
	boundary := func(name string) string {
		return `"PermissionsBoundary":{"PermissionsBoundaryArn":"arn:aws:iam::aws:policy/` + name + `"}`
	}
	profile := func(name string) string {
		return `"InstanceProfileList":[{"Arn":"arn:aws:iam::111111111111:instance-profile/` + name + `"}]`
	}
	trust := func(account string) string {
		return `"AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"AWS":"` + account + `"},"Action":"sts:AssumeRole"}]}`
	}
	for _, test := range []struct {
		name, members string
		want          []string
		told          int
	}{
		{"inline policies", inline("a") + "," + inline("b"), []string{"inline a ", "inline b "}, 1},
		{"attached policies", attached("A") + "," + attached("B"), []string{"attached arn:aws:iam::aws:policy/A", "attached arn:aws:iam::aws:policy/B"}, 1},
		{"boundaries", boundary("A") + "," + boundary("B"), []string{"boundary unknown:"}, 1},
		{"trust policies", trust("222222222222") + "," + trust("333333333333"), []string{"trust unknown"}, 1},
		{"instance profiles", profile("a") + "," + profile("b"), []string{"instance-profile/a", "instance-profile/b"}, 1},
		{"the same", trust("222222222222") + "," + trust("222222222222"), []string{`"AWS":"222222222222"`}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := load(t, "a.json", `{"RoleDetailList":[{`+head+`,`+test.members+`}]}`)
			for _, want := range test.want {
				if got := strings.Join(facts(s), "\n"); !strings.Contains(got, want) {
					t.Errorf("want %q in\n%s", want, got)
				}
			}
			if len(find(s, "duplicate-member")) != test.told {
				t.Errorf("want %d duplicate-member\n%s", test.told, diagnosticLines(s))
			}
		})
	}
	version := func(id string) string { return `{"VersionId":"` + id + `","Document":{"Statement":[]}}` }
	s := load(t, "a.json", `{"UserDetailList":[{"UserName":"u","Arn":"arn:aws:iam::111111111111:user/u","GroupList":["g"],"GroupList":["h"]}],`+
		`"Policies":[{"Arn":"arn:aws:iam::111111111111:policy/p","DefaultVersionId":"v1","PolicyVersionList":[`+version("v1")+`],"PolicyVersionList":[`+version("v2")+`]}]}`)
	a := only(t, s)
	if got := slices.Sorted(slices.Values(a.Users[0].GroupNames)); !slices.Equal(got, []string{"g", "h"}) || len(find(s, "duplicate-member")) != 2 {
		t.Errorf("%s\n%s", got, diagnosticLines(s))
	}
	if p := a.Policies[0].Default(); p != nil && p.Document != nil {
		t.Errorf("the default version is %s of two lists", p.VersionID)
	}
}

// One entity in place of a list is that list's only element, and what is empty holds
// none: neither is lost, nor is the account short of anything (CONV-03, GAAD-12).
func TestGAAD12EntitiesInPlaceOfLists(t *testing.T) {
	const role = `{"RoleName":"r","Arn":"arn:aws:iam::111111111111:role/r"}`
	const managed = `{"PolicyName":"p","Arn":"arn:aws:iam::111111111111:policy/p","DefaultVersionId":"v1","PolicyVersionList":{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Statement":[]}}}`
	for _, empty := range []string{`null`, `[]`, `{}`, `""`} {
		s := load(t, "a.json", `{"RoleDetailList":`+role+`,"UserDetailList":`+empty+`,"GroupDetailList":`+empty+`,"Policies":`+managed+`}`)
		if a := only(t, s); a.Incomplete || len(a.Roles) != 1 || len(a.Policies) != 1 || a.Policies[0].Default() == nil || a.Policies[0].Default().Document == nil || len(find(s, "invalid-list")) != 3 {
			t.Errorf("%s: %d roles, %d policies, incomplete: %v\n%s", empty, len(a.Roles), len(a.Policies), a.Incomplete, diagnosticLines(s))
		}
	}
	s := load(t, "a.json", `{"InstanceProfiles":[{"Arn":"arn:aws:iam::111111111111:instance-profile/i","Roles":`+role+`}]}`)
	if a := only(t, s); a.InstanceProfiles[0].Role != "arn:aws:iam::111111111111:role/r" || len(find(s, "invalid-list")) != 1 {
		t.Errorf("%+v\n%s", a.InstanceProfiles[0], diagnosticLines(s))
	}
}

// An entity is known by its ARN: a name or a path that says something else decides
// nothing, as whether the role is a service's (GAAD-10, EVAL-33).
func TestGAAD10NameBesidesTheARN(t *testing.T) {
	const arn = "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/r"
	s := load(t, "a.json", `{"RoleDetailList":[{"RoleName":"other","Path":"/","Arn":"`+arn+`"}]}`)
	if r := only(t, s).Roles[0]; r.Name != "r" || !r.ServiceLinked() || len(find(s, "name-differs")) != 1 {
		t.Errorf("%s %s\n%s", r.Name, r.Path, diagnosticLines(s))
	}
	wantNo(t, load(t, "a.json", `{"RoleDetailList":[{"RoleName":"r","Path":"/aws-service-role/x.amazonaws.com/","Arn":"`+arn+`"}]}`), "name-differs")
}
