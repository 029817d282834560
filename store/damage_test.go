package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"accesspath/iam"
)

// killedWriter names the database that the test binary, run again, saves into
// until it is killed.
const killedWriter = "ACCESSPATH_TEST_KILLED_WRITER"

func TestMain(m *testing.M) {
	if path := os.Getenv(killedWriter); path != "" {
		saveForever(path)
	}
	os.Exit(m.Run())
}

// saveForever saves a larger snapshot each time and says when it is about to.
func saveForever(path string) {
	s, err := Open(context.Background(), path, testOptions())
	for n := 1; err == nil; n++ {
		fmt.Println("saving", n)
		_, err = s.Save(context.Background(), synthetic(&testing.T{}, n, 300), Meta{})
	}
	fmt.Println(err)
	os.Exit(1)
}

// TestKilled ends a writer in the middle of a transaction, several times: what
// was saved before stays, what was being saved leaves no trace.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes")
	}
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	want := synthetic(t, 2, 100)
	id := save(t, openTest(t, path, testOptions()), want)
	for round := range 6 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), killedWriter+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for saves := 0; saves <= 2 && lines.Scan(); saves++ {
			if !strings.HasPrefix(lines.Text(), "saving") {
				t.Errorf("the writer failed: %s", lines.Text())
			}
		}
		time.Sleep(time.Duration(1+7*round) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it reports the signal
		s := openTest(t, path, testOptions())
		var verdict string
		if err := s.db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
			t.Errorf("integrity: %s, %v", verdict, err)
		}
		if !reflect.DeepEqual(load(t, s, id), want) {
			t.Error("the first snapshot changed")
		}
		infos, err := s.List(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, info := range infos {
			got := load(t, s, info.ID)
			if len(got.Accounts) != info.Counts.Accounts || len(got.Accounts[0].Roles)*len(got.Accounts) != info.Counts.Roles {
				t.Errorf("snapshot %d is not whole", info.ID)
			}
		}
	}
}

// TestDamagedFile changes bytes all over the file: an error is right, and so
// is the snapshot as it was; anything else would be a wrong answer later on.
func TestDamagedFile(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path := filepath.Join(dir, "x.db")
	s, err := Open(ctx, path, testOptions())
	if err != nil {
		t.Fatal(err)
	}
	want := synthetic(t, 2, 20)
	id := save(t, s, want)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	clean, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "broken.db")
	failed := 0
	for at := 100; at < len(clean); at += 331 {
		raw := append([]byte(nil), clean...)
		raw[at] ^= 0x55
		if err := os.WriteFile(broken, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(ctx, broken, Options{ReadOnly: true})
		if err != nil {
			failed++
			continue
		}
		got, err := s.Load(ctx, id)
		if err != nil {
			failed++
		} else if !reflect.DeepEqual(got, want) {
			t.Errorf("byte %d changed the snapshot unnoticed", at)
		}
		s.Close()
	}
	if failed == 0 {
		t.Error("no damage was noticed")
	}
}

// FuzzOrigins reads arbitrary bytes, and what was written reads back.
func FuzzOrigins(f *testing.F) {
	f.Add([]byte{}, "a.json", 1, 1, "/RoleDetailList/0", "/RoleDetailList/1")
	f.Add(packOrigins([]iam.Origin{{File: "a", Line: 3, Column: 2, Pointer: "/a/b"}, {}}), "", -1, 1<<40, "", "/é")
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, "x", 0, 0, "/", "")
	f.Fuzz(func(t *testing.T, raw []byte, file string, line, column int, a, b string) {
		for r := newOriginReader(raw); ; {
			if _, err := r.next(); err != nil {
				break
			}
		}
		want := []iam.Origin{{File: file, Line: line, Column: column, Pointer: a}, {File: file, Pointer: b}, {File: a, Line: column, Column: line, Pointer: a + b}}
		r := newOriginReader(packOrigins(want))
		for i, w := range want {
			if got, err := r.next(); err != nil || got != w {
				t.Fatalf("position %d: %+v, %v; want %+v", i, got, err, w)
			}
		}
		if _, err := r.next(); err == nil {
			t.Fatal("there is one more")
		}
	})
}

// FuzzParts decodes arbitrary text as each kind of part.
func FuzzParts(f *testing.F) {
	parts, err := encodeSnapshot(context.Background(), synthetic(f, 1, 2), nil)
	if err != nil {
		f.Fatal(err)
	}
	for _, p := range parts {
		f.Add(p.data, p.positions)
	}
	f.Add([]byte(`{"ID":"1"}{"Groups":3,"ExtraGroups":-2,"Roles":-1}`), []byte(nil))
	f.Add([]byte(`9223372036854775807`), []byte(nil))
	f.Fuzz(func(t *testing.T, data, positions []byte) {
		p := loaded{data: data, positions: positions}
		for _, kind := range []string{kindHead, kindShared, kindOrganization, kindResources, kindDiagnostics, kindAccount} {
			p.kind = kind
			parts := []loaded{p}
			for _, other := range []string{kindHead, kindShared, kindOrganization, kindDiagnostics} {
				if other != kind {
					parts = append(parts, loaded{kind: other, data: []byte("null")})
				}
			}
			if kind != kindResources {
				parts = append(parts, loaded{kind: kindResources, data: []byte("0")})
			}
			_, _ = decodeSnapshot(context.Background(), parts, nil, &readAlready{})
		}
	})
}
