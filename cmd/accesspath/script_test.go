package main

import (
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite expected output in scripts and in the README")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"accesspath": func() { os.Exit(realMain()) }, "unprivileged": unprivileged})
}

// unprivileged becomes the command in its arguments, as somebody whom the
// permissions of files stop: the superuser gives that right up first.
func unprivileged() {
	command := os.Args[1:]
	if os.Geteuid() == 0 {
		command = append([]string{"setpriv", "--bounding-set=-dac_override,-dac_read_search"}, command...)
	}
	path, err := exec.LookPath(command[0])
	if err == nil {
		err = syscall.Exec(path, command, os.Environ())
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(127)
}

// TestScripts runs the scripts of testdata/script. A script finds the example
// accounts in the directory "shop", the same a week later in "shop-next", and
// files of checks in "checks".
func TestScripts(t *testing.T) {
	cache := t.TempDir() // one for all: the layout engine is compiled once
	data, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("XDG_CACHE_HOME", cache)
			env.Setenv("NO_COLOR", "1")
			for to, from := range map[string]string{"shop": "accounts/shop", "shop-next": "accounts/shop-next", "checks": "checks"} {
				if err := os.CopyFS(filepath.Join(env.WorkDir, to), os.DirFS(filepath.Join(data, from))); err != nil {
					return err
				}
			}
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond == "superuser" { // whom permissions do not stop
				return os.Geteuid() == 0, nil
			}
			return false, errors.New("unknown condition")
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":      cmdExits,
			"repeat":     cmdRepeat,
			"setversion": cmdSetVersion,
			"roles":      cmdRoles,
			"waitfor":    cmdWaitFor,
		},
	})
}

// cmdExits runs a command and checks its exit code: exits CODE COMMAND ARG...
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARG...")
	}
	code := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// cmdRepeat writes a text many times: repeat FILE COUNT TEXT BEFORE AFTER
func cmdRepeat(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 5 {
		ts.Fatalf("usage: repeat FILE COUNT TEXT BEFORE AFTER")
	}
	count, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(args[3]+strings.Repeat(args[2], count)+args[4]), 0o666))
}

// cmdSetVersion writes the version of a database into its header, where SQLite
// keeps it (https://www.sqlite.org/fileformat.html): setversion FILE VERSION
func cmdSetVersion(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: setversion FILE VERSION")
	}
	v, err := strconv.ParseUint(args[1], 10, 32)
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_WRONLY, 0)
	ts.Check(err)
	_, err = f.WriteAt(binary.BigEndian.AppendUint32(nil, uint32(v)), 60)
	ts.Check(errors.Join(err, f.Close()))
}

// cmdWaitFor waits until a file is there: waitfor FILE
func cmdWaitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitfor FILE")
	}
	for range 3000 {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s does not come", args[0])
}

// cmdRoles writes an account with many roles: roles FILE COUNT
func cmdRoles(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: roles FILE COUNT")
	}
	count, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), manyRoles(count), 0o666))
}

// manyRoles is an account in which each role trusts the one before.
func manyRoles(count int) []byte {
	var b strings.Builder
	b.WriteString(`{"RoleDetailList":[`)
	for i := range count {
		if i > 0 {
			b.WriteString(",")
		}
		n, before := strconv.Itoa(i), strconv.Itoa(max(i-1, 0))
		b.WriteString(`{"RoleName":"r` + n + `","Path":"/","Arn":"arn:aws:iam::111122223333:role/r` + n + `","RoleId":"AROA` + n +
			`","AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/r` + before +
			`"},"Action":"sts:AssumeRole"}]},"RolePolicyList":[{"PolicyName":"p","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b` + n + `/*"}]}}]}`)
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}
