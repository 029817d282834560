package compare

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accesspath/graph"
	"accesspath/ingest"
	"accesspath/query"
)

// read makes an input of files.
func read(t *testing.T, files ...string) Input {
	t.Helper()
	for i := range files {
		files[i] = filepath.Join("../../ingest/testdata", filepath.FromSlash(files[i]))
	}
	sources, _, err := ingest.Files(files, strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	s, err := ingest.Read(t.Context(), sources, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := graph.Build(context.Background(), s, graph.Options{AsOf: testTime, KeyDefined: query.KeyDefined})
	if err != nil {
		t.Fatal(err)
	}
	return Input{Name: files[0], Graph: g}
}

// TestDeclaredSameAnswers: the same account as an export, as states, as a plan
// and as a template gives the same answers: no trust, path or access differs.
func TestDeclaredSameAnswers(t *testing.T) {
	export := []string{"terraform/account.gaad.json", "terraform/account.resources.json"}
	questions := [][2]string{
		{"", ""},
		{"s3:GetObject", "arn:aws:s3:::shop-orders/x"}, {"s3:PutObject", "arn:aws:s3:::shop-orders/x"}, {"kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"},
		{"sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:orders"}, {"sns:Publish", "arn:aws:sns:eu-west-1:111122223333:news"},
		{"lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111122223333:function:hook"}, {"iam:PassRole", "*"}, {"logs:PutLogEvents", "*"},
	}
	for _, file := range []string{"terraform/state.json", "terraform/state.tfstate", "terraform/plan.json", "cloudformation/template.yaml"} {
		for _, q := range questions {
			if strings.HasSuffix(file, ".yaml") && strings.Contains(q[1], ":key/") {
				continue // the id is one that AWS makes up
			}
			a, b := read(t, append([]string(nil), export...)...), read(t, file)
			d := diff(t, a, b, Options{Action: q[0], Resource: q[1]})
			for _, x := range slices.Concat(d.Access.Added, d.Access.Removed) {
				if !strings.Contains(x.Principal, ":instance/") {
					t.Errorf("%s: %s on %s: %+v", file, q[0], q[1], x)
				}
			}
			if len(d.Access.Changed) > 0 {
				t.Errorf("%s: %s on %s: %+v", file, q[0], q[1], d.Access.Changed)
			}
			for _, p := range append(d.Trusts.Added, d.Trusts.Removed...) {
				if !strings.Contains(p.From, ":instance/") { // ids that AWS makes up
					t.Errorf("%s: trust %s -> %s", file, p.From, p.To)
				}
			}
			for _, p := range append(d.Paths.Added, d.Paths.Removed...) {
				if !strings.Contains(p.Origin, ":instance/") {
					t.Errorf("%s: %s on %s: path %v", file, q[0], q[1], p.Path.Principals)
				}
			}
			for _, p := range d.Principals.Changed {
				t.Errorf("%s: %s: %v", file, p.Old.ID, p.Details)
			}
		}
	}
}
