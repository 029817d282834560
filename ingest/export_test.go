package ingest

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"accesspath/iam"
	"accesspath/ingest/managed"
)

// changing are files of an organization that change from run to run.
type changing struct {
	r     *rand.Rand
	files map[string]string
}

func (c *changing) one(of ...string) string { return of[c.r.IntN(len(of))] }

// some is a JSON list of some of the elements.
func (c *changing) some(of ...string) string {
	return "[" + strings.Join(slices.DeleteFunc(of, func(string) bool { return c.r.IntN(3) == 0 }), ",") + "]"
}

func (c *changing) attachments(id string) string {
	arn := func(name, arn string) string { return fmt.Sprintf(`{"PolicyName": %q, "PolicyArn": %q}`, name, arn) }
	return c.some(arn("own", "arn:aws:iam::"+id+":policy/own"), arn("Shared", "arn:aws:iam::aws:policy/Shared"),
		arn("ReadOnlyAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"), arn("Gone", "arn:aws:iam::aws:policy/"+c.one("Gone", "Other")))
}

// managed is a managed policy, the text of which differs from export to export.
func (c *changing) managed(arn string) string {
	return fmt.Sprintf(`{"PolicyName": %q, "PolicyId": "ANPA", "Arn": %q, "Path": "/", "DefaultVersionId": "v1", "AttachmentCount": %d, "UpdateDate": "202%d-01-01T00:00:00Z",
   "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": %s}]}`, arn[strings.LastIndexByte(arn, '/')+1:], arn, c.r.IntN(3), c.r.IntN(2), c.document())
}

func (c *changing) document() string {
	return c.one(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}`,
		`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:Get*", "Resource": "*"}}`,
		`{"Version": "2012-10-17", "Statement": [{"Effect": "allow", "Action": "s3:*", "Resource": "*"}]}`)
}

func (c *changing) role(id, name string) string {
	profiles := c.one("[]", "[]", fmt.Sprintf(`[{"InstanceProfileName": "p%[2]s", "Arn": "arn:aws:iam::%[1]s:instance-profile/p%[2]s", "Roles": [{"RoleName": %[3]q, "Arn": "arn:aws:iam::%[1]s:role/%[3]s"}]}]`, id, name, c.one(name, name, name, "r9")))
	trust := c.one(`{"Service": "ec2.amazonaws.com"}`, `{"AWS": "arn:aws:iam::111111111112:root"}`, `{"AWS": "arn:aws:iam::`+id+`:user/ann"}`)
	return fmt.Sprintf(`{"RoleName": %[1]q, "RoleId": "AROA%[1]s%[2]s", "Arn": "arn:aws:iam::%[2]s:role/%[1]s", "InstanceProfileList": %[3]s, "AttachedManagedPolicies": %[4]s, "RolePolicyList": %[5]s,
   "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": %[6]s, "Action": "sts:AssumeRole"}]}}`, name, id, profiles, c.attachments(id),
		c.some(`{"PolicyName": "in", "PolicyDocument": `+c.document()+`}`), trust)
}

// export is the export of an account, or one page of it.
func (c *changing) export(id string) string {
	user := fmt.Sprintf(`{"UserName": "ann", "UserId": "AIDA%[1]s", "Arn": "arn:aws:iam::%[1]s:user/ann", "GroupList": %[2]s, "AttachedManagedPolicies": %[3]s%[4]s}`, id,
		c.some(`"g"`, `"h"`), c.attachments(id), c.one("", "", `, "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::`+id+`:policy/own"}`))
	group := fmt.Sprintf(`{"GroupName": "g", "GroupId": "AGPA%[1]s", "Arn": "arn:aws:iam::%[1]s:group/g", "AttachedManagedPolicies": %[2]s}`, id, c.attachments(id))
	lists := fmt.Sprintf("{%s\"UserDetailList\": %s, \"GroupDetailList\": %s,\n \"RoleDetailList\": %s,\n \"Policies\": %s%s}", c.one("", "\n", "\n\n"), c.one(c.some(user), c.some(user), c.some(user, user)), c.some(group),
		c.some(c.role(id, "r1"), c.role(id, "r2"), c.role(id, "R2")),
		c.some(c.managed("arn:aws:iam::"+id+":policy/own"), c.managed("arn:aws:iam::aws:policy/Shared"), c.managed("arn:aws:iam::aws:policy/Other")), c.one("", "", `, "IsTruncated": false`, `, "IsTruncated": true`))
	return lists + c.one("", "", "", "", "", "{")
}

// change writes some files again, and takes some away.
func (c *changing) change() {
	for i := range 7 {
		id := fmt.Sprintf("%012d", 111111111111+i%6)
		name := fmt.Sprintf("accounts/%d.json", i)
		if _, ok := c.files[name]; !ok || c.r.IntN(4) == 0 {
			c.files[name] = c.export(id)
		}
		if c.r.IntN(10) == 0 {
			delete(c.files, name)
		}
	}
	other := func(name string, texts ...string) {
		if c.r.IntN(3) == 0 {
			if text := c.one(texts...); text == "" {
				delete(c.files, name)
			} else {
				c.files[name] = text
			}
		}
	}
	other("org/org.json", "", `{"Organization": {"Id": "o-example", "FeatureSet": "ALL", "MasterAccountId": "111111111111"}}`)
	other("org/accounts.json", `{"Accounts": [{"Id": "111111111111", "Name": "main", "Status": "ACTIVE"}, {"Id": "111111111113", "Name": "third", "Status": "SUSPENDED"}]}`, "")
	other("more/users.json", "", `{"Users": [{"UserName": "ann", "UserId": "AIDA111111111112", "Arn": "arn:aws:iam::111111111112:user/ann", "PasswordLastUsed": "2024-01-01T00:00:00Z"}]}`)
	other("more/role.json", "", "", `{"Role": {"RoleName": "r1", "RoleId": "AROAr1111111111113", "Arn": "arn:aws:iam::111111111113:role/r1", "Path": "/", "MaxSessionDuration": 7200, "Description": "d", "AssumeRolePolicyDocument": {"Statement": []}}}`)
	other("more/policy.json", "", `{"Policy": {"PolicyName": "Shared", "Arn": "arn:aws:iam::aws:policy/Shared", "DefaultVersionId": "v1", "UpdateDate": "2022-01-01T00:00:00Z"}}`)
	other("more/native.json", "", "", `{"schema": "accesspath.snapshot/1", "accounts": [{"id": "111111111114", "users": [{"arn": "arn:aws:iam::111111111114:user/ann", "emergency": true}]}]}`)
	other("more/tf.json", "", "", "", "", "", `{"format_version": "1.0", "terraform_version": "1.5.0", "values": {"root_module": {"resources": [{"address": "aws_iam_role.x", "mode": "managed", "type": "aws_iam_role", "name": "x", "provider_name": "registry.terraform.io/hashicorp/aws", "values": {"name": "x", "arn": "arn:aws:iam::111111111115:role/x", "assume_role_policy": "{\"Statement\":[]}"}}]}}}`)
}

func (c *changing) sources() []Source {
	var out []Source
	for name, body := range c.files {
		out = append(out, text(name, body))
	}
	return out
}

// wasRead is what a run gave.
type wasRead struct {
	s       *iam.Snapshot
	exports []*iam.Export
}

// is fails the test unless two runs gave the same.
func (r wasRead) is(t *testing.T, want wasRead) {
	t.Helper()
	sameSnapshot(t, r.s, want.s)
	if !reflect.DeepEqual(r.exports, want.exports) {
		t.Fatalf("the exports differ: %d, want %d", len(r.exports), len(want.exports))
	}
}

func (c *changing) read(t *testing.T, earlier *Earlier) wasRead {
	t.Helper()
	s, exports, err := ReadExports(t.Context(), c.sources(), Options{Managed: managed.Lookup, Earlier: earlier})
	if err != nil {
		t.Fatal(err)
	}
	return wasRead{s, exports}
}

// What is taken over from an earlier snapshot is what reading finds: the new
// snapshot is that of a run that reads everything, positions and diagnostics
// included, and so are the exports that the next run takes over.
func TestEarlierIsReadingAgain(t *testing.T) {
	taken, read := 0, 0
	for seed := range uint64(100) {
		c := &changing{rand.New(rand.NewPCG(seed, 1)), map[string]string{}}
		c.change()
		before := c.read(t, nil)
		for range 4 {
			c.change()
			e := &Earlier{Snapshot: before.s, Exports: before.exports, Unchanged: Unchanged(t.Context(), c.sources(), before.s.Sources, Options{})}
			taken, read = taken+len(newRecall(e).exports), read+len(c.files)
			untouched := encode(t, before.s)
			again, whole := c.read(t, e), c.read(t, nil)
			again.is(t, whole)
			if string(encode(t, before.s)) != string(untouched) {
				t.Fatalf("seed %d: the earlier snapshot was changed", seed)
			}
			before = again
		}
	}
	if taken*8 < read {
		t.Errorf("of %d files %d were not read: the test shows less than it should", read, taken)
	}
}

// Exports that did not change are not opened a second time.
func TestEarlierSparesReading(t *testing.T) {
	files := organizationFiles()
	s, exports, err := ReadExports(t.Context(), files, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(exports) != 6 {
		t.Fatalf("%d exports, want 6", len(exports))
	}
	files[2] = text(files[2].Name, `{"UserDetailList": [], "RoleDetailList": [], "GroupDetailList": [{"GroupName": "g", "Arn": "arn:aws:iam::111111111113:group/g"}], "Policies": []}`)
	e := &Earlier{Snapshot: s, Exports: exports, Unchanged: Unchanged(t.Context(), files, s.Sources, Options{})}
	var opened []string
	for i, f := range files {
		files[i].Open = func() (io.ReadCloser, error) {
			opened = append(opened, f.Name)
			return f.Open()
		}
	}
	if _, err := Read(t.Context(), files, Options{Workers: 1, Earlier: e}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"accounts/2.json", "org/org.json", "org/accounts.json"}; !slices.Equal(opened, want) {
		t.Errorf("opened %v, want %v", opened, want)
	}
}

// Of files that cannot be read nothing is known to be unchanged, and hashing heeds
// its context.
func TestUnchanged(t *testing.T) {
	files := organizationFiles()
	whole, err := Read(t.Context(), files, Options{})
	if err != nil {
		t.Fatal(err)
	}
	broken := slices.Clone(files)
	broken[0].Open = func() (io.ReadCloser, error) { return nil, io.ErrUnexpectedEOF }
	if n := len(Unchanged(t.Context(), broken, whole.Sources, Options{})); n != len(files)-1 {
		t.Errorf("%d unchanged, want %d", n, len(files)-1)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n := len(Unchanged(ctx, files, whole.Sources, Options{})); n != 0 {
		t.Errorf("%d unchanged after the context was done", n)
	}
}
