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
	"accesspath/ingest/internal/scan"
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
		{"nothing listed", `{"Roles":[]}`, "x: warning: JSON without a user, a group, a role, a policy or a resource in it"},
		{"CloudTrail", `{"Records":[{"eventName":"GetObject"}]}`, `x: warning: JSON that is no snapshot of AWS: perhaps a log of CloudTrail, which says what was called and not who may call it; its members are "Records"`},
		{"Config", `{"fileVersion":"1.0","configurationItems":[]}`, `x: warning: JSON that is no snapshot of AWS: a snapshot of AWS Config, which is not read; its members are "fileVersion", "configurationItems"`},
		{"Google", `{"bindings":[{"role":"roles/owner"}]}`, `x: warning: JSON that is no snapshot of AWS: perhaps an IAM policy of Google Cloud; only accounts of AWS are read; its members are "bindings"`},
		{"CloudTrail, line by line", "{\"eventName\":\"GetObject\",\"eventSource\":\"s3.amazonaws.com\"}\n{\"eventName\":\"A\",\"eventSource\":\"b\"}", `x: warning: JSON that is no snapshot of AWS: perhaps events of CloudTrail, which say what was called and not who may call it; its members are "eventName", "eventSource"`},
		{"Config, one item", `{"configurationItemCaptureTime":"t","resourceType":"AWS::IAM::Role"}`, `x: warning: JSON that is no snapshot of AWS: an item of AWS Config, which is not read; its members are "configurationItemCaptureTime", "resourceType"`},
		{"many members", `[{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"finding_info":{}}]`, `x: warning: JSON that is no snapshot of AWS: perhaps findings of Prowler, which are no input; its members are "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", …`},
		{"credentials", `{"Credentials":{"SecretAccessKey":"s"}}`, `x: warning: JSON that is no snapshot of AWS: perhaps credentials of a session, which are a secret and no export; its members are "Credentials"; keep the file where nobody else reads it, and give an export of the account`},
		{"an error in JSON", `{"__type":"AccessDeniedException","message":"no"}`, `x: warning: JSON that is no snapshot of AWS: perhaps an error that AWS answered; its members are "__type", "message"; see that the call succeeds, and export again`},
		{"an error in XML", `<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>`, `x: warning: XML that is no snapshot of AWS: perhaps an error that AWS answered; its members are "Error"; see that the call succeeds, and export again`},
		{"an error of the CLI", "\nAn error occurred (AccessDenied) when calling the GetAccountAuthorizationDetails operation: User: x", `x: error: an error of the AWS CLI and no export: AccessDenied at GetAccountAuthorizationDetails; whoever exports must be allowed that call, as the AWS managed policy SecurityAudit does; then export again`},
		{"an expired session", "An error occurred (ExpiredToken) when calling the ListRoles operation: x", `x: error: an error of the AWS CLI and no export: ExpiredToken at ListRoles; sign in again, and export again`},
		{"no credentials", "Unable to locate credentials. You can configure credentials by running \"aws configure\".", `x: error: an error of the AWS CLI and no export: "Unable to locate credentials. You can co…"; see that aws sts get-caller-identity answers, and export again`},
		{"a table", "------\n|  GetAccountAuthorizationDetails  |\n+----+", `x: error: a table as the AWS CLI draws it, which is not read; export it again with --output json`},
		{"output as text", "USERDETAILLIST\tarn:aws:iam::111111111111:user/u\tu", `x: error: what the AWS CLI prints as text, which is not read; export it again with --output json`},
		{"output as YAML", "UserDetailList:\n- UserName: u\n", `x: error: what the AWS CLI prints as YAML, which is not read; export it again with --output json`},
		{"output as a stream of YAML", "- UserDetailList:\n  - UserName: u\n", `x: error: what the AWS CLI prints as YAML, which is not read; export it again with --output json`},
		{"nothing selected", "null\n", `x: error: nothing but null, which the AWS CLI prints if --query selects nothing; export it again without --query`},
		{"a warning first", "WARNING: x\n{\"UserDetailList\":[]}", `x: error: JSON behind other text: the file begins with "WARNING: x"; take out what stands before the JSON, and keep standard error apart from the export`},
		{"JSON in a text", `"{\"UserDetailList\":[]}"`, `x: warning: JSON in a text of JSON: it was turned into text once too often; take it out of the text: jq -r .`},
		{"PDF", "%PDF-1.7", "x: error: a PDF document, and no text"},
		{"picture", "\x89PNG\r\n\x1a\n\x00\x00", "x: error: binary data, and no text"},
		{"module of Go", "module accesspath\n", `x: error: neither JSON nor XML: the file begins with "module accesspath"`},
		{"other XML", "<a><b>1</b></a>", `x: warning: XML that is no snapshot of AWS: its members are "b"`},
		{"truncated", `{"a":[1,2`, `x:1:10: /a/1: error: the JSON ends in the middle; nothing that comes before is complete; export the file again`},
		{"truncated string", "{\n \"a\": \"bc", `x:2:10: /a: error: the JSON ends in the middle; nothing that comes before is complete; export the file again`},
		{"syntax", "{\n \"a\": tru }", `x:2:10: /a: error: invalid JSON: invalid character ' ' in literal true (expecting 'e'); export the file again`},
		{"brackets", strings.Repeat("[", 10<<20), "x:1:10001: error: invalid JSON: more than 10000 arrays and objects inside each other; export the file again"},
		{"export of nothing", `{"UserDetailList":[],"RoleDetailList":[]}`, "x: warning: an export without any entity does not say which account it is of"},
		{"policy alone", readDoc, `x:1:1: warning: a policy document on its own, without saying who has it; give an export of the account; what the policy would change there, who-can, can and paths tell with --with-policy PRINCIPAL=FILE or --with-scp FILE`},
		{"policy of a resource alone", `{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}}`, `x:1:1: warning: a policy document on its own, without saying what it is attached to; wrap it: {"Resource": "arn:…", "Policy": …}`},
		{"trust policy alone", `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}`, `x:1:1: warning: a policy document on its own, without saying which role it is the trust policy of; give an export of the account, which has the role as well`},
		{"caller alone", `{"UserId":"AIDAX","Account":"111111111111","Arn":"arn:aws:iam::111111111111:user/u"}`, `x: whose credentials were used, and nothing of the account; give its export with it`},
		{"instances without roles", `{"Reservations":[{"Instances":[{"InstanceId":"i-1"}]}]}`, `x: read as compute, which says nothing of who may do what by itself; give the export of its account with it`},
		{"facts of no account", `{"SummaryMap":{"Users":3}}`, `x:1:15: /SummaryMap: warning: the output of aws iam get-account-summary does not say which account it is of; it is not used; put the account beside it: jq '. + {AccountId: "111122223333"}', or keep the output of aws sts get-caller-identity in the same directory`},
		{"an answer", `{"schema":"accesspath.result/1"}`, `x:1:11: /schema: error: the schema is "accesspath.result/1": an answer of accesspath, and no snapshot of accounts; give what the answer was made from; accesspath render --from FILE prints it in other formats`},
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
	if cut := find(s, "diagnostics-cut"); len(cut) != 1 || cut[0].String() != `a.json: error: and 240 more like the first 10 of "unreadable-policy", which are listed` {
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

// A text that no AWS API would return costs its policy and not the rest of the
// file: the policy counts as unknown, whatever its beginning says.
func TestPolicyOfAnyLength(t *testing.T) {
	long := `{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"` + strings.Repeat("*", 5<<20) + `"}]}`
	s := load(t, "a.json", "{\"RoleDetailList\":[\n"+role("a", inline(long))+",\n"+role("b", inline(readDoc))+"]}")
	a := only(t, s)
	if len(a.Roles) != 2 || a.Roles[0].Inline[0].Document != nil || a.Roles[1].Inline[0].Document == nil {
		t.Fatalf("%+v", a.Roles)
	}
	if got := find(s, "unreadable-policy"); len(got) != 1 || got[0].Origin.Line != 2 || got[0].Message != "p: more than 4194304 bytes, which is longer than any policy of AWS" {
		t.Errorf("%v", got)
	}
	if got := find(s, "long-text"); len(got) != 1 || got[0].Origin.Line != 2 || got[0].Message != "a text of 5242880 bytes, of which the first 4194304 are read" {
		t.Errorf("%v", got)
	}
}

// A file that repeats itself holds what it says once, and what it says
// differently is decided as between files (GAAD-10).
func TestRepetitionIsMerged(t *testing.T) {
	var all []string
	for i := range 3 * uncrowded {
		doc := readDoc
		if i%20 >= 10 {
			doc = adminDoc
		}
		all = append(all, role("r"+string(rune('0'+i%10)), inline(doc)))
	}
	p := readSource(context.Background(), text("a.json", roles(all...)), scan.NewDocuments(), Options{})
	if n := len(p.Roles); n > uncrowded+256 {
		t.Errorf("%d roles are held", n)
	}
	s, err := Read(context.Background(), texts("a.json", roles(all...)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := only(t, s)
	for _, r := range a.Roles {
		last := len(all) - 1
		for !strings.Contains(all[last], "role/"+r.Name+`"`) {
			last--
		}
		if !strings.Contains(all[last], r.Inline[0].Document.Text) {
			t.Errorf("%s has %s, not what was read last", r.Name, r.Inline[0].Document.Text)
		}
	}
	if len(a.Roles) != 10 {
		t.Errorf("%d roles", len(a.Roles))
	}
	cut := find(s, "diagnostics-cut")
	if len(find(s, "conflict")) < 100 || len(cut) == 0 || cut[0].Severity != iam.Warning {
		t.Errorf("%v", cut)
	}
}

// Bytes that are no character cost nothing but themselves, and are told of.
func TestInvalidUTF8(t *testing.T) {
	s := load(t, "a.json", "{\"RoleDetailList\":[\n"+role("a\xffb", inline(readDoc))+",\n"+role("c")+"]}")
	a := only(t, s)
	if len(a.Roles) != 2 || a.Roles[0].Name != "a\uFFFDb" || a.Roles[0].Inline[0].Document == nil {
		t.Fatalf("%+v", a.Roles)
	}
	got := find(s, "invalid-utf8")
	if len(got) != 1 || got[0].String() != "a.json:2:15: /RoleDetailList/0: warning: not UTF-8: the byte 0xFF in \"a\uFFFDb\" is read as U+FFFD, and so are all like it in this value" {
		t.Errorf("%v", got)
	}
}

// So are those of a document that is encoded.
func TestInvalidUTF8InEncodedPolicy(t *testing.T) {
	s := load(t, "a.json", roles(role("r", inline(`"%7B%22Statement%22%3A%7B%22Sid%22%3A%22%FF%22%2C%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGetObject%22%2C%22Resource%22%3A%22*%22%7D%7D"`))))
	allows(t, only(t, s).Roles[0].Inline[0], "s3:GetObject")
	if got := find(s, "invalid-utf8"); len(got) != 1 || got[0].Message != "p: not UTF-8 once it is decoded: bytes that are no character are read as U+FFFD" {
		t.Errorf("%v", s.Diagnostics)
	}
}
