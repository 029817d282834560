package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"accesspath/iam"
	"accesspath/policy"
)

var testTime = time.Date(2026, 10, 1, 12, 0, 0, 5, time.UTC)

func testOptions() Options {
	return Options{Now: func() time.Time { return testTime }, Version: "1.2.3"}
}

func openTest(t testing.TB, path string, o Options) *Store {
	t.Helper()
	s, err := Open(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func save(t testing.TB, s *Store, snapshot *iam.Snapshot) int64 {
	t.Helper()
	id, err := s.Save(context.Background(), snapshot, Meta{Label: "weekly"})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func load(t testing.TB, s *Store, id int64) *iam.Snapshot {
	t.Helper()
	snapshot, err := s.Load(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func TestRoundTrip(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "a b?c%20#d.db")
	s := openTest(t, path, testOptions())
	f := &filler{t: t}
	want := f.snapshot()
	id := save(t, s, want)
	got := load(t, s, id)
	if !reflect.DeepEqual(got, want) {
		t.Fatal(firstDifference("snapshot", reflect.ValueOf(got), reflect.ValueOf(want), 0))
	}
	// The references within an account, and the shared policies of all.
	a := got.Accounts[0]
	for _, g := range a.Users[0].Groups {
		if g != a.Groups[0] && g != a.Groups[1] && g != a.Groups[2] {
			t.Error("a user's group is a copy")
		}
	}
	shared := map[*iam.ManagedPolicy]bool{}
	for _, a := range got.Accounts {
		own := number(a.Policies).place
		eachAttachment(a, func(at *iam.Attachment) {
			if _, ok := own[at.Policy]; !ok {
				shared[at.Policy] = true
			}
		})
	}
	if len(shared) != 2 {
		t.Errorf("accounts share %d managed policies, want 2", len(shared))
	}
	// From the file alone, by another process as it were.
	again := openTest(t, path, Options{ReadOnly: true})
	if !reflect.DeepEqual(load(t, again, id), want) {
		t.Error("another opening reads something else")
	}
	info, err := again.Show(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if !info.AsOf.Equal(want.AsOf) || !info.IngestedAt.Equal(testTime) || info.Label != "weekly" || info.Engine != "1.2.3" ||
		!reflect.DeepEqual(info.Sources, want.Sources) || info.Counts.Accounts != 2 || info.Counts.Roles != 4 || !info.Counts.Organization {
		t.Errorf("Show: %+v", info)
	}
	if mode := stat(t, path).Mode().Perm(); mode != 0o600 {
		t.Errorf("the file has mode %o", mode)
	}
}

// firstDifference says where two values part; DeepEqual alone does not.
func firstDifference(path string, a, b reflect.Value, depth int) string {
	if a.Kind() != b.Kind() || depth > 30 {
		return path + ": kinds differ"
	}
	switch a.Kind() {
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			if a.IsNil() != b.IsNil() {
				return path + ": one is nil"
			}
			return ""
		}
		return firstDifference(path, a.Elem(), b.Elem(), depth+1)
	case reflect.Struct:
		for i := range a.NumField() {
			if d := firstDifference(path+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i), depth+1); d != "" {
				return d
			}
		}
	case reflect.Slice:
		if a.Len() != b.Len() || a.IsNil() != b.IsNil() {
			return path + ": lists differ in length"
		}
		for i := range a.Len() {
			if d := firstDifference(path+"[]", a.Index(i), b.Index(i), depth+1); d != "" {
				return d
			}
		}
	case reflect.String:
		if a.String() != b.String() {
			return path + ": " + a.String() + " for " + b.String()
		}
	case reflect.Int, reflect.Int64:
		if a.Int() != b.Int() {
			return path + ": numbers differ"
		}
	case reflect.Bool:
		if a.Bool() != b.Bool() {
			return path + ": booleans differ"
		}
	}
	return ""
}

func stat(t testing.TB, path string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// Empty and nil lists are different things to their readers; both survive.
func TestRoundTripSmall(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "x.db"), testOptions())
	profile := &iam.InstanceProfile{ARN: "arn:aws:iam::111111111111:instance-profile/p"}
	group := &iam.Group{Entity: iam.Entity{Name: "elsewhere"}}
	for name, want := range map[string]*iam.Snapshot{
		"nothing":     {},
		"empty lists": {Sources: []iam.Source{}, Accounts: nil, Resources: []*iam.Resource{}, Diagnostics: []iam.Diagnostic{}, Trusted: []iam.TrustedAccount{}},
		"empty account": {Accounts: []*iam.Account{
			{ID: "111111111111"},
			{ID: "111111111111", Users: []*iam.User{}, Groups: []*iam.Group{}, Coverage: iam.Coverage{}},
		}},
		"unlisted references": {Accounts: []*iam.Account{{
			ID:    "111111111111",
			Users: []*iam.User{{Groups: []*iam.Group{group, group}}, {Entity: iam.Entity{Boundary: &iam.Attachment{ARN: "arn:missing"}}}},
			Roles: []*iam.Role{{Trust: &iam.Policy{Defect: "no JSON"}, InstanceProfiles: []*iam.InstanceProfile{profile, profile}}},
		}}},
		"repeated entries": {Accounts: []*iam.Account{{
			ID:               "111111111111",
			InstanceProfiles: []*iam.InstanceProfile{profile, profile},
			Roles:            []*iam.Role{{Trust: &iam.Policy{}, InstanceProfiles: []*iam.InstanceProfile{{Name: "other"}, profile}}},
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := load(t, s, save(t, s, want)); !reflect.DeepEqual(got, want) {
				t.Error(firstDifference("snapshot", reflect.ValueOf(got), reflect.ValueOf(want), 0))
			}
		})
	}
}

func TestDeterministic(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "x.db"), testOptions())
	a, b := save(t, s, (&filler{t: t}).snapshot()), save(t, s, (&filler{t: t}).snapshot())
	infos, err := s.List(context.Background())
	if err != nil || len(infos) != 2 || infos[0].ID != a || infos[1].ID != b {
		t.Fatalf("List: %v, %v", infos, err)
	}
	if infos[0].Digest != infos[1].Digest {
		t.Error("the same snapshot has two digests")
	}
	documents := len(stored(t, s))
	var parts int
	if err := s.db.QueryRow("SELECT count(*) FROM part").Scan(&parts); err != nil {
		t.Fatal(err)
	}
	// Seven parts, the positions of each, and the schema.
	if parts != 15 || documents != 7 {
		t.Errorf("two equal snapshots take %d parts and %d documents", parts, documents)
	}
}

// History costs only what changed, and positions are no change of the facts.
func TestHistory(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	s := openTest(t, path, testOptions())
	first := save(t, s, synthetic(t, 5, 40))
	shifted := synthetic(t, 5, 40)
	for _, r := range shifted.Accounts[2].Roles {
		r.Origin.Line += 7
	}
	second := save(t, s, shifted)
	changed := synthetic(t, 5, 40)
	changed.Accounts[4].Roles[3].Tags[0].Value = "other"
	third := save(t, s, changed)
	var parts int
	if err := s.db.QueryRow("SELECT count(*) FROM part").Scan(&parts); err != nil {
		t.Fatal(err)
	}
	// 5 accounts + 6 rest, 5 positions (diagnostics and so on have none); then
	// one of positions; then one account.
	if documents := len(stored(t, s)); documents != 5*41+1 || parts > 18 {
		t.Errorf("the file has %d documents and %d parts", documents, parts)
	}
	infos, err := s.List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if infos[0].Digest != infos[1].Digest || infos[0].Digest == infos[2].Digest {
		t.Error("digests: want the second as the first, and the third another")
	}
	for id, want := range map[int64]*iam.Snapshot{first: synthetic(t, 5, 40), second: shifted, third: changed} {
		if got := load(t, s, id); !reflect.DeepEqual(got, want) {
			t.Errorf("snapshot %d: %s", id, firstDifference("", reflect.ValueOf(got), reflect.ValueOf(want), 0))
		}
	}
	if latest, err := s.Latest(ctx); err != nil || latest.ID != third {
		t.Errorf("Latest: %v, %v", latest.ID, err)
	}
}

func TestRemove(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	s := openTest(t, path, testOptions())
	small, large := synthetic(t, 1, 30), synthetic(t, 4, 500)
	keep := save(t, s, small)
	drop := save(t, s, large)
	again := save(t, s, small)
	if err := s.Remove(ctx, drop); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(ctx, drop); !errors.Is(err, ErrNoSnapshot) {
		t.Errorf("Load of a removed snapshot: %v", err)
	}
	if err := s.Remove(ctx, drop); !errors.Is(err, ErrNoSnapshot) {
		t.Errorf("removing it again: %v", err)
	}
	if documents := len(stored(t, s)); documents != 32 {
		t.Errorf("%d documents are left, want 32", documents)
	}
	for _, id := range []int64{keep, again} {
		if !reflect.DeepEqual(load(t, s, id), small) {
			t.Errorf("snapshot %d is not what it was", id)
		}
	}
	if err := errors.Join(s.Remove(ctx, keep), s.Remove(ctx, again)); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"snapshot", "snapshot_part", "part", "pack"} {
		var n int
		if err := s.db.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s has %d rows left (%v)", table, n, err)
		}
	}
	if _, err := s.Latest(ctx); !errors.Is(err, ErrNoSnapshot) {
		t.Errorf("Latest of none: %v", err)
	}
	if id := save(t, s, small); id <= again {
		t.Errorf("id %d was used before", id)
	}
}

// Removing most of a pack rewrites the rest.
func TestRemoveRepacks(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, filepath.Join(t.TempDir(), "x.db"), testOptions())
	all := synthetic(t, 1, 100)
	few := synthetic(t, 1, 100)
	few.Accounts[0].Roles = few.Accounts[0].Roles[50:60]
	drop, keep := save(t, s, all), save(t, s, few)
	if err := s.Remove(ctx, drop); err != nil {
		t.Fatal(err)
	}
	if documents := len(stored(t, s)); documents != 12 {
		t.Errorf("packs hold %d documents, want 12", documents)
	}
	if !reflect.DeepEqual(load(t, s, keep), few) {
		t.Error("the remaining snapshot changed")
	}
}

func TestSaveFails(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	s := openTest(t, path, testOptions())
	id := save(t, s, synthetic(t, 1, 3))
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Save(cancelled, synthetic(t, 1, 3), Meta{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	reader := openTest(t, path, Options{ReadOnly: true, Now: time.Now})
	if _, err := reader.Save(ctx, &iam.Snapshot{}, Meta{}); err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("read-only: %v", err)
	}
	if err := reader.Remove(ctx, id); err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("read-only: %v", err)
	}
	clockless := openTest(t, path, Options{})
	if _, err := clockless.Save(ctx, &iam.Snapshot{}, Meta{}); err == nil {
		t.Error("saved without a clock")
	}
	if infos, err := s.List(ctx); err != nil || len(infos) != 1 {
		t.Errorf("List: %d, %v", len(infos), err)
	}
}

// A document whose text is not clean UTF-8 still loads with its digest.
func TestOddDocument(t *testing.T) {
	d, err := policy.ParseDocument([]byte("{\"Statement\":[],\"Id\":\"\xff\",\"Id\":\"b\"}"))
	if err != nil {
		t.Skip("the parser refuses it:", err)
	}
	s := openTest(t, filepath.Join(t.TempDir(), "x.db"), testOptions())
	id := save(t, s, &iam.Snapshot{Accounts: []*iam.Account{{ID: "1", Roles: []*iam.Role{{Trust: &iam.Policy{Document: d}}}}}})
	if got := load(t, s, id).Accounts[0].Roles[0].Trust.Document; !bytes.Equal([]byte(got.Text), []byte(d.Text)) {
		t.Errorf("got %q, want %q", got.Text, d.Text)
	}
}

func BenchmarkSave(b *testing.B) {
	snapshot := synthetic(b, 10, 145)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		path := filepath.Join(b.TempDir(), "x.db")
		s, err := Open(b.Context(), path, testOptions())
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		save(b, s, snapshot)
		b.StopTimer()
		b.ReportMetric(float64(stat(b, path).Size()), "file-bytes")
		s.Close()
		b.StartTimer()
	}
}

func BenchmarkLoad(b *testing.B) {
	s := openTest(b, filepath.Join(b.TempDir(), "x.db"), testOptions())
	id := save(b, s, synthetic(b, 10, 145))
	b.ReportAllocs()
	for b.Loop() {
		load(b, s, id)
	}
}

// stored lists the documents of a file.
func stored(t *testing.T, s *Store) map[[sha256.Size]byte]bool {
	t.Helper()
	var known map[[sha256.Size]byte]bool
	err := s.read(context.Background(), func(tx *sql.Tx) (err error) {
		known, err = (&writer{ctx: context.Background(), tx: tx}).knownDocuments()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return known
}
