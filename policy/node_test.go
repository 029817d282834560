package policy

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

func (n *node) dump(b *strings.Builder) {
	fmt.Fprintf(b, "%c %q %q %d(", n.kind, n.name, n.text, n.offset)
	for kid := n.first; kid != nil; kid = kid.next {
		kid.dump(b)
	}
	b.WriteByte(')')
}

// sameTree compares the two readers of JSON: where the quick one does not give
// up, it reads what the other reads.
func sameTree(t *testing.T, text string) (quick bool) {
	t.Helper()
	r := treeReader{nodes: &nodes{}, text: text}
	got, ok := r.read()
	if !ok {
		return false
	}
	want, err := readTree([]byte(text))
	if err != nil {
		t.Fatalf("%q is not JSON (%v), and was read", text, err)
	}
	var a, b strings.Builder
	got.dump(&a)
	want.dump(&b)
	if a.String() != b.String() {
		t.Errorf("%q\n got %s\nwant %s", text, a.String(), b.String())
	}
	value := jsontext.Value(text)
	if err := value.Compact(jsontext.AllowDuplicateNames(true)); err != nil {
		t.Fatal(err)
	}
	if short := compact(text); short != string(value) || r.blank != (short != text) {
		t.Errorf("%q: compact is %q, want %q; blank %v", text, short, value, r.blank)
	}
	return true
}

var trees = []struct {
	text  string
	quick bool
}{
	{`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, true},
	{" { \"a\" : [ 1 , -2.50e3 , 0 , true , false , null , \"\" ] ,\n\t\"b\" : { } , \"c\":[]}\r\n", true},
	{`{"a\"b":"c\\","d":"\u00e9\n\/"}`, true},
	{`{"a":1,"a":2}`, true},
	{`"text"`, true},
	{`{"a":"\ud800"}`, false},
	{"{\"a\":\"\xff\"}", false},
	{"{\"a\":\"\x01\"}", false},
	{strings.Repeat("[", 70) + strings.Repeat("]", 70), false},
	{`{"a":1,}`, false}, {`{"a" 1}`, false}, {`[1 2]`, false}, {`{"a":01}`, false}, {`{"a":1.}`, false},
	{`{"a":+1}`, false}, {`{"a":1e}`, false}, {`{"a":tru}`, false}, {`{a:1}`, false}, {`{} x`, false},
	{`{"a":"\`, false}, {`{"a":"\q"}`, false}, {``, false}, {`[,1]`, false}, {`{"a":}`, false}, {`]`, false},
}

func TestQuickTreeIsTheTree_GRAM_01(t *testing.T) {
	for _, tree := range trees {
		if quick := sameTree(t, tree.text); quick != tree.quick {
			t.Errorf("%q: read by hand %v, want %v", tree.text, quick, tree.quick)
		}
	}
}

func FuzzQuickTree(f *testing.F) {
	for _, tree := range trees {
		f.Add(tree.text)
	}
	f.Fuzz(func(t *testing.T, text string) { sameTree(t, text) })
}

// A Parser that has seen other documents reads the same as one that has not.
func TestParserSharesAndChangesNothing(t *testing.T) {
	p := NewParser()
	for range 2 {
		for i := range 300 {
			text := fmt.Sprintf(`{"Version":"%s","Statement":{"Effect":"Allow","Action":["s3:Get*","S3:PUT%d"],"Resource":["*","arn:aws:s3:::b%d/${aws:username}/*"]}}`,
				[]string{"2012-10-17", "2008-10-17"}[i%2], i%50, i%50)
			got, err := p.Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			want, err := ParseDocument([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			s, w := got.Statements[0], want.Statements[0]
			if s.key() != w.key() || got.Digest != want.Digest {
				t.Fatalf("%s: %s, want %s", text, s.key(), w.key())
			}
			for k := range s.Resource {
				if (s.Resource[k].fixed() == nil) != (w.Resource[k].fixed() == nil) || s.Resource[k].String() != w.Resource[k].String() {
					t.Fatalf("%s: resource %d differs", text, k)
				}
			}
		}
	}
	if len(p.actions) != 51 {
		t.Errorf("%d actions are kept, want 51", len(p.actions))
	}
}

// The two ways to compile a resource agree on what it matches.
func FuzzSimpleARNGlob(f *testing.F) {
	for _, seed := range [][2]string{
		{"*", "arn:aws:s3:::b"}, {"arn:aws:s3:::b/*", "arn:aws:s3:::b/k"}, {"arn:*:s3*:::**", "arn:aws:s3:::b"},
		{"arn:aws:iam::1:role/a:b*", "arn:aws:iam::1:role/a:bc"}, {"a:b", "a:b"}, {"", ""}, {":::::::", ":"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if !simpleGlob(pattern) {
			return
		}
		got, want := simpleARNGlob(pattern), newARNGlob(pattern, globTokens(pattern))
		if got.count != want.count || got.stars != want.stars || got.code != want.code || got.ends != want.ends {
			t.Errorf("%q: %+v, want %+v", pattern, got, want)
		}
		arn, ok := ParseARN(text)
		for _, side := range []bool{false, true} {
			if g, w := got.match(text, arn, ok, side), want.match(text, arn, ok, side); g != w {
				t.Errorf("%q on %q: %v, want %v", pattern, text, g, w)
			}
		}
	})
}

var benchDocument = []byte(`{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:GetObject","s3:ListBucket","kms:Decrypt"],` +
	`"Resource":["arn:aws:s3:::data-1","arn:aws:s3:::data-1/*"],"Condition":{"StringEquals":{"aws:PrincipalTag/team":"t1"}}},` +
	`{"Effect":"Allow","Action":"ec2:Describe*","Resource":"*"},{"Effect":"Allow","Action":["sts:AssumeRole"],"Resource":"arn:aws:iam::111111111111:role/app-*"}]}`)

func BenchmarkParse(b *testing.B) {
	for _, bench := range []struct {
		name  string
		parse func([]byte) (*Document, error)
	}{{"alone", ParseDocument}, {"shared", NewParser().Parse}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(benchDocument)))
			for b.Loop() {
				if _, err := bench.parse(benchDocument); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
