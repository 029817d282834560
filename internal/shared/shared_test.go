package shared_test

import (
	"os"
	"path/filepath"
	"testing"

	"accesspath/internal/shared"
)

func TestFind(t *testing.T) {
	root := t.TempDir()
	deep := filepath.Join(root, "checkout", "query")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(deep)
	if dir, ok := shared.Data(); ok {
		// Above the temporary directory there may be a real one.
		if rel, err := filepath.Rel(root, dir); err == nil && filepath.IsLocal(rel) {
			t.Errorf("found %q where there is none", dir)
		}
	}
	want := filepath.Join(root, "shared", "data")
	if err := os.MkdirAll(want, 0o755); err != nil {
		t.Fatal(err)
	}
	dir, ok := shared.Data()
	if !ok {
		t.Fatal("the directory beside the checkout was not found")
	}
	got, _ := filepath.EvalSymlinks(dir)
	if expect, _ := filepath.EvalSymlinks(want); got != expect {
		t.Errorf("found %q, want %q", got, expect)
	}
}
