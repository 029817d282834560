package store

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"accesspath/iam"
	"accesspath/ingest"
	"accesspath/ingest/managed"
)

// corpus finds the folder of real exports that may lie beside the repository.
func corpus(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
		if path := filepath.Join(dir, "shared", "data", name); isDir(path) {
			return path
		}
	}
	t.Skipf("no folder shared/data/%s beside the repository", name)
	return ""
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// TestCorpus saves and loads real exports. Documents with problems differ in
// the offsets of those only, which the comparison by parts leaves out.
func TestCorpus(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "x.db"), testOptions())
	for _, name := range []string{"gaad", "resource-policies"} {
		t.Run(name, func(t *testing.T) {
			want := ingested(t, corpus(t, name))
			got := load(t, s, save(t, s, want))
			if a, b := encoded(t, got), encoded(t, want); !reflect.DeepEqual(a, b) {
				t.Error("the loaded snapshot has other parts")
			}
			for _, account := range want.Accounts {
				if len(account.Roles) != len(got.Account(account.ID).Roles) {
					t.Errorf("account %s has lost roles", account.ID)
				}
			}
		})
	}
}

func ingested(t testing.TB, path string) *iam.Snapshot {
	t.Helper()
	sources, _, err := ingest.Files([]string{path}, bytes.NewReader(nil))
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := ingest.Read(context.Background(), sources, ingest.Options{Managed: managed.Lookup})
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

type encodedPart struct{ data, digests, positions string }

func encoded(t *testing.T, s *iam.Snapshot) []encodedPart {
	t.Helper()
	parts, err := encodeSnapshot(context.Background(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out []encodedPart
	for _, p := range parts {
		out = append(out, encodedPart{string(p.data), string(p.sums.digests), string(p.positions)})
	}
	return out
}
