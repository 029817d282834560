package review

import (
	"strings"
	"testing"
)

func TestFIND90Acceptances(t *testing.T) {
	accept := func(text string) []Acceptance {
		t.Helper()
		list, err := ReadBaseline("accepted.json", strings.NewReader(accounts(text)))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	s := read(t, source("s.json", user("u", inlinePolicy(allowS3)).snapshot()))
	review := func(list []Acceptance) *Report { return run(t, s, Options{Only: []string{"FIND-13"}, Accepted: list}) }
	const reason = `"subject": "arn:aws:iam::A:user/u", "reason": "moves next month", "owner": "ann"`

	r := review(accept(`[{"rule": "find-13", "expires": "2026-06-01T00:00:00Z", ` + reason + `}]`))
	if len(r.Findings) != 0 || len(r.Accepted) != 1 || r.Accounts[0].Findings.Total() != 0 {
		t.Errorf("accepted: %+v", r.Findings)
	}
	for _, format := range Formats() {
		var b strings.Builder
		if err := Render(&b, format, r); err != nil || !strings.Contains(b.String(), "moves next month") {
			t.Errorf("%s does not list what was accepted: %v", format, err)
		}
	}
	r = review(accept(`[{"rule": "FIND-13", "expires": "2026-02-01T00:00:00Z", ` + reason + `}]`))
	if len(r.Findings) != 1 || len(r.Accepted) != 0 || len(r.Findings[0].Notes) != 1 || !strings.Contains(r.Findings[0].Notes[0], "2026-02-01") {
		t.Errorf("FIND-90 an acceptance that is over: %+v", r.Findings)
	}
	r = review(accept(`[{"rule": "FIND-15", "expires": "2026-06-01T00:00:00Z", ` + reason + `}, {"rule": "FIND-13", "about": "x", "expires": "2026-06-01T00:00:00Z", ` + reason + `}]`))
	if len(r.Findings) != 1 || len(r.Accepted) != 0 {
		t.Errorf("FIND-90 acceptances of other findings: %+v", r.Findings)
	}
}
