package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/ingest"
	"accesspath/ingest/native"
	"accesspath/internal/fixture"
	"accesspath/policy"
	"accesspath/store"
)

// exportsIn are the exports of an organization in a directory, of which each can
// be that of one organization or another.
type exportsIn struct {
	dir  string
	orgs []*iam.Snapshot
}

func (e *exportsIn) write(t *testing.T, account, org int) {
	t.Helper()
	a := e.orgs[org].Accounts[account]
	text, err := json.MarshalIndent(fixture.ExportOf(a), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(e.name(account), text, 0o666); err != nil {
		t.Fatal(err)
	}
}

func (e *exportsIn) name(account int) string {
	return filepath.Join(e.dir, fmt.Sprintf("%02d.json", account))
}

// writeRest writes what no account has.
func (e *exportsIn) writeRest(t *testing.T, org int) {
	t.Helper()
	rest := *e.orgs[org]
	rest.Accounts = nil
	var b bytes.Buffer
	if err := native.Encode(&b, &rest); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(e.dir, "organization.json"), b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

// change writes some exports anew, and takes one away or puts it back.
func (e *exportsIn) change(t *testing.T, r *rand.Rand) {
	t.Helper()
	accounts := len(e.orgs[0].Accounts)
	for range 1 + r.IntN(2) {
		e.write(t, r.IntN(accounts), r.IntN(len(e.orgs)))
	}
	if r.IntN(3) == 0 {
		_ = os.Remove(e.name(r.IntN(accounts))) // it may be gone already
	}
	if r.IntN(6) == 0 {
		e.writeRest(t, r.IntN(len(e.orgs)))
	}
}

// A database into which exports are ingested again, some of which have changed,
// holds what a new one does: the same facts and diagnostics, and the same graph.
func TestRefreshIsIngest(t *testing.T) {
	refreshed := 0
	for seed := range uint64(3) {
		dir := t.TempDir()
		e := &exportsIn{dir: filepath.Join(dir, "exports")}
		if err := os.Mkdir(e.dir, 0o777); err != nil {
			t.Fatal(err)
		}
		for i := range uint64(3) {
			org := fixture.Org(fixture.OrgOptions{Seed: 10*seed + i, Accounts: 8, Users: 3, Groups: 2, Roles: 8, Sparse: true})
			attachShared(t, org, int(i))
			e.orgs = append(e.orgs, org)
		}
		for i := range e.orgs[0].Accounts {
			e.write(t, i, 0)
		}
		e.writeRest(t, 0)
		r := rand.New(rand.NewPCG(seed, 7))
		db := filepath.Join(dir, "again.db")
		succeeds(t, "ingest", e.dir, "--db", db, "--quiet")
		for round := range 4 {
			e.change(t, r)
			if sparesReading(t, e.dir, db) {
				refreshed++
			}
			whole := filepath.Join(dir, fmt.Sprintf("whole%d.db", round))
			succeeds(t, "ingest", e.dir, "--db", db, "--quiet")
			succeeds(t, "ingest", e.dir, "--db", whole, "--quiet")
			for _, question := range [][]string{{"convert"}, {"graph", "--format", "json"}, {"who-can", "s3:*", fixture.OrgBucket + "/*", "--view", "all", "--format", "json"}} {
				again, want := succeeds(t, append(question, "--db", db, "--quiet")...), succeeds(t, append(question, "--db", whole, "--quiet")...)
				if untimed(again) != untimed(want) {
					t.Fatalf("seed %d, round %d: %v differs", seed, round, question)
				}
			}
			sameForm(t, db, whole)
		}
	}
	if refreshed < 6 {
		t.Errorf("only %d of 12 ingests took something over", refreshed)
	}
}

// A snapshot that is the same as the one before has its graph, and one that is not
// has its own, where all exports are the same as well.
func TestRefreshOfNothing(t *testing.T) {
	for what, change := range map[string]func(*exportsIn){
		"nothing":          func(*exportsIn) {},
		"the organization": func(e *exportsIn) { e.writeRest(t, 1) },
		"another file": func(e *exportsIn) {
			if err := os.WriteFile(filepath.Join(e.dir, "more.json"), []byte(exportOfUser("222222222222", "bob")), 0o666); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			e := &exportsIn{dir: filepath.Join(dir, "exports")}
			if err := os.Mkdir(e.dir, 0o777); err != nil {
				t.Fatal(err)
			}
			for i := range uint64(2) {
				e.orgs = append(e.orgs, fixture.Org(fixture.OrgOptions{Seed: 40 + i, Accounts: 5, Users: 3, Groups: 2, Roles: 8, Sparse: true}))
			}
			for i := range e.orgs[0].Accounts {
				e.write(t, i, 0)
			}
			e.writeRest(t, 0)
			again, whole := filepath.Join(dir, "again.db"), filepath.Join(dir, "whole.db")
			first := succeeds(t, "ingest", e.dir, "--db", again, "--quiet")
			change(e)
			if want := what == "nothing"; isAgain(t, e.dir, again) != want {
				t.Errorf("the graph is that of the snapshot before: %v, want %v", !want, want)
			}
			second := succeeds(t, "ingest", e.dir, "--db", again, "--quiet")
			if what == "nothing" && second != strings.Replace(first, "snapshot 1", "snapshot 2", 1) {
				t.Errorf("got\n%s, want\n%s", second, first)
			}
			succeeds(t, "ingest", e.dir, "--db", whole, "--quiet")
			sameForm(t, again, whole)
			for _, question := range [][]string{{"convert"}, {"who-can", "s3:*", fixture.OrgBucket + "/*", "--view", "all", "--format", "json"}} {
				got, want := succeeds(t, append(question, "--db", again, "--quiet")...), succeeds(t, append(question, "--db", whole, "--quiet")...)
				if untimed(got) != untimed(want) {
					t.Errorf("%v differs", question)
				}
			}
		})
	}
}

func openToWrite(t *testing.T, path string) *store.Store {
	t.Helper()
	db, err := store.Open(t.Context(), path, store.Options{Now: time.Now, Version: version()})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// isAgain reports whether an ingest would find that nothing has changed.
func isAgain(t *testing.T, dir, path string) bool {
	t.Helper()
	db := openToWrite(t, path)
	defer db.Close()
	e := &env{stdout: os.Stdout, stderr: &bytes.Buffer{}, now: time.Now, quiet: true}
	taken, err := e.take(t.Context(), []string{dir}, db)
	if err != nil {
		t.Fatal(err)
	}
	if taken.like == nil {
		t.Fatal("nothing is taken over")
	}
	if err := taken.encode(t.Context()); err != nil {
		t.Fatal(err)
	}
	taken.like.tell(t.Context(), db, taken.encoded, taken.snapshot)
	return taken.like.again(t.Context(), time.Now())
}

// succeeds runs a command in this process, as many of them take their time to
// start, and returns what it prints.
func succeeds(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), args, nil, &out, &errs); code != 0 {
		t.Fatalf("%v ended with %d: %s", args, code, errs.String())
	}
	return out.String()
}

// attachShared attaches a policy of AWS's in half of the accounts, the text of which
// is another one in each organization, as that of exports of different days is.
func attachShared(t *testing.T, org *iam.Snapshot, day int) {
	t.Helper()
	action := []string{"sts:AssumeRole", "sts:Get*", "sts:*"}[day]
	d, err := policy.ParseDocument(fmt.Appendf(nil, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":%q,"Resource":"*"}]}`, action))
	if err != nil {
		t.Fatal(err)
	}
	m := &iam.ManagedPolicy{ARN: "arn:aws:iam::aws:policy/Shared", Name: "Shared", Account: "aws", AttachmentCount: day,
		Versions: []*iam.PolicyVersion{{VersionID: "v1", IsDefault: true, Policy: iam.Policy{Document: d}}}}
	for i, a := range org.Accounts {
		if i%2 == 0 {
			a.Policies = append(a.Policies, m)
			a.Users[0].Attached = append(a.Users[0].Attached, &iam.Attachment{ARN: m.ARN, Name: m.Name, Policy: m})
			a.Roles[0].Attached = append(a.Roles[0].Attached, &iam.Attachment{ARN: m.ARN, Name: m.Name, Policy: m})
		}
	}
}

// sparesReading reports whether an ingest would take something over.
func sparesReading(t *testing.T, dir, path string) bool {
	t.Helper()
	db := openToWrite(t, path)
	defer db.Close()
	sources, _, err := ingest.Files([]string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	e := &env{stdout: os.Stdout, stderr: &bytes.Buffer{}, now: time.Now, quiet: true}
	l := e.likeNewest(t.Context(), db, sources)
	return l != nil && len(l.earlier.Exports) > 0
}

// untimed leaves out when an answer was given.
func untimed(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		if !strings.Contains(line, `"asOf"`) {
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}

// sameForm compares the compiled forms of two databases but for what they say of
// the snapshot, which is of another number and time.
func sameForm(t *testing.T, a, b string) {
	t.Helper()
	var forms [2][]byte
	for i, path := range []string{a, b} {
		text, err := os.ReadFile(path + ".graph")
		if err != nil {
			t.Fatal(err)
		}
		head, rest, ok := bytes.Cut(text, []byte("}}"))
		if !ok || !bytes.Contains(head, []byte(`"Inventory"`)) {
			t.Fatalf("%s: no head", path)
		}
		forms[i] = bytes.TrimLeft(rest, "\x00") // what follows is aligned
	}
	if !bytes.Equal(forms[0], forms[1]) {
		t.Errorf("the forms differ: %d and %d bytes", len(forms[0]), len(forms[1]))
	}
}

// ingestPipes ingests texts as a shell's process substitution gives them, each of
// which can be read once.
func ingestPipes(t *testing.T, db string, texts ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "accesspath", "ingest", "--db", db, "--quiet")
	for i, text := range texts {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		go func() {
			_, _ = w.WriteString(text)
			_ = w.Close()
		}()
		cmd.ExtraFiles = append(cmd.ExtraFiles, r)
		cmd.Args = append(cmd.Args, fmt.Sprintf("/dev/fd/%d", 3+i))
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func exportOfUser(account, user string) string {
	return fmt.Sprintf(`{"UserDetailList":[{"UserName":%q,"UserId":"AIDA","Arn":"arn:aws:iam::%s:user/%[1]s"}],"GroupDetailList":[],"RoleDetailList":[],"Policies":[]}`, user, account)
}

// What can be read once only is not looked at for changes before it is read.
func TestRefreshFromPipes(t *testing.T) {
	if _, err := os.Stat("/dev/fd"); err != nil {
		t.Skip("no /dev/fd")
	}
	dir := t.TempDir()
	again, whole := filepath.Join(dir, "again.db"), filepath.Join(dir, "whole.db")
	first, second := exportOfUser("111111111111", "ann"), exportOfUser("222222222222", "bob")
	ingestPipes(t, again, first, second, exportOfUser("333333333333", "eve"))
	last := exportOfUser("333333333333", "zoe")
	ingestPipes(t, again, first, second, last)
	ingestPipes(t, whole, first, second, last)
	if got, want := accesspath(t, "convert", "--db", again, "--quiet"), accesspath(t, "convert", "--db", whole, "--quiet"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What another program read is read again, also where this one built the graph.
func TestRefreshOfAnotherProgram(t *testing.T) {
	dir := t.TempDir()
	e := &env{stdout: os.Stdout, stderr: &bytes.Buffer{}, now: time.Now, quiet: true}
	for i := range 3 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.json", i)), []byte(exportOfUser(fmt.Sprintf("%012d", 111111111111+i), "ann")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	sources, _, err := ingest.Files([]string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for engine, want := range map[string]bool{engineStamp(): true, "another": false} {
		snapshot, exports, err := ingest.ReadExports(t.Context(), sources, ingest.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range exports {
			x.Engine = engine
		}
		path := filepath.Join(t.TempDir(), "a.db")
		db, err := store.Open(t.Context(), path, store.Options{Now: time.Now, Version: version()})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		encoded, err := store.Encode(t.Context(), snapshot, exports)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.SaveEncoded(t.Context(), encoded, store.Meta{}); err != nil {
			t.Fatal(err)
		}
		info, err := db.Latest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		g, err := graph.Build(t.Context(), snapshot, graphOptions(time.Now()))
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Compile(t.Context(), path, info, engineStamp(), snapshot, g); err != nil {
			t.Fatal(err)
		}
		if got := e.likeNewest(t.Context(), db, sources) != nil; got != want {
			t.Errorf("%s: something is taken over: %v, want %v", engine, got, want)
		}
	}
}
