package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// What a directory holds and is no file is not read, and never without a word.
func TestFilesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.json"), []byte(roles(role("a"))), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "x.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"self.json": "self.json", "nothing.json": "none", "up.json": "..", "good.json": "a.json"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	sources, diags, err := Files([]string{dir}, nil)
	if err != nil || len(sources) != 2 {
		t.Fatalf("%v, %v", sources, err)
	}
	var got []string
	for _, d := range diags {
		got = append(got, filepath.Base(d.Origin.File)+": "+d.Message)
	}
	want := []string{"nothing.json: not read: it is a link to nothing", "self.json: not read: it is a link that leads nowhere: too many levels of symbolic links", "up.json: not read: it is a link to a directory"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A named pipe that nobody writes to never opens.
func TestOpenGivesUp(t *testing.T) {
	never := make(chan struct{})
	t.Cleanup(func() { close(never) })
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err := Read(ctx, []Source{{Name: "pipe", Open: func() (io.ReadCloser, error) { <-never; return nil, os.ErrClosed }}}, Options{})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestCompressedThrice(t *testing.T) {
	text := []byte(roles(role("a")))
	for range 3 {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		text = b.Bytes()
	}
	_, err := Read(context.Background(), []Source{{Name: "a.gz", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }}}, Options{})
	if err == nil || !strings.Contains(err.Error(), "a.gz: error: compressed more than twice") {
		t.Errorf("error %v", err)
	}
}
