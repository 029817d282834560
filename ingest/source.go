package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"accesspath/iam"
	"accesspath/ingest/internal/part"
	"accesspath/ingest/internal/scan"
)

// readSource reads one file. Whatever happens, there is a Part: what was read
// before a defect counts.
func readSource(ctx context.Context, s Source, docs *scan.Documents, o Options) *part.Part {
	most := o.MaxDiagnostics
	if most <= 0 {
		most = 100
	}
	f := scan.NewFile(s.Name, docs, most)
	p := &part.Part{Source: iam.Source{Name: s.Name}}
	defer func() { p.Diagnostics = append(p.Diagnostics, f.Diagnostics()...) }()
	fail := func(code, message, hint string) *part.Part {
		f.Report(iam.Diagnostic{Severity: iam.Error, Code: code, Message: message, Hint: hint})
		p.Broken = true
		return p
	}
	in, err := s.Open()
	if err != nil {
		return fail("unreadable-file", "the file cannot be opened: "+plain(err), "")
	}
	defer func() { _ = in.Close() }() // it was only read
	r, err := scan.Open(&cancelable{ctx, in}, scan.Limits{MaxBytes: o.MaxBytes, MaxRatio: o.MaxRatio})
	if err != nil {
		return fail("unreadable-file", "the file cannot be unpacked: "+err.Error(), "copy the file again")
	}
	defer r.Close()
	w := &walker{ctx: ctx, file: f, part: p, reader: r}
	w.run()
	sum, size, err := r.Sum()
	p.Source.SHA256, p.Source.Bytes = sum, size
	if err != nil && !p.Broken {
		return fail("unreadable-file", "the file cannot be read to its end: "+err.Error(), "copy the file again")
	}
	return p
}

// cancelable stops reading when ctx is done.
type cancelable struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancelable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// plain drops the path from an error: the diagnostic names the file already.
func plain(err error) string {
	var pathError *os.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}

// run reads the text by what it begins with.
func (w *walker) run() {
	head, err := w.reader.Opening()
	switch {
	case err != nil:
		w.fail("unreadable-file", "the file cannot be read: "+err.Error(), "")
	case len(head) == 0 && w.ctx.Err() == nil:
		w.fail("empty-file", "the file is empty", "export it again")
	case head[0] == '<':
		w.xml(head)
	case bytes.HasPrefix(head, []byte("user,arn,user_creation_time")):
		w.part.Took("credential-report")
		w.file.Report(iam.Diagnostic{Severity: iam.Note, Code: "recognized-not-used", Message: "credential report: recognised, not used yet"})
	case bytes.IndexByte([]byte("{[\""), head[0]) >= 0:
		w.json()
	default:
		w.fail("not-json", fmt.Sprintf("neither JSON nor XML: the file begins with %q", opening(head)), "give the output of aws iam get-account-authorization-details, in JSON")
	}
}

// opening shortens the beginning of a file for a message.
func opening(head []byte) string {
	line, _, _ := strings.Cut(string(head[:min(len(head), 200)]), "\n")
	if len(line) > 40 {
		line = line[:40] + "…"
	}
	return strings.ToValidUTF8(line, "\uFFFD")
}

func (w *walker) fail(code, message, hint string) {
	w.file.Report(iam.Diagnostic{Severity: iam.Error, Code: code, Message: message, Hint: hint})
	w.part.Broken = true
}
