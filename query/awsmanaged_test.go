package query_test

import (
	"testing"

	"accesspath/graph"
	"accesspath/internal/fixture"
	"accesspath/query"
)

// RCPs do not bind keys that AWS manages.
func TestKeysOfAWS_ORG_10(t *testing.T) {
	w := fixture.NewWorld()
	for _, line := range []string{`rp(key): +kms:Decrypt@* P=r`, `id(r): +kms:Decrypt@key`, `rcp(A): -kms:*@*`} {
		w.Apply(line)
	}
	for _, managed := range []bool{false, true} {
		s, err := w.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		s.Resource(fixture.ARN("key")).AWSManaged = managed
		g, err := graph.Build(t.Context(), s, graph.Options{AsOf: asOf})
		if err != nil {
			t.Fatal(err)
		}
		r, err := query.New(g, query.Options{}).Can(t.Context(), fixture.ARN("r"), "kms:Decrypt", fixture.ARN("key"))
		if err != nil {
			t.Fatal(err)
		}
		want := query.VerdictDeny
		if managed {
			want = query.VerdictAllow
		}
		if got := r.Answers[0].Verdict; got != want {
			t.Errorf("managed by AWS: %t: %s, want %s", managed, got, want)
		}
	}
}
