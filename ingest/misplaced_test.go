package ingest

import (
	"slices"
	"strings"
	"testing"
)

// GRAM-08, GRAM-10, GRAM-11, GRAM-21: what a statement may have hangs on what its
// document is attached as, which is known when everything is read.
func TestMisplacedElements_GRAM_08_GRAM_11_GRAM_21(t *testing.T) {
	const user = "arn:aws:iam::111111111111:user/u"
	export := `{"UserDetailList":[{"UserName":"u","UserId":"AIDAU","Arn":"` + user + `","UserPolicyList":[
		{"PolicyName":"own","PolicyDocument":{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Allow","Action":"s3:*"}]}}]}],
		"RoleDetailList":[{"RoleName":"r","RoleId":"AROAR","Arn":"arn:aws:iam::111111111111:role/r",
			"AssumeRolePolicyDocument":{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"` + user + `"},"Resource":"*"}}}],
		"Policies":[{"PolicyName":"m","Arn":"arn:aws:iam::111111111111:policy/m","DefaultVersionId":"v1","PolicyVersionList":[
			{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Statement":{"Effect":"Deny","Action":"*","Resource":"*","Principal":"*"}}}]}]}`
	rest := `{"schema":"accesspath.snapshot/1","resources":[{"arn":"arn:aws:s3:::b","account":"111111111111","policy":{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}}],
		"organization":{"id":"o-ex","root":{"id":"r-1","scps":[{"name":"guard","document":{"Statement":{"Effect":"Deny","Action":"iam:*"}}}],
			"rcps":[{"name":"perimeter","document":{"Statement":{"Effect":"Deny","Action":"*","Resource":"*","Principal":{"AWS":"*"}}}}],"accounts":[{"id":"111111111111"}]}}}`
	s := load(t, "a.json", export, "b.json", rest)
	var got []string
	for _, d := range s.Diagnostics {
		if strings.HasPrefix(d.Code, "misplaced-") || d.Code == "missing-resource" || d.Code == "missing-principal" {
			got = append(got, d.Entity+" "+d.Code)
			if d.Origin.File == "" || d.Origin.Line == 0 {
				t.Errorf("%+v has no place", d)
			}
		}
	}
	slices.Sort(got)
	want := []string{"111111111111:policy/m misplaced-principal", "111111111111:role/r misplaced-resource", user[len("arn:aws:iam::"):] + " missing-resource"}
	for i := range want {
		want[i] = "arn:aws:iam::" + want[i]
	}
	want = append(want, "arn:aws:s3:::b missing-principal", "r-1 misplaced-in-rcp", "r-1 missing-resource")
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q\nall: %v", got, want, s.Diagnostics)
	}
}
