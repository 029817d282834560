package render

import (
	"strings"
	"testing"

	"accesspath/query"
)

// QRY-02: who is at a target with no hop at all stays there, whatever is cut, and the
// headline does not say otherwise.
func TestQRY02OriginsAtTheTarget(t *testing.T) {
	hop := query.Chokepoint{From: "arn:aws:iam::111122223333:role/a", To: "arn:aws:iam::111122223333:role/b", Kind: "can-assume", Verdict: query.VerdictAllow}
	u, v := "arn:aws:iam::111122223333:user/u", "arn:aws:iam::111122223333:user/v"
	for _, c := range []struct {
		cut     []query.Chokepoint
		already []string
		want    string
	}{
		{nil, nil, "no path is known from all to admins\n"},
		{[]query.Chokepoint{hop}, nil, "1 hop to cut from all to admins: no path is left then\n"},
		{nil, []string{u}, "no hop to cut from all to admins: no path is known, but for 1 origin that is there already\n"},
		{[]query.Chokepoint{hop}, []string{u, v}, "1 hop to cut from all to admins: no path is left then, but for 2 origins that are there already\n"},
	} {
		var b strings.Builder
		answer := &query.Chokepoints{Schema: query.ChokepointsSchema, From: []string{"all"}, To: "admins", Cut: c.cut, Already: c.already}
		if err := RenderChokepoints(t.Context(), &b, "text", answer, Options{Width: 200}); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); !strings.HasPrefix(got, c.want) || strings.Contains(got, "there already, without a hop") != (len(c.already) > 0) {
			t.Errorf("%d hops, %d there:\n%s", len(c.cut), len(c.already), got)
		}
	}
}
