package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"accesspath/graph"
	"accesspath/internal/fixture"
	"accesspath/store"
)

// bench is one run and what it found, row by row.
type bench struct {
	settings
	log  io.Writer
	bin  string
	rows []row
}

// row is one figure of the table.
type row struct{ figure, measured, against, goal string }

func (b *bench) row(figure, measured, against, goal string) {
	b.rows = append(b.rows, row{figure, measured, against, goal})
}

func (b *bench) measure(ctx context.Context) error {
	b.bin = filepath.Join(b.dir, "accesspath")
	build := exec.CommandContext(ctx, "go", "build", "-o", b.bin, "./cmd/accesspath")
	build.Dir, build.Stderr = b.root, b.log
	if err := build.Run(); err != nil {
		return fmt.Errorf("building accesspath: %w", err)
	}
	for _, step := range []func(context.Context) error{b.ingest, b.edges, b.processes, b.library, b.canBatch, b.refresh} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// process is what became of one run of accesspath.
type process struct {
	cpu, wall time.Duration
	peak      int64 // bytes of memory
	out       []byte
}

func (b *bench) accesspath(ctx context.Context, args ...string) (process, error) {
	cmd := exec.CommandContext(ctx, b.bin, args...)
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = b.dir, &out, &errs
	start := time.Now()
	err := cmd.Run()
	p := process{wall: time.Since(start), out: out.Bytes()}
	if err != nil {
		return p, fmt.Errorf("accesspath %s: %w\n%s", strings.Join(args, " "), err, errs.String())
	}
	p.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		p.peak = int64(usage.Maxrss) << 10
	}
	return p, nil
}

// ownCPU is the processor time of this process so far.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func (b *bench) database() string { return filepath.Join(b.dir, "org.db") }

// ingest measures reading, against decoding alone and against a tenth.
func (b *bench) ingest(ctx context.Context) error {
	large, err := b.generate(ctx, "org", b.accounts, b.roles)
	if err != nil {
		return err
	}
	small, err := b.generate(ctx, "tenth", max(b.accounts/10, 1), b.roles)
	if err != nil {
		return err
	}
	size, decoding, err := decodeAll(large)
	if err != nil {
		return err
	}
	smallSize, _, err := decodeAll(small)
	if err != nil {
		return err
	}
	whole, err := b.accesspath(ctx, "ingest", large, "--db", b.database(), "--quiet")
	if err != nil {
		return err
	}
	tenth, err := b.accesspath(ctx, "ingest", small, "--db", filepath.Join(b.dir, "tenth.db"), "--quiet")
	if err != nil {
		return err
	}
	principals, err := b.principals(ctx)
	if err != nil {
		return err
	}
	b.row(fmt.Sprintf("ingest of %.1f MB, %d principals, to a queryable database", mb(size), principals),
		fmt.Sprintf("%s CPU, %s wall", seconds(whole.cpu), seconds(whole.wall)),
		fmt.Sprintf("%.2f × encoding/json into typed structs (%s CPU)", ratio(whole.cpu, decoding), seconds(decoding)), "≤ 1.0 ×")
	b.row("ingest growth", fmt.Sprintf("%.1f × the CPU", ratio(whole.cpu, tenth.cpu)), fmt.Sprintf("%.1f × the input", float64(size)/float64(max(smallSize, 1))), "≤ 11 × for 10 ×")
	b.row("ingest peak memory", fmt.Sprintf("%.0f MB", mb(whole.peak)), fmt.Sprintf("%.1f kB a principal", float64(whole.peak)/1e3/float64(max(principals, 1))), "≤ 6 kB a principal")
	compiled, err := os.Stat(b.database() + ".graph")
	if err != nil {
		return err
	}
	db, err := os.Stat(b.database())
	if err != nil {
		return err
	}
	b.row("compiled form", fmt.Sprintf("%.1f MB", mb(compiled.Size())), fmt.Sprintf("%d B a principal", compiled.Size()/int64(max(principals, 1))), "≤ 400 B a principal")
	b.row("database", fmt.Sprintf("%.1f MB", mb(db.Size())), fmt.Sprintf("%d B a principal", db.Size()/int64(max(principals, 1))), "")
	return nil
}

// principals counts users and roles of the database.
func (b *bench) principals(ctx context.Context) (int, error) {
	db, err := store.Open(ctx, b.database(), store.Options{ReadOnly: true})
	if err != nil {
		return 0, err
	}
	defer db.Close()
	info, err := db.Latest(ctx)
	return info.Counts.Users + info.Counts.Roles, err
}

// decodeAll decodes the exports below a directory, and says how large they are
// and what processor time that took.
func decodeAll(dir string) (size int64, cpu time.Duration, err error) {
	start := ownCPU()
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		size += int64(len(text))
		var e fixture.Export
		return json.Unmarshal(text, &e)
	})
	return size, ownCPU() - start, err
}

// pmapperEdges is the processor time that PMapper 1.1.5 takes for the edges of
// 1,000 roles of one account (measured once, on two cores).
const pmapperEdges = 2083 * time.Second

func (b *bench) edges(ctx context.Context) error {
	dir, err := b.generate(ctx, "account", 1, b.edgeRoles)
	if err != nil {
		return err
	}
	if _, err := b.accesspath(ctx, "ingest", dir, "--db", filepath.Join(b.dir, "account.db"), "--quiet"); err != nil {
		return err
	}
	s, _, err := load(ctx, filepath.Join(b.dir, "account.db"))
	if err != nil {
		return err
	}
	const rounds = 5
	start := ownCPU()
	for range rounds {
		if _, err := graph.Build(ctx, s, graphOptions(s)); err != nil {
			return err
		}
	}
	cpu := (ownCPU() - start) / rounds
	b.row(fmt.Sprintf("edge building, %d roles of one account", b.edgeRoles), fmt.Sprintf("%.1f ms CPU", cpu.Seconds()*1e3),
		fmt.Sprintf("%.0f × PMapper's %.0f s for 1,000 roles", ratio(pmapperEdges, cpu), pmapperEdges.Seconds()), "≥ 20,000 ×")
	return nil
}

// processes measures whole processes.
func (b *bench) processes(ctx context.Context) error {
	version, err := b.median(ctx, "version")
	if err != nil {
		return err
	}
	s, _, err := load(ctx, b.database())
	if err != nil {
		return err
	}
	asked := questions(s, 1)[0]
	who, err := b.median(ctx, "who-can", asked.action, asked.resource, "--db", b.database(), "--format", "json", "-o", os.DevNull, "--quiet")
	if err != nil {
		return err
	}
	b.row("who-can, chained, cold process", fmt.Sprintf("%.1f ms", who.Seconds()*1e3), fmt.Sprintf("%.1f × accesspath version (%.1f ms)", ratio(who, version), version.Seconds()*1e3), "≤ 4 ×, < 50 ms")
	return nil
}

func (b *bench) median(ctx context.Context, args ...string) (time.Duration, error) {
	var walls []time.Duration
	for range b.settings.cold {
		p, err := b.accesspath(ctx, args...)
		if err != nil {
			return 0, err
		}
		walls = append(walls, p.wall)
	}
	return middle(walls), nil
}

func (b *bench) canBatch(ctx context.Context) error {
	s, _, err := load(ctx, b.database())
	if err != nil {
		return err
	}
	var who []string
	for _, a := range s.Accounts {
		for _, u := range a.Users {
			who = append(who, u.ARN)
		}
		for _, r := range a.Roles {
			who = append(who, r.ARN)
		}
	}
	if len(who) == 0 {
		return errors.New("the organization has no principals")
	}
	list := questions(s, min(b.batch, 1000))
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	for i := range b.batch {
		asked := list[i%len(list)]
		if err := enc.Encode(map[string]any{"id": i, "principal": who[i*7919%len(who)], "action": asked.action, "resource": asked.resource}); err != nil {
			return err
		}
	}
	file := filepath.Join(b.dir, "batch.jsonl")
	if err := os.WriteFile(file, lines.Bytes(), 0o666); err != nil {
		return err
	}
	p, err := b.accesspath(ctx, "can", "--batch", file, "--db", b.database(), "-o", filepath.Join(b.dir, "answers.jsonl"), "--quiet")
	if err != nil {
		return err
	}
	b.row(fmt.Sprintf("can --batch of %d questions", b.batch), fmt.Sprintf("%.0f a second", float64(b.batch)/p.wall.Seconds()), seconds(p.wall)+" wall", "≥ 5,000 a second")
	return nil
}

// refresh adds a role to one account, whose export is else what it was, and ingests
// the organization again.
func (b *bench) refresh(ctx context.Context) error {
	dir := filepath.Join(b.dir, "org")
	files, err := filepath.Glob(filepath.Join(dir, "[0-9]*.json"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no account in %s: %v", dir, err)
	}
	if err := addRole(files[0]); err != nil {
		return err
	}
	p, err := b.accesspath(ctx, "ingest", dir, "--db", b.database(), "--quiet")
	if err != nil {
		return err
	}
	b.row(fmt.Sprintf("refresh of one account in %d", b.accounts), seconds(p.wall)+" wall", seconds(p.cpu)+" CPU", "≤ 1 s in 1,000")
	return nil
}

// addRole adds a role like the first to an export.
func addRole(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var account map[string]json.RawMessage
	var roles []json.RawMessage
	if err := json.Unmarshal(text, &account); err != nil {
		return err
	}
	if err := json.Unmarshal(account["RoleDetailList"], &roles); err != nil {
		return err
	}
	var role struct{ RoleName string }
	if len(roles) == 0 || json.Unmarshal(roles[0], &role) != nil {
		return fmt.Errorf("%s has no roles", file)
	}
	roles = append(roles, bytes.ReplaceAll(roles[0], []byte(role.RoleName), []byte(role.RoleName+"-refreshed")))
	if account["RoleDetailList"], err = json.Marshal(roles); err != nil {
		return err
	}
	if text, err = json.MarshalIndent(account, "", "    "); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o666)
}

func middle(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

func mb(n int64) float64               { return float64(n) / 1e6 }
func seconds(d time.Duration) string   { return fmt.Sprintf("%.2f s", d.Seconds()) }
func ratio(a, b time.Duration) float64 { return a.Seconds() / max(b.Seconds(), 1e-9) }
