package policy

import (
	"testing"
	"time"
)

// TestMoments: every way in which a document can hang on the time of the request is
// told, however its text is written (SYM-31, VAR-01).
func TestMoments(t *testing.T) {
	for _, c := range []struct {
		id, resource, condition string
		moments                 int
		certain                 bool
	}{
		{"none", `"*"`, `{}`, 0, true},
		{"date", `"*"`, `{"DateLessThan":{"aws:CurrentTime":["2027-01-01T00:00:00Z","2028-01-01"]}}`, 2, true},
		{"epoch", `"*"`, `{"NumericGreaterThan":{"aws:EpochTime":"1796083200"}}`, 1, true},
		{"upper case", `"*"`, `{"DateLessThan":{"AWS:CURRENTTIME":"2027-01-01T00:00:00Z"}}`, 1, true},
		{"there or not", `"*"`, `{"Null":{"aws:CurrentTime":"true"}}`, 0, true},
		{"another key", `"*"`, `{"DateLessThan":{"aws:TokenIssueTime":"2027-01-01T00:00:00Z"}}`, 0, true},
		{"text", `"*"`, `{"StringLike":{"aws:CurrentTime":"2026-1*"}}`, 0, false},
		{"no date", `"*"`, `{"DateLessThan":{"aws:CurrentTime":"tomorrow"}}`, 0, false},
		{"variable", `"*"`, `{"StringEquals":{"aws:PrincipalTag/until":"${aws:CurrentTime}"}}`, 0, false},
		{"variable with blanks", `"*"`, `{"StringEquals":{"aws:PrincipalTag/until":"${ aws:CurrentTime }"}}`, 0, false},
		{"variable, escaped", `"*"`, `{"StringEquals":{"aws:PrincipalTag/until":"\u0024{aws:Curren\u0074Time}"}}`, 0, false},
		{"variable with default", `"*"`, `{"StringEquals":{"aws:PrincipalTag/until":"${aws:EpochTime, 'never'}"}}`, 0, false},
		{"another variable", `"*"`, `{"StringEquals":{"aws:PrincipalTag/until":"${aws:username}"}}`, 0, true},
		{"variable of a resource", `"arn:aws:s3:::b/${aws:CurrentTime}"`, `{}`, 0, false},
	} {
		p := &Parser{}
		d, err := p.Parse([]byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":` + c.resource + `,"Condition":` + c.condition + `}}`))
		if err != nil {
			t.Fatal(err)
		}
		moments, certain := d.Moments()
		if len(moments) != c.moments || certain != c.certain {
			t.Errorf("%s: %v, certain %t; want %d, %t", c.id, moments, certain, c.moments, c.certain)
		}
	}
}

// TestUnmoved: requests carry whole seconds, so that what a moment within one changes
// shows in the next (SYM-31).
func TestUnmoved(t *testing.T) {
	at := func(text string) time.Time {
		moment, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	for _, c := range []struct {
		from, to, moment string
		want             bool
	}{
		{"2026-12-01T00:00:01Z", "2026-12-01T00:00:09Z", "2026-12-01T00:00:00Z", true},
		{"2026-12-01T00:00:00.5Z", "2026-12-01T00:00:01Z", "2026-12-01T00:00:00Z", false},
		{"2026-12-01T00:00:00.9Z", "2026-12-01T00:00:01Z", "2026-12-01T00:00:00.7Z", false},
		{"2026-12-01T00:00:01Z", "2026-12-01T00:00:00Z", "2026-12-01T00:00:00.7Z", false},
		{"2026-12-01T00:00:00.1Z", "2026-12-01T00:00:00.9Z", "2026-12-01T00:00:00.5Z", true},
		{"2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z", "2026-12-01T12:00:00Z", false},
	} {
		if got := Unmoved(at(c.from), at(c.to), []time.Time{at(c.moment)}); got != c.want {
			t.Errorf("from %s to %s, %s between them: %t", c.from, c.to, c.moment, got)
		}
	}
}
