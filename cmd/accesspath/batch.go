package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// maxLine bounds one line of a batch, in bytes.
const maxLine = 64 << 20

// eachLine answers a file of JSON lines, one line each, in order. A line that
// cannot be answered gets an answer that says so, and the rest goes on; the
// error at the end counts them.
func (e *env) eachLine(ctx context.Context, in, out string, answer func(line []byte) (value any, ok bool)) error {
	r := e.stdin
	if in != "-" {
		f, err := os.Open(in)
		if err != nil {
			return fmt.Errorf("cannot read %s: %w", in, plain(err))
		}
		defer f.Close()
		r = f
	}
	count, failed := 0, 0
	err := e.write(out, func(w io.Writer) (err error) {
		count, failed, err = copyLines(ctx, r, w, answer)
		return err
	})
	if err == nil && failed > 0 {
		return fmt.Errorf("%d of %d lines could not be answered; their answers have an \"error\"", failed, count)
	}
	return err
}

func copyLines(ctx context.Context, r io.Reader, w io.Writer, answer func(line []byte) (value any, ok bool)) (count, failed int, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	buffered := bufio.NewWriter(w)
	enc := json.NewEncoder(buffered)
	enc.SetEscapeHTML(false)
	for lines.Scan() {
		if err := ctx.Err(); err != nil {
			return count, failed, err
		}
		line := bytes.TrimSpace(bytes.TrimPrefix(lines.Bytes(), []byte("\uFEFF")))
		if len(line) == 0 {
			continue
		}
		value, ok := answer(line)
		if err := enc.Encode(value); err != nil {
			return count, failed, fmt.Errorf("cannot write the answers: %w", err)
		}
		count++
		if !ok {
			failed++
		}
	}
	if err := buffered.Flush(); err != nil {
		return count, failed, fmt.Errorf("cannot write the answers: %w", err)
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return count, failed, fmt.Errorf("the line behind the first %d is longer than %d MiB", count, maxLine>>20)
	case err != nil:
		return count, failed, fmt.Errorf("cannot read on behind %d lines: %w", count, err)
	}
	return count, failed, nil
}
