package ingest

import (
	"io"
	"sync/atomic"

	"accesspath/ingest/internal/part"
)

// Progress counts what Read has done so far. It may be looked at while Read
// runs. A nil Progress counts nothing.
type Progress struct {
	Total      atomic.Int64 // files, or directories that are read as one
	Files      atomic.Int64 // of Total that are done
	Bytes      atomic.Int64 // as they lie there, before anything is unpacked
	Principals atomic.Int64 // users and roles of the files that are done
}

func (p *Progress) begin(total int) {
	if p != nil {
		p.Total.Store(int64(total))
	}
}

func (p *Progress) done(read *part.Part) {
	if p != nil {
		p.Files.Add(1)
		p.Principals.Add(int64(len(read.Users) + len(read.Roles)))
	}
}

// count returns r, counting what is read of it.
func (p *Progress) count(r io.Reader) io.Reader {
	if p == nil {
		return r
	}
	return &countedReader{r, &p.Bytes}
}

type countedReader struct {
	r io.Reader
	n *atomic.Int64
}

func (c *countedReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n.Add(int64(n))
	return n, err
}
