package review

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"accesspath/graph"
)

func TestRulesAreDocumented(t *testing.T) {
	ids := map[string]bool{}
	for i, r := range Rules() {
		if ids[r.ID] || i > 0 && r.ID < Rules()[i-1].ID || !strings.HasPrefix(r.ID, "FIND-") {
			t.Errorf("%s is repeated or out of order", r.ID)
		}
		ids[r.ID] = true
		d := r.Doc
		if d.Title == "" || d.Why == "" || d.Remediation == "" || len(d.References) == 0 || d.Since == "" || d.Severity.rank() >= len(Severities()) || r.check == nil {
			t.Errorf("%s lacks documentation: %+v", r.ID, d)
		}
		if strings.HasSuffix(d.Title, ".") || !strings.HasSuffix(d.Why, ".") || !strings.HasSuffix(d.Remediation, ".") {
			t.Errorf("%s: a title has no full stop, sentences do", r.ID)
		}
	}
}

func TestOnly(t *testing.T) {
	s := read(t, source("small.json", small().snapshot()))
	r := run(t, s, Options{Only: []string{"find-20"}})
	if len(r.Findings) != 1 || r.Findings[0].Rule != "FIND-20" {
		t.Errorf("%+v", r.Findings)
	}
	g, err := graph.Build(context.Background(), s, graph.Options{AsOf: testTime})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Run(context.Background(), g, Options{Only: []string{"FIND-0"}})
	if err == nil || err.Error() != `there is no rule "FIND-0"; rules are called FIND-13, FIND-20 and so on` {
		t.Error(err)
	}
}

// TestFIND90Fingerprints: what is not rule or subject does not matter.
func TestFIND90Fingerprints(t *testing.T) {
	one := run(t, read(t, source("a.json", small().snapshot())), Options{})
	s := small()
	s.users = append(s.users, entity("user/zoe"))
	s.roles = slices.DeleteFunc(s.roles, func(r string) bool { return strings.Contains(r, "role/ci") })
	two := run(t, read(t, source("b.json", s.snapshot())), Options{})
	seen := map[string]string{}
	for _, f := range one.Findings {
		if seen[f.Fingerprint] != "" {
			t.Errorf("%s and %s share a fingerprint", seen[f.Fingerprint], f.Subject)
		}
		seen[f.Fingerprint] = f.Rule + f.Subject + f.About
	}
	same := 0
	for _, f := range two.Findings {
		if was, ok := seen[f.Fingerprint]; ok {
			same++
			if was != f.Rule+f.Subject+f.About {
				t.Errorf("%s has the fingerprint of %s", f.Subject, was)
			}
		}
	}
	if same < len(one.Findings)-2 {
		t.Errorf("%d of %d fingerprints are the same", same, len(one.Findings))
	}
}

// TestFIND91SameCause: one trust, one primary finding.
func TestFIND91SameCause(t *testing.T) {
	r := run(t, read(t, source("a.json", small().snapshot())), Options{})
	primary := ""
	var others []string
	for _, f := range r.Findings {
		if !strings.HasSuffix(f.Subject, ":role/vendor") {
			continue
		}
		if f.Rule == "FIND-21" {
			primary = f.Fingerprint
		}
	}
	for _, f := range r.Findings {
		if f.SameCause != "" {
			others = append(others, f.Rule)
			if f.SameCause != primary {
				t.Errorf("%s points to %s", f.Rule, f.SameCause)
			}
		}
	}
	if primary == "" || !slices.Equal(others, []string{"FIND-22", "FIND-23"}) {
		t.Errorf("primary %q, others %q", primary, others)
	}
}

// TestFIND91WorstIsPrimary: of findings on one access key the worst is primary,
// and a cause of its own stays apart.
func TestFIND91WorstIsPrimary(t *testing.T) {
	s := read(t, source("a.json", user("u").snapshot()))
	withKeys(key(400, 60), key(10, 1))(s)
	by := map[string]Finding{}
	for _, f := range run(t, s, Options{}).Findings {
		by[f.Rule] = f
	}
	for _, rule := range []string{"FIND-01", "FIND-03"} {
		if by[rule].SameCause == "" || by[rule].SameCause != by["FIND-02"].Fingerprint {
			t.Errorf("%s points to %q, want FIND-02: %+v", rule, by[rule].SameCause, by)
		}
	}
	for _, rule := range []string{"FIND-02", "FIND-04"} {
		if f, ok := by[rule]; !ok || f.SameCause != "" {
			t.Errorf("%s is not primary: %+v", rule, f)
		}
	}
}

// TestFIND91Everyone: a trust policy by exception is an open trust first.
func TestFIND91Everyone(t *testing.T) {
	s := scene{roles: []string{role("r", `"Effect": "Allow", "Action": "sts:AssumeRole", "NotPrincipal": {"AWS": "arn:aws:iam::A:root"}`, harmless)}}
	primary, other := "", "none"
	for _, f := range run(t, read(t, source("a.json", s.snapshot())), Options{}).Findings {
		switch f.Rule {
		case "FIND-20":
			primary = f.Fingerprint
		case "FIND-34":
			other = f.SameCause
		}
	}
	if primary == "" || other != primary {
		t.Errorf("FIND-34 points to %q, want FIND-20's %q", other, primary)
	}
}

// TestFIND00UnknownSections: rules without input are listed, not run.
func TestFIND00UnknownSections(t *testing.T) {
	const text = `{"schema": "accesspath.snapshot/1", "accounts": [{"id": "111111111111", "users": [{"arn": "arn:aws:iam::111111111111:user/u"}]}]}`
	r := run(t, read(t, source("a.json", text)), Options{})
	got := map[string]string{}
	for _, n := range r.NotEvaluated {
		got[n.Rule+" "+n.Missing] = strings.Join(n.Accounts, ",")
	}
	for _, want := range []string{"FIND-15 the groups of the account", "FIND-20 the roles of the account", "FIND-18 the policies of the account", "FIND-36 the roles of the account"} {
		if got[want] != "111111111111" {
			t.Errorf("%s is not listed: %v", want, got)
		}
	}
	for _, f := range r.Findings {
		if f.Rule == "FIND-15" {
			t.Errorf("%+v", f)
		}
	}
}

// TestSameBytes: a second run gives the same report.
func TestSameBytes(t *testing.T) {
	var first []byte
	for range 3 {
		var b bytes.Buffer
		if err := Render(&b, "json", run(t, read(t, source("a.json", small().snapshot())), Options{})); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = b.Bytes()
		} else if !bytes.Equal(first, b.Bytes()) {
			t.Fatal("two runs differ")
		}
	}
}

func TestInventory(t *testing.T) {
	r := run(t, read(t, source("a.json", small().snapshot())), Options{})
	a := r.Accounts[0]
	a.Findings = FindingCounts{}
	want := Inventory{Account: "111111111111", Name: "app", Complete: true, Users: 2, Groups: 2, Roles: 6, ServiceLinked: 1, Policies: 1, Trusts: TrustCounts{CrossAccount: 1, Public: 1}}
	if a != want {
		t.Errorf("%+v, want %+v", a, want)
	}
	if len(r.Trusts) != 2 || r.Trusts[0].Relation != Everyone || r.Trusts[1].Relation != Outside {
		t.Errorf("%+v", r.Trusts)
	}
}

func TestMaxAdmins(t *testing.T) {
	r := run(t, read(t, source("a.json", small().snapshot())), Options{MaxAdmins: 1})
	if len(r.Admins) != 1 || !r.Limits.Truncated || len(r.Limits.Reasons) != 1 {
		t.Errorf("%d, %+v", len(r.Admins), r.Limits)
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := read(t, source("a.json", small().snapshot()))
	g, err := graph.Build(context.Background(), s, graph.Options{AsOf: testTime})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Run(ctx, g, Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
