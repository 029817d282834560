package query_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"accesspath/internal/fixture"
	"accesspath/query"
)

// existingWorld is a world of more buckets than are asked about for each principal:
// those of some accounts are open to others, or to nobody.
func existingWorld(r *rand.Rand, buckets int) string {
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	when := func() string {
		return one("", "", "", " ?{Bool aws:SecureTransport=true}", " ?{IpAddress aws:SourceIp=203.0.113.0/24}",
			" ?{StringEquals aws:PrincipalTag/t=x}", " ?{Bool aws:MultiFactorAuthPresent=true}", " ?{StringEquals aws:ResourceTag/t=x}", " ?{StringEquals aws:ResourceAccount=B}")
	}
	var b strings.Builder
	b.WriteString("tp(r): P=u\ntags(r): t=x\ntp(q): P=A\nadd: A:user/v\nadd: C:user/w\n")
	for i := range buckets {
		fmt.Fprintf(&b, "bucket(b%d): %s\n", i, one("A", "B", "C"))
		if p := one("", "", "A", "B", "u", "r", "q", "A:user/v", "C:user/w", "*", "*"); p != "" {
			fmt.Fprintf(&b, "rp(b%d): +%s@b%d/* P=%s%s\n", i, one("s3:GetObject", "s3:*", "s3:PutObject"), i, p, one("", " ?{StringEquals aws:PrincipalOrgID=o-ex}", when()))
		}
	}
	for _, n := range []string{"u", "A:user/v", "r", "q", "C:user/w"} {
		if r.IntN(5) > 0 {
			fmt.Fprintf(&b, "id(%s): +%s@%s%s\n", n, one("s3:GetObject", "s3:*", "s3:Get*"), one("*", "*", "b1*/*", fmt.Sprintf("b%d/*", r.IntN(buckets)), "gone/*"), when())
		}
	}
	if r.IntN(2) == 0 {
		b.WriteString("id(u): +sts:AssumeRole@*\n")
	}
	return b.String()
}

// A question about what there is finds whom one about each resource by itself finds:
// of many resources not all are looked at for everybody (QRY-14).
func TestExistingHasWhatEachHas(t *testing.T) {
	const buckets = 24
	rows := 0
	for seed := range seeds(60) {
		text := existingWorld(rand.New(rand.NewPCG(uint64(seed), 14)), buckets)
		w := newCaseWorld(t, text)
		o := query.Options{View: query.ViewAll, Existing: true, Strict: seed%2 == 0}
		of := func(resource string) map[string]query.Answer {
			r, err := query.New(w.graph, o).WhoCan(t.Context(), "s3:GetObject", resource)
			if err != nil {
				t.Fatalf("seed %d, %s: %v", seed, resource, err)
			}
			out := map[string]query.Answer{}
			for _, a := range r.Answers {
				out[a.Principal] = a
			}
			return out
		}
		all := of("*")
		each := map[string]string{}
		for i := range buckets {
			for who, a := range of(fixture.ARN(fmt.Sprintf("b%d/*", i))) {
				if each[who] != query.VerdictAllow {
					each[who] = a.Verdict
				}
			}
		}
		for who, verdict := range each {
			rows++
			if a, ok := all[who]; !ok || verdict == query.VerdictAllow && a.Verdict != verdict {
				t.Errorf("seed %d: %s has %s by itself, %q among all\n%s", seed, who, verdict, a.Verdict, text)
			}
		}
		for who := range all {
			if each[who] == "" {
				t.Errorf("seed %d: %s has something among all, and nothing by itself\n%s", seed, who, text)
			}
		}
	}
	if rows < 100 {
		t.Errorf("only %d rows", rows)
	}
}
