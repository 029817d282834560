package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"accesspath/iam"
	"accesspath/ingest/awscli"
	"accesspath/ingest/cloudformation"
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
	in, err := open(ctx, s)
	if err != nil {
		return fail("unreadable-file", "the file cannot be opened: "+plain(err), "")
	}
	defer func() { _ = in.Close() }() // it was only read
	r, err := scan.Open(scan.Cancelable(ctx, o.Progress.count(in)), scan.Limits{MaxBytes: o.MaxBytes, MaxRatio: o.MaxRatio})
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

// open opens a source, and gives up waiting when ctx is done: a named pipe that
// nobody writes to opens never.
func open(ctx context.Context, s Source) (io.ReadCloser, error) {
	type opened struct {
		in  io.ReadCloser
		err error
	}
	done := make(chan opened, 1)
	go func() {
		in, err := s.Open()
		done <- opened{in, err}
	}()
	select {
	case o := <-done:
		return o.in, o.err
	case <-ctx.Done():
		go func() { // whenever it does open, nobody wants it
			if o := <-done; o.err == nil {
				_ = o.in.Close()
			}
		}()
		return nil, ctx.Err()
	}
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
	case awscli.IsReport(head):
		w.report()
	case head[0] == '"' && cloudformation.LooksLikeYAML(head):
		w.yaml()
	case bytes.IndexByte([]byte("{[\""), head[0]) >= 0:
		w.json()
	default:
		w.foreign(head)
	}
}

func (w *walker) notJSON(begin string) {
	w.fail("not-json", `neither JSON nor XML: the file begins with "`+begin+`"`, "give the output of aws iam get-account-authorization-details, in JSON")
}

// maxRows bounds the text of some hundred rows of a credential report, which
// are well below a kilobyte each: one quotation mark too many makes a single
// field of the rest.
const maxRows = 16 << 20

// report reads a credential report (IN-01).
func (w *walker) report() {
	line, _ := w.reader.Position(w.reader.Given())
	w.reader.Lower(maxRows)
	err := awscli.Report(w.ctx, w.file, w.part, w.reader, awscli.ReportPlace{
		At: func(row, column int) iam.Origin {
			return iam.Origin{File: w.file.Name, Line: line + row - 1, Column: column}
		},
		Used: func() { w.reader.Position(w.reader.Given()) },
	})
	if err != nil && w.ctx.Err() == nil {
		w.part.Broken = true
		w.file.Report(iam.Diagnostic{Severity: iam.Error, Code: "invalid-report", Message: "credential report: " + err.Error(), Hint: "export the report again"})
	}
}

func (w *walker) fail(code, message, hint string) {
	w.file.Report(iam.Diagnostic{Severity: iam.Error, Code: code, Message: message, Hint: hint})
	w.part.Broken = true
}
