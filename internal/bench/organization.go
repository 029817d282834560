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
		text, err := json.MarshalIndent(exported(a), "", "    ")
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

// export is the output of aws iam get-account-authorization-details, as far as
// we write it and as typed structs decode it.
type export struct {
	UserDetailList  []principal
	GroupDetailList []principal
	RoleDetailList  []principal
	Policies        []managedPolicy
	IsTruncated     bool
}

type principal struct {
	Path, Arn                string
	UserName, UserId         string          `json:",omitempty"`
	GroupName, GroupId       string          `json:",omitempty"`
	RoleName, RoleId         string          `json:",omitempty"`
	CreateDate               string          `json:",omitempty"`
	AssumeRolePolicyDocument json.RawMessage `json:",omitempty"`
	UserPolicyList           []inline        `json:",omitempty"`
	GroupPolicyList          []inline        `json:",omitempty"`
	RolePolicyList           []inline        `json:",omitempty"`
	GroupList                []string        `json:",omitempty"`
	AttachedManagedPolicies  []attachment
	PermissionsBoundary      *boundary `json:",omitempty"`
	Tags                     []iam.Tag `json:",omitempty"`
}

type inline struct {
	PolicyName     string
	PolicyDocument json.RawMessage
}

type attachment struct{ PolicyName, PolicyArn string }

type boundary struct{ PermissionsBoundaryType, PermissionsBoundaryArn string }

type managedPolicy struct {
	PolicyName, PolicyId, Arn, Path, DefaultVersionId string
	AttachmentCount                                   int
	PolicyVersionList                                 []policyVersion
}

type policyVersion struct {
	Document         json.RawMessage
	VersionId        string
	IsDefaultVersion bool
}

func exported(a *iam.Account) export {
	var out export
	for _, u := range a.Users {
		p := exportedEntity(&u.Entity)
		p.UserName, p.UserId, p.GroupList, p.UserPolicyList = u.Name, u.UniqueID, u.GroupNames, inlineOf(&u.Entity)
		out.UserDetailList = append(out.UserDetailList, p)
	}
	for _, g := range a.Groups {
		p := exportedEntity(&g.Entity)
		p.GroupName, p.GroupId, p.GroupPolicyList = g.Name, g.UniqueID, inlineOf(&g.Entity)
		out.GroupDetailList = append(out.GroupDetailList, p)
	}
	for _, r := range a.Roles {
		p := exportedEntity(&r.Entity)
		p.RoleName, p.RoleId, p.RolePolicyList = r.Name, r.UniqueID, inlineOf(&r.Entity)
		if r.Trust != nil && r.Trust.Document != nil {
			p.AssumeRolePolicyDocument = json.RawMessage(r.Trust.Document.Text)
		}
		out.RoleDetailList = append(out.RoleDetailList, p)
	}
	for _, m := range a.Policies {
		p := managedPolicy{PolicyName: m.Name, PolicyId: m.UniqueID, Arn: m.ARN, Path: "/", DefaultVersionId: "v1", AttachmentCount: m.AttachmentCount}
		if d := m.Default(); d != nil && d.Document != nil {
			p.PolicyVersionList = []policyVersion{{Document: json.RawMessage(d.Document.Text), VersionId: "v1", IsDefaultVersion: true}}
		}
		out.Policies = append(out.Policies, p)
	}
	return out
}

func exportedEntity(e *iam.Entity) principal {
	p := principal{Path: e.Path, Arn: e.ARN, CreateDate: "2024-01-01T00:00:00Z", Tags: e.Tags, AttachedManagedPolicies: []attachment{}}
	for _, a := range e.Attached {
		p.AttachedManagedPolicies = append(p.AttachedManagedPolicies, attachment{a.Name, a.ARN})
	}
	if e.Boundary != nil {
		p.PermissionsBoundary = &boundary{"Policy", e.Boundary.ARN}
	}
	return p
}

func inlineOf(e *iam.Entity) []inline {
	var out []inline
	for _, p := range e.Inline {
		if p.Document != nil {
			out = append(out, inline{p.Name, json.RawMessage(p.Document.Text)})
		}
	}
	return out
}
