package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/scan"
)

// endings are the names that are read in directories; a file that is named
// itself may be called anything.
var endings = []string{".json", ".jsonl", ".ndjson", ".xml", ".txt", ".csv", ".json.gz", ".json.zst", ".jsonl.gz", ".jsonl.zst", ".xml.gz", ".xml.zst", ".csv.gz", ".csv.zst",
	".tfstate", ".template", ".yaml", ".yml"}

// Files turns arguments into sources: files, directories with everything in
// and under them (sorted; hidden ones skipped), and "-" for stdin. What a
// directory holds and cannot be listed, is not read for its name, or is no file
// (a pipe, a link to a directory or to nothing) is a diagnostic (Markdown apart);
// an argument that does not exist is an error. The same file named twice is read
// once.
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
	for _, d := range c.passed {
		c.ignored(d.root, slices.DeleteFunc(d.files, func(path string) bool { return c.seen[filepath.Clean(path)] }))
	}
	return c.sources, c.diags, nil
}

type collector struct {
	sources []Source
	diags   []iam.Diagnostic
	seen    map[string]bool
	passed  []passedOver
}

// passedOver are the files of a directory that are not read for their names.
type passedOver struct {
	root  string
	files []string
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
	var ignored []string
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
		case e.IsDir() || hidden || documentation(e.Name()):
		case irregular(path, e) != "":
			c.diags = append(c.diags, iam.Diagnostic{Severity: iam.Warning, Code: "ignored-files", Origin: iam.Origin{File: path},
				Message: "not read: it is " + irregular(path, e), Hint: "name what it stands for itself to have it read"})
		case wanted(e.Name()):
			c.file(path)
		default:
			ignored = append(ignored, path)
		}
		return nil
	})
	if err == nil && len(c.sources) == before && len(c.diags) == 0 {
		return fmt.Errorf("%s: no files named %s in this directory", root, strings.Join(endings, ", "))
	}
	c.passed = append(c.passed, passedOver{root, ignored})
	return err
}

// ignored reports files that are not read for their names: a warning for those
// that begin like something that could be read, a note for the others.
func (c *collector) ignored(root string, paths []string) {
	var exports, others []string
	for _, p := range paths {
		if likeExport(p) {
			exports = append(exports, p)
		} else {
			others = append(others, p)
		}
	}
	hint := "name a file itself to have it read, whatever it is called; of directories are read " + strings.Join(endings, ", ")
	for _, d := range []iam.Diagnostic{
		{Severity: iam.Warning, Message: among(root, exports) + " not read for the name, but may be an export to judge by how it begins", Hint: hint},
		{Severity: iam.Note, Message: among(root, others) + " not read for the name", Hint: hint},
	} {
		if !strings.HasPrefix(d.Message, " ") {
			d.Code, d.Origin.File = "ignored-files", root
			c.diags = append(c.diags, d)
		}
	}
}

// among names the first few of some files: `"a", "b" and 2 more are`; nothing
// if there are none.
func among(root string, paths []string) string {
	const most = 3
	names := make([]string, 0, most)
	for _, p := range paths[:min(most, len(paths))] {
		if rel, err := filepath.Rel(root, p); err == nil {
			p = rel
		}
		names = append(names, fmt.Sprintf("%q", scan.Clip(filepath.ToSlash(p))))
	}
	list := strings.Join(names, ", ")
	switch more := len(paths) - len(names); {
	case len(paths) == 0:
		return ""
	case more > 0:
		return fmt.Sprintf("%s and %d more are", list, more)
	case len(paths) > 1:
		return list + " are"
	}
	return list + " is"
}

// likeExport looks at how a file begins.
func likeExport(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close() // it was only read
	head := make([]byte, 64)
	n, _ := io.ReadFull(f, head)
	head = bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\xef\xbb\xbf")), " \t\r\n\x00")
	for _, begin := range []string{"{", "[", "<", "\xff\xfe", "\xfe\xff", "\x1f\x8b", "\x28\xb5\x2f\xfd", "PK\x03\x04"} {
		if bytes.HasPrefix(head, []byte(begin)) {
			return true
		}
	}
	return likeDeclaration(head)
}

// documentation is passed over without a word.
func documentation(name string) bool { return strings.EqualFold(filepath.Ext(name), ".md") }

func wanted(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(name, e) })
}

// irregular says what something in a directory is that is no file: pipes and
// devices could block for ever, and links to directories lead anywhere. It is ""
// for files, and for what only opening can tell.
func irregular(path string, e fs.DirEntry) string {
	if e.Type().IsRegular() {
		return ""
	}
	info, err := os.Stat(path) // follows links
	switch {
	case errors.Is(err, fs.ErrPermission):
		return ""
	case errors.Is(err, fs.ErrNotExist):
		return "a link to nothing"
	case err != nil:
		return "a link that leads nowhere: " + plain(err)
	case info.IsDir():
		return "a link to a directory"
	case !info.Mode().IsRegular():
		return "a pipe, a socket or a device"
	}
	return ""
}
