package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accesspath/iam"
)

// What cannot be used at all: one file, the whole error.
func TestNothingUsable(t *testing.T) {
	tests := []struct{ name, content, want string }{
		{"empty", "", "x: error: the file is empty; export it again"},
		{"blank", " \n\n", "x: error: the file is empty; export it again"},
		{"text", "hello\nworld", `x: error: neither JSON nor XML: the file begins with "hello"`},
		{"binary", "\x7fELF\x02\x01", "x: error: neither JSON nor XML: the file begins with \"\x7fELF\x02\x01\""},
		{"html", "<!DOCTYPE html><html></html>", "x: error: an HTML page, perhaps an error of a proxy or a login form; export the account again"},
		{"other JSON", `{"a":1,"b":{"c":[]}}`, `x: warning: JSON that is no snapshot of AWS: its members are "a", "b"`},
		{"scalars", `[1,2,3]`, "x: warning: JSON that is no snapshot of AWS: it has no members"},
		{"other XML", "<a><b>1</b></a>", `x: warning: XML that is no snapshot of AWS: its members are "b"`},
		{"truncated", `{"a":[1,2`, `x:1:10: /a/1: error: the JSON ends in the middle; nothing that comes before is complete; export the file again`},
		{"truncated string", "{\n \"a\": \"bc", `x:2:10: /a: error: the JSON ends in the middle; nothing that comes before is complete; export the file again`},
		{"syntax", "{\n \"a\": tru }", `x:2:10: /a: error: invalid JSON: invalid character ' ' in literal true (expecting 'e'); export the file again`},
		{"brackets", strings.Repeat("[", 10<<20), "x:1:10001: error: invalid JSON: more than 10000 arrays and objects inside each other; export the file again"},
		{"export of nothing", `{"UserDetailList":[],"RoleDetailList":[]}`, "x: warning: an export without any entity does not say which account it is of"},
		{"policy alone", readDoc, `x:1:1: warning: a policy document on its own, without saying what it is attached to; wrap it: {"Resource": "arn:…", "Policy": …}`},
		{"gzip", "\x1f\x8b\x08junk", "x: error: the file cannot be unpacked: gzip: unexpected EOF; copy the file again"},
		{"truncated XML", xmlPage[:200], "x:5:11: error: the XML ends in the middle; nothing that comes before is complete; export the file again"},
		{"schema", `{"schema":"accesspath.snapshot/2","accounts":[{"id":"111111111111"}]}`, `x:1:11: /schema: error: the schema is "accesspath.snapshot/2"; this accesspath reads "accesspath.snapshot/1"; use the accesspath that wrote it, or a newer one`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			start := time.Now()
			_, err := Read(context.Background(), []Source{text("x", test.content)}, Options{})
			if !errors.Is(err, ErrNothing) {
				t.Fatalf("error %v", err)
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != 3 || strings.TrimSpace(lines[1]) != test.want {
				t.Errorf("error:\n%.300s\nwant:\n%s", lines[1], test.want)
			}
			if d := time.Since(start); d > time.Minute {
				t.Errorf("took %v", d)
			}
		})
	}
}

func TestNoFiles(t *testing.T) {
	_, err := Read(context.Background(), nil, Options{})
	if err == nil || err.Error() != "nothing to read: no files given; name the output of aws iam get-account-authorization-details, or a directory of such files" {
		t.Errorf("error %v", err)
	}
}

// One bad file among good ones is a diagnostic.
func TestBadFileAmongGood(t *testing.T) {
	sources := append(texts("a.json", roles(role("r")), "b.json", "junk"), Source{Name: "c.json", Open: func() (io.ReadCloser, error) {
		return nil, &os.PathError{Op: "open", Path: "c.json", Err: os.ErrPermission}
	}})
	s, err := Read(context.Background(), sources, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(find(s, "not-json")) != 1 || len(find(s, "unreadable-file")) != 1 || len(only(t, s).Roles) != 1 {
		t.Errorf("%v", s.Diagnostics)
	}
	if got := find(s, "unreadable-file")[0].String(); got != "c.json: error: the file cannot be opened: permission denied" {
		t.Error(got)
	}
}

// A file that breaks off keeps what came before, and its account is incomplete
// (GAAD-08).
func TestTruncatedFile(t *testing.T) {
	whole := roles(role("a", inline(readDoc)), role("b"))
	cut := strings.Index(whole, `"RoleName":"b"`) + 5
	s := load(t, "a.json", whole[:cut])
	a := only(t, s)
	if len(a.Roles) != 1 || !a.Incomplete || a.Coverage[iam.SectionUsers] != iam.Unknown {
		t.Errorf("%+v", a)
	}
	if got := find(s, "truncated-json"); len(got) != 1 || got[0].Origin.Line != 1 || got[0].Origin.Column != cut+1 {
		t.Errorf("%v", got)
	}
}

func TestMillionStars(t *testing.T) {
	doc := `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"` + strings.Repeat("*", 1_000_000) + `"}]}`
	start := time.Now()
	s := load(t, "a.json", roles(role("r", inline(doc))))
	if d := time.Since(start); d > time.Minute {
		t.Errorf("took %v", d)
	}
	allows(t, only(t, s).Roles[0].Inline[0], "s3:GetObject")
}

func TestDuplicateARNsInOneFile(t *testing.T) {
	s := load(t, "a.json", "{\"RoleDetailList\":[\n"+role("r", inline(readDoc))+",\n"+role("r", inline(adminDoc))+"]}")
	if a := only(t, s); len(a.Roles) != 1 || a.Roles[0].Inline[0].Document.Text != adminDoc {
		t.Errorf("%+v", a.Roles)
	}
	got := find(s, "conflict")
	if len(got) != 1 || got[0].String() != "a.json:2:1: /RoleDetailList/0 (arn:aws:iam::111111111111:role/r): warning: a.json:3 has other content for it and is used: neither has a newer date, and it was read last" {
		t.Errorf("%v", got)
	}
}

func TestDecompressionBomb(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	zeros := bytes.Repeat([]byte(" "), 1<<20)
	for range 80 {
		_, _ = z.Write(zeros)
	}
	_ = z.Close()
	_, err := Read(context.Background(), []Source{text("bomb.gz", b.String())}, Options{MaxRatio: 100})
	if err == nil || !strings.Contains(err.Error(), "limit exceeded: the file unpacks to more than 100 times its size") {
		t.Errorf("error %v", err)
	}
	_, err = Read(context.Background(), []Source{text("big.json", "["+strings.Repeat("1,", 1000)+"1]")}, Options{MaxBytes: 100})
	if err == nil || !strings.Contains(err.Error(), "limit exceeded: more than 100 bytes of text") {
		t.Errorf("error %v", err)
	}
}

func TestDiagnosticsAreCapped(t *testing.T) {
	var all []string
	for i := range 250 {
		all = append(all, role("r"+strings.Repeat("x", i), inline(`7`)))
	}
	s, err := Read(context.Background(), texts("a.json", roles(all...)), Options{MaxDiagnostics: 10})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(find(s, "unreadable-policy")); n != 10 {
		t.Errorf("%d kept", n)
	}
	if cut := find(s, "diagnostics-cut"); len(cut) != 1 || cut[0].Message != `240 more of "unreadable-policy" are not listed` {
		t.Errorf("%v", cut)
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, texts("a.json", roles(role("r"))), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// Unknown members of any size and depth around a page do no harm.
func TestStrangeSurroundings(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 500) + "1" + strings.Repeat("}", 500)
	s := load(t, "a.json", `{"Meta":`+deep+`,"Lists":[[[[[[[[[[[[1]]]]]]]]]]]],"RoleDetailList":[`+role("r")+`]}`)
	if len(only(t, s).Roles) != 1 {
		t.Error("the role is lost")
	}
	if got := find(s, "unrecognized"); len(got) != 1 || got[0].Message != `nothing reads the members "Meta", "Lists"` {
		t.Errorf("%v", got)
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("b/2.json", roles(role("b")))
	write("a.json", roles(role("a")))
	write(".hidden/3.json", "x")
	write(".4.json", "x")
	write("README.md", "x")
	write("c.XML", xmlPage)
	sources, diags, err := Files([]string{dir, filepath.Join(dir, "README.md"), filepath.Join(dir, "a.json"), "-"}, strings.NewReader(roles(role("stdin"))))
	if err != nil || len(diags) != 0 {
		t.Fatal(err, diags)
	}
	var names []string
	for _, s := range sources {
		rel, err := filepath.Rel(dir, s.Name)
		if err != nil {
			rel = s.Name
		}
		names = append(names, filepath.ToSlash(rel))
	}
	if got := strings.Join(names, " "); got != "a.json b/2.json c.XML README.md -" {
		t.Errorf("sources %s", got)
	}
	s, err := Read(context.Background(), sources, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if a := only(t, s); len(a.Roles) != 3 || len(a.Users) != 1 {
		t.Errorf("%+v", a)
	}
	for _, c := range []struct{ add, content, want string }{
		{"b/x.tf", "x", `note: "b/x.tf" is not read for the name`},
		{"b/y.log", "x", `note: "b/x.tf", "b/y.log" are not read for the name`},
		{"z", "", `note: "b/x.tf", "b/y.log", "z" are not read for the name`},
		{"zz", "x", `note: "b/x.tf", "b/y.log", "z" and 1 more are not read for the name`},
		{"old.json.bak", " {}", `warning: "old.json.bak" is not read for the name, but may be an export to judge by how it begins`},
	} {
		write(c.add, c.content)
		if _, diags, err = Files([]string{dir}, nil); err != nil || len(diags) == 0 || diags[0].String() != dir+": "+c.want {
			t.Errorf("%v, %v; want %s", err, diags, c.want)
		}
	}
	write("report", reportHeader)
	if _, diags, err = Files([]string{dir, filepath.Join(dir, "old.json.bak")}, nil); err != nil || len(diags) != 2 || !strings.Contains(diags[0].Message, `"report" is`) {
		t.Errorf("%v, %v", err, diags)
	}
	if _, _, err := Files([]string{filepath.Join(dir, "none")}, nil); err == nil || !strings.HasSuffix(err.Error(), "none: no such file or directory") {
		t.Errorf("error %v", err)
	}
	empty := t.TempDir()
	if _, _, err := Files([]string{empty}, nil); err == nil || !strings.Contains(err.Error(), "no files named .json") {
		t.Errorf("error %v", err)
	}
}
