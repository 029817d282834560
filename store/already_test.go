package store

import (
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"accesspath/iam"
	"accesspath/internal/fixture"
	"accesspath/policy"
)

// TestLoadTwo: two snapshots read together are those read one by one, and have in
// common what is the same.
func TestLoadTwo(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "x.db"), testOptions())
	before := fixture.Org(fixture.OrgOptions{Seed: 5, Accounts: 4})
	after := *before
	after.Accounts = slices.Clone(before.Accounts)
	changed := *before.Accounts[1]
	changed.Name = "renamed"
	after.Accounts[1] = &changed
	a, b := save(t, s, before), save(t, s, &after)
	for _, ids := range [][2]int64{{a, b}, {b, a}, {a, a}} {
		x, y, common, err := s.LoadTwo(t.Context(), ids[0], ids[1])
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(x, load(t, s, ids[0])) || !reflect.DeepEqual(y, load(t, s, ids[1])) {
			t.Error("not the snapshots that are read one by one")
		}
		for i := range x.Accounts {
			if shared := x.Accounts[i] == y.Accounts[i]; shared != (i != 1 || ids[0] == ids[1]) {
				t.Errorf("account %d: shared %v", i, shared)
			} else if common.Accounts[x.Accounts[i].ID] != shared {
				t.Errorf("account %d: in common %v, shared %v", i, common.Accounts, shared)
			}
		}
		if x.Organization != y.Organization || !common.Organization || !slices.Equal(x.Resources, y.Resources) {
			t.Error("organization and resources are there twice")
		}
	}
	if _, _, _, err := s.LoadTwo(t.Context(), a, 99); err == nil {
		t.Error("a snapshot that is not there was read")
	}
	// AWS's own policies stand in a part of their own: if they differ, accounts are
	// read again, and those that point to what differs are no longer the same.
	other := *before
	other.Accounts = slices.Clone(before.Accounts)
	account := *before.Accounts[0]
	role := *account.Roles[0]
	role.Attached = append(slices.Clone(role.Attached), &iam.Attachment{ARN: "arn:aws:iam::aws:policy/X", Policy: &iam.ManagedPolicy{ARN: "arn:aws:iam::aws:policy/X", Name: "X", Account: "aws"}})
	account.Roles = append([]*iam.Role{&role}, account.Roles[1:]...)
	other.Accounts[0] = &account
	c := save(t, s, &other)
	x, y, common, err := s.LoadTwo(t.Context(), a, c)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(x, load(t, s, a)) || !reflect.DeepEqual(y, load(t, s, c)) || x.Accounts[1] == y.Accounts[1] || !common.Accounts[x.Accounts[1].ID] || common.Accounts[x.Accounts[0].ID] {
		t.Error("accounts are shared although what they could point to differs", common.Accounts)
	}
	// Where they were read is no difference between accounts.
	var read [2]*iam.Snapshot
	var ids [2]int64
	for i, file := range []string{"here.json", "there.json"} {
		moved := fixture.Org(fixture.OrgOptions{Seed: 5, Accounts: 4})
		for _, account := range moved.Accounts {
			for _, r := range account.Roles {
				r.Origin.File = file
			}
		}
		ids[i] = save(t, s, moved)
	}
	if read[0], read[1], common, err = s.LoadTwo(t.Context(), ids[0], ids[1]); err != nil {
		t.Fatal(err)
	}
	for i := range read {
		if !reflect.DeepEqual(read[i], load(t, s, ids[i])) {
			t.Errorf("snapshot %d is not as it is read alone", i)
		}
	}
	if read[0].Accounts[1] == read[1].Accounts[1] || !common.Accounts[read[0].Accounts[1].ID] {
		t.Error("accounts that were read elsewhere")
	}
}

// TestCommon: what a snapshot that is not saved yet has in common with one that is,
// by what accounts hold and by the text of AWS's policies that they point to.
func TestCommon(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "x.db"), testOptions())
	attached := func(document string, count int) *iam.Snapshot {
		d, err := policy.ParseDocument([]byte(document))
		if err != nil {
			t.Fatal(err)
		}
		m := &iam.ManagedPolicy{ARN: "arn:aws:iam::aws:policy/X", Name: "X", Account: "aws", AttachmentCount: count, DefaultVersionID: "v1",
			Versions: []*iam.PolicyVersion{{VersionID: "v1", IsDefault: true, Policy: iam.Policy{Document: d}}}}
		org := fixture.Org(fixture.OrgOptions{Seed: 5, Accounts: 4})
		for _, a := range org.Accounts[:2] {
			a.Roles[0].Attached = append(a.Roles[0].Attached, &iam.Attachment{ARN: m.ARN, Policy: m})
		}
		org.Accounts[0].Users[0].Origin.Line = 1
		return org
	}
	const text, other = `{"Statement": [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]}`, `{"Statement": [{"Effect": "Deny", "Action": "sts:*", "Resource": "*"}]}`
	before := attached(text, 1)
	id := save(t, s, before)
	was := load(t, s, id)
	renamed := attached(text, 1)
	renamed.Accounts[3].Name = "renamed"
	moved := attached(text, 1)
	moved.Accounts[0].Users[0].Origin.Line++
	said := attached(text, 1)
	said.Diagnostics = append(said.Diagnostics, iam.Diagnostic{Code: "more"})
	less := attached(text, 1)
	less.Accounts = less.Accounts[1:]
	for _, c := range []struct {
		what string
		is   *iam.Snapshot
		want []bool // of each account that was
		same bool
	}{
		{"nothing changed", attached(text, 1), []bool{true, true, true, true}, true},
		{"another position", moved, []bool{true, true, true, true}, false},
		{"another diagnostic", said, []bool{true, true, true, true}, false},
		{"another count", attached(text, 7), []bool{true, true, true, true}, false},
		{"another text", attached(other, 1), []bool{false, false, true, true}, false},
		{"an account changed", renamed, []bool{true, true, true, false}, false},
		{"an account is gone", less, []bool{false, true, true, true}, false},
	} {
		e, err := Encode(t.Context(), c.is, nil)
		if err != nil {
			t.Fatal(err)
		}
		common, same, err := s.Common(t.Context(), e, c.is, id, was)
		if err != nil {
			t.Fatal(err)
		}
		if same != c.same {
			t.Errorf("%s: the snapshots are the same: %v", c.what, same)
		}
		for i, a := range before.Accounts {
			if common.Accounts[a.ID] != c.want[i] {
				t.Errorf("%s: account %d is in common %v, want %v", c.what, i, common.Accounts[a.ID], c.want[i])
			}
		}
		if _, _, err := s.Common(t.Context(), e, c.is, 99, was); !errors.Is(err, ErrNoSnapshot) {
			t.Errorf("a snapshot that is not there: %v", err)
		}
	}
}
