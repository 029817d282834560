package main

import (
	"context"
	"io"
)

// A cancelReader stops reading when ctx ends, so that an interrupt ends a
// program that waits for a terminal or a pipe. The read under way is left behind:
// the process is about to end.
type cancelReader struct {
	ctx  context.Context
	r    io.Reader
	left []byte // read and not yet asked for
}

type chunk struct {
	data []byte
	err  error
}

func (c *cancelReader) Read(p []byte) (int, error) {
	if len(c.left) == 0 {
		done := make(chan chunk, 1)
		go func() {
			buf := make([]byte, 256<<10)
			n, err := c.r.Read(buf)
			done <- chunk{buf[:n], err}
		}()
		select {
		case <-c.ctx.Done():
			return 0, c.ctx.Err()
		case got := <-done:
			c.left = got.data
			if len(got.data) == 0 {
				return 0, got.err
			}
		}
	}
	n := copy(p, c.left)
	c.left = c.left[n:]
	return n, nil
}
