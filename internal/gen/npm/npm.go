// Package npm reads the files of one published npm package for the generators
// of embedded data. A package is pinned by name, version and the SHA-256 of its
// tarball, so that running a generator again gives the same bytes or an error.
package npm

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// maxUnpacked bounds what one package may unpack to.
const maxUnpacked = 1 << 30

// A Source says which package to read.
type Source struct {
	Package string // such as "@scope/name"
	Version string
	SHA256  string // of the tarball, hexadecimal; "" accepts any
	Tarball string // a local copy; "" asks the npm client for it
}

// Files maps paths below the package's folder to contents.
type Files map[string][]byte

// Read fetches the tarball with "npm pack" unless a local one is named, checks
// it and unpacks it in memory.
func (s Source) Read(ctx context.Context) (Files, error) {
	raw, err := s.tarball(ctx)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	if got := hex.EncodeToString(sum[:]); s.SHA256 != "" && got != s.SHA256 {
		return nil, fmt.Errorf("%s@%s: SHA-256 of the tarball is %s, want %s", s.Package, s.Version, got, s.SHA256)
	}
	files, err := unpack(raw)
	if err != nil {
		return nil, fmt.Errorf("%s@%s: %w", s.Package, s.Version, err)
	}
	return files, nil
}

func (s Source) tarball(ctx context.Context) ([]byte, error) {
	if s.Tarball != "" {
		return os.ReadFile(s.Tarball)
	}
	dir, err := os.MkdirTemp("", "npm-pack-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cmd := exec.CommandContext(ctx, "npm", "pack", s.Package+"@"+s.Version, "--pack-destination", dir)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm pack %s@%s: %w\n%s", s.Package, s.Version, err, out)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(found) != 1 {
		return nil, fmt.Errorf("npm pack %s@%s: left %d tarballs, want 1", s.Package, s.Version, len(found))
	}
	return os.ReadFile(found[0])
}

// unpack drops the first path element ("package/"), as npm does.
func unpack(raw []byte) (Files, error) {
	zr, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("not a gzip file: %w", err)
	}
	tr := tar.NewReader(io.LimitReader(zr, maxUnpacked))
	files := Files{}
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		body, err := io.ReadAll(tr)
		if err != nil {
			return nil, err
		}
		if _, name, ok := strings.Cut(h.Name, "/"); ok {
			files[name] = body
		}
	}
}

// Licence returns the text of the package's licence file.
func (f Files) Licence() ([]byte, error) {
	for _, name := range []string{"LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE"} {
		if text, ok := f[name]; ok {
			return text, nil
		}
	}
	return nil, errors.New("the package has no licence file")
}
