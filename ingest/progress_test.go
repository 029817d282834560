package ingest

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

// Progress counts every file, also those that cannot be read, and the rest is
// read all the same.
func TestProgress(t *testing.T) {
	text := `{"UserDetailList":[{"Arn":"arn:aws:iam::111111111111:user/u"}],"RoleDetailList":[{"Arn":"arn:aws:iam::111111111111:role/r"}]}`
	sources := []Source{
		{Name: "a.json", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }},
		{Name: "b.json", Open: func() (io.ReadCloser, error) { return nil, errors.New("permission denied") }},
	}
	var p Progress
	s, err := Read(context.Background(), sources, Options{Progress: &p})
	if err != nil {
		t.Fatal(err)
	}
	if p.Total.Load() != 2 || p.Files.Load() != 2 || p.Principals.Load() != 2 || p.Bytes.Load() != int64(len(text)) {
		t.Errorf("%d of %d files, %d principals, %d bytes", p.Files.Load(), p.Total.Load(), p.Principals.Load(), p.Bytes.Load())
	}
	if len(s.Accounts) != 1 || len(s.Diagnostics) == 0 || s.Diagnostics[0].Code != "unreadable-file" && s.Diagnostics[len(s.Diagnostics)-1].Code != "unreadable-file" {
		t.Errorf("%d accounts, %v", len(s.Accounts), s.Diagnostics)
	}
}
