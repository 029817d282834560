package collect

import (
	"slices"
	"testing"
)

func TestUnits(t *testing.T) {
	for name, want := range map[string]string{
		"iam-data/aws/aws/accounts/111111111111/iam/role/r/trust-policy.json": "iam-data/aws/aws/accounts/111111111111",
		"aws/aws-cn/accounts/111111111111/s3/b/policy.json":                   "aws/aws-cn/accounts/111111111111",
		"/x/aws/aws/accounts/111111111111/organization.json":                  "/x/aws/aws/accounts/111111111111",
		"x/aws/aws/organizations/o-abc/scps/p-1/policy.json":                  "x/aws/aws/organizations/o-abc",
		"x/aws/aws/organizations/o-abc/ous.json":                              "x/aws/aws/organizations/o-abc",
		"x/aws/aws/indexes/vpcs.json":                                         "x/aws/aws/indexes",
		"aws/aws/aws/accounts/111111111111/iam/user/u/metadata.json":          "aws/aws/aws/accounts/111111111111",
		"accounts/111111111111/iam/role/r/metadata.json":                      "accounts/111111111111",
		"111111111111/iam/metadata.json":                                      "",
		"x/aws/aws/accounts/prod/iam/role/r/metadata.json":                    "",
		"x/aws/aws/accounts/111111111111":                                     "",
		"x/aws/aws/accounts/111111111111.json":                                "",
		"x/aws/aws/organizations/other/ous.json":                              "",
		"x/aws/aws/accounts/111111111111/iam/role/r/notes.txt":                "",
		"-":                 "",
		"aws/aws/gaad.json": "",
	} {
		if got := Units([]string{name})[0]; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// A copy that does not begin at aws/PARTITION/ has to hold metadata, for others
// name their directories so, too.
func TestUnitsWithoutPartition(t *testing.T) {
	const a, o = "export/accounts/111111111111", "export/organizations/o-abc"
	names := []string{
		a + "/iam/role/r/metadata.json", a + "/iam/role/r/trust-policy.json", a + "/s3-bpa.json", a + "/gaad.json",
		"export/accounts/222222222222/iam/gaad.json", "export/accounts/222222222222/s3-bpa.json",
		o + "/metadata.json", o + "/ous.json", o + "/scps/p-1/policy.json", o + "/list-roots.json", "export/organizations/o-xyz/accounts.json",
	}
	want := []string{a, a, a, "", "", "", o, o, o, "", ""}
	if got := Units(names); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func FuzzUnit(f *testing.F) {
	for _, s := range []string{"", "/", "aws/aws/accounts/111111111111/x.json", "aws/aws/organizations/o-/.json", "aws/aws/indexes/.json", "aws/aws/accounts//.json", "aws//aws/accounts/1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		p, ok := locate(name)
		if ok && len(p.unit) >= len(name) {
			t.Errorf("%q is no directory of %q", p.unit, name)
		}
	})
}
