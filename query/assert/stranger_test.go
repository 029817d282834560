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
