package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"accesspath/graph"
	"accesspath/iam"
	"accesspath/ingest/managed"
	"accesspath/query"
	"accesspath/store"
)

// library measures questions of one process that stays.
func (b *bench) library(ctx context.Context) error {
	principals, err := b.principals(ctx)
	if err != nil {
		return err
	}
	before := heap()
	s, info, err := load(ctx, b.database())
	if err != nil {
		return err
	}
	g, err := graph.Build(ctx, s, graphOptions(s))
	if err != nil {
		return err
	}
	b.row("heap after load, whole snapshot and graph", fmt.Sprintf("%.1f MB", mb(int64(heap()-before))), fmt.Sprintf("%.1f kB a principal", float64(heap()-before)/1e3/float64(max(principals, 1))), "≤ 2 kB a principal")
	list := questions(s, b.questions)
	path := filepath.Join(b.dir, "org.db")
	info.Engine = "bench"
	copied := filepath.Join(b.dir, "library.db")
	if err := copyFile(path, copied); err != nil {
		return err
	}
	if err := store.Compile(ctx, copied, info, "bench", s, g); err != nil {
		return err
	}
	options := graphOptions(s)
	s, g = nil, nil
	before = heap()
	db, err := store.Open(ctx, copied, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer db.Close()
	form, err := db.OpenCompiled(ctx, info, "bench", options)
	if err != nil {
		return err
	}
	var walls []time.Duration
	engine := query.New(form.Graph, query.Options{})
	for _, asked := range list {
		start := time.Now()
		if _, err := engine.WhoCan(ctx, asked.action, asked.resource); err != nil {
			return fmt.Errorf("%s on %s: %w", asked.action, asked.resource, err)
		}
		walls = append(walls, time.Since(start))
	}
	used := heap() - before
	b.row("heap after load, compiled form, all questions asked", fmt.Sprintf("%.1f MB", mb(int64(used))), fmt.Sprintf("%.1f kB a principal", float64(used)/1e3/float64(max(principals, 1))), "≤ 2 kB a principal")
	b.row(fmt.Sprintf("who-can, chained, warm, %d different questions", len(list)), fmt.Sprintf("%.2f ms median", middle(walls).Seconds()*1e3), fmt.Sprintf("%.1f ms worst", slices.Max(walls).Seconds()*1e3), "≤ 3 ms, ≤ 20 ms")
	start := time.Now()
	every := bucketOf(list)
	if _, err := engine.WhoCan(ctx, "s3:*", every); err != nil {
		return err
	}
	b.row("all actions of a bucket, warm", seconds(time.Since(start)), fmt.Sprintf("%.0f × iam-lens's 905 s for 10,000 roles", ratio(905*time.Second, time.Since(start))), "≤ 0.5 s on 10,000 roles")
	return form.Err()
}

type question struct{ action, resource string }

// questions are up to n different ones, about resources and roles of a snapshot.
func questions(s *iam.Snapshot, n int) []question {
	actions := map[string][]string{
		"s3:bucket": {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"},
		"kms:key":   {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"},
	}
	var out []question
	add := func(action, resource string) {
		if len(out) < n {
			out = append(out, question{action, resource})
		}
	}
	for _, r := range s.Resources {
		for _, action := range actions[r.Type] {
			if strings.HasSuffix(action, "Object") {
				add(action, r.ARN+"/data/1.csv")
			} else {
				add(action, r.ARN)
			}
		}
	}
	for i := 0; len(out) < n; i++ {
		more := len(out)
		for _, a := range s.Accounts {
			if i < len(a.Roles) {
				add([]string{"iam:PassRole", "sts:AssumeRole", "iam:UpdateAssumeRolePolicy"}[i%3], a.Roles[i].ARN)
			}
			add("secretsmanager:GetSecretValue", fmt.Sprintf("arn:aws:secretsmanager:eu-west-1:%s:secret:app-%d-AbCdEf", a.ID, i))
		}
		if len(out) == more {
			break
		}
	}
	return out
}

// bucketOf is an object of the first bucket that is asked about.
func bucketOf(list []question) string {
	for _, asked := range list {
		if strings.HasPrefix(asked.resource, "arn:aws:s3:::") {
			return asked.resource
		}
	}
	return "arn:aws:s3:::any/data/1.csv"
}

func graphOptions(s *iam.Snapshot) graph.Options {
	asOf := s.AsOf
	if asOf.IsZero() {
		asOf = time.Now().UTC().Truncate(time.Second)
	}
	return graph.Options{AsOf: asOf, KeyDefined: query.KeyDefined, ManagedPolicy: managed.Lookup}
}

func load(ctx context.Context, path string) (*iam.Snapshot, store.Info, error) {
	db, err := store.Open(ctx, path, store.Options{ReadOnly: true})
	if err != nil {
		return nil, store.Info{}, err
	}
	defer db.Close()
	info, err := db.Latest(ctx)
	if err != nil {
		return nil, info, err
	}
	s, err := db.Load(ctx, info.ID)
	return s, info, err
}

// heap is what is in use after a collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o600)
}
