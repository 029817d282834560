package ingest

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"accesspath/ingest/native"
)

// FuzzRead reads anything as a file: it never panics, and what it makes of it
// survives the native form.
func FuzzRead(f *testing.F) {
	page := roles(role("r", inline(readDoc), attached(edgeARN), `"AssumeRolePolicyDocument":`+trustDoc))
	for _, seed := range []string{
		page, byHand, xmlPage, page + "\n" + page, "[" + page + "]", `{"Page":` + page + `}`, `{"111111111111":` + page + `}`,
		"\xef\xbb\xbf" + page, page[:len(page)/2], roles(role("r", inline(quote(readDoc)))), roles(role("r", inline(`"%7B%22Statement%22%3A%5B%5D%7D"`))),
		`{"user_detail_list":[{"user_name":"u","arn":"arn:aws:iam::1:user/u","create_date":1576155341}]}`,
		describeOrganization, listRoots, `{"TargetId":"r-abcd","Policies":[` + fullSummary + `]}`, `{"Bucket":"b","Policy":` + bucketPolicy + `}`,
		`{"Grants":[{"KeyId":"` + keyARN + `","Operations":["Decrypt"]}]}`, `{"UserId":"A","Account":"1","Arn":"arn:aws:iam::1:user/u"}`,
		"user,arn,user_creation_time\n", `{"Roles":[` + role("r") + `]}`, "", "[", "{", "\x1f\x8b", "\x28\xb5\x2f\xfd", "<a", strings.Repeat("[", 100),
	} {
		f.Add([]byte(seed))
	}
	for _, text := range append(outputs(), outputsOfIAM()...) {
		for _, v := range variants(text) {
			f.Add([]byte(v))
		}
	}
	for _, name := range []string{"testdata/account.json", "testdata/organization.json", "testdata/resources.json", "testdata/example.native.golden.json"} {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(survives)
}

// survives reads content as a file: whatever is made of it reads back from the
// native form as it was.
func survives(t *testing.T, content []byte) {
	if len(content) > 1<<16 {
		return
	}
	s, err := Read(context.Background(), texts("f", string(content)), Options{})
	if err != nil {
		return
	}
	var first, second bytes.Buffer
	if err := native.Encode(&first, s); err != nil {
		t.Fatal(err)
	}
	again, err := Read(context.Background(), texts("f", first.String()), Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, first.String())
	}
	if err := native.Encode(&second, again); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Fatalf("the native form does not read back:\n%s\nand\n%s", first.String(), second.String())
	}
}
