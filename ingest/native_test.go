package ingest

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"accesspath/iam"
	"accesspath/ingest/managed"
	"accesspath/ingest/native"
)

// example is the three files of testdata as one snapshot.
func example(t testing.TB, o Options) *iam.Snapshot {
	t.Helper()
	sources, _, err := Files([]string{"testdata/account.json", "testdata/organization.json", "testdata/resources.json"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Read(context.Background(), sources, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func encode(t testing.TB, s *iam.Snapshot) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := native.Encode(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// GAAD, an organization and resources become the native form byte by byte.
func TestGoldenNative(t *testing.T) {
	got := encode(t, example(t, Options{}))
	golden := filepath.Join("testdata", "example.native.golden.json")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("native form differs from %s; if that is meant, run go test with -update", golden)
	}
}

// NAT-01: reading what was written gives the same snapshot, with the places
// where the facts were read first (NAT-03).
func TestNAT01RoundTrip(t *testing.T) {
	s := example(t, Options{})
	back := load(t, "snapshot.json", string(encode(t, s)))
	sameSnapshot(t, back, s)
}

// Bundled policies travel with the snapshot, marked as such.
func TestNAT01BundledRoundTrip(t *testing.T) {
	export := `{"RoleDetailList":[` + role("r", attached("arn:aws:iam::aws:policy/AdministratorAccess")) + `]}`
	s, err := Read(t.Context(), texts("a.json", export), Options{Managed: managed.Lookup})
	if err != nil {
		t.Fatal(err)
	}
	if p := s.Accounts[0].Roles[0].Attached[0].Policy; p == nil || !p.Bundled {
		t.Fatalf("%+v", p)
	}
	sameSnapshot(t, load(t, "n.json", string(encode(t, s))), s)
}

func sameSnapshot(t testing.TB, got, want *iam.Snapshot) {
	t.Helper()
	if reflect.DeepEqual(got, want) {
		return
	}
	if a, b := encode(t, got), encode(t, want); !bytes.Equal(a, b) {
		line := 1
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("snapshots differ at line %d:\n%.300s\nwant\n%.300s", line, a[max(0, i-150):], b[max(0, i-150):])
			}
			if a[i] == '\n' {
				line++
			}
		}
	}
	for i := range want.Accounts {
		if i < len(got.Accounts) && !reflect.DeepEqual(got.Accounts[i], want.Accounts[i]) {
			t.Errorf("account %s differs: %+v\nwant %+v", want.Accounts[i].ID, got.Accounts[i], want.Accounts[i])
		}
	}
	if !reflect.DeepEqual(got.Organization, want.Organization) {
		t.Errorf("organizations differ: %+v\nwant %+v", got.Organization, want.Organization)
	}
	if !reflect.DeepEqual(got.Resources, want.Resources) {
		t.Error("resources differ")
	}
	if !reflect.DeepEqual(got.Diagnostics, want.Diagnostics) {
		t.Errorf("diagnostics differ: %v\nwant %v", got.Diagnostics, want.Diagnostics)
	}
	t.Fatal("snapshots differ")
}

// CONV-04: neither the order of files nor the number of workers shows.
func TestShuffledInputs(t *testing.T) {
	names := []string{"testdata/account.json", "testdata/organization.json", "testdata/resources.json"}
	want := encode(t, example(t, Options{Workers: 1}))
	r := rand.New(rand.NewPCG(1, 2))
	for range 10 {
		r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		sources, _, err := Files(names, nil)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Read(context.Background(), sources, Options{Workers: 4})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(encode(t, s), want) {
			t.Fatalf("order %v gives another snapshot", slices.Clone(names))
		}
	}
}

// byHand is what somebody may write: no origins, alphabetical, no schema first.
const byHand = `{
 "accounts": [
  {"id": "111111111111", "alias": "app",
   "users": [{"arn": "arn:aws:iam::111111111111:user/team/ann", "groups": ["g"], "attached": [{"arn": "arn:aws:iam::111111111111:policy/p"}]}],
   "groups": [{"arn": "arn:aws:iam::111111111111:group/g"}],
   "roles": [{"arn": "arn:aws:iam::111111111111:role/r", "legacyImplicitSelfTrust": true,
     "trust": {"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}},
     "inline": [{"name": "i", "document": {"Statement": [{"Effect": "Alow", "Action": "s3:*", "Resource": "*"}]}}]}],
   "policies": [{"arn": "arn:aws:iam::111111111111:policy/p", "versions": [{"document": "{\"Statement\":[]}"}]}]},
  {"id": "222222222222", "users": [], "roles": [], "coverage": {"boundaries": "known-empty"}},
  {"id": "333333333333", "gaad": {"RoleDetailList": [{"RoleName": "x", "Arn": "arn:aws:iam::333333333333:role/x"}], "IsTruncated": true}}
 ],
 "asOf": "2024-05-06T07:08:09Z",
 "organization": {"id": "o-example", "managementAccountId": "999999999999", "serviceControlPolicies": "present", "resourceControlPolicies": "known-empty",
  "policies": [{"name": "deny", "document": {"Statement": {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}}}],
  "root": {"id": "r-abcd", "scps": ["p-FullAWSAccess"],
   "accounts": [{"id": "999999999999"}],
   "units": [{"id": "ou-abcd-1", "scps": [], "accounts": [{"id": "111111111111", "scps": ["deny", {"name": "inplace", "document": {"Statement": []}}]}]}]}},
 "resources": [
  {"arn": "arn:aws:s3:::b", "account": "111111111111", "type": "s3:bucket", "policy": null, "tags": [], "publicAccessBlock": {"blockPublicAcls": true, "ignorePublicAcls": true, "blockPublicPolicy": true, "restrictPublicBuckets": true}},
  {"arn": "arn:aws:sqs:eu-west-1:111111111111:q", "policy": {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage"}}},
  {"arn": "arn:aws:s3:::nobodys"}
 ],
 "schema": "accesspath.snapshot/1",
 "trustedAccounts": [{"id": "444444444444", "name": "vendor", "thirdParty": true}]
}`

func TestNAT01ByHand(t *testing.T) {
	s := load(t, "n.json", byHand)
	if len(s.Accounts) != 3 || s.AsOf.Year() != 2024 || len(s.Trusted) != 1 || !s.Trusted[0].ThirdParty {
		t.Fatalf("%+v", s)
	}
	a := s.Account("111111111111")
	if u := a.Users[0]; u.Name != "ann" || u.Path != "/team/" || len(u.Groups) != 1 || u.Attached[0].Policy == nil {
		t.Errorf("user %+v", a.Users[0])
	}
	r := a.Roles[0]
	allows(t, r.Trust, "sts:AssumeRole")
	if !r.LegacySelfTrust || r.Origin.Line != 6 || r.Inline[0].Origin.Pointer != "/accounts/0/roles/0/inline/0/document" {
		t.Errorf("role %+v, policy at %+v", r, r.Inline[0].Origin)
	}
	if x := s.Account("333333333333"); len(x.Roles) != 1 || !x.Incomplete {
		t.Errorf("gaad inside: %+v", x)
	}
	o := s.Organization
	if o.OrgPath("111111111111") != "o-example/r-abcd/ou-abcd-1/" || o.SCP != iam.Present || o.RCP != iam.KnownEmpty {
		t.Errorf("organization %+v", o)
	}
	allows(t, o.Node("r-abcd").SCPs[0], "s3:GetObject")
	n := o.Node("111111111111")
	if len(n.SCPs) != 2 || n.SCPs[0].Document == nil || n.SCPs[1].Document == nil {
		t.Errorf("node %+v", n)
	}
	if d := find(s, "invalid-effect"); len(d) != 1 || d[0].String() != `n.json:8:69: /accounts/0/roles/0/inline/0/document/Statement/0 (arn:aws:iam::111111111111:role/r): warning: i: Effect is "Alow", want "Allow" or "Deny"; the statement has no effect` {
		t.Errorf("%v", d)
	}
}

func TestNAT02Owner(t *testing.T) {
	s := load(t, "n.json", byHand)
	if r := s.Resource("arn:aws:s3:::b"); r.Account != "111111111111" {
		t.Errorf("%+v", r)
	}
	if r := s.Resource("arn:aws:s3:::nobodys"); r.Account != "" || len(find(s, "owner-unknown")) != 1 {
		t.Errorf("%+v %v", r, s.Diagnostics)
	}
	s = load(t, "n.json", `{"schema":"accesspath.snapshot/1","accounts":[{"id":"111111111111"}],"resources":[{"arn":"arn:aws:s3:::b"}]}`)
	if r := s.Resource("arn:aws:s3:::b"); r.Account != "111111111111" {
		t.Errorf("the account of the snapshot that delivered it: %+v", r)
	}
}

// The newer snapshot wins, whatever the files are called.
func TestNAT03NewerWins(t *testing.T) {
	snapshot := func(asOf, doc string) string {
		return `{"schema":"accesspath.snapshot/1","asOf":"` + asOf + `","accounts":[{"id":"111111111111","roles":[{"arn":"arn:aws:iam::111111111111:role/r","inline":[{"name":"i","document":` + doc + `}]}]}]}`
	}
	s := load(t, "a.json", snapshot("2024-02-01T00:00:00Z", readDoc), "b.json", snapshot("2024-01-01T00:00:00Z", adminDoc))
	if got := only(t, s).Roles[0].Inline[0]; got.Document.Text != readDoc || got.Origin.File != "a.json" {
		t.Errorf("%+v", got)
	}
	d := find(s, "conflict")
	if len(d) != 1 || d[0].Message != "a.json:1 has other content for it and is used: its snapshot is newer" || d[0].Origin.File != "b.json" {
		t.Errorf("%v", d)
	}
	if s.AsOf.Month() != 2 {
		t.Errorf("as of %v", s.AsOf)
	}
}

func TestNAT04ThreeStates(t *testing.T) {
	s := load(t, "n.json", byHand)
	for _, test := range []struct {
		account string
		section iam.Section
		want    iam.State
	}{
		{"111111111111", iam.SectionUsers, iam.Present},
		{"111111111111", iam.SectionCredentials, iam.Unknown},
		{"222222222222", iam.SectionUsers, iam.KnownEmpty},
		{"222222222222", iam.SectionGroups, iam.Unknown},
		{"222222222222", iam.SectionBoundaries, iam.KnownEmpty},
	} {
		if got := s.Account(test.account).Coverage[test.section]; got != test.want {
			t.Errorf("%s of %s are %v, want %v", test.section, test.account, got, test.want)
		}
	}
	b, q := s.Resource("arn:aws:s3:::b"), s.Resource("arn:aws:sqs:eu-west-1:111111111111:q")
	if b.PolicyState != iam.KnownEmpty || b.TagsState != iam.KnownEmpty || b.ACLState != iam.Unknown || q.PolicyState != iam.Present || q.TagsState != iam.Unknown {
		t.Errorf("%+v %+v", b, q)
	}
	if got := s.Resource("arn:aws:s3:::nobodys").PolicyState; got != iam.Unknown {
		t.Errorf("a missing policy is %v", got)
	}
	o := s.Organization
	for id, want := range map[string]iam.State{"r-abcd": iam.Present, "ou-abcd-1": iam.KnownEmpty, "999999999999": iam.Unknown} {
		if got := o.Node(id).SCPState; got != want {
			t.Errorf("policies of %s are %v, want %v", id, got, want)
		}
	}
}

// What somebody writes by hand survives too.
func TestByHandRoundTrip(t *testing.T) {
	s := load(t, "n.json", byHand)
	sameSnapshot(t, load(t, "again.json", string(encode(t, s))), s)
}

func TestNativeMistakes(t *testing.T) {
	s := load(t, "n.json", `{"schema":"accesspath.snapshot/1","accounts":[
 {"id":"111111111111","rolls":[],"roles":[{"arn":"arn:aws:iam::111111111111:role/r","maxSession":"long"},{"arn":"nonsense"},{"arn":"arn:aws:iam::111111111111:role/q","tag":[]}]},
 {"name":"nameless"},
 {"id":"222222222222","providers":{"oidc":[{"arn":"arn:aws:iam::222222222222:oidc-provider/x","clientIDs":["a"]}]},"compute":[{"name":"x"}]}],
 "endpointPolicies":[]}`)
	wantDiagnostics(t, s,
		`(111111111111): warning: a page of the account is missing, or something that could not be read; what is not there may still exist`,
		`n.json:2:31: /accounts/0/rolls: warning: unknown member "rolls" is ignored`,
		`n.json:2:98: /accounts/0/roles/0/maxSession (arn:aws:iam::111111111111:role/r): error: does not fit the format and is skipped: found string, want a whole number`,
		`n.json:2:106: /accounts/0/roles/1: error: "nonsense" is no ARN of a role; it is skipped`,
		`n.json:2:173: /accounts/0/roles/2/tag (arn:aws:iam::111111111111:role/q): warning: unknown member "tag" is ignored`,
		`n.json:3:2: /accounts/1: error: an account has no id and is skipped`,
		`n.json:4:107: /accounts/2/providers/oidc/0/clientIDs: warning: unknown member "clientIDs" is ignored`,
		`n.json:4:127: /accounts/2/compute/0: error: a carrier of roles has no arn and is skipped`,
		`n.json:5:21: /endpointPolicies: warning: endpointPolicies are not evaluated: what they deny to requests through an endpoint is not taken off any answer`,
	)
	if len(s.Accounts) != 2 || len(s.Accounts[0].Roles) != 1 {
		t.Errorf("%+v", s.Accounts)
	}
}

// A foreign file with members of the same names is not ours.
func TestForeignFileWithOurNames(t *testing.T) {
	s := load(t, "a.json", roles(role("r")), "state.json", `{"version":4,"resources":[{"type":"aws_iam_role","instances":[{"attributes":{}}]},{"type":"x"}]}`)
	if d := find(s, "unrecognized"); len(d) != 1 || d[0].Message != `JSON that is no snapshot of AWS: its members are "resources", "version"` && d[0].Message != `JSON that is no snapshot of AWS: its members are "version", "resources"` {
		t.Errorf("%v", s.Diagnostics)
	}
}
