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
	"runtime"
	"sync"
)

// maxLine bounds one line of a batch, in bytes.
const maxLine = 64 << 20

// An answering answers one line of a batch; ok is false if it could not. Several
// goroutines call it at once.
type answering func(line []byte) (value any, ok bool)

// eachLine answers a file of JSON lines, one line each, in order. A line that
// cannot be answered gets an answer that says so, and the rest goes on; the
// error at the end counts them.
func (e *env) eachLine(ctx context.Context, in, out string, answer answering) error {
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

// copyLines answers lines on all processors, and writes the answers in the order
// of the lines.
func copyLines(ctx context.Context, r io.Reader, w io.Writer, answer answering) (count, failed int, err error) {
	b := &batch{answer: answer, todo: make(chan *batchLine), order: make(chan *batchLine, linesAhead), stop: make(chan struct{})}
	var workers sync.WaitGroup
	defer workers.Wait()
	defer close(b.stop)
	for range runtime.GOMAXPROCS(0) {
		workers.Go(b.work)
	}
	var read error
	go func() { // left behind if what is written to fails: it may wait for a terminal
		defer close(b.order)
		defer close(b.todo)
		read = b.read(r)
	}()
	buffered := bufio.NewWriterSize(w, 64<<10)
	for l := range b.order {
		<-l.done
		if err := ctx.Err(); err != nil {
			return count, failed, err
		}
		if _, err := l.write(buffered); err != nil {
			return count, failed, fmt.Errorf("cannot write the answers: %w", err)
		}
		count++
		if !l.ok {
			failed++
		}
	}
	if err := buffered.Flush(); err != nil {
		return count, failed, fmt.Errorf("cannot write the answers: %w", err)
	}
	switch {
	case errors.Is(read, bufio.ErrTooLong):
		return count, failed, fmt.Errorf("the line behind the first %d is longer than %d MiB", count, maxLine>>20)
	case read != nil:
		return count, failed, fmt.Errorf("cannot read on behind %d lines: %w", count, read)
	}
	return count, failed, nil
}

// How far reading goes ahead of writing: so many lines, and none behind a line
// of more bytes.
const (
	linesAhead = 64
	longLine   = 1 << 20
)

// batch are the lines under way.
type batch struct {
	answer answering
	todo   chan *batchLine
	order  chan *batchLine // in which they are written
	stop   chan struct{}   // closed when nothing is written any more
}

// batchLine is one line and its answer.
type batchLine struct {
	text    []byte
	done    chan struct{} // closed when there is an answer
	written chan struct{} // closed when it was written
	answer  bytes.Buffer
	ok      bool
	err     error
}

func (l *batchLine) write(w io.Writer) (int64, error) {
	defer close(l.written)
	if l.err != nil {
		return 0, l.err
	}
	return l.answer.WriteTo(w)
}

// read hands the lines out. It ends early when nothing is written any more.
func (b *batch) read(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	for lines.Scan() {
		text := bytes.TrimSpace(bytes.TrimPrefix(lines.Bytes(), []byte("\uFEFF")))
		if len(text) == 0 {
			continue
		}
		l := &batchLine{text: bytes.Clone(text), done: make(chan struct{}), written: make(chan struct{})}
		for _, to := range [...]chan *batchLine{b.order, b.todo} {
			select {
			case to <- l:
			case <-b.stop:
				return nil
			}
		}
		if len(text) > longLine {
			select {
			case <-l.written:
			case <-b.stop:
				return nil
			}
		}
	}
	return lines.Err()
}

// work answers lines until there are no more, or nothing is written any more.
func (b *batch) work() {
	for {
		select {
		case <-b.stop:
			return
		case l, ok := <-b.todo:
			if !ok {
				return
			}
			b.one(l)
		}
	}
}

func (b *batch) one(l *batchLine) {
	defer close(l.done)
	enc := json.NewEncoder(&l.answer)
	enc.SetEscapeHTML(false)
	var value any
	value, l.ok = b.answer(l.text)
	l.err = enc.Encode(value)
}
