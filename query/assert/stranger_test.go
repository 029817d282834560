package assert

import (
	"testing"

	"accesspath/internal/fixture"
)

// TestStatementsOfStrangers: what lets a stranger in is the trust policy; what the
// stranger's own account allows is nobody's here to change (EVAL-25).
func TestStatementsOfStrangers(t *testing.T) {
	s, err := fixture.Parse("tp(r): P=*")
	if err != nil {
		t.Fatal(err)
	}
	o := runOne(t, build(t, s), Check{To: fixture.ARN("r"), Inside: true, MaxHops: -1})
	if o.Status != Failed || len(o.Statements) != 1 || o.Statements[0].Owner != fixture.ARN("r") {
		t.Errorf("%s, statements %+v", o.Status, o.Statements)
	}
}

// TestAccountsNotLoaded: who may be behind an account that is not loaded decides nothing
// about somebody of it (EVAL-25, QRY-24).
func TestAccountsNotLoaded(t *testing.T) {
	s, err := fixture.Parse("tp(r): P=C\nid(r): +s3:GetObject@b/*\nunload: C")
	if err != nil {
		t.Fatal(err)
	}
	g := build(t, s)
	for _, c := range []struct{ name, never, want string }{
		{"a user of it", "arn:aws:iam::333333333333:user/ann", Undecided},
		{"a pattern", "arn:aws:iam::33*:user/*", Undecided},
		{"all of it", "account:333333333333", Failed},
		{"somebody else", "arn:aws:iam::888888888888:user/ann", Passed},
		{"another account's", "arn:aws:iam::8*", Passed},
	} {
		check := Check{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/x", Never: []string{c.never}, MaxHops: -1}
		if o := runOne(t, g, check); o.Status != c.want {
			t.Errorf("%s: %s, want %s; %v", c.name, o.Status, c.want, o.Undecided)
		}
	}
	from := Check{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/x", From: []string{"arn:aws:iam::333333333333:user/ann"}, MaxHops: 0}
	if o := runOne(t, g, from); o.Status != Undecided {
		t.Errorf("from: %s, want %s", o.Status, Undecided)
	}
}
