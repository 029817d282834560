package main

import (
	"testing"
	"time"

	"accesspath/ingest"
)

func TestReadingLine(t *testing.T) {
	for _, test := range []struct {
		total, files, bytes, principals int64
		passed                          time.Duration
		want                            string
	}{
		{1002, 0, 4e6, 0, time.Second, "reading the input … 0 of 1,002 files, 0 principals, 4 MB/s"},
		{1002, 250, 100e6, 26000, 2 * time.Second, "reading the input … 250 of 1,002 files, 26,000 principals, 50 MB/s, 6s left"},
		{1002, 1000, 400e6, 105000, 8 * time.Second, "reading the input … 1,000 of 1,002 files, 105,000 principals, 50 MB/s, 1s left"},
		{1, 1, 5e5, 1, 0, "reading the input … 1 of 1 file, 1 principal, 500 MB/s; putting it together"},
		{0, 0, 0, 0, time.Second, "reading the input … 0 of 0 files, 0 principals, 0 MB/s"},
	} {
		var p ingest.Progress
		p.Total.Store(test.total)
		p.Files.Store(test.files)
		p.Bytes.Store(test.bytes)
		p.Principals.Store(test.principals)
		if got := readingLine(&p, test.passed); got != test.want {
			t.Errorf("got  %q\nwant %q", got, test.want)
		}
	}
}
