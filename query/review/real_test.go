package review

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRealExports reviews every real export and writes every format.
func TestRealExports(t *testing.T) {
	reviewAll(t, sharedData(t, "gaad"), ".json")
}

// TestRealCredentialReports does so with credential reports.
func TestRealCredentialReports(t *testing.T) {
	reviewAll(t, sharedData(t, "credential-reports"), ".csv")
}

func reviewAll(t *testing.T, root, suffix string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, suffix) || strings.HasSuffix(path, "expectations.json") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		t.Run(filepath.ToSlash(name), func(t *testing.T) {
			r := run(t, read(t, source(filepath.Base(path), string(b))), Options{})
			for _, format := range Formats() {
				var out bytes.Buffer
				if err := Render(&out, format, r); err != nil || out.Len() == 0 {
					t.Errorf("%s: %d bytes, %v", format, out.Len(), err)
				}
			}
			t.Logf("%d findings, %d administrators, %d not evaluated", len(r.Findings), len(r.Admins), len(r.NotEvaluated))
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
