package ingest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"accesspath/iam"
)

// endings are the names that are read in directories; a file that is named
// itself may be called anything.
var endings = []string{".json", ".jsonl", ".ndjson", ".xml", ".txt", ".csv", ".json.gz", ".json.zst", ".jsonl.gz", ".jsonl.zst", ".xml.gz", ".xml.zst"}

// Files turns arguments into sources: files, directories with everything in
// and under them (sorted; hidden ones skipped), and "-" for stdin. What a
// directory holds and cannot be listed is a diagnostic; an argument that does
// not exist is an error. The same file named twice is read once.
func Files(paths []string, stdin io.Reader) ([]Source, []iam.Diagnostic, error) {
	c := collector{seen: map[string]bool{}}
	for _, path := range paths {
		if path == "-" {
			if stdin == nil {
				stdin = strings.NewReader("")
			}
			c.add("-", func() (io.ReadCloser, error) { return io.NopCloser(stdin), nil })
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %s", path, plain(err))
		}
		if !info.IsDir() {
			c.file(path)
			continue
		}
		if err := c.walk(path); err != nil {
			return nil, nil, err
		}
	}
	return c.sources, c.diags, nil
}

type collector struct {
	sources []Source
	diags   []iam.Diagnostic
	seen    map[string]bool
}

func (c *collector) add(name string, open func() (io.ReadCloser, error)) {
	if !c.seen[name] {
		c.seen[name] = true
		c.sources = append(c.sources, Source{Name: name, Open: open})
	}
}

func (c *collector) file(path string) {
	path = filepath.Clean(path)
	c.add(path, func() (io.ReadCloser, error) { return os.Open(path) })
}

func (c *collector) walk(root string) error {
	before := len(c.sources)
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			c.diags = append(c.diags, iam.Diagnostic{Severity: iam.Error, Code: "unreadable-file", Origin: iam.Origin{File: path}, Message: "it cannot be opened: " + plain(err)})
			if e != nil && e.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		hidden := strings.HasPrefix(e.Name(), ".") && path != root
		switch {
		case e.IsDir() && hidden:
			return fs.SkipDir
		case !e.IsDir() && !hidden && wanted(e.Name()) && !irregular(path, e):
			c.file(path)
		}
		return nil
	})
	if err == nil && len(c.sources) == before && len(c.diags) == 0 {
		return fmt.Errorf("%s: no files named %s in this directory", root, strings.Join(endings, ", "))
	}
	return err
}

func wanted(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(name, e) })
}

// irregular skips pipes and devices, which could block for ever.
func irregular(path string, e fs.DirEntry) bool {
	if e.Type().IsRegular() {
		return false
	}
	info, err := os.Stat(path) // follows links
	return err != nil && !errors.Is(err, fs.ErrPermission) || err == nil && !info.Mode().IsRegular()
}
