package managed

import (
	"strings"
	"sync"
	"testing"

	"accesspath/iam"
)

func TestLookup(t *testing.T) {
	m, ok := Lookup("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
	if !ok {
		t.Fatal("GAAD-19: AWSLambdaBasicExecutionRole is missing")
	}
	if m.Name != "AWSLambdaBasicExecutionRole" || m.Path != "/service-role/" || m.Account != "aws" || !m.Bundled {
		t.Errorf("got %+v", m)
	}
	v := m.Default()
	if v == nil || v.VersionID != m.DefaultVersionID || !v.Bundled || v.ARN != m.ARN || v.Document == nil {
		t.Fatalf("default version %+v", v)
	}
	if v.Created.IsZero() || m.Created.IsZero() || m.Updated.Before(m.Created) {
		t.Errorf("dates: created %v, updated %v, version %v", m.Created, m.Updated, v.Created)
	}
	admin, ok := Lookup("arn:aws:iam::aws:policy/AdministratorAccess")
	if !ok || admin.Path != "/" || !admin.Default().Document.UsesAction(1, "sts:AssumeRole") {
		t.Errorf("AdministratorAccess: %+v, %v", admin, ok)
	}
	if again, _ := Lookup(admin.ARN); again != admin {
		t.Error("a second lookup gave another pointer")
	}
}

func TestLookupOtherPartition(t *testing.T) {
	const name = "iam::aws:policy/service-role/AWS_ConfigRole"
	china, ok := Lookup("arn:aws-cn:" + name)
	if !ok || china.ARN != "arn:aws-cn:"+name {
		t.Fatalf("got %+v, %v", china, ok)
	}
	home, _ := Lookup("arn:aws:" + name)
	if home == china || home.ARN != "arn:aws:"+name {
		t.Errorf("the partitions share one policy")
	}
	for _, e := range load().entries {
		text, _ := load().document(e)
		if strings.Contains(text, `"arn:aws:s3:::`) {
			m, ok := Lookup("arn:aws-us-gov:iam::aws:policy/" + e.suffix)
			if !ok || strings.Contains(m.Default().Document.Text, "arn:aws:") || !strings.Contains(m.Default().Document.Text, "arn:aws-us-gov:s3:::") {
				t.Errorf("CONV-06: %s keeps ARNs of another partition", e.suffix)
			}
			return
		}
	}
	t.Error("no policy names an S3 ARN")
}

func TestLookupMissing(t *testing.T) {
	for _, arn := range []string{
		"", "arn:aws:iam::aws:policy/", "arn:aws:iam::aws:policy/NoSuchPolicy", "arn:aws:iam::aws:policy/service-role/AdministratorAccess",
		"arn:aws:iam::111122223333:policy/AdministratorAccess", "arn:nope:iam::aws:policy/AdministratorAccess",
		"arn:aws:s3::aws:policy/AdministratorAccess", "arn:aws:iam:x:aws:policy/AdministratorAccess", "arn:aws:iam::aws:role/AdministratorAccess",
	} {
		if m, ok := Lookup(arn); ok || m != nil {
			t.Errorf("Lookup(%q) = %v", arn, m)
		}
	}
}

// TestEveryDocument parses them all: AWS's own documents must be read without
// a problem, or the parser is wrong.
func TestEveryDocument(t *testing.T) {
	l, err := parse(index, documents)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.entries) != 1594 {
		t.Errorf("%d policies, want 1,594", len(l.entries))
	}
	for i, e := range l.entries {
		if i > 0 && l.entries[i-1].suffix >= e.suffix {
			t.Errorf("%s is out of order", e.suffix)
		}
		m, ok := Lookup("arn:aws:iam::aws:policy/" + e.suffix)
		if !ok {
			t.Errorf("%s cannot be read", e.suffix)
			continue
		}
		doc := m.Default().Document
		if len(doc.Statements) == 0 {
			t.Errorf("%s has no statement", e.suffix)
		}
		for _, p := range doc.Problems {
			t.Errorf("%s: statement %d: %s: %s", e.suffix, p.Statement, p.Code, p.Message)
		}
	}
}

func TestConcurrentLookup(t *testing.T) {
	const arn = "arn:aws-cn:iam::aws:policy/ReadOnlyAccess"
	got := make([]*iam.ManagedPolicy, 16)
	var group sync.WaitGroup
	for i := range got {
		group.Go(func() { got[i], _ = Lookup(arn) })
	}
	group.Wait()
	for _, m := range got {
		if m == nil || m != got[0] {
			t.Fatal("lookups at once gave different policies")
		}
	}
}

// BenchmarkFirstLookup is what the first use costs a process.
func BenchmarkFirstLookup(b *testing.B) {
	for b.Loop() {
		l, err := parse(index, documents)
		if err != nil {
			b.Fatal(err)
		}
		e, _ := l.find("AdministratorAccess")
		text, _ := l.document(e)
		if _, err := build("aws", e, text); err != nil {
			b.Fatal(err)
		}
	}
}
