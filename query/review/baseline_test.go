package review

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"accesspath/internal/strictyaml"
)

// TestFIND90BaselineRoundTrip: a baseline accepts what it was written from, and
// a new one keeps what people wrote into the old one.
func TestFIND90BaselineRoundTrip(t *testing.T) {
	s := read(t, source("s.json", user("u", inlinePolicy(allowS3)).snapshot()))
	review := func(list []Acceptance) *Report {
		return run(t, s, Options{Only: []string{"FIND-13", "FIND-15"}, Accepted: list})
	}
	write := func(list []Acceptance) string {
		var b bytes.Buffer
		if err := WriteBaseline(&b, list); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	first := review(nil)
	text := write(first.Baseline())
	if len(first.Findings) == 0 || !strings.Contains(text, "owner: FILL IN") || !strings.Contains(text, "expires: \"2026-05-30\"") {
		t.Fatalf("%d findings, baseline:\n%s", len(first.Findings), text)
	}
	text = strings.Replace(text, "owner: FILL IN", "owner: ann", 1)
	list, err := ReadBaseline("b.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	second := review(list)
	if len(second.Findings) != 0 || len(second.Accepted) != len(first.Findings) {
		t.Errorf("FIND-90: %d findings are left, %d accepted", len(second.Findings), len(second.Accepted))
	}
	if got := second.StateOf(list); got.Unwritten != len(list) || got.Expired != 0 || got.Unused != 0 {
		t.Errorf("state %+v", got)
	}
	if again := write(second.Baseline()); again != text {
		t.Errorf("written again:\n%s\nwant\n%s", again, text)
	}
}

// TestFIND90BaselineExpires: what expired is back, and counted.
func TestFIND90BaselineExpires(t *testing.T) {
	s := read(t, source("s.json", user("u", inlinePolicy(allowS3)).snapshot()))
	list, err := ReadBaseline("b.yaml", strings.NewReader(accounts(`
- {rule: FIND-13, subject: "arn:aws:iam::A:user/u", owner: ann, reason: moves, expires: 2026-02-01}
- {rule: FIND-20, subject: "arn:aws:iam::A:role/gone", owner: ann, reason: moves, expires: 2027-02-01}
`)))
	if err != nil {
		t.Fatal(err)
	}
	r := run(t, s, Options{Only: []string{"FIND-13"}, Accepted: list})
	if len(r.Findings) != 1 || !strings.Contains(strings.Join(r.Findings[0].Notes, " "), "2026-02-01") {
		t.Errorf("FIND-90: %+v", r.Findings)
	}
	if got := r.StateOf(list); got != (BaselineState{Expired: 1, Unused: 1}) {
		t.Errorf("state %+v", got)
	}
}

func TestReadBaselineErrors(t *testing.T) {
	const entry = "version: 1\naccepted:\n  - rule: FIND-13\n    subject: x\n    owner: o\n    reason: r\n"
	for text, want := range map[string]string{
		"":                                  "b.yaml:1:1: the file is empty",
		"accepted: []":                      `b.yaml:1:1: "version: 1" is missing`,
		entry:                               "b.yaml:3:5: expires missing",
		entry + "    expire: 2026-01-01":    `b.yaml:7:5: unknown key "expire"; did you mean "expires"?`,
		entry + "    expires: soon":         `b.yaml:7:14: "soon" is not a date`,
		"- {rule: FIND-0, subject: x}":      `b.yaml:1:10: there is no rule "FIND-0"`,
		"[{\"rule\": \"FIND-13\"}]":         "subject, owner, reason, expires missing",
		"version: 1\naccepted: {rule: a}\n": "b.yaml:2:11: this is a mapping, want a list",
	} {
		_, err := ReadBaseline("b.yaml", strings.NewReader(text))
		var bad *strictyaml.Error
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
