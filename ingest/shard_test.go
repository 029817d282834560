package ingest

import (
	"bytes"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"accesspath/iam"
	"accesspath/ingest/managed"
)

// split reads sources in shards, and merges those, some of them first.
func split(t *testing.T, r *rand.Rand, files []Source, o Options) *iam.Snapshot {
	t.Helper()
	shards := make([][]Source, 1+r.IntN(len(files)))
	for i, f := range files {
		at := i % len(shards) // none stays empty
		if i >= len(shards) {
			at = r.IntN(len(shards))
		}
		shards[at] = append(shards[at], f)
	}
	if r.IntN(2) == 0 { // every run is given the facts of the organization
		for i := range shards {
			for _, f := range files {
				if strings.HasPrefix(f.Name, "org/") && !slices.ContainsFunc(shards[i], func(s Source) bool { return s.Name == f.Name }) {
					shards[i] = append(shards[i], f)
				}
			}
		}
	}
	var list []*iam.Snapshot
	for _, files := range shards {
		s, err := Read(t.Context(), files, o)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	for len(list) > 1 {
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		n := 2 + r.IntN(len(list)-1)
		s, err := Merge(t.Context(), list[:n], o)
		if err != nil {
			t.Fatal(err)
		}
		list = append(slices.Clone(list[n:]), s)
	}
	return list[0]
}

// organizationFiles are exports of accounts that attach what others have, and of the
// organization.
func organizationFiles() []Source {
	var files []Source
	for i := range 6 {
		id := fmt.Sprintf("%012d", 111111111111+i)
		files = append(files, text(fmt.Sprintf("accounts/%d.json", i), fmt.Sprintf(`{
 "UserDetailList": [{"Path": "/", "UserName": "ann", "UserId": "AIDA%[1]s", "Arn": "arn:aws:iam::%[1]s:user/ann", "CreateDate": "2020-01-01T00:00:00Z", "GroupList": ["g"],
   "AttachedManagedPolicies": [{"PolicyName": "own", "PolicyArn": "arn:aws:iam::%[1]s:policy/own"}, {"PolicyName": "Shared", "PolicyArn": "arn:aws:iam::aws:policy/Shared"}, {"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}, {"PolicyName": "Gone", "PolicyArn": "arn:aws:iam::aws:policy/Gone"}]}],
 "GroupDetailList": [{"Path": "/", "GroupName": "g", "GroupId": "AGPA%[1]s", "Arn": "arn:aws:iam::%[1]s:group/g", "CreateDate": "2020-01-01T00:00:00Z", "GroupPolicyList": [], "AttachedManagedPolicies": []}],
 "RoleDetailList": [{"Path": "/", "RoleName": "r", "RoleId": "AROA%[1]s", "Arn": "arn:aws:iam::%[1]s:role/r", "CreateDate": "2020-01-01T00:00:00Z", "InstanceProfileList": [], "RolePolicyList": [], "AttachedManagedPolicies": [],
   "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::%012[2]d:root"}, "Action": "sts:AssumeRole"}]}}],
 "Policies": [{"PolicyName": "own", "PolicyId": "ANPA%[1]s", "Arn": "arn:aws:iam::%[1]s:policy/own", "Path": "/", "DefaultVersionId": "v1", "AttachmentCount": 1, "PermissionsBoundaryUsageCount": 0, "IsAttachable": true, "CreateDate": "2020-01-01T00:00:00Z", "UpdateDate": "2020-01-01T00:00:00Z",
   "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "CreateDate": "2020-01-01T00:00:00Z", "Document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}]}%[3]s],
 "IsTruncated": false}`, id, 111111111111+(i+1)%6, sharedPolicy(i))))
	}
	files = append(files, text("org/org.json", `{"Organization": {"Id": "o-example", "Arn": "arn:aws:organizations::111111111111:organization/o-example", "FeatureSet": "ALL", "MasterAccountArn": "arn:aws:organizations::111111111111:account/o-example/111111111111", "MasterAccountId": "111111111111"}}`),
		text("org/accounts.json", `{"Accounts": [{"Id": "111111111111", "Arn": "arn:aws:organizations::111111111111:account/o-example/111111111111", "Name": "main", "Status": "ACTIVE"}, {"Id": "111111111112", "Arn": "arn:aws:organizations::111111111111:account/o-example/111111111112", "Name": "second", "Status": "ACTIVE"}]}`))
	return files
}

// sharedPolicy is a policy of AWS's, which some of the exports hold the text of, each
// with its own count.
func sharedPolicy(i int) string {
	if i%2 == 0 {
		return ""
	}
	return fmt.Sprintf(`, {"PolicyName": "Shared", "PolicyId": "ANPASHARED", "Arn": "arn:aws:iam::aws:policy/Shared", "Path": "/", "DefaultVersionId": "v1", "AttachmentCount": %d, "PermissionsBoundaryUsageCount": 0, "IsAttachable": true, "CreateDate": "2020-01-01T00:00:00Z", "UpdateDate": "2020-01-01T00:00:00Z",
   "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "CreateDate": "2020-01-01T00:00:00Z", "Document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}}]}`, i)
}

// However inputs are split over runs, and in whatever order and nesting those are
// merged: the snapshot is the one of a single run, byte for byte, positions and
// diagnostics included.
func TestMergeIsReadingAtOnce(t *testing.T) {
	files := organizationFiles()
	o := Options{Managed: managed.Lookup}
	whole, err := Read(t.Context(), files, o)
	if err != nil {
		t.Fatal(err)
	}
	want := encode(t, whole)
	for _, code := range []string{"unresolved-policy", "bundled-policies"} {
		if !bytes.Contains(want, []byte(code)) {
			t.Fatalf("no diagnostic %s; the test shows less than it should", code)
		}
	}
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 40 {
		got := split(t, r, files, o)
		if !bytes.Equal(encode(t, got), want) {
			sameSnapshot(t, got, whole)
			t.Fatalf("round %d: merged it differs:\n%s", round, encode(t, got))
		}
	}
}

// mergedEachWay yields the snapshots that files come to, each read by itself, merged in
// their order and in the opposite one.
func mergedEachWay(t *testing.T, files ...Source) iter.Seq[*iam.Snapshot] {
	t.Helper()
	var list []*iam.Snapshot
	for _, f := range files {
		s, err := Read(t.Context(), []Source{f}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	return func(yield func(*iam.Snapshot) bool) {
		for range 2 {
			slices.Reverse(list)
			s, err := Merge(t.Context(), list, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !yield(s) {
				return
			}
		}
	}
}

// What two runs say differently of one entity is decided as between files.
func TestMergeConflict(t *testing.T) {
	a := text("a.json", `{"schema": "accesspath.snapshot/1", "asOf": "2024-01-01T00:00:00Z", "accounts": [{"id": "111111111111", "users": [{"arn": "arn:aws:iam::111111111111:user/ann", "id": "AIDA1", "tags": [{"key": "k", "value": "old"}]}]}]}`)
	b := text("b.json", `{"schema": "accesspath.snapshot/1", "asOf": "2024-02-01T00:00:00Z", "accounts": [{"id": "111111111111", "users": [{"arn": "arn:aws:iam::111111111111:user/ann", "id": "AIDA1", "tags": [{"key": "k", "value": "new"}]}]}]}`)
	for s := range mergedEachWay(t, a, b) {
		if got := s.Accounts[0].Users[0].Tags[0].Value; got != "new" {
			t.Errorf("the tag is %q", got)
		}
		if !slices.ContainsFunc(s.Diagnostics, func(d iam.Diagnostic) bool { return d.Code == "conflict" }) {
			t.Errorf("no diagnostic of the conflict: %v", s.Diagnostics)
		}
	}
}

func TestMergeNothing(t *testing.T) {
	if _, err := Merge(t.Context(), nil, Options{}); err == nil {
		t.Error("merging nothing is no error")
	}
}

// TestMergeFilteredOut_GAAD_22: that an account has no users is not known where a role of
// a later export trusts one, whichever of the two stands in a snapshot of its own.
func TestMergeFilteredOut_GAAD_22(t *testing.T) {
	export := func(name, date, principal string) Source {
		return text(name, fmt.Sprintf(`{"UserDetailList": [], "GroupDetailList": [], "Policies": [], "IsTruncated": false, "RoleDetailList": [{"Path": "/", "RoleName": "r", "RoleId": "AROA1", "Arn": "arn:aws:iam::111111111111:role/r", "CreateDate": %q,
 "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": %q}, "Action": "sts:AssumeRole"}]}}]}`, date, principal))
	}
	files := []Source{export("a.json", "2024-01-01T00:00:00Z", "222222222222"), export("b.json", "2024-02-01T00:00:00Z", "arn:aws:iam::111111111111:user/ann")}
	whole, err := Read(t.Context(), files, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for s := range mergedEachWay(t, files...) {
		for _, section := range []iam.Section{iam.SectionUsers, iam.SectionGroups} {
			if got, want := s.Accounts[0].Coverage[section], whole.Accounts[0].Coverage[section]; got != want {
				t.Errorf("%s: merged they are %v, read at once %v", section, got, want)
			}
		}
	}
}

// TestMergeBoundaries_GAAD_13: a snapshot without users and roles, such as of a filtered
// export, does not tell that those of another one have no boundaries.
func TestMergeBoundaries_GAAD_13(t *testing.T) {
	const arn = "arn:aws:iam::111111111111:"
	var list []*iam.Snapshot
	for _, f := range []Source{
		text("a.json", `{"Policies": [{"PolicyName": "p", "PolicyId": "ANPA1", "Arn": "`+arn+`policy/p", "Path": "/", "DefaultVersionId": "v1"}], "UserDetailList": [], "RoleDetailList": [], "GroupDetailList": [], "IsTruncated": false}`),
		text("b.json", `{"UserDetailList": [{"UserName": "ann", "UserId": "AIDA1", "Arn": "`+arn+`user/ann", "Path": "/"}]}`),
	} {
		s, err := Read(t.Context(), []Source{f}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	s, err := Merge(t.Context(), list, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Accounts[0].Coverage[iam.SectionBoundaries]; got != iam.Unknown {
		t.Errorf("boundaries of %d users are %v", len(s.Accounts[0].Users), got)
	}
}
