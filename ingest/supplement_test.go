package ingest

import (
	"strings"
	"testing"
)

// What list-roles, get-role and get-user know otherwise than an export of the
// account is settled like any other difference: dates decide, else the one read
// last counts, and a diagnostic tells (NAT-03, IN-07).
func TestNAT03SupplementsThatDiffer(t *testing.T) {
	trust := func(account string) string {
		return `"AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"AWS":"` + account + `"},"Action":"sts:AssumeRole"}]}`
	}
	role := func(more string) string {
		return `{"RoleName":"r","Arn":"arn:aws:iam::111111111111:role/r","RoleId":"AROAR",` + more + `}`
	}
	export := func(more string) string {
		return `{"UserDetailList":[],"GroupDetailList":[],"Policies":[],"RoleDetailList":[` + role(more+`,"RolePolicyList":[]`) + `]}`
	}
	get := func(more string) string { return `{"Role":` + role(more) + `}` }
	used := func(day string) string {
		return `,"RoleLastUsed":{"LastUsedDate":"2026-01-` + day + `T00:00:00Z","Region":"eu-west-1"}`
	}
	const boundary = `,"PermissionsBoundary":{"PermissionsBoundaryType":"Policy","PermissionsBoundaryArn":"arn:aws:iam::aws:policy/`
	for _, test := range []struct {
		name, first, second, want string
		conflicts                 int
	}{
		{"the same", export(trust("222222222222")), get(trust("222222222222")), "222222222222", 0},
		{"the command is read last", export(trust("222222222222")), get(trust("333333333333")), "333333333333", 1},
		{"the export is read last", get(trust("222222222222")), export(trust("333333333333")), "333333333333", 1},
		{"two commands", get(trust("222222222222")), get(trust("333333333333")), "333333333333", 1},
		{"used later, export", export(trust("222222222222") + used("02")), get(trust("333333333333") + used("01")), "222222222222", 1},
		{"used later, command", get(trust("222222222222") + used("02")), export(trust("333333333333") + used("01")), "222222222222", 1},
		{"boundary", export(trust("222222222222") + boundary + `A"}`), get(trust("222222222222") + boundary + `B"}`), "policy/B", 1},
		{"a boundary that the export does not show", export(trust("222222222222")), get(trust("222222222222") + boundary + `B"}`), "policy/B", 0},
		{"tags", export(trust("222222222222") + `,"Tags":[{"Key":"k","Value":"a"}]`), get(trust("222222222222") + `,"Tags":[{"Key":"k","Value":"b"}]`), "tag k=b", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := load(t, "a.json", test.first, "b.json", test.second)
			if got := strings.Join(facts(s), "\n"); !strings.Contains(got, test.want) || len(find(s, "conflict")) != test.conflicts {
				t.Errorf("want %q in\n%s\n%s", test.want, got, diagnosticLines(s))
			}
		})
	}
}

// Of two roles in one instance profile the later reading counts, and a diagnostic
// tells (NAT-03, IN-08).
func TestNAT03ProfileOfTwoRoles(t *testing.T) {
	profile := func(role string) string {
		return `{"InstanceProfiles":[{"InstanceProfileName":"p","Arn":"arn:aws:iam::111111111111:instance-profile/p","Roles":[{"RoleName":"` + role + `","Arn":"arn:aws:iam::111111111111:role/` + role + `"}]}]}`
	}
	s := load(t, "a.json", profile("old"), "b.json", profile("new"))
	if got := only(t, s).InstanceProfiles[0].Role; !strings.HasSuffix(got, "/new") || len(find(s, "conflict")) != 1 {
		t.Errorf("%s\n%s", got, diagnosticLines(s))
	}
	wantNo(t, load(t, "a.json", profile("old"), "b.json", profile("old")), "conflict")
}

// The same tags in another order are no difference (GAAD-21), and a place without a
// line is its file (NAT-03).
func TestNAT03WhatIsNoDifference(t *testing.T) {
	role := func(tags string) string {
		return `{"RoleName":"r","Arn":"arn:aws:iam::111111111111:role/r","Tags":[` + tags + `]}`
	}
	const a, b = `{"Key":"a","Value":"1"}`, `{"Key":"b","Value":"2"}`
	wantNo(t, load(t, "a.json", `{"RoleDetailList":[`+role(a+","+b)+`]}`, "b.json", `{"Role":`+role(b+","+a)+`}`), "conflict")
	profile := func(role string) string {
		return `{"InstanceProfiles":[{"Arn":"arn:aws:iam::111111111111:instance-profile/i","Roles":[{"Arn":"arn:aws:iam::111111111111:role/` + role + `"}]}]}`
	}
	s := load(t, "a.json", profile("r"), "b.json", profile("s"))
	if got := find(s, "conflict"); len(got) != 1 || !strings.HasPrefix(got[0].Message, "b.json says something else of its role") {
		t.Errorf("%v", got)
	}
}
