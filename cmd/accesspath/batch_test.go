package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// shopQuestions are lines for can --batch about the example accounts: of all
// principals and several requests, with and without condition keys, and some that
// cannot be answered.
func shopQuestions(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	var g struct {
		Nodes []struct{ ID, Kind string } `json:"nodes"`
	}
	text := accesspath(t, "graph", "-i", shopDir(t), "--format", "json")
	if err := json.Unmarshal([]byte(text), &g); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, n := range g.Nodes {
		for _, q := range [][2]string{
			{"s3:GetObject", "arn:aws:s3:::example-shop-orders/2026/09.csv"}, {"s3:DeleteObject", "arn:aws:s3:::example-shop-orders/2026/09.csv"},
			{"kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1"}, {"iam:PassRole", "*"},
		} {
			line := map[string]any{"id": asked, "principal": n.ID, "action": q[0], "resource": q[1]}
			if asked%17 == 5 {
				line["context"] = map[string]any{"aws:MultiFactorAuthPresent": "true"}
			}
			if asked%29 == 3 {
				line["resource"] = "nonsense"
			}
			if err := enc.Encode(line); err != nil {
				t.Fatal(err)
			}
			asked++
		}
	}
	if asked < 50 {
		t.Fatalf("only %d questions: the test says little", asked)
	}
	return out.Bytes()
}

func shopDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../testdata/accounts/shop")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// inProcess runs the program here, on so many processors.
func inProcess(t *testing.T, processors int, stdin io.Reader, args ...string) string {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
	var out, errs bytes.Buffer
	run(t.Context(), args, stdin, &out, &errs)
	return out.String()
}

// A batch on several processors is the batch on one, and each line the batch of
// that line alone: from files, and from a compiled form.
func TestBatchInParallel(t *testing.T) {
	questions := shopQuestions(t)
	db := filepath.Join(t.TempDir(), "shop.db")
	inProcess(t, 2, nil, "ingest", shopDir(t), "--db", db, "--quiet")
	of := func(processors int, lines []byte, args ...string) string {
		args = append([]string{"can", "--batch", "-", "--quiet", "--as-of", "2026-11-01"}, args...)
		return inProcess(t, processors, bytes.NewReader(lines), args...)
	}
	want := of(1, questions, "-i", shopDir(t))
	if got := strings.Count(want, "\n"); got != bytes.Count(questions, []byte("\n")) {
		t.Fatalf("%d answers", got)
	}
	for _, processors := range []int{1, 2, 8} {
		if got := of(processors, questions, "--db", db); got != want {
			t.Errorf("on %d processors, from the compiled form: not the same", processors)
		}
	}
	if got := of(8, questions, "-i", shopDir(t)); got != want {
		t.Error("on 8 processors: not the same")
	}
	answers := strings.SplitAfter(want, "\n")
	for i, line := range bytes.SplitAfter(questions, []byte("\n")) {
		if i%9 != 0 || len(line) == 0 {
			continue
		}
		if got := of(2, line, "--db", db); got != answers[i] {
			t.Errorf("%sis answered alone with\n%sand with others\n%s", line, got, answers[i])
		}
	}
}

// slowly answers a line with itself; those in front take longest.
func slowly(line []byte) (any, bool) {
	if n := len(line); n < 20 {
		time.Sleep(time.Duration(20-n) * time.Millisecond / 10)
	}
	return string(line), !bytes.Contains(line, []byte("bad"))
}

// Answers come in the order of the lines, however long each takes; long lines and
// empty ones are no exception.
func TestBatchKeepsOrder(t *testing.T) {
	var in, want strings.Builder
	for i := range 500 {
		line := strings.Repeat("x", i%23) + fmt.Sprint(i)
		if i == 250 {
			line = strings.Repeat("long", longLine)
		}
		if i%100 == 7 {
			line = "bad" + line
		}
		in.WriteString(line + "\r\n")
		if i%10 == 0 {
			in.WriteString(" \n")
		}
		want.WriteString(`"` + line + "\"\n")
	}
	var out bytes.Buffer
	count, failed, err := copyLines(t.Context(), strings.NewReader(in.String()), &out, slowly)
	if err != nil || count != 500 || failed != 5 {
		t.Errorf("%d lines, %d failed, %v", count, failed, err)
	}
	if out.String() != want.String() {
		t.Error("the answers are not those of the lines in their order")
	}
}

// A batch that is called off, or whose answers nobody takes, ends at once, and
// nothing of it goes on, even if more lines never come.
func TestBatchEnds(t *testing.T) {
	lines := strings.Repeat("question\n", 10000)
	r, w := io.Pipe()
	defer w.Close()
	go io.WriteString(w, lines) //nolint:errcheck // the test ends before all is read
	ctx, cancel := context.WithCancel(t.Context())
	_, _, err := copyLines(ctx, r, io.Discard, func([]byte) (any, bool) {
		cancel()
		return "", true
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
	broken := errors.New("broken pipe")
	_, _, err = copyLines(t.Context(), bufio.NewReader(strings.NewReader(lines)), failing{broken}, func([]byte) (any, bool) { return strings.Repeat("x", 1000), true })
	if !errors.Is(err, broken) {
		t.Errorf("nobody takes the answers: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// A compiled form of which a record turns out to be damaged while questions are
// under way gives way to the snapshot, for those questions as well.
func TestBatchOverDamagedRecords(t *testing.T) {
	dir := t.TempDir()
	export, db := filepath.Join(dir, "roles.json"), filepath.Join(dir, "roles.db")
	if err := os.WriteFile(export, manyRoles(300), 0o666); err != nil {
		t.Fatal(err)
	}
	var questions bytes.Buffer
	for i := range 300 {
		fmt.Fprintf(&questions, `{"principal":"r%d","action":"s3:GetObject","resource":"arn:aws:s3:::b%d/x"}`+"\n", i, i+i%3)
	}
	inProcess(t, 2, nil, "ingest", export, "--db", db, "--quiet")
	args := []string{"can", "--batch", "-", "--quiet", "--as-of", "2026-11-01", "--db", db}
	want := inProcess(t, 1, bytes.NewReader(questions.Bytes()), args...)
	form := db + ".graph"
	file, err := os.ReadFile(form)
	if err != nil {
		t.Fatal(err)
	}
	packs := 0
	for at := 0; ; packs++ {
		i := bytes.Index(file[at:], []byte("\x28\xb5\x2f\xfd")) // the documents are in packs of Zstandard
		if i < 0 {
			break
		}
		at += i + 16
		if packs > 0 {
			file[at] ^= 0x5a // the first stays: some questions are answered before
		}
	}
	if len(file) > 1<<20 {
		t.Fatalf("the form has %d bytes, more than a piece", len(file))
	}
	if packs < 3 {
		t.Fatalf("the form has only %d packs of documents", packs)
	}
	// The checksum is right again: nobody notices before a document is read.
	table := crc32.MakeTable(crc32.Castagnoli)
	sum := binary.LittleEndian.AppendUint32(nil, crc32.Checksum(file[32:], table)) // of the one piece
	binary.LittleEndian.PutUint32(file[24:], crc32.Checksum(sum, table))
	for _, processors := range []int{1, 4} {
		if err := os.WriteFile(form, file, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := inProcess(t, processors, bytes.NewReader(questions.Bytes()), args...); got != want {
			t.Errorf("on %d processors: not the answers of the snapshot", processors)
		}
	}
}
