package ingest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"accesspath/iam"
)

func readPaths(t testing.TB, paths ...string) (*iam.Snapshot, error) {
	t.Helper()
	sources, _, err := Files(paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	return Read(t.Context(), sources, Options{})
}

// Every real export loads, alone and together, and survives the native form.
func TestRealExports(t *testing.T) {
	dir := realData(t, "gaad")
	var files []string
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".json" && e.Name() != "expectations.json" {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) < 20 {
		t.Fatal(err, files)
	}
	for _, file := range append(files, dir) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			s, err := readPaths(t, file)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range s.Diagnostics {
				if d.Severity == iam.Error {
					t.Error(d)
				}
			}
			sameSnapshot(t, load(t, "snapshot.json", string(encode(t, s))), s)
		})
	}
}

func TestRealCloudsplaining(t *testing.T) {
	s, err := readPaths(t, realData(t, "gaad/cloudsplaining/example.json"))
	if err != nil {
		t.Fatal(err)
	}
	users, groups, roles, own := 0, 0, 0, 0
	for _, a := range s.Accounts {
		users, groups, roles, own = users+len(a.Users), groups+len(a.Groups), roles+len(a.Roles), own+len(a.Policies)
	}
	if users != 44 || groups != 5 || roles != 78 || own != 46 {
		t.Errorf("%d users, %d groups, %d roles, %d policies; want 44, 5, 78, 46", users, groups, roles, own)
	}
}

// Odd accounts load with a word about them.
func TestRealOddAccounts(t *testing.T) {
	for file, want := range map[string]string{
		"gaad/cloudmapper/iam-get-account-authorization-details.json": `"aws" is no account id of twelve digits; it is kept as an account of that name`,
		"gaad/fixinventory/get-account-authorization-details.json":    `"test" is no account id of twelve digits; it is kept as an account of that name`,
	} {
		s, err := readPaths(t, realData(t, file))
		if err != nil {
			t.Fatal(err)
		}
		if d := find(s, "account-id"); len(d) != 1 || d[0].Message != want {
			t.Errorf("%s: %v", file, d)
		}
	}
}

// jsonl reads the lines of a file of recorded answers.
func jsonl[T any](t testing.TB, path string) []T {
	t.Helper()
	b, err := os.ReadFile(realData(t, path))
	if err != nil {
		t.Fatal(err)
	}
	var out []T
	scanner := bufio.NewScanner(bytes.NewReader(b))
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		var x T
		if err := json.Unmarshal(scanner.Bytes(), &x); err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	return out
}

// Trust policies as the API sends them decode to what the recorder decoded
// (GAAD-04).
func TestRealTrustPolicies(t *testing.T) {
	type recorded struct {
		ARN      string          `json:"arn"`
		RawTrust json.RawMessage `json:"rawTrust"`
		Trust    json.RawMessage `json:"trust"`
	}
	for i, r := range jsonl[recorded](t, "trust-policies/cloud-custodian-roles.jsonl") {
		page := func(doc []byte) string {
			return fmt.Sprintf(`{"RoleDetailList":[{"RoleName":"r","Arn":%q,"AssumeRolePolicyDocument":%s}]}`, r.ARN, doc)
		}
		raw, decoded := only(t, load(t, "a.json", page(r.RawTrust))).Roles[0].Trust, only(t, load(t, "a.json", page(r.Trust))).Roles[0].Trust
		if raw.Document == nil || decoded.Document == nil {
			t.Errorf("%d %s: %q, %q", i, r.ARN, raw.Defect, decoded.Defect)
			continue
		}
		if raw.Document.Version != decoded.Document.Version || len(raw.Document.Statements) != len(decoded.Document.Statements) {
			t.Errorf("%d %s: %s\nand %s", i, r.ARN, raw.Document.Text, decoded.Document.Text)
		}
	}
}

func TestRealResourcePolicies(t *testing.T) {
	type recorded struct {
		Service string          `json:"service"`
		Policy  json.RawMessage `json:"policy"`
	}
	for i, r := range jsonl[recorded](t, "resource-policies/cloud-custodian.jsonl") {
		arn := fmt.Sprintf("arn:aws:%s:eu-west-1:111111111111:x/%d", r.Service, i)
		s := load(t, "r.json", fmt.Sprintf(`{"Resource":%q,"Policy":%s}`, arn, r.Policy))
		if got := s.Resource(arn); got == nil || got.Policy == nil || got.Policy.Document == nil {
			t.Errorf("%d %s: %v", i, r.Service, s.Diagnostics)
		}
	}
}

// The organization trees of another tool.
func TestRealPolicyTrees(t *testing.T) {
	for _, name := range []string{"scp-basic.json", "scp-deny-lambda.json", "scp-deny-lambda2.json"} {
		s, err := readPaths(t, realData(t, "gaad/iamspy/"+name))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range s.Organization.Nodes {
			if n.SCPState != iam.Present || n.SCPs[0].Document == nil {
				t.Errorf("%s: %+v", name, n)
			}
		}
	}
}

// BenchmarkRead reads one export again and again, from memory.
func BenchmarkRead(b *testing.B) {
	content, err := os.ReadFile(realData(b, "gaad/cloudsplaining/example.json"))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(context.Background(), []Source{text("a.json", string(content))}, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
