package store

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"accesspath/iam"
	"accesspath/policy"
)

// filler sets every field that it can reach to a value of its own, so that a
// field that is added to package iam and lost by the store fails the round
// trip without anybody having to remember it.
type filler struct {
	t        *testing.T
	n        int
	groups   []*iam.Group
	profiles []*iam.InstanceProfile
	policies []*iam.ManagedPolicy
	shared   []*iam.ManagedPolicy
}

func (f *filler) document() *policy.Document {
	f.n++
	text := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"S%d","Effect":"Allow","Action":["s3:Get*"],"Resource":"arn:aws:s3:::b%d/*"},{"Effect":"allow"}]}`, f.n%7, f.n%7)
	d, err := policy.ParseDocument([]byte(text))
	if err != nil {
		f.t.Fatal(err)
	}
	return d
}

func pick[T any](f *filler, list []*T) *T {
	f.n++
	return list[f.n%len(list)]
}

func (f *filler) fill(v reflect.Value) {
	switch p := v.Addr().Interface().(type) {
	case **policy.Document:
		*p = f.document()
		return
	case **iam.Group:
		*p = pick(f, f.groups)
		return
	case **iam.InstanceProfile:
		*p = pick(f, f.profiles)
		return
	case **iam.ManagedPolicy:
		*p = pick(f, append(f.policies, f.shared...))
		return
	case *time.Time:
		f.n++
		*p = time.Unix(int64(1e9+f.n), int64(f.n)).UTC()
		return
	}
	f.n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d \x1b é\t\"", f.n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Uint8:
		v.SetUint(uint64(1 + f.n%2))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0))
		f.fill(v.Index(1))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key)
		f.fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	default:
		f.t.Fatalf("package iam has a field of kind %v: teach the filler, and see that the store keeps it", v.Kind())
	}
}

func filled[T any](f *filler) *T {
	v := new(T)
	f.fill(reflect.ValueOf(v).Elem())
	return v
}

// account fills the lists that others point into first.
func (f *filler) account(id string) *iam.Account {
	f.groups, f.profiles, f.policies = nil, nil, nil
	var groups []*iam.Group
	var profiles []*iam.InstanceProfile
	var policies []*iam.ManagedPolicy
	for range 3 {
		profiles = append(profiles, filled[iam.InstanceProfile](f))
		policies = append(policies, filled[iam.ManagedPolicy](f))
	}
	f.profiles, f.policies = profiles, policies
	for range 3 {
		groups = append(groups, filled[iam.Group](f))
	}
	f.groups = groups
	a := &iam.Account{}
	v := reflect.ValueOf(a).Elem()
	for i := range v.NumField() {
		switch v.Type().Field(i).Name {
		case "Groups", "InstanceProfiles", "Policies":
		default:
			f.fill(v.Field(i))
		}
	}
	a.ID, a.Groups, a.InstanceProfiles, a.Policies = id, groups, profiles, policies
	return a
}

// snapshot fills one with two accounts and everything else.
func (f *filler) snapshot() *iam.Snapshot {
	for range 2 {
		m := filled[iam.ManagedPolicy](f)
		m.ARN = "arn:aws:iam::aws:policy/Same" // two of one ARN stay two
		f.shared = append(f.shared, m)
	}
	s := &iam.Snapshot{}
	v := reflect.ValueOf(s).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).Name != "Accounts" {
			f.fill(v.Field(i))
		}
	}
	s.Accounts = []*iam.Account{f.account("111111111111"), f.account("222222222222")}
	return s
}

// synthetic is an organization of plain roles, as large as wanted.
func synthetic(t testing.TB, accounts, roles int) *iam.Snapshot {
	parse := func(text string) *policy.Document {
		d, err := policy.ParseDocument([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	admin := &iam.ManagedPolicy{ARN: "arn:aws:iam::aws:policy/AdministratorAccess", Name: "AdministratorAccess", Path: "/", Account: "aws", DefaultVersionID: "v1",
		Versions: []*iam.PolicyVersion{{VersionID: "v1", IsDefault: true, Policy: iam.Policy{Document: parse(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`)}}}}
	s := &iam.Snapshot{AsOf: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	for n := range accounts {
		id := fmt.Sprintf("%012d", 100000000000+n)
		a := &iam.Account{ID: id, Partition: "aws", Coverage: iam.Coverage{iam.SectionUsers: iam.KnownEmpty, iam.SectionRoles: iam.Present}}
		trust := parse(fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"sts:AssumeRole"}]}`, id))
		for i := range roles {
			name := fmt.Sprintf("role-%05d", i)
			origin := iam.Origin{File: id + ".json", Line: 10 + 40*i, Column: 5, Pointer: fmt.Sprintf("/RoleDetailList/%d", i)}
			inline := parse(fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket","kms:Decrypt"],"Resource":["arn:aws:s3:::data-%s-%d","arn:aws:s3:::data-%s-%d/*"],"Condition":{"StringEquals":{"aws:PrincipalTag/team":"t%d"}}}]}`, id, i, id, i, i%9))
			r := &iam.Role{Entity: iam.Entity{ARN: "arn:aws:iam::" + id + ":role/" + name, Name: name, Path: "/", UniqueID: fmt.Sprintf("AROA%s%05d", id, i), Account: id,
				Created: s.AsOf.Add(-time.Duration(i) * time.Hour), Origin: origin, Tags: []iam.Tag{{Key: "team", Value: "data"}},
				Inline: []*iam.Policy{{Name: "inline", Document: inline, Origin: origin}}},
				Trust: &iam.Policy{Name: "trust policy", Document: trust, Origin: origin}}
			if i%3 == 0 {
				r.Attached = []*iam.Attachment{{Name: admin.Name, ARN: admin.ARN, Policy: admin}}
			}
			a.Roles = append(a.Roles, r)
		}
		s.Accounts = append(s.Accounts, a)
	}
	return s
}
