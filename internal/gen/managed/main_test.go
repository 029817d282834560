package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"accesspath/internal/gen/npm"

	"github.com/klauspost/compress/zstd"
)

const small = `{
	"B": {"arn":"arn:aws:iam::aws:policy/service-role/B","latestVersionId":"v2","createdDate":"2020-01-01T00:00:00Z","lastUpdatedDate":"2021-01-01T00:00:00Z",
		"versions":{"v1":{"document":{}},"v2":{"createdDate":"2021-01-01T00:00:00Z","document":{ "Version": "2012-10-17" }}}},
	"A": {"arn":"arn:aws:iam::aws:policy/A","latestVersionId":"v1","createdDate":"2019-01-01T00:00:00Z","lastUpdatedDate":"2019-01-01T00:00:00Z",
		"versions":{"v1":{"createdDate":"2019-01-01T00:00:00Z","document":{"Statement":[]}}}}
}`

func TestPack(t *testing.T) {
	policies, err := collect([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	index, frames := pack(policies, enc)
	want := fmt.Sprintf("accesspath-managed 1\n%d\n2\nA\tv1\t1546300800\t1546300800\t1546300800\t0\t0\t16\nservice-role/B\tv2\t1577836800\t1609459200\t1609459200\t0\t16\t24\n", len(frames))
	if string(index) != want {
		t.Errorf("index\n%s\nwant\n%s", index, want)
	}
	dec, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer dec.Close()
	if text, err := dec.DecodeAll(frames, nil); err != nil || string(text) != `{"Statement":[]}{"Version":"2012-10-17"}` {
		t.Errorf("documents %q, %v", text, err)
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	policies, err := collect([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	if err := write(dir, npm.Source{Package: "p", Version: "1"}, npm.Files{"LICENSE": []byte("licence")}, policies); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "data_version.go"))
	if err != nil || !strings.Contains(string(text), `Date    = "2021-01-01"`) {
		t.Errorf("%s, %v", text, err)
	}
}

func TestCollectRefuses(t *testing.T) {
	for _, c := range [][2]string{{"arn:aws:iam::aws:policy/A", "arn:aws:iam::1:policy/A"}, {`"latestVersionId":"v2"`, `"latestVersionId":"v3"`}, {"{", "["}, {"policy/A", `policy/A\tB`}} {
		if _, err := collect([]byte(strings.Replace(small, c[0], c[1], 1))); err == nil {
			t.Errorf("%s went unnoticed", c[1])
		}
	}
}
