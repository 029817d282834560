package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"accesspath/iam"
	"accesspath/ingest/native"
	"accesspath/internal/fixture"
)

// generate writes an organization into a new directory: by the generator that the
// settings name, or by our own.
func (b *bench) generate(ctx context.Context, name string, accounts, roles int) (string, error) {
	dir := filepath.Join(b.dir, name)
	if b.generator == "" {
		return dir, writeOrganization(dir, fixture.Org(fixture.OrgOptions{Seed: 1, Accounts: accounts, Users: max(roles/10, 1), Groups: 3, Roles: roles, Sparse: true}))
	}
	cmd := exec.CommandContext(ctx, b.generator, "-out", dir, "-accounts", fmt.Sprint(accounts), "-roles", fmt.Sprint(roles), "-org", "-resources")
	cmd.Stderr = b.log
	return dir, cmd.Run()
}

// writeOrganization writes a file for each account, as the AWS CLI prints it, and
// one with all the rest.
func writeOrganization(dir string, s *iam.Snapshot) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, a := range s.Accounts {
		text, err := json.MarshalIndent(fixture.ExportOf(a), "", "    ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, a.ID+".json"), text, 0o666); err != nil {
			return err
		}
	}
	rest := *s
	rest.Accounts = nil
	f, err := os.Create(filepath.Join(dir, "organization.json"))
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	if err := native.Encode(w, &rest); err != nil {
		return err
	}
	return w.Flush()
}
