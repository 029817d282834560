package npm

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tarball writes a package as npm does, below "package/".
func tarball(t *testing.T, files map[string]string) (path, sum string) {
	t.Helper()
	var raw bytes.Buffer
	zw := gzip.NewWriter(&raw)
	tw := tar.NewWriter(zw)
	for name, text := range files {
		if err := tw.WriteHeader(&tar.Header{Name: "package/" + name, Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := tw.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tw.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "p.tgz")
	if err := os.WriteFile(path, raw.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(raw.Bytes())
	return path, hex.EncodeToString(digest[:])
}

func TestRead(t *testing.T) {
	path, sum := tarball(t, map[string]string{"a/b.json": "{}", "LICENSE": "free"})
	files, err := Source{Package: "p", Version: "1", SHA256: sum, Tarball: path}.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	licence, err := files.Licence()
	if string(files["a/b.json"]) != "{}" || string(licence) != "free" || err != nil {
		t.Errorf("files %q, licence %q, %v", files, licence, err)
	}
	if _, err := (Files{}).Licence(); err == nil {
		t.Error("a package without a licence has one")
	}
}

func TestReadRefuses(t *testing.T) {
	path, _ := tarball(t, map[string]string{"a": "b"})
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("no archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, s := range map[string]Source{
		"want 00":         {Tarball: path, SHA256: "00"},
		"not a gzip file": {Tarball: text},
		"no such file":    {Tarball: text + "x"},
	} {
		if _, err := s.Read(context.Background()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
