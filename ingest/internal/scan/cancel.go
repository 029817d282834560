package scan

import (
	"context"
	"io"
)

// Cancelable returns a reader that fails once ctx is done.
func Cancelable(ctx context.Context, r io.Reader) io.Reader { return &cancelable{ctx, r} }

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
