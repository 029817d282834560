package main

import (
	"bytes"
	"strings"
	"testing"
)

// The table comes out whole on a small organization of our own making.
func TestSmallRun(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and starts accesspath")
	}
	var out, log bytes.Buffer
	args := []string{"-accounts", "3", "-roles", "5", "-edge-roles", "20", "-questions", "20", "-batch", "50", "-cold", "1", "-root", "../..", "-generator", "", "-dir", t.TempDir()}
	if err := run(t.Context(), args, &out, &log); err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	for _, want := range []string{"commit ", " cores of ", "| ingest of ", "| ingest growth |", "| compiled form |", "| edge building, 20 roles", "| who-can, chained, cold process |",
		"| heap after load, compiled form", "warm, 20 different questions |", "| all actions of a bucket", "| can --batch of 50 questions |", "| refresh of one account in 3 |"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, out.String())
		}
	}
}
