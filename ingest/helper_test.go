package ingest

import (
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accesspath/iam"
	"accesspath/policy"
)

var update = flag.Bool("update", false, "rewrite golden files")

// text is a source that holds a string.
func text(name, s string) Source {
	return Source{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil }}
}

// load reads files given as name and content in turn.
func load(t testing.TB, files ...string) *iam.Snapshot {
	t.Helper()
	s, err := Read(context.Background(), texts(files...), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func texts(files ...string) []Source {
	var out []Source
	for i := 0; i < len(files); i += 2 {
		out = append(out, text(files[i], files[i+1]))
	}
	return out
}

// only returns the one account of a snapshot.
func only(t testing.TB, s *iam.Snapshot) *iam.Account {
	t.Helper()
	if len(s.Accounts) != 1 {
		t.Fatalf("%d accounts, want 1; diagnostics: %v", len(s.Accounts), s.Diagnostics)
	}
	return s.Accounts[0]
}

func find(s *iam.Snapshot, code string) []iam.Diagnostic {
	var out []iam.Diagnostic
	for _, d := range s.Diagnostics {
		if d.Code == code {
			out = append(out, d)
		}
	}
	return out
}

func wantDiagnostics(t testing.TB, s *iam.Snapshot, want ...string) {
	t.Helper()
	var got []string
	for _, d := range s.Diagnostics {
		got = append(got, d.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("diagnostics:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func allows(t testing.TB, p *iam.Policy, action string) {
	t.Helper()
	switch {
	case p == nil:
		t.Errorf("no policy, want one that allows %s", action)
	case p.Document == nil:
		t.Errorf("no document (%s), want one that allows %s", p.Defect, action)
	case !p.Document.UsesAction(policy.Allow, action):
		t.Errorf("%s does not allow %s", p.Document.Text, action)
	}
}

// realData finds the shared real files beside the repository.
func realData(t testing.TB, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		at := filepath.Join(dir, "shared", "data", path)
		if _, err := os.Stat(at); err == nil {
			return at
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Skip("no directory shared/data/" + path + " beside the repository")
		}
		dir = up
	}
}
